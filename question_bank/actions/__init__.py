"""Everything that writes to the question bank."""

from question_bank.actions.arranging import (
    delete_filter,
    edit_questions,
    place_topic,
    save_filter,
)
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
from question_bank.actions.laws import (
    LawDraft,
    Withdrawal,
    record_law,
    repeal_law,
    withdraw_article,
)
from question_bank.actions.paper_forms import (
    make_paper_forms,
    record_forms_download,
    record_forms_pdf,
)
from question_bank.actions.pictures import (
    keep_pictures,
)
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
    "LawDraft",
    "RulesDraft",
    "Withdrawal",
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
    "delete_filter",
    "edit_questions",
    "export_questions",
    "import_file",
    "import_question_files",
    "keep_pictures",
    "make_paper_forms",
    "place_topic",
    "propose_practice",
    "record_forms_download",
    "record_forms_pdf",
    "record_item_responses",
    "record_law",
    "record_sample",
    "record_viewing",
    "repeal_law",
    "request_import",
    "require_question",
    "revise_question",
    "save_filter",
    "set_bank_rules",
    "set_enemies",
    "settle_flag",
    "stage_import",
    "withdraw_article",
]
