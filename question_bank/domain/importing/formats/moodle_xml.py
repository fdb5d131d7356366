"""Moodle XML: choices, true/false, short and numerical answers, matching, ordering, essays, clozes of short answers.

Categories and embedded pictures come with it; other kinds are listed. Parsed with everything external off (security.md
section 5, A32).
"""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Final
from urllib.parse import unquote

from lxml import etree

from core.errors import gettext_noop
from core.spreadsheets import FileDamaged, FileEmpty, FileTooLarge
from question_bank.domain.importing import columns
from question_bank.domain.importing.formats.lines import (
    MAX_BYTES,
    choice_question,
    matching_question,
    one_form,
    too_many_options,
    true_false_question,
    written_question,
)
from question_bank.domain.importing.formats.markup import (
    ATTACHMENT,
    OPTION_FEEDBACK,
    PARTIAL_CREDIT,
    TAGS,
    plain_from_html,
)
from question_bank.domain.importing.formats.package import parse_xml
from question_bank.domain.importing.raw import OPTIONS_NOT_TAKEN, Note, Parsed, RawQuestion, not_taken
from question_bank.domain.kinds.choices import OPTION_IDS

_OTHER_KINDS: Final = {
    "cloze": gettext_noop("完形题"),
    "calculated": gettext_noop("计算题"),
    "description": gettext_noop("说明文字"),
    "ddwtos": gettext_noop("拖放题"),
    "gapselect": gettext_noop("选词填空题"),
    "randomsamatch": gettext_noop("随机匹配题"),
    "ddimageortext": gettext_noop("拖放题"),
    "ddmarker": gettext_noop("拖放题"),
}
_OWN_KINDS: Final = frozenset(
    {"multichoice", "truefalse", "shortanswer", "numerical", "matching", "match", "ordering", "essay", "cloze"}
)
_BLANK: Final = re.compile(r"\{\d*:(?:SHORTANSWER|SA|SHORTANSWER_C|SAC):([^{}]*)\}")
_ANY_BLANK: Final = re.compile(r"\{\d*:[A-Z_]+:")


def parse_moodle_xml(data: bytes, file_name: str) -> Parsed:
    """Questions by the line of their element. Raises HostileFile, FileDamaged, FileEmpty, FileTooLarge."""
    quiz = _root(data)
    pictures: dict[str, bytes] = {}
    questions: list[RawQuestion] = []
    unsupported: list[Note] = []
    category = ""
    for element in quiz.iterchildren("question"):
        if element.get("type") == "category":
            category = _raw(element, "category/text").rpartition("/")[2].strip()
            continue
        question, notes = _Question(element, pictures).read(category)
        questions += [question] if question else []
        unsupported += notes
    return Parsed("moodle-xml", tuple(questions), tuple(unsupported), pictures=pictures)


def _root(data: bytes) -> etree._Element:
    if len(data) > MAX_BYTES:
        raise FileTooLarge(limit_mb=MAX_BYTES // (1024 * 1024))
    if not data.strip():
        raise FileEmpty
    root = parse_xml(data)
    if root.tag != "quiz":
        raise FileDamaged
    return root


@dataclass(slots=True)
class _Question:
    """One `question` element on its way to a row."""

    element: etree._Element
    pictures: dict[str, bytes]
    lost: list[str] = field(default_factory=list)
    refused: list[Note] = field(default_factory=list)

    @property
    def row(self) -> int:
        return int(getattr(self.element, "sourceline", 0) or 0)

    def read(self, category: str) -> tuple[RawQuestion | None, list[Note]]:
        kind = self.element.get("type") or ""
        if kind not in _OWN_KINDS:
            return None, [not_taken(self.row, _OTHER_KINDS.get(kind, kind[:20]))]
        values = {
            columns.STEM: self.text(self.element.find("questiontext")),
            columns.EXPLANATION: self.text(self.element.find("generalfeedback")),
        }
        if category:
            values[columns.KNOWLEDGE_POINT] = category
        grade = (self.element.findtext("defaultgrade") or "").strip()
        if grade:
            values[columns.MARK] = _mark(grade)
        answers = self.element.findall("answer")
        self.lost += [OPTION_FEEDBACK] if any(_raw(answer, "feedback/text") for answer in answers) else []
        self.lost += [TAGS] if self.element.find("tags") is not None else []
        readers: Mapping[str, Callable[[dict[str, str], list[etree._Element]], RawQuestion | None]] = {
            "multichoice": self.choice,
            "truefalse": self.boolean,
            "shortanswer": self.short,
            "numerical": self.number,
            "matching": self.matching,
            "match": self.matching,
            "ordering": self.ordering,
            "essay": self.essay,
            "cloze": self.cloze,
        }
        question = readers[kind](values, answers)
        return question, [*(not_taken(self.row, lost) for lost in dict.fromkeys(self.lost)), *self.refused]

    def text(self, element: etree._Element | None) -> str:
        """A text with pictures by name. Moodle's default format is HTML; only plain_text is taken as it is."""
        if element is None:
            return ""
        raw = _raw(element, "text")
        files = {one.get("name") or "": one.text or "" for one in element.findall("file")}
        if element.get("format") == "plain_text":
            self.lost += [ATTACHMENT] if files else []
            return raw
        plain = plain_from_html(raw, lambda source: self.keep(files, source))
        self.lost += plain.lost
        return plain.text

    def keep(self, files: Mapping[str, str], source: str) -> str:
        """The name of an embedded picture; nothing for one that is elsewhere."""
        encoded = files.get(unquote(source.removeprefix("@@PLUGINFILE@@/")), "")
        try:
            content = base64.b64decode(encoded, validate=False)
        except ValueError:
            return ""
        if not content:
            return ""
        name = sha256(content).hexdigest()[:32]
        self.pictures[name] = content
        return name

    def boolean(self, values: dict[str, str], answers: list[etree._Element]) -> RawQuestion | None:
        texts = [self.text(answer).strip().lower() for answer in answers]
        fractions = [_fraction(answer) for answer in answers]
        best = max(range(len(answers)), key=lambda index: fractions[index], default=-1)
        return true_false_question(self.row, values, is_true=best >= 0 and texts[best] == "true")

    def choice(self, values: dict[str, str], answers: list[etree._Element]) -> RawQuestion | None:
        texts = [self.text(answer) for answer in answers]
        fractions = [_fraction(answer) for answer in answers]
        if self.too_many(texts):
            return None
        single = _raw(self.element, "single").strip().lower() != "false"
        right = [index for index, fraction in enumerate(fractions) if (fraction == 100 if single else fraction > 0)]
        self.partial(fractions if single else [])
        kind = {} if single else {columns.KIND: "多选" if len(right) > 1 else "不定项"}
        return choice_question(self.row, values | kind, options=texts, right=right)

    def partial(self, fractions: Sequence[Decimal]) -> None:
        self.lost += [PARTIAL_CREDIT] if any(0 < fraction < 100 for fraction in fractions) else []

    def too_many(self, texts: Sequence[str]) -> bool:
        if too_many_options(texts):
            self.refused.append(Note(OPTIONS_NOT_TAKEN, {"row": self.row, "count": len(texts)}))
        return too_many_options(texts)

    def short(self, values: dict[str, str], answers: list[etree._Element]) -> RawQuestion | None:
        self.partial([_fraction(answer) for answer in answers])
        forms = [one_form(self.text(answer)) for answer in answers if _fraction(answer) == 100]
        return written_question(self.row, values, kind="填空", key="|".join(forms))

    def number(self, values: dict[str, str], answers: list[etree._Element]) -> RawQuestion | None:
        self.partial([_fraction(answer) for answer in answers])
        full = next((answer for answer in answers if _fraction(answer) == 100), None)
        value = "" if full is None else self.text(full).strip()
        tolerance = "" if full is None else (full.findtext("tolerance") or "").strip()
        unit = (self.element.findtext("units/unit/unit_name") or "").strip()
        asks = (self.element.findtext("showunits") or "").strip() == "0"
        key = f"{value}{f'±{tolerance}' if tolerance.strip('0.') else ''}{f' {unit}' if unit else ''}"
        return written_question(self.row, values, kind="数值", key=f"{key}（填单位）" if unit and asks else key)

    def matching(self, values: dict[str, str], answers: list[etree._Element]) -> RawQuestion | None:
        pairs = [(self.text(one), _raw(one, "answer/text").strip()) for one in self.element.findall("subquestion")]
        kept = [pair for pair in pairs if pair[0].strip()]
        if self.too_many([left for left, _ in kept]):
            return None
        spare = [right for left, right in pairs if not left.strip()]
        return matching_question(self.row, values, pairs=kept, spare=spare)

    def ordering(self, values: dict[str, str], answers: list[etree._Element]) -> RawQuestion | None:
        texts = [self.text(answer) for answer in answers]
        if self.too_many(texts):
            return None
        options = {columns.option_title(OPTION_IDS[index]): text for index, text in enumerate(texts)}
        key = "、".join(OPTION_IDS[: len(texts)]).upper()
        return written_question(self.row, values | options, kind="排序", key=key)

    def essay(self, values: dict[str, str], answers: list[etree._Element]) -> RawQuestion | None:
        reference = self.text(self.element.find("graderinfo")) or values[columns.EXPLANATION]
        return written_question(self.row, values, kind="简答", key=reference)

    def cloze(self, values: dict[str, str], answers: list[etree._Element]) -> RawQuestion | None:
        """Blanks of short answers alone; any other embedded question makes it a kind that the bank has not."""
        stem = values[columns.STEM]
        blanks = _BLANK.findall(stem)
        if not blanks or len(_ANY_BLANK.findall(stem)) != len(blanks):
            self.refused.append(not_taken(self.row, _OTHER_KINDS["cloze"]))
            return None
        key = "；".join("|".join(_cloze_forms(blank)) for blank in blanks)
        values = values | {columns.STEM: _BLANK.sub("____", stem)}
        return written_question(self.row, values, kind="填空", key=key)


def _cloze_forms(blank: str) -> list[str]:
    """`=甲~=乙` and `%100%甲~%0%丙`: the forms that earn everything."""
    forms = []
    for piece in re.split(r"(?<!\\)~", blank):
        text = re.sub(r"\\(.)", r"\1", piece.partition("#")[0])
        if text.startswith(("=", "%100%")):
            forms.append(one_form(text.removeprefix("=").removeprefix("%100%")))
    return forms


def _mark(grade: str) -> str:
    """`1.0000000` → `1`; anything else stays as it is, for the checks to refuse."""
    return grade.rstrip("0").rstrip(".") if re.fullmatch(r"\d{1,3}\.\d+", grade) else grade


def _fraction(answer: etree._Element) -> Decimal:
    try:
        return Decimal((answer.get("fraction") or "0")[:12])
    except InvalidOperation:
        return Decimal(0)


def _raw(element: etree._Element | None, path: str) -> str:
    child = None if element is None else element.find(path)
    return "" if child is None else "".join(str(piece) for piece in child.itertext())
