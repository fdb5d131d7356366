"""Moodle XML with categories, marks, general feedback and embedded pictures."""

import base64
from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape

from lxml import etree

from core.scores import display
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.kinds.choices import as_ids
from question_bank.domain.kinds.fill_in import blanks_of
from question_bank.domain.kinds.matching import pairs_of, targets_of
from question_bank.domain.kinds.numeric import fields_of
from question_bank.domain.kinds.short_answer import KIND as SHORT_ANSWER
from question_bank.domain.kinds.units import plain_number
from question_bank.domain.rich import is_rich, picture_names, to_html

_TYPES = {
    "single_choice": "multichoice", "multiple_choice": "multichoice", "true_false": "truefalse", "numeric": "numerical",
    "matching": "matching", "ordering": "ordering", "short_answer": "essay",
}  # fmt: skip


def write_moodle_xml(drafts: Sequence[QuestionDraft], pictures: Mapping[str, bytes]) -> bytes:
    """A `quiz` document in UTF-8; texts are plain but where they hold pictures, formulas or tables."""
    quiz = etree.Element("quiz")
    category = None
    for number, draft in enumerate(drafts, start=1):
        if draft.knowledge_point != category:
            category = draft.knowledge_point
            _text(
                etree.SubElement(etree.SubElement(quiz, "question", type="category"), "category"),
                f"$course$/{category}",
            )
        _question(quiz, number, draft, pictures=pictures)
    return etree.tostring(quiz, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _question(quiz: etree._Element, number: int, draft: QuestionDraft, *, pictures: Mapping[str, bytes]) -> None:
    content = draft.content
    is_cloze = content.kind == "fill_in" and len(blanks_of(content.key)) > 1
    kind = "cloze" if is_cloze else _TYPES.get(content.kind, "shortanswer")
    question = etree.SubElement(quiz, "question", type=kind)
    _text(etree.SubElement(question, "name"), str(number))
    stem = _cloze(content.stem, blanks_of(content.key)) if is_cloze else content.stem
    _rich(question, "questiontext", stem, pictures=pictures)
    if content.explanation:
        _rich(question, "generalfeedback", content.explanation, pictures=pictures)
    etree.SubElement(question, "defaultgrade").text = display(draft.mark)
    writers = {
        "multichoice": _choice, "truefalse": _boolean, "shortanswer": _short, "numerical": _number,
        "matching": _matching, "ordering": _ordering, "essay": _essay,
    }  # fmt: skip
    if kind in writers:
        writers[kind](question, draft, pictures)


def _boolean(question: etree._Element, draft: QuestionDraft, pictures: Mapping[str, bytes]) -> None:
    for option in draft.content.options:
        right = option.id in as_ids(draft.content.key)
        answer = etree.SubElement(question, "answer", fraction="100" if right else "0", format="plain_text")
        _text(answer, {"t": "true", "f": "false"}[option.id])


def _choice(question: etree._Element, draft: QuestionDraft, pictures: Mapping[str, bytes]) -> None:
    content, right = draft.content, as_ids(draft.content.key)
    etree.SubElement(question, "single").text = "true" if content.kind == "single_choice" else "false"
    etree.SubElement(question, "shuffleanswers").text = "true"
    share = f"{100 / len(right):.5f}".rstrip("0").rstrip(".")
    for option in content.options:
        answer = _rich(question, "answer", option.text, pictures=pictures)
        answer.set("fraction", share if option.id in right else "0")


def _short(question: etree._Element, draft: QuestionDraft, pictures: Mapping[str, bytes]) -> None:
    etree.SubElement(question, "usecase").text = "0"
    for form in blanks_of(draft.content.key)[0]:
        _text(etree.SubElement(question, "answer", fraction="100", format="plain_text"), form)


def _cloze(stem: str, blanks: Sequence[Sequence[str]]) -> str:
    """Underscores become embedded questions; without them all stand behind the stem."""
    embedded = ["{1:SHORTANSWER:" + "~".join(f"={_cloze_form(form)}" for form in forms) + "}" for forms in blanks]
    pieces = stem.split("____")
    if len(pieces) != len(embedded) + 1:
        return " ".join([stem, *embedded])
    return "".join(piece + blank for piece, blank in zip(pieces, [*embedded, ""], strict=True))


def _cloze_form(form: str) -> str:
    return "".join(f"\\{character}" if character in '}~/"#\\' else character for character in form)


def _number(question: etree._Element, draft: QuestionDraft, pictures: Mapping[str, bytes]) -> None:
    fields = fields_of(draft.content.key)
    tolerance = Decimal(fields["tolerance"])
    if fields["tolerance_kind"] == "percent":
        tolerance = abs(Decimal(fields["value"])) * tolerance / 100
    answer = etree.SubElement(question, "answer", fraction="100", format="plain_text")
    _text(answer, fields["value"])
    etree.SubElement(answer, "tolerance").text = plain_number(tolerance)
    if fields["unit"]:
        unit = etree.SubElement(etree.SubElement(question, "units"), "unit")
        etree.SubElement(unit, "multiplier").text = "1"
        etree.SubElement(unit, "unit_name").text = fields["unit"]
        etree.SubElement(question, "showunits").text = "0" if fields["asks_unit"] == "yes" else "3"


def _matching(question: etree._Element, draft: QuestionDraft, pictures: Mapping[str, bytes]) -> None:
    targets, pairs = targets_of(draft.content), pairs_of(draft.content.key)
    for option in draft.content.options:
        _text(
            etree.SubElement(_rich(question, "subquestion", option.text, pictures=pictures), "answer"),
            targets[pairs[option.id]],
        )
    for target, text in targets.items():
        if target not in pairs.values():
            _text(etree.SubElement(_rich(question, "subquestion", "", pictures=pictures), "answer"), text)


def _ordering(question: etree._Element, draft: QuestionDraft, pictures: Mapping[str, bytes]) -> None:
    texts = {option.id: option.text for option in draft.content.options}
    for place, option in enumerate(_order(draft), start=1):
        _rich(question, "answer", texts[option], pictures=pictures).set("fraction", str(place))


def _order(draft: QuestionDraft) -> list[str]:
    key = draft.content.key
    return [str(option) for option in key] if isinstance(key, list | tuple) else []


def _essay(question: etree._Element, draft: QuestionDraft, pictures: Mapping[str, bytes]) -> None:
    _rich(question, "graderinfo", SHORT_ANSWER.key_text(draft.content), pictures=pictures)


def _rich(parent: etree._Element, tag: str, text: str, *, pictures: Mapping[str, bytes]) -> etree._Element:
    """A text in an element of its own: plain, or HTML with its pictures beside it."""
    if not is_rich(text):
        element = etree.SubElement(parent, tag, format="plain_text")
        _text(element, text)
        return element
    element = etree.SubElement(parent, tag, format="html")
    _text(element, to_html(text, lambda name: f"@@PLUGINFILE@@/{escape(name)}"))
    for name in dict.fromkeys(picture_names(text)):
        if name in pictures:
            file = etree.SubElement(element, "file", name=name, path="/", encoding="base64")
            file.text = base64.b64encode(pictures[name]).decode("ascii")
    return element


def _text(parent: etree._Element, text: str) -> None:
    etree.SubElement(parent, "text").text = text
