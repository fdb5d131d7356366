"""Plain text, Aiken and GIFT. What each loses is stated in `exporting.WRITERS`."""

from collections.abc import Mapping, Sequence

from question_bank.domain.draft import QuestionDraft
from question_bank.domain.exporting.table import row_values
from question_bank.domain.importing import columns
from question_bank.domain.kinds.choices import as_ids
from question_bank.domain.kinds.fill_in import blanks_of
from question_bank.domain.kinds.matching import pairs_of, targets_of
from question_bank.domain.kinds.numeric import fields_of
from question_bank.domain.kinds.short_answer import KIND as SHORT_ANSWER

_FIELDS_AFTER_KEY = (
    columns.EXPLANATION, columns.DIFFICULTY, columns.KNOWLEDGE_POINT, columns.INDUSTRY, columns.POSTS, columns.LAW_REFERENCE,
    columns.LAW_EDITION, columns.VALID_UNTIL, columns.MARK, columns.SOURCE, columns.NOTE,
)  # fmt: skip
_WRITTEN = frozenset({"fill_in", "numeric", "matching", "short_answer"})
_GIFT_SPECIAL = "\\~=#{}:"


def write_text(drafts: Sequence[QuestionDraft], pictures: Mapping[str, bytes]) -> bytes:
    """Numbered questions with every column as `name：value`; UTF-8 with BOM, as Notepad opens it."""
    return "\n\n".join(text_block(number, draft) for number, draft in enumerate(drafts, start=1)).encode("utf-8-sig")


def text_block(number: int, draft: QuestionDraft) -> str:
    """One question as lines; the parts of a case come last, since their options and answers look like the question's."""
    values = row_values(draft)
    lines = [f"{number}. {values[columns.STEM]}"]
    if draft.content.kind != "true_false":
        lines += [f"{option.id.upper()}. {option.text}" for option in draft.content.options]
    is_case = draft.content.kind == "case"
    lines += [f"{columns.KIND}：{values[columns.KIND]}"]
    lines += [] if is_case else [f"{columns.KEY}：{values[columns.KEY]}"]
    lines += [f"{title}：{values[title]}" for title in _FIELDS_AFTER_KEY if values.get(title)]
    lines += ["小题：", values[columns.KEY]] if is_case else []
    return "\n".join(lines)


def write_aiken(drafts: Sequence[QuestionDraft], pictures: Mapping[str, bytes]) -> bytes:
    """Single choice only; line ends become spaces."""
    blocks = []
    for draft in drafts:
        [right] = as_ids(draft.content.key)
        options = [f"{option.id.upper()}. {_one_line(option.text)}" for option in draft.content.options]
        blocks.append("\n".join([_one_line(draft.content.stem), *options, f"ANSWER: {right.upper()}"]))
    return ("\n\n".join(blocks) + "\n").encode()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def write_gift(drafts: Sequence[QuestionDraft], pictures: Mapping[str, bytes]) -> bytes:
    """Category, stem, answers and explanation."""
    blocks = []
    category = None
    for number, draft in enumerate(drafts, start=1):
        if draft.knowledge_point != category:
            category = draft.knowledge_point
            blocks.append(f"$CATEGORY: {_gift(category)}")
        said = (
            SHORT_ANSWER.key_text(draft.content) if draft.content.kind == "short_answer" else draft.content.explanation
        )
        feedback = f"\n####{_gift(said)}" if said else ""
        blocks.append(f"::{number}::{_gift(draft.content.stem)} {{{_gift_answers(draft)}{feedback}}}")
    return ("\n\n".join(blocks) + "\n").encode()


def _gift_answers(draft: QuestionDraft) -> str:
    content = draft.content
    right = as_ids(content.key)
    if content.kind == "true_false":
        return "T" if right == {"t"} else "F"
    if content.kind == "single_choice":
        return "".join(f"\n{'=' if option.id in right else '~'}{_gift(option.text)}" for option in content.options)
    if content.kind in _WRITTEN:
        return _gift_written(draft)
    share = f"{100 / len(right):.5f}".rstrip("0").rstrip(".")
    return "".join(f"\n~%{share if option.id in right else '-100'}%{_gift(option.text)}" for option in content.options)


def _gift_written(draft: QuestionDraft) -> str:
    content = draft.content
    if content.kind == "fill_in":
        return "".join(f"\n={_gift(form)}" for form in blanks_of(content.key)[0])
    if content.kind == "numeric":
        fields = fields_of(content.key)
        return f"#{fields['value']}:{fields['tolerance']}" if fields["tolerance"] != "0" else f"#{fields['value']}"
    if content.kind == "matching":
        pairs, targets = pairs_of(content.key), targets_of(content)
        lines = [f"\n={_gift(option.text)} -> {_gift(targets[pairs[option.id]])}" for option in content.options]
        spare = [text for target, text in targets.items() if target not in pairs.values()]
        return "".join([*lines, *(f"\n= -> {_gift(text)}" for text in spare)])
    return ""


def _gift(text: str) -> str:
    escaped = "".join(f"\\{character}" if character in _GIFT_SPECIAL else character for character in text)
    return escaped.replace("\n", "\\n")
