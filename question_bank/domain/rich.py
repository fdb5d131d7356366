"""What a text of a question may hold besides characters: pictures, formulas, tables.

It stays a text, so that every table, form and format can carry it: `![说明](media:<32 hex digits>)` is a picture of the
bank, `<math>…</math>` a formula (MathML), lines between bars (`| 甲 | 乙 |`) a table. The sitting page reads the same
three signs (frontend/src/exam/rich.ts).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html import escape, unescape
from typing import Final

import nh3

from question_bank.domain.content import Content, Json, Option

_PICTURE: Final = re.compile(r"!\[([^\]\n]{0,200})\]\(media:([0-9a-f]{32})\)")
_FORMULA: Final = re.compile(r"<math\b[^<>]*>.*?</math\s*>", re.DOTALL | re.IGNORECASE)
_ROW: Final = re.compile(r"^\|.*\|$")
_RULE: Final = re.compile(r"^\|(?:\s*:?-{2,}:?\s*\|)+$")
_TOKEN: Final = re.compile(f"{_PICTURE.pattern}|({_FORMULA.pattern})", re.DOTALL | re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]*>")

# MathML Core, presentation elements; no links, no annotations, no foreign content.
MATH_TAGS: Final = frozenset(
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts "
    "mprescripts mtable mtr mtd mstyle mphantom mpadded menclose".split()
)
_MATH_ATTRIBUTES: Final = {"math": {"display"}, "mo": {"stretchy", "fence", "separator"}, "mi": {"mathvariant"}}


@dataclass(frozen=True, slots=True)
class Text:
    """Characters with their line ends."""

    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the bank by name; `alt` says it in words."""

    name: str
    alt: str


@dataclass(frozen=True, slots=True)
class Formula:
    """Cleaned MathML."""

    mathml: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first row is a head where a rule of dashes follows it."""

    rows: tuple[tuple[str, ...], ...]
    has_head: bool


Piece = Text | Picture | Formula | Table


def is_rich(text: str) -> bool:
    """Whether the text holds anything but characters; cheap for the many that do not."""
    return ("](media:" in text or "<math" in text or "|" in text) and any(
        not isinstance(piece, Text) for piece in pieces(text)
    )


def pieces(text: str) -> Iterator[Piece]:
    """The text in reading order."""
    lines: list[str] = []
    rows: list[str] = []
    for line in [*text.split("\n"), ""]:
        if _ROW.match(line.strip()):
            rows.append(line.strip())
            continue
        if len(rows) > 1:
            yield from _inline("\n".join(lines))
            yield _table(rows)
            lines = []
        else:
            lines += rows
        rows = []
        lines.append(line)
    # The last line is the empty one that closed a table at the end.
    yield from _inline("\n".join(lines[:-1] if lines and not lines[-1] else lines))


def _inline(text: str) -> Iterator[Piece]:
    begin = 0
    for found in _TOKEN.finditer(text):
        if found.start() > begin:
            yield Text(text[begin : found.start()])
        yield Formula(clean_formula(found.group(3))) if found.group(3) else Picture(found.group(2), found.group(1))
        begin = found.end()
    if begin < len(text):
        yield Text(text[begin:])


def _table(rows: list[str]) -> Table:
    has_head = len(rows) > 1 and bool(_RULE.match(rows[1]))
    kept = [row for index, row in enumerate(rows) if not (index == 1 and has_head)]
    return Table(tuple(tuple(cell.strip() for cell in row.strip("|").split("|")) for row in kept), has_head)


def clean_formula(mathml: str) -> str:
    """MathML with everything but presentation taken out."""
    return nh3.clean(
        mathml, tags=set(MATH_TAGS), attributes={tag: set(names) for tag, names in _MATH_ATTRIBUTES.items()}
    )


def without_formulas(text: str) -> str:
    """The text as checked for HTML: formulas are the one markup that is allowed."""
    return _FORMULA.sub("", text) if "<math" in text else text


def plain(text: str) -> str:
    """In characters alone, for lists and for comparing: `[图]`, the letters of a formula, the cells of a table."""
    if "media:" not in text and "<math" not in text:
        return text
    return plain_formulas(_PICTURE.sub(lambda found: f"[{found.group(1) or '图'}]", text))


def plain_formulas(text: str) -> str:
    """Formulas in their characters alone."""
    if "<math" not in text:
        return text
    return _FORMULA.sub(lambda found: unescape(_TAG.sub("", found.group(0))), text)


def picture_names(text: str) -> tuple[str, ...]:
    """The pictures that the text shows."""
    return tuple(found.group(2) for found in _PICTURE.finditer(text)) if "](media:" in text else ()


def to_html(text: str, address: Callable[[str], str]) -> str:
    """Safe HTML; `address` gives the URL of a picture by name."""
    return "".join(_html_of(piece, address) for piece in pieces(text))


def _html_of(piece: Piece, address: Callable[[str], str]) -> str:
    match piece:
        case Text(text):
            return escape(text).replace("\n", "<br>")
        case Picture(name, alt):
            return f'<img class="ck-question-picture" src="{escape(address(name))}" alt="{escape(alt)}" loading="lazy">'
        case Formula(mathml):
            return mathml
        case Table(rows, has_head):
            return _html_table(rows, has_head, address)


def _html_table(rows: tuple[tuple[str, ...], ...], has_head: bool, address: Callable[[str], str]) -> str:
    lines = []
    for number, row in enumerate(rows):
        tag = "th" if has_head and number == 0 else "td"
        cells = "".join(f"<{tag}>{''.join(_html_of(one, address) for one in _inline(cell))}</{tag}>" for cell in row)
        lines.append(f"<tr>{cells}</tr>")
    return f'<table class="ck-question-table">{"".join(lines)}</table>'


def texts_of(content: Content) -> Iterator[str]:
    """Every text that a reader sees."""
    yield content.stem
    yield from (option.text for option in content.options)
    yield content.explanation
    yield from _strings(content.extra)


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def with_picture_names(content: Content, names: dict[str, str]) -> Content:
    """The same content with pictures called otherwise."""

    def renamed(text: str) -> str:
        if "](media:" not in text:
            return text
        return _PICTURE.sub(
            lambda found: f"![{found.group(1)}](media:{names.get(found.group(2), found.group(2))})", text
        )

    def deep(value: Json) -> Json:
        if isinstance(value, str):
            return renamed(value)
        if isinstance(value, dict):
            return {name: deep(item) for name, item in value.items()}
        return [deep(item) for item in value] if isinstance(value, list) else value

    return replace(
        content,
        stem=renamed(content.stem),
        options=tuple(Option(option.id, renamed(option.text)) for option in content.options),
        explanation=renamed(content.explanation),
        extra=deep(content.extra),
        key=deep(content.key),
    )
