"""QTI 2.1, 2.2 and 3.0: single items and packages with a manifest (1EdTech Question and Test Interoperability).

Version 3 writes `qti-choice-interaction` and `response-identifier` where version 2 writes `choiceInteraction` and
`responseIdentifier`: names are compared without hyphens, case and prefix. Interactions that the bank has no kind for are
listed. The row of a question is its place in the package.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from lxml import etree

from core.errors import gettext_noop
from core.spreadsheets import FileDamaged
from question_bank.domain.importing import columns
from question_bank.domain.importing.formats.lines import (
    UNSORTED,
    choice_question,
    too_many_options,
    true_false_question,
)
from question_bank.domain.importing.formats.markup import (
    OPTION_FEEDBACK,
    PARTIAL_CREDIT,
    Resources,
    rich_from_element,
)
from question_bank.domain.importing.formats.package import attribute, local, parse_xml, read_package
from question_bank.domain.importing.raw import OPTIONS_NOT_TAKEN, Note, Parsed, RawQuestion, not_taken
from question_bank.domain.kinds.choices import OPTION_IDS
from question_bank.domain.kinds.fill_in import ANY_ORDER
from question_bank.domain.kinds.true_false import KIND as TRUE_FALSE
from question_bank.domain.kinds.units import plain_number, read_number

_INTERACTIONS: Final = {
    "choiceinteraction", "textentryinteraction", "extendedtextinteraction", "matchinteraction", "orderinteraction",
}  # fmt: skip
COMPOSITE: Final = gettext_noop("复合题")
NO_INTERACTION: Final = gettext_noop("没有作答部分的内容")
OTHER_INTERACTION: Final = gettext_noop("该交互类型的试题")
UNREADABLE_ITEM: Final = gettext_noop("第 {row} 个文件 {name} 读不出来，未导入")


def name_of(element: etree._Element) -> str:
    """The element's name as all versions share it."""
    return local(element).removeprefix("qti-").replace("-", "").lower()


def value_of(element: etree._Element, name: str) -> str:
    """An attribute by the name that all versions share."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2].replace("-", "").lower() == name:
            return str(value)
    return ""


def descendants(element: etree._Element, name: str) -> list[etree._Element]:
    """All elements of that name below, in order."""
    return [child for child in element.iterdescendants() if name_of(child) == name]


def parse_qti(data: bytes, file_name: str) -> Parsed:
    """A package or one item. Raises what opening raises; items that cannot be read are listed."""
    if not data.startswith(b"PK"):
        root = parse_xml(data)
        items = [("", root)] if name_of(root) == "assessmentitem" else []
        if not items:
            raise FileDamaged
        return _parsed(items, {}, [])
    parts = read_package(data, lambda path: True)
    manifest = next((path for path in parts if posixpath.basename(path) == "imsmanifest.xml"), "")
    notes: list[Note] = []
    found = []
    for number, path in enumerate(_item_paths(parts, manifest), start=1):
        try:
            found.append((posixpath.dirname(path), parse_xml(parts[path])))
        except FileDamaged:
            notes.append(Note(UNREADABLE_ITEM, {"row": number, "name": path[-60:]}))
    return _parsed(found, parts, notes)


def _item_paths(parts: Mapping[str, bytes], manifest: str) -> Iterator[str]:
    base = posixpath.dirname(manifest)
    for resource in descendants(parse_xml(parts[manifest]), "resource"):
        path = posixpath.normpath(posixpath.join(base, attribute(resource, "href")))
        if "item" in attribute(resource, "type") and path in parts:
            yield path


def _parsed(items: Sequence[tuple[str, etree._Element]], parts: Mapping[str, bytes], notes: list[Note]) -> Parsed:
    questions: list[RawQuestion] = []
    pictures: dict[str, bytes] = {}
    for row, (base, root) in enumerate(items, start=1):
        reader = _Item(row, root, _resources(base, parts, pictures))
        question = reader.read() if name_of(root) == "assessmentitem" else None
        questions += [question] if question else []
        notes += reader.notes
        notes += [not_taken(row, lost) for lost in dict.fromkeys(reader.lost)]
    return Parsed("qti", tuple(questions), tuple(notes), pictures=pictures)


def _resources(base: str, parts: Mapping[str, bytes], pictures: dict[str, bytes]) -> Resources:
    def keep(source: str) -> str:
        content = parts.get(posixpath.normpath(posixpath.join(base, source)))
        if not content:
            return ""
        name = sha256(content).hexdigest()[:32]
        pictures[name] = content
        return name

    return keep


@dataclass(slots=True)
class _Item:
    row: int
    root: etree._Element
    resources: Resources
    notes: list[Note] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def read(self) -> RawQuestion | None:
        bodies = descendants(self.root, "itembody")
        if not bodies:
            return self.refuse(NO_INTERACTION)
        interactions = [child for child in bodies[0].iterdescendants() if name_of(child).endswith("interaction")]
        names = {name_of(child) for child in interactions}
        if not names <= _INTERACTIONS:
            return self.refuse(OTHER_INTERACTION)
        if not interactions:
            return self.refuse(NO_INTERACTION)
        if len(interactions) > 1 and names != {"textentryinteraction"}:
            return self.refuse(COMPOSITE)
        values = {columns.KNOWLEDGE_POINT: UNSORTED, columns.STEM: self.stem(bodies[0])}
        values |= self.facts()
        readers = {
            "choiceinteraction": self.choice,
            "textentryinteraction": self.blanks,
            "extendedtextinteraction": self.text,
            "matchinteraction": self.match,
            "orderinteraction": self.order,
        }
        return readers[name_of(interactions[0])](values, interactions)

    def refuse(self, what: str) -> RawQuestion | None:
        """Nothing, and a note of it."""
        self.notes.append(not_taken(self.row, what))
        return None

    def rich(self, element: etree._Element) -> str:
        rich = rich_from_element(element, self.resources, name=name_of)
        self.lost += rich.lost
        return rich.text

    def stem(self, body: etree._Element) -> str:
        """An entry on a line of its own behind the text is where the answer goes, not a gap in the text."""
        return re.sub(r"(?:\n____)+\Z", "", self.rich(body))

    def facts(self) -> dict[str, str]:
        feedback = [*descendants(self.root, "modalfeedback")]
        if descendants(self.root, "feedbackinline"):
            self.lost.append(OPTION_FEEDBACK)
        explanation = "\n".join(filter(None, (self.rich(one) for one in feedback)))
        facts = {columns.EXPLANATION: explanation} if explanation else {}
        for outcome in descendants(self.root, "outcomedeclaration"):
            mark = read_number("".join(str(text) for text in outcome.itertext()).strip())
            if value_of(outcome, "identifier") == "MAXSCORE" and mark is not None:
                facts[columns.MARK] = plain_number(mark)
        return facts

    def declared(self, interaction: etree._Element) -> etree._Element | None:
        wanted = value_of(interaction, "responseidentifier")
        found = descendants(self.root, "responsedeclaration")
        return next((one for one in found if value_of(one, "identifier") == wanted), None)

    def right(self, interaction: etree._Element) -> list[str]:
        declared = self.declared(interaction)
        if declared is None:
            return []
        listed = [value for one in descendants(declared, "correctresponse") for value in descendants(one, "value")]
        return ["".join(str(text) for text in value.itertext()).strip() for value in listed]

    def choice(self, values: dict[str, str], interactions: Sequence[etree._Element]) -> RawQuestion | None:
        [interaction] = interactions
        choices = descendants(interaction, "simplechoice")
        texts = [self.rich(choice) for choice in choices]
        right = set(self.right(interaction))
        places = [index for index, choice in enumerate(choices) if value_of(choice, "identifier") in right]
        if len(texts) == 2 and len(places) == 1:
            told = [TRUE_FALSE.key_of(text) for text in texts]
            if None not in told and told[0] != told[1]:
                return true_false_question(self.row, values, is_true=told[places[0]] is True)
        if too_many_options(texts):
            self.notes.append(Note(OPTIONS_NOT_TAKEN, {"row": self.row, "count": len(texts)}))
            return None
        declared = self.declared(interaction)
        if declared is not None and value_of(declared, "cardinality") == "multiple":
            values[columns.KIND] = "多选" if len(places) > 1 else "不定项"
        return choice_question(self.row, values, options=texts, right=places)

    def blanks(self, values: dict[str, str], interactions: Sequence[etree._Element]) -> RawQuestion:
        declared = self.declared(interactions[0])
        kind = "" if declared is None else value_of(declared, "basetype")
        if len(interactions) == 1 and kind in {"float", "integer"}:
            return self.number(values, interactions[0], declared)
        forms = ["|".join(self.forms(one)) for one in interactions]
        any_order = any(value_of(one, "class") == "any-order" for one in descendants(self.root, "itembody"))
        key = "；".join(forms)
        written = {columns.KIND: "填空", columns.KEY: f"{ANY_ORDER}：{key}" if any_order else key}
        return RawQuestion(self.row, values | written)

    def forms(self, interaction: etree._Element) -> list[str]:
        """The correct value, and the mapped ones that earn everything; those that earn a part are told of."""
        found = dict.fromkeys(self.right(interaction))
        declared = self.declared(interaction)
        entries = [] if declared is None else descendants(declared, "mapentry")
        worth = {value_of(entry, "mapkey"): read_number(value_of(entry, "mappedvalue")) or 0 for entry in entries}
        best = max(worth.values(), default=0)
        if any(0 < value < best for value in worth.values()):
            self.lost.append(PARTIAL_CREDIT)
        return list(found | {key: None for key, value in worth.items() if best and value == best})

    def number(
        self, values: dict[str, str], interaction: etree._Element, declared: etree._Element | None
    ) -> RawQuestion:
        right = (self.right(interaction) or [""])[0]
        tolerance = self.tolerance()
        unit = value_of(interaction, "placeholdertext") or ("" if declared is None else value_of(declared, "label"))
        key = f"{right}{f'±{tolerance}' if tolerance else ''}{f' {unit}' if unit else ''}"
        return RawQuestion(self.row, values | {columns.KIND: "数值", columns.KEY: key})

    def tolerance(self) -> str:
        """`<equal toleranceMode="absolute" tolerance="0.1 0.1">`; a lop-sided one is told of."""
        for equal in descendants(self.root, "equal"):
            mode, numbers = value_of(equal, "tolerancemode"), value_of(equal, "tolerance").split()
            if mode in {"absolute", "relative"} and numbers and len(set(numbers)) == 1:
                return f"{numbers[0]}{'%' if mode == 'relative' else ''}"
            if numbers:
                self.lost.append(PARTIAL_CREDIT)
        return ""

    def text(self, values: dict[str, str], interactions: Sequence[etree._Element]) -> RawQuestion:
        rubric = "\n".join(filter(None, map(self.rich, descendants(self.root, "rubricblock"))))
        key = "\n".join(self.right(interactions[0])) or rubric
        return RawQuestion(self.row, values | {columns.KIND: "简答", columns.KEY: key})

    def match(self, values: dict[str, str], interactions: Sequence[etree._Element]) -> RawQuestion | None:
        sides = [descendants(one, "simpleassociablechoice") for one in descendants(interactions[0], "simplematchset")]
        if len(sides) != 2 or len(sides[0]) > len(OPTION_IDS):
            return self.refuse(OTHER_INTERACTION)
        texts = {value_of(one, "identifier"): self.rich(one) for side in sides for one in side}
        pairs = dict(pair.split()[:2] for pair in self.right(interactions[0]) if len(pair.split()) > 1)
        lefts = [value_of(one, "identifier") for one in sides[0]]
        used = set(pairs.values())
        key = [f"{OPTION_IDS[index].upper()}-{texts.get(pairs.get(left, ''), '')}" for index, left in enumerate(lefts)]
        key += [f"-{texts[value_of(one, 'identifier')]}" for one in sides[1] if value_of(one, "identifier") not in used]
        options = {columns.option_title(OPTION_IDS[index]): texts[left] for index, left in enumerate(lefts)}
        return RawQuestion(self.row, values | options | {columns.KIND: "匹配", columns.KEY: "；".join(key)})

    def order(self, values: dict[str, str], interactions: Sequence[etree._Element]) -> RawQuestion | None:
        choices = descendants(interactions[0], "simplechoice")
        if len(choices) > len(OPTION_IDS):
            self.notes.append(Note(OPTIONS_NOT_TAKEN, {"row": self.row, "count": len(choices)}))
            return None
        letters = {value_of(one, "identifier"): OPTION_IDS[index].upper() for index, one in enumerate(choices)}
        options = {columns.option_title(OPTION_IDS[index]): self.rich(one) for index, one in enumerate(choices)}
        key = "、".join(letters.get(value, "?") for value in self.right(interactions[0]))
        return RawQuestion(self.row, values | options | {columns.KIND: "排序", columns.KEY: key})
