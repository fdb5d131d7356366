"""QTI packages: one item a file, a manifest, the pictures. Version 3 has the names of version 2 with `qti-` and hyphens."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from core.scores import display
from question_bank.domain.content import Json
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.exporting.package import picture_suffix, write_package
from question_bank.domain.kinds.choices import as_ids
from question_bank.domain.kinds.fill_in import blanks_of, is_any_order
from question_bank.domain.kinds.matching import pairs_of, targets_of
from question_bank.domain.kinds.numeric import fields_of
from question_bank.domain.kinds.short_answer import KIND as SHORT_ANSWER
from question_bank.domain.rich import Text as PlainText
from question_bank.domain.rich import picture_names, pieces, texts_of, to_html

_CP: Final = "http://www.imsglobal.org/xsd/imscp_v1p1"
_NAMESPACES: Final = {
    "2.1": "http://www.imsglobal.org/xsd/imsqti_v2p1",
    "2.2": "http://www.imsglobal.org/xsd/imsqti_v2p2",
    "3.0": "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
}
_TYPES: Final = {"2.1": "imsqti_item_xmlv2p1", "2.2": "imsqti_item_xmlv2p2", "3.0": "imsqti_item_xmlv3p0"}
_TEMPLATES: Final = {
    "2.1": "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct",
    "2.2": "http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct",
    "3.0": "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml",
}
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Elements of HTML, which keep their names in every version.
_HTML: Final = frozenset("p div br img table tr td th".split())


def qti_writer(version: str) -> Callable[[Sequence[QuestionDraft], Mapping[str, bytes]], bytes]:
    """The writer of one version: `2.1`, `2.2` or `3.0`."""

    def write(drafts: Sequence[QuestionDraft], pictures: Mapping[str, bytes]) -> bytes:
        names = {name for draft in drafts for text in texts_of(draft.content) for name in picture_names(text)}
        files = {name: f"images/{name}.{picture_suffix(pictures[name])}" for name in sorted(names) if name in pictures}
        items = {f"items/q{number}.xml": draft for number, draft in enumerate(drafts, start=1)}
        parts = {"imsmanifest.xml": _manifest(version, tuple(items))}
        parts |= {
            path: _Item(version, f"q{number}", files).write(draft)
            for number, (path, draft) in enumerate(items.items(), 1)
        }
        return write_package(parts | {path: pictures[name] for name, path in files.items()})

    return write


def _manifest(version: str, paths: Sequence[str]) -> bytes:
    root = etree.Element(f"{{{_CP}}}manifest", nsmap={None: _CP}, identifier="questions")  # type: ignore[dict-item]
    etree.SubElement(root, f"{{{_CP}}}organizations")
    resources = etree.SubElement(root, f"{{{_CP}}}resources")
    for path in paths:
        name = path.rpartition("/")[2].removesuffix(".xml")
        resource = etree.SubElement(resources, f"{{{_CP}}}resource", identifier=name, type=_TYPES[version], href=path)
        etree.SubElement(resource, f"{{{_CP}}}file", href=path)
    return _xml(root)


@dataclass(slots=True)
class _Item:
    version: str
    identifier: str
    files: Mapping[str, str]

    def tag(self, name: str) -> str:
        """`choiceInteraction`, or `qti-choice-interaction` in version 3."""
        if self.version == "3.0" and name not in _HTML:
            name = f"qti-{_HUMP.sub('-', name).lower()}"
        return f"{{{_NAMESPACES[self.version]}}}{name}"

    def add(self, parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
        """A child element; attributes are named as in version 2."""
        hyphens = self.version == "3.0" and name not in _HTML
        named = {_HUMP.sub("-", key).lower() if hyphens else key: value for key, value in attributes.items()}
        element = etree.SubElement(parent, self.tag(name), named)
        element.text = text or None
        return element

    def write(self, draft: QuestionDraft) -> bytes:
        root = etree.Element(self.tag("assessmentItem"), nsmap={None: _NAMESPACES[self.version]})  # type: ignore[dict-item]
        hyphens = self.version == "3.0"
        for key, value in (
            ("identifier", self.identifier), ("title", self.identifier),
            ("adaptive", "false"), ("timeDependent", "false"),
        ):  # fmt: skip
            root.set(_HUMP.sub("-", key).lower() if hyphens else key, value)
        body = etree.Element(self.tag("itemBody"))
        writers = {
            "single_choice": self.choice, "multiple_choice": self.choice, "true_false": self.choice, "fill_in": self.blanks,
            "numeric": self.number, "matching": self.match, "ordering": self.order, "short_answer": self.text,
        }  # fmt: skip
        writers[draft.content.kind](root, body, draft)
        self.add(root, "outcomeDeclaration", identifier="SCORE", cardinality="single", baseType="float")
        most = self.add(root, "outcomeDeclaration", identifier="MAXSCORE", cardinality="single", baseType="float")
        self.add(self.add(most, "defaultValue"), "value", display(draft.mark))
        root.append(body)
        self.processing(root, draft)
        if draft.content.explanation:
            feedback = self.add(
                root, "modalFeedback", outcomeIdentifier="FEEDBACK", identifier="explanation", showHide="show"
            )
            self.rich(self.add(feedback, "contentBody") if hyphens else feedback, draft.content.explanation)
        return _xml(root)

    def processing(self, root: etree._Element, draft: QuestionDraft) -> None:
        """The standard template; a numeric answer says its tolerance."""
        fields = fields_of(draft.content.key) if draft.content.kind == "numeric" else {}
        if not fields or fields["tolerance"] == "0":
            self.add(root, "responseProcessing", template=_TEMPLATES[self.version])
            return
        condition = self.add(self.add(root, "responseProcessing"), "responseCondition")
        branch = self.add(condition, "responseIf")
        mode = "relative" if fields["tolerance_kind"] == "percent" else "absolute"
        tolerance = f"{fields['tolerance']} {fields['tolerance']}"
        equal = self.add(branch, "equal", toleranceMode=mode, tolerance=tolerance)
        self.add(equal, "variable", identifier="RESPONSE")
        self.add(equal, "correct", identifier="RESPONSE")
        score = self.add(branch, "setOutcomeValue", identifier="SCORE")
        self.add(score, "baseValue", "1", baseType="float")

    def declare(
        self, root: etree._Element, right: Sequence[str], *, kind: tuple[str, str], identifier: str = "RESPONSE"
    ) -> etree._Element:
        cardinality, base = kind
        declared = self.add(root, "responseDeclaration", identifier=identifier, cardinality=cardinality, baseType=base)
        correct = self.add(declared, "correctResponse")
        for value in right:
            self.add(correct, "value", value)
        return declared

    def rich(self, parent: etree._Element, text: str, *, gaps: Callable[[etree._Element], None] | None = None) -> None:
        """A text as paragraphs, its pictures and tables as HTML; `gaps` puts an entry where the text has underscores."""
        if all(isinstance(piece, PlainText) for piece in pieces(text)):
            for line in text.split("\n"):
                self.line(parent, line, gaps)
            return
        html = to_html(text, lambda name: f"../{self.files.get(name, '')}")
        closed = html.replace("<br>", "<br/>").replace(' loading="lazy">', "/>")
        wrapped = etree.fromstring(f"<div>{closed}</div>")
        for element in wrapped.iter():
            if isinstance(element.tag, str):
                element.tag = f"{{{_NAMESPACES[self.version]}}}{element.tag}"
        parent.append(wrapped)

    def line(self, parent: etree._Element, line: str, gaps: Callable[[etree._Element], None] | None) -> None:
        paragraph = self.add(parent, "p")
        first, *others = line.split("____") if gaps else [line]
        paragraph.text = first
        for piece in others:
            if gaps:
                gaps(paragraph)
            paragraph[-1].tail = piece

    def choice(self, root: etree._Element, body: etree._Element, draft: QuestionDraft) -> None:
        content = draft.content
        several = content.kind == "multiple_choice"
        right = [option for option in content.option_ids() if option in as_ids(content.key)]
        self.declare(root, right, kind=("multiple" if several else "single", "identifier"))
        self.rich(body, content.stem)
        interaction = self.add(
            body, "choiceInteraction", responseIdentifier="RESPONSE", shuffle="true", maxChoices="0" if several else "1"
        )
        for option in content.options:
            self.rich(self.add(interaction, "simpleChoice", identifier=option.id), option.text)

    def blanks(self, root: etree._Element, body: etree._Element, draft: QuestionDraft) -> None:
        blanks = blanks_of(draft.content.key)
        names = [f"RESPONSE{number}" if number > 1 else "RESPONSE" for number in range(1, len(blanks) + 1)]
        for name, forms in zip(names, blanks, strict=True):
            declared = self.declare(root, forms[:1], kind=("single", "string"), identifier=name)
            mapping = self.add(declared, "mapping", defaultValue="0")
            for form in forms:
                self.add(mapping, "mapEntry", mapKey=form, mappedValue="1")
        if is_any_order(draft.content.key):
            body.set("class", "any-order")
        left = iter(names)

        def gap(parent: etree._Element) -> None:
            self.add(parent, "textEntryInteraction", responseIdentifier=next(left))

        stem = draft.content.stem
        has_gaps = stem.count("____") == len(names)
        self.rich(body, stem, gaps=gap if has_gaps else None)
        if not has_gaps:
            for _ in names:
                gap(self.add(body, "p"))

    def number(self, root: etree._Element, body: etree._Element, draft: QuestionDraft) -> None:
        fields = fields_of(draft.content.key)
        self.declare(root, [fields["value"]], kind=("single", "float"))
        self.rich(body, draft.content.stem)
        unit = {"placeholderText": fields["unit"]} if fields["unit"] else {}
        self.add(self.add(body, "p"), "textEntryInteraction", responseIdentifier="RESPONSE", **unit)

    def match(self, root: etree._Element, body: etree._Element, draft: QuestionDraft) -> None:
        content = draft.content
        pairs, targets = pairs_of(content.key), targets_of(content)
        right = [f"{left} t{target}" for left, target in pairs.items()]
        self.declare(root, right, kind=("multiple", "directedPair"))
        self.rich(body, content.stem)
        interaction = self.add(
            body, "matchInteraction", responseIdentifier="RESPONSE", shuffle="true", maxAssociations="0"
        )
        sides = [
            {option.id: option.text for option in content.options},
            {f"t{name}": text for name, text in targets.items()},
        ]
        for index, side in enumerate(sides):
            group = self.add(interaction, "simpleMatchSet")
            for identifier, text in side.items():
                most = "1" if index == 0 else "0"
                self.rich(self.add(group, "simpleAssociableChoice", identifier=identifier, matchMax=most), text)

    def order(self, root: etree._Element, body: etree._Element, draft: QuestionDraft) -> None:
        content = draft.content
        self.declare(root, _strings(content.key), kind=("ordered", "identifier"))
        self.rich(body, content.stem)
        interaction = self.add(body, "orderInteraction", responseIdentifier="RESPONSE", shuffle="true")
        for option in content.options:
            self.rich(self.add(interaction, "simpleChoice", identifier=option.id), option.text)

    def text(self, root: etree._Element, body: etree._Element, draft: QuestionDraft) -> None:
        self.declare(root, [SHORT_ANSWER.key_text(draft.content)], kind=("single", "string"))
        self.rich(body, draft.content.stem)
        self.add(body, "extendedTextInteraction", responseIdentifier="RESPONSE", expectedLines="6")


def _strings(key: Json) -> list[str]:
    return [str(item) for item in key] if isinstance(key, list | tuple) else []


def _xml(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
