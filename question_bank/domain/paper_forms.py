"""A paper on paper: the same questions as form A and form B, in another order each, with answer sheet and key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any, Final

from core.canonical import sha256_hex
from question_bank.domain.content import Content
from question_bank.domain.kinds import kind_for
from question_bank.domain.rich import plain

FORM_NAMES: Final = ("A", "B")
_TICKED: Final = frozenset({"radio", "checkbox"})


@dataclass(frozen=True, slots=True)
class Section:
    """A group of questions as drawn for the forms: `refs` are `item@version`, `mark` the points of each, as text."""

    title: str
    mark: str
    refs: tuple[str, ...]


def print_forms(sections: Sequence[Section], contents: Mapping[str, Content], *, seed: str) -> list[dict[str, Any]]:
    """What is printed, as plain values for a template: for each form its sections, items with options, and keys.

    Both forms have the same questions in the same sections; order of questions and options differs by hashes of the seed.
    """
    return [_form(name, sections, contents, seed=f"{seed}|{name}") for name in FORM_NAMES]


def _form(name: str, sections: Sequence[Section], contents: Mapping[str, Content], *, seed: str) -> dict[str, Any]:
    printed, number = [], 0
    for section in sections:
        items = []
        for ref in sorted(section.refs, key=lambda ref: sha256_hex(f"form/1|{seed}|{ref}")):
            number += 1
            items.append({"number": number} | _item(contents[ref], seed=f"{seed}|{ref}"))
        printed.append({"title": section.title, "mark": section.mark, "items": items})
    return {"name": name, "sections": printed}


def _item(content: Content, *, seed: str) -> dict[str, Any]:
    kind = kind_for(content.kind)
    shown = kind.render(content)
    is_ticked = shown["input"] in _TICKED
    order = list(content.options)
    if is_ticked and kind.shuffles_options:
        order.sort(key=lambda option: sha256_hex(f"option/1|{seed}|{option.id}"))
    letters = dict(zip((option.id for option in order), ascii_uppercase, strict=False))
    keys = content.key if isinstance(content.key, list | tuple) else ()
    return {
        "stem": plain(content.stem),
        "is_true_false": content.kind == "true_false",
        "options": [(letters[option.id], plain(option.text)) for option in order],
        "targets": [plain(str(target["text"])) for target in _dicts(shown.get("targets"))],
        "parts": [_part(part) for part in _dicts(shown.get("parts"))],
        "ticked": [letters[option.id] for option in order] if is_ticked else [],
        "lines": 0 if is_ticked else 4 if shown["input"] in {"textarea", "case"} else 1,
        "key": "、".join(sorted(letters[str(one)] for one in keys))
        if is_ticked and content.kind != "true_false"
        else plain(kind.key_text(content)),
    }


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": part["id"],
        "stem": plain(str(part.get("stem", ""))),
        "options": [
            (ascii_uppercase[place], plain(str(option["text"])))
            for place, option in enumerate(_dicts(part.get("options")))
        ],
        "targets": [plain(str(target["text"])) for target in _dicts(part.get("targets"))],
    }


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []
