"""Items as the people who correct, mark and look back see them. The key comes with them: who may see is decided above."""

from dataclasses import dataclass
from string import ascii_uppercase

from exams.errors import KeyNotUnderstood
from question_bank.domain.content import Content, Json
from question_bank.domain.kinds import kind_for
from question_bank.domain.kinds.base import ManualTask
from question_bank.domain.kinds.case import parts_of

__all__ = ["Content", "Json", "ManualTask", "ShownItem", "asked_at", "kind_label", "read_new_key", "shown_item"]


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An item with its options by letter and its key as people write it."""

    ref: str
    stem: str
    kind_label: str
    options: tuple[tuple[str, str], ...]
    key_text: str
    explanation: str


def shown_item(ref: str, content: Content) -> ShownItem:
    """The item in the bank's order of options."""
    kind = kind_for(content.kind)
    return ShownItem(
        ref=ref,
        stem=content.stem,
        kind_label=kind.label,
        options=tuple((ascii_uppercase[place], option.text) for place, option in enumerate(content.options)),
        key_text=kind.key_text(content),
        explanation=content.explanation,
    )


def kind_label(content: Content) -> str:
    """The name of its kind."""
    return kind_for(content.kind).label


def asked_at(content: Content, place: str) -> str:
    """What the text at that place answers: the stem, and in a case the question of that part below it."""
    wanted = place.partition(".")[0]
    parts = parts_of(content) if content.kind == "case" else ()
    asked = [f"（{part.id}）{part.content.stem}" for part in parts if part.id == wanted]
    return "\n\n".join([content.stem, *asked])


def read_new_key(content: Content, text: str) -> Json:
    """The key as a clerk typed it; raises KeyNotUnderstood, also for the key that counts already.

    What the item could not be asked with is no key of it either.
    """
    kind = kind_for(content.kind)
    changed = kind.with_key(content, text)
    if changed is None or changed.key == content.key or kind.validate(changed):
        raise KeyNotUnderstood
    return changed.key
