"""Plain text, Aiken and GIFT. What each loses is stated in `exporting.WRITERS`."""

from collections.abc import Sequence

from question_bank.domain.draft import QuestionDraft
from question_bank.domain.exporting.table import row_values
from question_bank.domain.importing import columns
from question_bank.domain.kinds.choices import as_ids

_FIELDS_AFTER_KEY = (
    columns.EXPLANATION, columns.DIFFICULTY, columns.KNOWLEDGE_POINT, columns.INDUSTRY, columns.POSTS, columns.LAW_REFERENCE,
    columns.LAW_EDITION, columns.VALID_UNTIL, columns.MARK, columns.SOURCE, columns.NOTE,
)  # fmt: skip
_GIFT_SPECIAL = "\\~=#{}:"


def write_text(drafts: Sequence[QuestionDraft]) -> bytes:
    """Numbered questions with every column as `name：value`; UTF-8 with BOM, as Notepad opens it."""
    return "\n\n".join(_text_block(number, draft) for number, draft in enumerate(drafts, start=1)).encode("utf-8-sig")


def _text_block(number: int, draft: QuestionDraft) -> str:
    values = row_values(draft)
    lines = [f"{number}. {values[columns.STEM]}"]
    if draft.content.kind != "true_false":
        lines += [f"{option.id.upper()}. {option.text}" for option in draft.content.options]
    lines += [f"{columns.KIND}：{values[columns.KIND]}", f"{columns.KEY}：{values[columns.KEY]}"]
    lines += [f"{title}：{values[title]}" for title in _FIELDS_AFTER_KEY if values.get(title)]
    return "\n".join(lines)


def write_aiken(drafts: Sequence[QuestionDraft]) -> bytes:
    """Single choice only; line ends become spaces."""
    blocks = []
    for draft in drafts:
        [right] = as_ids(draft.content.key)
        options = [f"{option.id.upper()}. {_one_line(option.text)}" for option in draft.content.options]
        blocks.append("\n".join([_one_line(draft.content.stem), *options, f"ANSWER: {right.upper()}"]))
    return ("\n\n".join(blocks) + "\n").encode()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def write_gift(drafts: Sequence[QuestionDraft]) -> bytes:
    """Category, stem, answers and explanation."""
    blocks = []
    category = None
    for number, draft in enumerate(drafts, start=1):
        if draft.knowledge_point != category:
            category = draft.knowledge_point
            blocks.append(f"$CATEGORY: {_gift(category)}")
        feedback = f"\n####{_gift(draft.content.explanation)}" if draft.content.explanation else ""
        blocks.append(f"::{number}::{_gift(draft.content.stem)} {{{_gift_answers(draft)}{feedback}}}")
    return ("\n\n".join(blocks) + "\n").encode()


def _gift_answers(draft: QuestionDraft) -> str:
    content = draft.content
    right = as_ids(content.key)
    if content.kind == "true_false":
        return "T" if right == {"t"} else "F"
    if content.kind == "single_choice":
        return "".join(f"\n{'=' if option.id in right else '~'}{_gift(option.text)}" for option in content.options)
    share = f"{100 / len(right):.5f}".rstrip("0").rstrip(".")
    return "".join(f"\n~%{share if option.id in right else '-100'}%{_gift(option.text)}" for option in content.options)


def _gift(text: str) -> str:
    escaped = "".join(f"\\{character}" if character in _GIFT_SPECIAL else character for character in text)
    return escaped.replace("\n", "\\n")
