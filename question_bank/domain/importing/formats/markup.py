"""HTML fragments of foreign formats as texts of the bank; what cannot be text is reported, never kept."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from lxml import etree

from core.errors import gettext_noop
from question_bank.domain.importing.formats.package import local
from question_bank.domain.rich import MATH_TAGS, clean_formula

_BREAKS: Final = frozenset("p div br li h1 h2 h3 h4 h5 h6 ul ol blockquote pre table tr".split())
_LOST: Final = {
    "video": gettext_noop("视频"),
    "audio": gettext_noop("音频"),
    "iframe": gettext_noop("嵌入内容"),
    "svg": gettext_noop("图形"),
    "object": gettext_noop("嵌入内容"),
}
PICTURE: Final = gettext_noop("图片")
OPTION_FEEDBACK: Final = gettext_noop("选项反馈")
PARTIAL_CREDIT: Final = gettext_noop("部分得分")
TAGS: Final = gettext_noop("标签")
ATTACHMENT: Final = gettext_noop("附件")
_SILENT: Final = frozenset({"script", "style"})
# From the address of a picture in the source to its name in the bank; empty when it is not there.
Resources = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Plain:
    """The text, and the marked names of what was left out."""

    text: str
    lost: tuple[str, ...] = ()


def _nothing(source: str) -> str:
    return ""


def plain_from_html(html: str, resources: Resources = _nothing) -> Plain:
    """Tags out, entities resolved, blocks on lines of their own; pictures, formulas and tables as the bank writes them.

    Scripts and styles vanish with their content.
    """
    if "<" not in html and "&" not in html:
        return Plain(html)
    reader = _Reader(resources)
    reader.feed(html)
    reader.close()
    return reader.plain()


class _Reader(HTMLParser):
    def __init__(self, resources: Resources) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.lost: list[str] = []
        self.silent = 0
        self.math = 0
        self.cells: list[str] | None = None
        self.resources = resources

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LOST:
            self.lost.append(_LOST[tag])
        if tag in _SILENT:
            self.silent += 1
        if tag in MATH_TAGS:
            self.math += tag == "math"
            self.pieces.append(f"<{tag}>")
        elif tag == "img":
            self._picture(dict(attrs))
        elif tag in {"td", "th"} and self.cells is not None:
            self.cells.append("")
            self.pieces.append("\x1f")
        elif tag == "tr":
            self.cells = []
            self.pieces.append("\n\x1e")
        elif tag in _BREAKS:
            # Inside a row of a table a line end would tear it.
            self.pieces.append(" " if self.cells is not None else "\n")

    def _picture(self, attributes: dict[str, str | None]) -> None:
        name = self.resources(attributes.get("src") or "")
        if name:
            alt = re.sub(r"[\[\]\n]", " ", attributes.get("alt") or "").strip()[:200]
            self.pieces.append(f"![{alt}](media:{name})")
        else:
            self.lost.append(PICTURE)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(self.silent - 1, 0)
        if tag in MATH_TAGS:
            self.pieces.append(f"</{tag}>")
            self.math -= tag == "math"
        elif tag == "tr" and self.cells is not None:
            self.cells = None
            self.pieces.append("\x1f\n")
        elif tag in _BREAKS:
            self.pieces.append(" " if self.cells is not None else "\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            data = data.replace("\x1e", "").replace("\x1f", "")
            if self.math > 0:
                data = data.replace("&", "&amp;").replace("<", "&lt;")
            self.pieces.append(data.replace("|", "｜") if self.cells is not None else data)

    def plain(self) -> Plain:
        lines = []
        for line in "".join(self.pieces).split("\n"):
            text = " ".join(line.split(" ")) if "\x1e" in line else " ".join(line.split())
            if "\x1e" in text:
                cells = [" ".join(cell.split()) for cell in text.split("\x1f")[1:-1]]
                text = f"| {' | '.join(cells)} |" if any(cells) else ""
            if text:
                lines.append(_FORMULA.sub(lambda found: clean_formula(found.group(0)), text))
        return Plain("\n".join(lines), tuple(dict.fromkeys(self.lost)))


_FORMULA: Final = re.compile(r"<math>.*?</math>")


def rich_from_element(
    element: etree._Element, resources: Resources, *, name: Callable[[etree._Element], str] = local
) -> Plain:
    """The same from parsed XML: QTI bodies, where interactions stand among the text. A text entry becomes a blank."""
    return plain_from_html("".join(_html(element, name)) or "", resources)


def _html(element: etree._Element, name: Callable[[etree._Element], str]) -> Iterator[str]:
    yield _escaped(element.text)
    for child in element:
        called = name(child)
        if called == "textentryinteraction":
            yield "____"
        elif called == "prompt":
            yield f"<div>{''.join(_html(child, name))}</div>"
        elif called.endswith("interaction"):
            yield "".join(f"<div>{''.join(_html(one, name))}</div>" for one in child if name(one) == "prompt")
        elif called and called not in {"rubricblock", "feedbackinline", "feedbackblock"}:
            tag = local(child)
            source = child.get("src") or child.get("data") or ""
            extra = f' src="{_escaped(source)}" alt="{_escaped(child.get("alt"))}"' if tag == "img" else ""
            yield f"<{tag}{extra}>{''.join(_html(child, name))}" + ("" if tag in {"img", "br"} else f"</{tag}>")
        yield _escaped(child.tail)


def _escaped(text: object) -> str:
    plain = str(text) if text else ""
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
