"""HTML fragments of foreign formats as plain text; what cannot be text is reported, never kept."""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

_BREAKS: Final = frozenset("p div br li tr h1 h2 h3 h4 h5 h6 ul ol table blockquote pre".split())
_LOST: Final = {
    "img": "图片",
    "table": "表格",
    "math": "公式",
    "video": "视频",
    "audio": "音频",
    "iframe": "嵌入内容",
    "svg": "图形",
    "object": "嵌入内容",
}
_SILENT: Final = frozenset({"script", "style"})


@dataclass(frozen=True, slots=True)
class Plain:
    """The text, and the Chinese names of what was left out."""

    text: str
    lost: tuple[str, ...] = ()


def plain_from_html(html: str) -> Plain:
    """Tags out, entities resolved, blocks on lines of their own. Scripts and styles vanish with their content."""
    if "<" not in html and "&" not in html:
        return Plain(html)
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.pieces).split("\n")]
    return Plain("\n".join(line for line in lines if line), tuple(dict.fromkeys(reader.lost)))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.lost: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LOST:
            self.lost.append(_LOST[tag])
        if tag in _SILENT:
            self.silent += 1
        if tag in _BREAKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(self.silent - 1, 0)
        if tag in _BREAKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(data)
