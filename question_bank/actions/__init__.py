"""Everything that writes to the question bank."""

from question_bank.actions.blueprints import (
    archive_blueprint,
    change_blueprint,
    commit_bank_snapshot,
    create_blueprint,
)
from question_bank.actions.exports import export_questions
from question_bank.actions.imports import (
    apply_import,
    cancel_import,
    import_file,
    import_question_files,
    stage_import,
)
from question_bank.actions.questions import (
    create_question,
    decide_questions,
    move_to_practice,
    record_sample,
    record_viewing,
    revise_question,
)

__all__ = [
    "apply_import",
    "archive_blueprint",
    "cancel_import",
    "change_blueprint",
    "commit_bank_snapshot",
    "create_blueprint",
    "create_question",
    "decide_questions",
    "export_questions",
    "import_file",
    "import_question_files",
    "move_to_practice",
    "record_sample",
    "record_viewing",
    "revise_question",
    "stage_import",
]
