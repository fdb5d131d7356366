"""Moodle XML with categories, marks and general feedback."""

from collections.abc import Sequence

from lxml import etree

from core.scores import display
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.kinds.choices import as_ids


def write_moodle_xml(drafts: Sequence[QuestionDraft]) -> bytes:
    """A `quiz` document in UTF-8; all texts are plain."""
    quiz = etree.Element("quiz")
    category = None
    for number, draft in enumerate(drafts, start=1):
        if draft.knowledge_point != category:
            category = draft.knowledge_point
            _text(
                etree.SubElement(etree.SubElement(quiz, "question", type="category"), "category"),
                f"$course$/{category}",
            )
        _question(quiz, number, draft)
    return etree.tostring(quiz, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _question(quiz: etree._Element, number: int, draft: QuestionDraft) -> None:
    content = draft.content
    is_boolean = content.kind == "true_false"
    question = etree.SubElement(quiz, "question", type="truefalse" if is_boolean else "multichoice")
    _text(etree.SubElement(question, "name"), str(number))
    _text(etree.SubElement(question, "questiontext", format="plain_text"), content.stem)
    if content.explanation:
        _text(etree.SubElement(question, "generalfeedback", format="plain_text"), content.explanation)
    etree.SubElement(question, "defaultgrade").text = display(draft.mark)
    if not is_boolean:
        etree.SubElement(question, "single").text = "true" if content.kind == "single_choice" else "false"
        etree.SubElement(question, "shuffleanswers").text = "true"
    right = as_ids(content.key)
    for option in content.options:
        fraction = f"{100 / len(right):.5f}".rstrip("0").rstrip(".") if option.id in right else "0"
        answer = etree.SubElement(question, "answer", fraction=fraction, format="plain_text")
        _text(answer, {"t": "true", "f": "false"}[option.id] if is_boolean else option.text)


def _text(parent: etree._Element, text: str) -> None:
    etree.SubElement(parent, "text").text = text
