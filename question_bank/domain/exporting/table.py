"""Excel and CSV in the columns of the question template: nothing is lost."""

from collections.abc import Mapping, Sequence
from typing import Final

from core.scores import display
from core.spreadsheets import SheetSpec, write_csv, write_xlsx
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.importing import columns
from question_bank.domain.kinds import KINDS, kind_for
from question_bank.domain.normalise import POST_NAMES

# A multiple choice with one right option only exists as 不定项, and reads back as such.
KIND_WORDS: Final = {kind.code: kind.label.removesuffix("题") for kind in KINDS.values()}


def write_csv_table(drafts: Sequence[QuestionDraft], pictures: Mapping[str, bytes]) -> bytes:
    """UTF-8 with BOM."""
    return write_csv(columns.TITLES, [_row(draft) for draft in drafts])


def write_xlsx_table(drafts: Sequence[QuestionDraft], pictures: Mapping[str, bytes]) -> bytes:
    """One sheet; text stays text."""
    return write_xlsx([SheetSpec(columns.QUESTION_SHEET, columns.written_columns(), [_row(draft) for draft in drafts])])


def row_values(draft: QuestionDraft) -> dict[str, str]:
    """Texts by column title, as `importing` reads them back."""
    content = draft.content
    kind = kind_for(content.kind)
    key = kind.key_text(content)
    indefinite = content.kind == "multiple_choice" and "、" not in key
    options = (
        {}
        if content.kind == "true_false"
        else {columns.option_title(option.id): option.text for option in content.options}
    )
    return options | {
        columns.KIND: "不定项" if indefinite else KIND_WORDS[content.kind],
        columns.STEM: content.stem,
        columns.KEY: key,
        columns.EXPLANATION: content.explanation,
        columns.DIFFICULTY: f"{draft.difficulty:.2f}",
        columns.KNOWLEDGE_POINT: draft.knowledge_point,
        columns.INDUSTRY: draft.industry,
        columns.POSTS: "、".join(POST_NAMES[post] for post in draft.posts),
        columns.LAW_REFERENCE: draft.law_reference,
        columns.LAW_EDITION: draft.law_edition,
        columns.VALID_UNTIL: draft.valid_until.isoformat() if draft.valid_until else "",
        columns.MARK: display(draft.mark),
        columns.SOURCE: draft.source,
        columns.NOTE: draft.note,
    }


def _row(draft: QuestionDraft) -> list[str]:
    values = row_values(draft)
    return [values.get(title, "") for title in columns.TITLES]
