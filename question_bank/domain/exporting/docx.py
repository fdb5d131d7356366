"""Word: the same lines as plain text, with the pictures in their places (ECMA-376, the smallest package that Word opens)."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from lxml import etree

from question_bank.domain.draft import QuestionDraft
from question_bank.domain.exporting.package import picture_suffix, write_package
from question_bank.domain.exporting.texts import text_block

_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_A: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
_WP: Final = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_PIC: Final = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_NAMES: Final = {"w": _W, "r": _R, "a": _A, "wp": _WP, "pic": _PIC}
_TOKEN: Final = re.compile(r"(!\[[^\]\n]*\]\(media:[0-9a-f]{32}\))")
_NAME: Final = re.compile(r"media:([0-9a-f]{32})")
# Twelve centimetres wide, in English Metric Units; Word keeps the proportions when somebody drags a corner.
_WIDTH: Final = 12 * 360_000


def write_docx(drafts: Sequence[QuestionDraft], pictures: Mapping[str, bytes]) -> bytes:
    """Numbered questions, each paragraph a line of the text format."""
    body = _Body(pictures)
    for number, draft in enumerate(drafts, start=1):
        for line in [*text_block(number, draft).split("\n"), ""]:
            body.paragraph(line)
    return write_package(body.parts())


class _Body:
    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        self.pictures = pictures
        self.used: dict[str, str] = {}
        self.document = etree.Element(f"{{{_W}}}document", nsmap=_NAMES)
        self.body = etree.SubElement(self.document, f"{{{_W}}}body")

    def paragraph(self, line: str) -> None:
        paragraph = etree.SubElement(self.body, f"{{{_W}}}p")
        for piece in _TOKEN.split(line):
            found = _NAME.search(piece) if _TOKEN.fullmatch(piece) else None
            run = etree.SubElement(paragraph, f"{{{_W}}}r")
            if found is not None and found.group(1) in self.pictures:
                self.picture(run, found.group(1))
            else:
                text = etree.SubElement(run, f"{{{_W}}}t")
                text.text = piece
                text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def picture(self, run: etree._Element, name: str) -> None:
        relation = self.used.setdefault(name, f"rId{len(self.used) + 1}")
        number = relation.removeprefix("rId")
        drawing = etree.SubElement(run, f"{{{_W}}}drawing")
        inline = etree.SubElement(drawing, f"{{{_WP}}}inline")
        size = {"cx": str(_WIDTH), "cy": str(_WIDTH * 3 // 4)}
        etree.SubElement(inline, f"{{{_WP}}}extent", size)
        etree.SubElement(inline, f"{{{_WP}}}docPr", id=number, name=f"picture {number}")
        graphic = etree.SubElement(inline, f"{{{_A}}}graphic")
        data = etree.SubElement(graphic, f"{{{_A}}}graphicData", uri=_PIC)
        picture = etree.SubElement(data, f"{{{_PIC}}}pic")
        about = etree.SubElement(picture, f"{{{_PIC}}}nvPicPr")
        etree.SubElement(about, f"{{{_PIC}}}cNvPr", id=number, name=f"picture {number}")
        etree.SubElement(about, f"{{{_PIC}}}cNvPicPr")
        fill = etree.SubElement(picture, f"{{{_PIC}}}blipFill")
        etree.SubElement(fill, f"{{{_A}}}blip", {f"{{{_R}}}embed": relation})
        etree.SubElement(etree.SubElement(fill, f"{{{_A}}}stretch"), f"{{{_A}}}fillRect")
        shape = etree.SubElement(picture, f"{{{_PIC}}}spPr")
        frame = etree.SubElement(shape, f"{{{_A}}}xfrm")
        etree.SubElement(frame, f"{{{_A}}}off", x="0", y="0")
        etree.SubElement(frame, f"{{{_A}}}ext", size)
        etree.SubElement(etree.SubElement(shape, f"{{{_A}}}prstGeom", prst="rect"), f"{{{_A}}}avLst")

    def parts(self) -> dict[str, bytes]:
        files = {name: f"media/{name}.{picture_suffix(self.pictures[name])}" for name in self.used}
        main = {"Type": f"{_R}/officeDocument", "Target": "word/document.xml", "Id": "rId1"}
        pictures = [{"Type": f"{_R}/image", "Target": files[name], "Id": self.used[name]} for name in files]
        return {
            "[Content_Types].xml": _content_types(),
            "_rels/.rels": _relations([main]),
            "word/document.xml": _xml(self.document),
            "word/_rels/document.xml.rels": _relations(pictures),
        } | {f"word/{path}": self.pictures[name] for name, path in files.items()}


def _content_types() -> bytes:
    root = etree.Element("Types", nsmap={None: f"{_PACKAGE}/content-types"})  # type: ignore[dict-item]
    for extension, kind in (
        ("rels", "application/vnd.openxmlformats-package.relationships+xml"), ("xml", "application/xml"),
        ("png", "image/png"), ("jpeg", "image/jpeg"), ("gif", "image/gif"),
    ):  # fmt: skip
        etree.SubElement(root, "Default", Extension=extension, ContentType=kind)
    etree.SubElement(
        root,
        "Override",
        PartName="/word/document.xml",
        ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    )
    return _xml(root)


def _relations(links: Sequence[Mapping[str, str]]) -> bytes:
    root = etree.Element("Relationships", nsmap={None: f"{_PACKAGE}/relationships"})  # type: ignore[dict-item]
    for link in links:
        etree.SubElement(root, "Relationship", dict(link))
    return _xml(root)


def _xml(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
