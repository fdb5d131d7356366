"""GIFT, Moodle's text format: `::name::stem {=right ~wrong ####feedback}`, `{T}`, `{~%50%a ~%50%b ~%-100%c}`, `$CATEGORY:`.

Source: Moodle documentation, "GIFT format". Other kinds of question are listed, not dropped silently.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core.errors import gettext_noop
from question_bank.domain.importing import columns
from question_bank.domain.importing.formats.lines import choice_question, text_of, too_many_options, true_false_question
from question_bank.domain.importing.formats.markup import plain_from_html
from question_bank.domain.importing.raw import Parsed, RawQuestion, RowProblem

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
    unsupported: list[str] = []
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


def _question(block: _Block) -> tuple[RawQuestion | None, list[str]]:
    text = block.text
    for escaped, mark in _ESCAPES.items():
        text = text.replace(escaped, mark)
    text = text.replace("\\n", "\n")
    text = _TITLE.sub("", text, count=1)
    before, opening, rest = text.partition("{")
    answers, closing, after = rest.partition("}")
    if not opening or not closing:
        return _faulty(block), []
    notes: list[str] = []
    html = _MARKUP.match(before)
    stem = _unescaped(_MARKUP.sub("", before))
    if html and html.group(1).lower() in {"html", "moodle"}:
        plain = plain_from_html(stem)
        stem, notes = plain.text, [f"第 {block.row} 行的{lost}未导入" for lost in plain.lost]
    if after.strip():
        stem = f"{stem}（ ）{_unescaped(after)}"
    answers, _, feedback = answers.partition("####")
    values = {columns.STEM: stem, columns.EXPLANATION: _unescaped(feedback)}
    if block.category:
        values[columns.KNOWLEDGE_POINT] = _unescaped(block.category)
    return _answered(block, values, answers, notes=notes)


def _answered(
    block: _Block, values: dict[str, str], answers: str, *, notes: list[str],
) -> tuple[RawQuestion | None, list[str]]:  # fmt: skip
    boolean = _BOOLEAN.match(answers)
    if boolean:
        return true_false_question(block.row, values, is_true=boolean.group(1).upper().startswith("T")), notes
    other = _other_kind(answers)
    if other:
        return None, [*notes, f"第 {block.row} 行的{other}未导入"]
    found = list(_ANSWER.finditer(answers))
    options = [_unescaped(answer.group(3).partition("#")[0]) for answer in found]
    right = [index for index, answer in enumerate(found) if answer.group(1) == "=" or _weight(answer) > 0]
    graded_boxes = all(answer.group(1) == "~" for answer in found) and any(answer.group(2) for answer in found)
    if any(answer.group(3).partition("#")[2].strip() for answer in found):
        notes = [*notes, f"第 {block.row} 行的选项反馈未导入"]
    if not graded_boxes and any(answer.group(2) for answer in found):
        notes = [*notes, f"第 {block.row} 行的部分得分未导入"]
        right = [index for index in right if found[index].group(1) == "="]
    if too_many_options(options):
        return None, [*notes, f"第 {block.row} 行有 {len(options)} 个选项，超过 8 个，未导入"]
    # Weights without any `=` are Moodle's boxes to tick, even when only one of them is right.
    if right and graded_boxes:
        values |= {columns.KIND: "多选" if len(right) > 1 else "不定项"}
    return choice_question(block.row, values, options=options, right=right), notes


def _weight(answer: re.Match[str]) -> Decimal:
    return Decimal(answer.group(2) or 0)


def _other_kind(answers: str) -> str:
    """The Chinese name of a kind that the bank has not; empty for choices."""
    if not answers.strip():
        return "问答题"
    if answers.lstrip().startswith("#"):
        return "数值题"
    if "->" in answers:
        return "匹配题"
    return "" if "~" in answers else "填空题"


def _faulty(block: _Block) -> RawQuestion:
    problem = RowProblem(block.row, columns.KEY, "malformed", UNBALANCED)
    return RawQuestion(block.row, {columns.STEM: block.text, columns.KIND: "单选"}, (problem,))


def _unescaped(text: str) -> str:
    return text.translate(_UNESCAPES).strip()
