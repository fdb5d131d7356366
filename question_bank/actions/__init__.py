"""Everything that writes to the question bank."""

from question_bank.actions.blueprints import (
    archive_blueprint,
    change_blueprint,
    commit_bank_snapshot,
    create_blueprint,
    require_question,
    set_enemies,
)
from question_bank.actions.exports import (
    export_questions,
)
from question_bank.actions.imports import (
    Decisions,
    apply_import,
    apply_requested_import,
    cancel_import,
    check_staged_import,
    import_file,
    import_question_files,
    request_import,
    stage_import,
)
from question_bank.actions.pictures import keep_pictures
from question_bank.actions.questions import (
    comment_question,
    create_question,
    decide_questions,
    record_sample,
    record_viewing,
    revise_question,
)
from question_bank.actions.rules import (
    EXPOSURE,
    RulesDraft,
    decide_practice,
    propose_practice,
    set_bank_rules,
)
from question_bank.actions.statistics import (
    ExamHeld,
    record_item_responses,
    settle_flag,
)

__all__ = [
    "EXPOSURE",
    "Decisions",
    "ExamHeld",
    "RulesDraft",
    "apply_import",
    "apply_requested_import",
    "archive_blueprint",
    "cancel_import",
    "change_blueprint",
    "check_staged_import",
    "comment_question",
    "commit_bank_snapshot",
    "create_blueprint",
    "create_question",
    "decide_practice",
    "decide_questions",
    "export_questions",
    "import_file",
    "import_question_files",
    "keep_pictures",
    "propose_practice",
    "record_item_responses",
    "record_sample",
    "record_viewing",
    "request_import",
    "require_question",
    "revise_question",
    "set_bank_rules",
    "set_enemies",
    "settle_flag",
    "stage_import",
]
