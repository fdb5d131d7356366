"""Word: paragraphs with their automatic numbers, pictures, formulas and tables, then read like any text.

Word's own numbering (1. 2. 3., A. B. C., 一、) is not in the text of the file; it is counted here as Word counts it
(ECMA-376 part 1, 17.9). The row of a question is the number of its paragraph.
"""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from lxml import etree

from core.errors import gettext_noop
from core.spreadsheets import FileDamaged, MacrosRefused
from question_bank.domain.importing.formats.formulas import mathml_of
from question_bank.domain.importing.formats.package import attribute, local, parse_xml, read_package
from question_bank.domain.importing.formats.text import parse_lines
from question_bank.domain.importing.raw import Note, Parsed

MAX_PICTURES: Final = 500
_SKIPPED: Final = {"del", "moveFrom", "instrText", "delText", "fldData", "rPr", "pPr", "sectPr", "Fallback"}
_CHARACTERS: Final = {"tab": "  ", "ptab": "  ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
NOT_READ: Final = {
    "txbxContent": gettext_noop("没有读取文本框中的文字，请移到正文中"),
    "footnoteReference": gettext_noop("没有读取脚注"),
    "endnoteReference": gettext_noop("没有读取尾注"),
    "commentReference": gettext_noop("没有读取批注"),
    "object": gettext_noop("没有读取嵌入对象，请另存为图片后插入"),
    "chart": gettext_noop("没有读取图表，请另存为图片后插入"),
}
PICTURES_MANY: Final = gettext_noop("图片超过 {limit} 张，其余没有读取")


def parse_docx(data: bytes, file_name: str) -> Parsed:
    """Questions by the number of their paragraph. Raises what opening a package raises, MacrosRefused."""
    parts = read_package(data, lambda path: path.startswith("word/") or path.endswith(".rels"))
    if any(path.lower().endswith("vbaproject.bin") for path in parts):
        raise MacrosRefused
    if "word/document.xml" not in parts:
        raise FileDamaged
    document = _Document(
        parts, _relations(parts), _Numbering(parts.get("word/numbering.xml"), parts.get("word/styles.xml"))
    )
    body = parse_xml(parts["word/document.xml"]).find("{*}body")
    lines = [] if body is None else list(_numbered_lines(document, body))
    parsed = parse_lines(lines)
    notes = [Note(NOT_READ[name]) for name in NOT_READ if name in document.unread]
    notes += [Note(PICTURES_MANY, {"limit": MAX_PICTURES})] if document.too_many else []
    return Parsed("docx", parsed.questions, (*parsed.unsupported, *notes), pictures=document.pictures)


def _numbered_lines(document: "_Document", body: etree._Element) -> Iterator[tuple[int, str]]:
    row = 0
    for block in _blocks(body):
        if local(block) == "tbl":
            # An empty line before and after keeps a table of several lines together with its question.
            for cells in document.rows(block):
                row += 1
                yield row, f"| {' | '.join(cells)} |"
        else:
            row += 1
            for line in document.paragraph(block).split("\n"):
                yield row, line


def _blocks(parent: etree._Element) -> Iterator[etree._Element]:
    for child in parent:
        name = local(child)
        if name in {"p", "tbl"}:
            yield child
        elif name in {"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"}:
            yield from _blocks(child)


@dataclass(slots=True)
class _Document:
    parts: Mapping[str, bytes]
    relations: Mapping[str, str]
    numbering: "_Numbering"
    pictures: dict[str, bytes] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    too_many: bool = False

    def paragraph(self, element: etree._Element) -> str:
        """The text with its number before it."""
        label = self.numbering.label(element)
        text = "".join(self.inline(element)).replace("\u00a0", " ").strip(" ")
        return f"{label} {text}" if label and text else text

    def inline(self, element: etree._Element) -> Iterator[str]:
        """The pieces of text of a paragraph or a part of one."""
        for child in element:
            name = local(child)
            if name == "t":
                yield child.text or ""
            elif name in _CHARACTERS:
                yield _CHARACTERS[name]
            elif name in {"oMath", "oMathPara"}:
                yield mathml_of(child)
            elif name in {"blip", "imagedata"}:
                yield self.picture(attribute(child, "embed") or attribute(child, "id"))
            elif name in NOT_READ:
                self.unread.add(name)
            elif name not in _SKIPPED:
                yield from self.inline(child)

    def picture(self, relation: str) -> str:
        """The sign of a picture; nothing for one that is linked and not in the file."""
        content = self.parts.get(self.relations.get(relation, ""))
        if not content:
            return ""
        name = sha256(content).hexdigest()[:32]
        if name not in self.pictures and len(self.pictures) >= MAX_PICTURES:
            self.too_many = True
            return ""
        self.pictures[name] = content
        return f"![](media:{name})"

    def rows(self, table: etree._Element) -> Iterator[list[str]]:
        """Texts of the cells, row by row."""
        for row in table.iterchildren("{*}tr"):
            cells = []
            for cell in row.iterchildren("{*}tc"):
                texts = [self.paragraph(block) for block in _blocks(cell) if local(block) == "p"]
                cells.append(" ".join(text.replace("\n", " ").replace("|", "｜") for text in texts if text))
            yield cells


def _relations(parts: Mapping[str, bytes]) -> dict[str, str]:
    stored = parts.get("word/_rels/document.xml.rels")
    if stored is None:
        return {}
    return {
        attribute(link, "Id"): posixpath.normpath(posixpath.join("word", attribute(link, "Target"))).removeprefix("/")
        for link in parse_xml(stored)
        if attribute(link, "TargetMode") != "External"
    }


# --- numbers that Word counts ---------------------------------------------------------------------------------------

_CHINESE: Final = "〇一二三四五六七八九"
_CHINESE_FORMATS: Final = {
    "chineseCounting", "chineseCountingThousand", "ideographDigital", "japaneseCounting", "taiwaneseCountingThousand",
    "taiwaneseCounting", "chineseLegalSimplified",
}  # fmt: skip
_ROMAN: Final = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


@dataclass(frozen=True, slots=True)
class _Level:
    format: str
    text: str
    start: int


class _Numbering:
    """Counters of the lists of one document, advanced paragraph by paragraph."""

    def __init__(self, numbering: bytes | None, styles: bytes | None) -> None:
        self.levels: dict[str, dict[int, _Level]] = {}
        self.counts: dict[str, dict[int, int]] = {}
        self.abstract_of: dict[str, str] = {}
        self.of_style: dict[str, tuple[str, int]] = {}
        if numbering:
            self._read(parse_xml(numbering))
        if styles:
            for style in parse_xml(styles).iterchildren("{*}style"):
                found = _number_of(style.find("{*}pPr"))
                if found:
                    self.of_style[attribute(style, "styleId")] = found

    def _read(self, root: etree._Element) -> None:
        for abstract in root.iterchildren("{*}abstractNum"):
            self.levels[attribute(abstract, "abstractNumId")] = {
                _int(attribute(level, "ilvl")): _Level(
                    _value(level, "numFmt"), _value(level, "lvlText"), _int(_value(level, "start") or "1")
                )
                for level in abstract.iterchildren("{*}lvl")
            }
        for number in root.iterchildren("{*}num"):
            self.abstract_of[attribute(number, "numId")] = _value(number, "abstractNumId")
            override = number.find("{*}lvlOverride")
            if override is not None:
                # A list that starts anew has counters of its own.
                self.abstract_of[attribute(number, "numId")] += f"/{attribute(number, 'numId')}"

    def label(self, paragraph: etree._Element) -> str:
        """`1.`, `A.`, `一、`; empty for a paragraph without number or with a bullet."""
        properties = paragraph.find("{*}pPr")
        found = _number_of(properties)
        if found is None and properties is not None:
            found = self.of_style.get(_value(properties, "pStyle"))
        if found is None:
            return ""
        number, level = found
        counted = self.abstract_of.get(number, "")
        levels = self.levels.get(counted.partition("/")[0], {})
        if level not in levels:
            return ""
        counts = self.counts.setdefault(counted, {})
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        return self._written(levels, counts, level)

    def _written(self, levels: Mapping[int, _Level], counts: Mapping[int, int], level: int) -> str:
        text = levels[level].text
        if levels[level].format in {"bullet", "none"}:
            return ""
        for number in range(level + 1):
            shown = levels.get(number, levels[level])
            text = text.replace(f"%{number + 1}", _number(counts.get(number, shown.start), shown.format))
        return text


def _number_of(properties: etree._Element | None) -> tuple[str, int] | None:
    listed = None if properties is None else properties.find("{*}numPr")
    if listed is None:
        return None
    number = _value(listed, "numId")
    return (number, _int(_value(listed, "ilvl") or "0")) if number not in {"", "0"} else None


def _number(count: int, style: str) -> str:
    if style == "upperLetter":
        return chr(64 + count) if 1 <= count <= 26 else str(count)
    if style == "lowerLetter":
        return chr(96 + count) if 1 <= count <= 26 else str(count)
    if style in _CHINESE_FORMATS:
        return _chinese(count)
    if style in {"upperRoman", "lowerRoman"}:
        roman = _roman(count)
        return roman if style == "upperRoman" else roman.lower()
    return str(count)


def _chinese(count: int) -> str:
    if not 0 < count < 100:
        return str(count)
    tens, ones = divmod(count, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_CHINESE[tens]}十"
    return head + (_CHINESE[ones] if ones else "")


def _roman(count: int) -> str:
    text = ""
    for value, sign in _ROMAN:
        while 0 < value <= count < 50:
            text, count = text + sign, count - value
    return text or str(count)


def _value(element: etree._Element, name: str) -> str:
    child = element.find(f"{{*}}{name}")
    return "" if child is None else attribute(child, "val")


def _int(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
