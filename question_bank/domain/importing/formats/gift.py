"""GIFT, Moodle's text format: `::name::stem {=right ~wrong ####feedback}`, `{T}`, `{~%50%a ~%50%b ~%-100%c}`, `$CATEGORY:`.

Source: Moodle documentation, "GIFT format". What the bank has no place for is listed, not dropped silently.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core.errors import gettext_noop
from question_bank.domain.importing import columns
from question_bank.domain.importing.formats.lines import (
    choice_question,
    matching_question,
    one_form,
    text_of,
    too_many_options,
    true_false_question,
    written_question,
)
from question_bank.domain.importing.formats.markup import OPTION_FEEDBACK, PARTIAL_CREDIT, plain_from_html
from question_bank.domain.importing.raw import OPTIONS_NOT_TAKEN, Note, Parsed, RawQuestion, RowProblem, not_taken
from question_bank.domain.kinds.choices import OPTION_IDS
from question_bank.domain.kinds.units import plain_number, read_number

# Escaped characters wait in the private use area until everything has been taken apart.
_ESCAPES: Final[Mapping[str, str]] = {
    "\\" + character: chr(0xE000 + index) for index, character in enumerate("~=#{}:\\")
}
_UNESCAPES: Final = {ord(mark): escaped[1] for escaped, mark in _ESCAPES.items()}
_TITLE: Final = re.compile(r"^\s*::(.*?)::", re.DOTALL)
_MARKUP: Final = re.compile(r"^\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_ANSWER: Final = re.compile(r"([=~])\s*(?:%(-?\d{1,3}(?:\.\d{1,5})?)%)?([^=~]*)")
_BOOLEAN: Final = re.compile(r"^\s*(T|TRUE|F|FALSE)\s*(?:#.*)?$", re.IGNORECASE | re.DOTALL)
_METADATA: Final = re.compile(r"^\s*//\s*\[(id|tag):", re.IGNORECASE)
UNBALANCED: Final = gettext_noop("大括号不成对，或缺少答案部分")


@dataclass(frozen=True, slots=True)
class _Block:
    row: int
    text: str
    category: str


def parse_gift(data: bytes, file_name: str) -> Parsed:
    """Questions by the line on which each starts. Raises what decoding raises."""
    questions: list[RawQuestion] = []
    unsupported: list[Note] = []
    for block in _blocks(text_of(data)):
        question, notes = _question(block)
        questions += [question] if question else []
        unsupported += notes
    return Parsed("gift", tuple(questions), tuple(unsupported))


def _blocks(text: str) -> Iterator[_Block]:
    """Questions are separated by empty lines; comments are left out; a category holds until the next."""
    category, row, lines = "", 0, list[str]()
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        stripped = line.strip()
        if stripped.startswith("$CATEGORY:"):
            category = stripped.removeprefix("$CATEGORY:").strip().rpartition("/")[2]
        elif stripped.startswith("//"):
            continue
        elif stripped:
            row = row if lines else number
            lines.append(line)
        elif lines:
            yield _Block(row, "\n".join(lines), category)
            lines = []


def _question(block: _Block) -> tuple[RawQuestion | None, list[Note]]:
    text = block.text
    for escaped, mark in _ESCAPES.items():
        text = text.replace(escaped, mark)
    text = text.replace("\\n", "\n")
    text = _TITLE.sub("", text, count=1)
    before, opening, rest = text.partition("{")
    answers, closing, after = rest.partition("}")
    if not opening or not closing:
        return _faulty(block), []
    notes: list[Note] = []
    html = _MARKUP.match(before)
    stem = _unescaped(_MARKUP.sub("", before))
    if html and html.group(1).lower() in {"html", "moodle"}:
        plain = plain_from_html(stem)
        stem, notes = plain.text, [not_taken(block.row, lost) for lost in plain.lost]
    if after.strip():
        gap = "____" if "~" not in answers and "->" not in answers else "（ ）"
        stem = f"{stem}{gap}{_unescaped(after)}"
    answers, _, feedback = answers.partition("####")
    values = {columns.STEM: stem, columns.EXPLANATION: _unescaped(feedback)}
    if block.category:
        values[columns.KNOWLEDGE_POINT] = _unescaped(block.category)
    return _answered(block, values, answers, notes=notes)


def _answered(
    block: _Block, values: dict[str, str], answers: str, *, notes: list[Note],
) -> tuple[RawQuestion | None, list[Note]]:  # fmt: skip
    boolean = _BOOLEAN.match(answers)
    if boolean:
        return true_false_question(block.row, values, is_true=boolean.group(1).upper().startswith("T")), notes
    written = _written(block, values, answers)
    if written is not None:
        return written, [*notes, *_feedback(block, answers)]
    found = list(_ANSWER.finditer(answers))
    options = [_unescaped(answer.group(3).partition("#")[0]) for answer in found]
    right = [index for index, answer in enumerate(found) if answer.group(1) == "=" or _weight(answer) > 0]
    graded_boxes = all(answer.group(1) == "~" for answer in found) and any(answer.group(2) for answer in found)
    if any(answer.group(3).partition("#")[2].strip() for answer in found):
        notes = [*notes, not_taken(block.row, OPTION_FEEDBACK)]
    if not graded_boxes and any(answer.group(2) for answer in found):
        notes = [*notes, not_taken(block.row, PARTIAL_CREDIT)]
        right = [index for index in right if found[index].group(1) == "="]
    if too_many_options(options):
        return None, [*notes, Note(OPTIONS_NOT_TAKEN, {"row": block.row, "count": len(options)})]
    # Weights without any `=` are Moodle's boxes to tick, even when only one of them is right.
    if right and graded_boxes:
        values |= {columns.KIND: "多选" if len(right) > 1 else "不定项"}
    return choice_question(block.row, values, options=options, right=right), notes


def _weight(answer: re.Match[str]) -> Decimal:
    return Decimal(answer.group(2) or 0)


def _feedback(block: _Block, answers: str) -> list[Note]:
    return [not_taken(block.row, OPTION_FEEDBACK)] if "#" in answers.lstrip().removeprefix("#") else []


def _written(block: _Block, values: dict[str, str], answers: str) -> RawQuestion | None:
    """Short answers, numbers, pairs and essays; None for choices."""
    if not answers.strip():
        reference = values.get(columns.EXPLANATION, "")
        return written_question(block.row, values | {columns.EXPLANATION: ""}, kind="简答", key=reference)
    if answers.lstrip().startswith("#"):
        return _number(block, values, answers.strip().removeprefix("#"))
    found = [_unescaped(answer.group(3).partition("#")[0]) for answer in _ANSWER.finditer(answers)]
    if "->" in answers:
        pairs = [(left.strip(), right.strip()) for left, _, right in (text.partition("->") for text in found)]
        kept = [pair for pair in pairs if pair[0]]
        if len(kept) <= len(OPTION_IDS):
            spare = [right for left, right in pairs if not left]
            return matching_question(block.row, values, pairs=kept, spare=spare)
    if "~" in answers or any(answer.group(2) for answer in _ANSWER.finditer(answers)):
        return None
    return written_question(block.row, values, kind="填空", key="|".join(map(one_form, found)))


def _number(block: _Block, values: dict[str, str], answer: str) -> RawQuestion:
    """`3.5:0.1`, `3.4..3.6`, `=3.5:0.1`; further answers earn a part and are told of by `_feedback`."""
    text = _unescaped(answer.lstrip("=").partition("=")[0].partition("#")[0])
    lowest, dots, highest = text.partition("..")
    first, last = read_number(lowest), read_number(highest)
    if dots and first is not None and last is not None:
        key = f"{plain_number((first + last) / 2)}±{plain_number((last - first) / 2)}"
    else:
        value, _, tolerance = text.partition(":")
        key = f"{value.strip()}±{tolerance.strip()}" if tolerance.strip() else value.strip()
    return written_question(block.row, values, kind="数值", key=key)


def _faulty(block: _Block) -> RawQuestion:
    problem = RowProblem(block.row, columns.KEY, "malformed", UNBALANCED)
    return RawQuestion(block.row, {columns.STEM: block.text, columns.KIND: "单选"}, (problem,))


def _unescaped(text: str) -> str:
    return text.translate(_UNESCAPES).strip()
