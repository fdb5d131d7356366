"""Moodle XML: `multichoice` and `truefalse` questions with their categories; other kinds are listed.

Parsed with everything external off (security.md section 5, A32).
"""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from lxml import etree

from core.spreadsheets import FileDamaged, FileEmpty, FileTooLarge, HostileFile
from question_bank.domain.importing import columns
from question_bank.domain.importing.formats.lines import (
    MAX_BYTES,
    choice_question,
    too_many_options,
    true_false_question,
)
from question_bank.domain.importing.formats.markup import plain_from_html
from question_bank.domain.importing.raw import Parsed, RawQuestion

_OTHER_KINDS: Final = {
    "shortanswer": "填空题", "numerical": "数值题", "matching": "匹配题", "match": "匹配题", "essay": "问答题", "cloze": "完形题",
    "calculated": "计算题", "description": "说明文字", "ddwtos": "拖放题", "gapselect": "选词填空题", "ordering": "排序题",
}  # fmt: skip


def parse_moodle_xml(data: bytes, file_name: str) -> Parsed:
    """Questions by the line of their element. Raises HostileFile, FileDamaged, FileEmpty, FileTooLarge."""
    quiz = _root(data)
    questions: list[RawQuestion] = []
    unsupported: list[str] = []
    category = ""
    for element in quiz.iterchildren("question"):
        if element.get("type") == "category":
            category = _text(element, "category/text").rpartition("/")[2].strip()
            continue
        question, notes = _question(element, category)
        questions += [question] if question else []
        unsupported += notes
    return Parsed("moodle-xml", tuple(questions), tuple(unsupported))


def _root(data: bytes) -> etree._Element:
    if len(data) > MAX_BYTES:
        raise FileTooLarge(limit_mb=MAX_BYTES // (1024 * 1024))
    if not data.strip():
        raise FileEmpty
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise HostileFile
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FileDamaged from error
    if root.tag != "quiz":
        raise FileDamaged
    return root


def _question(element: etree._Element, category: str) -> tuple[RawQuestion | None, list[str]]:
    row = _line_of(element)
    kind = element.get("type") or ""
    if kind not in {"multichoice", "truefalse"}:
        return None, [f"第 {row} 行的{_OTHER_KINDS.get(kind, f'“{kind[:20]}”类型试题')}未导入"]
    notes: list[str] = []
    values = {
        columns.STEM: _plain(element, "questiontext", notes),
        columns.EXPLANATION: _plain(element, "generalfeedback", notes),
    }
    if category:
        values[columns.KNOWLEDGE_POINT] = category
    if _text_of(element, "defaultgrade"):
        values[columns.MARK] = _mark(_text_of(element, "defaultgrade"))
    answers = element.findall("answer")
    notes += ["选项反馈"] if any(_text(answer, "feedback/text") for answer in answers) else []
    notes += ["标签"] if element.find("tags") is not None else []
    question, refused = _answered(row, values, answers, notes=notes)
    told = [f"第 {row} 行的{lost}未导入" for lost in dict.fromkeys(notes)]
    return question, told + refused


def _answered(
    row: int, values: dict[str, str], answers: Sequence[etree._Element], *, notes: list[str],
) -> tuple[RawQuestion | None, list[str]]:  # fmt: skip
    texts = [_plain_text(answer, notes) for answer in answers]
    fractions = [_fraction(answer) for answer in answers]
    if answers and answers[0].getparent().get("type") == "truefalse":  # type: ignore[union-attr]
        best = max(range(len(answers)), key=lambda index: fractions[index])
        return true_false_question(row, values, is_true=texts[best].strip().lower() == "true"), []
    if too_many_options(texts):
        return None, [f"第 {row} 行有 {len(texts)} 个选项，超过 8 个，未导入"]
    single = _text(answers[0].getparent(), "single").strip().lower() != "false" if answers else True
    right = [index for index, fraction in enumerate(fractions) if (fraction == 100 if single else fraction > 0)]
    if single and any(0 < fraction < 100 for fraction in fractions):
        notes.append("部分得分")
    kind = {} if single else {columns.KIND: "多选" if len(right) > 1 else "不定项"}
    return choice_question(row, values | kind, options=texts, right=right), []


def _line_of(element: etree._Element) -> int:
    return int(getattr(element, "sourceline", 0) or 0)


def _mark(grade: str) -> str:
    """`1.0000000` → `1`; anything else stays as it is, for the checks to refuse."""
    return grade.rstrip("0").rstrip(".") if re.fullmatch(r"\d{1,3}\.\d+", grade) else grade


def _fraction(answer: etree._Element) -> Decimal:
    try:
        return Decimal((answer.get("fraction") or "0")[:12])
    except InvalidOperation:
        return Decimal(0)


def _plain(element: etree._Element, name: str, notes: list[str]) -> str:
    child = element.find(name)
    return "" if child is None else _plain_text(child, notes)


def _plain_text(element: etree._Element, notes: list[str]) -> str:
    text = _text(element, "text")
    if element.find("file") is not None:
        notes.append("附件")
    # Moodle's default format is HTML; only plain_text is taken as it is.
    if element.get("format") == "plain_text":
        return text
    plain = plain_from_html(text)
    notes += plain.lost
    return plain.text


def _text_of(element: etree._Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _text(element: etree._Element | None, path: str) -> str:
    child = None if element is None else element.find(path)
    return "" if child is None else "".join(str(piece) for piece in child.itertext())
