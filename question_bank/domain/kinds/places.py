"""Answers with several places: a list of `place=value` strings, ascending, without empty values (docs/answers.md).

The same spelling as a choice has (an ascending list of distinct strings), so that storing, hashing and receipts need not
know the kind. What places an item has follows from what a candidate is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from question_bank.domain.content import Json
from question_bank.domain.kinds.base import clean_list
from question_bank.errors import AnswerMalformed

MAX_BLANK_CHARS: Final = 200
MAX_TEXT_CHARS: Final = 2000
CHOICES: Final = frozenset({"radio", "checkbox"})


@dataclass(frozen=True, slots=True)
class Place:
    """What may stand in one place: one of `choices`, or a text of at most `most_chars` characters when that is None.

    Values of places with the same `group` must differ; `several` values may stand only in a place of ticks.
    """

    choices: frozenset[str] | None = None
    most_chars: int = MAX_BLANK_CHARS
    group: str = ""
    several: bool = False


def places_of(shown: Mapping[str, Json]) -> dict[str, Place]:
    """The places of an item as rendered for a candidate, with whatever ids it carries; none for a plain choice."""
    parts = shown.get("parts")
    if not isinstance(parts, Sequence) or isinstance(parts, str):
        return {} if shown.get("input") in CHOICES else _own_places(shown)
    found: dict[str, Place] = {}
    for part in parts:
        assert isinstance(part, Mapping), "made by render"
        found |= {f"{part['id']}{place}": spec for place, spec in _part_places(part).items()}
    return found


def _part_places(part: Mapping[str, Json]) -> dict[str, Place]:
    if part["input"] in CHOICES:
        several = part["input"] == "checkbox"
        return {"": Place(_ids(part, "options"), group=str(part["id"]) if several else "", several=several)}
    return {f".{place}": spec for place, spec in _own_places(part).items()}


def _own_places(shown: Mapping[str, Json]) -> dict[str, Place]:
    match shown.get("input"):
        case "match":
            return {option: Place(_ids(shown, "targets")) for option in _ids(shown, "options")}
        case "order":
            ids = _ids(shown, "options")
            return {str(number): Place(ids, group="order") for number in range(1, len(ids) + 1)}
        case "number":
            unit = {"unit": Place(most_chars=20)} if shown.get("asks_unit") else {}
            return {"value": Place(most_chars=40)} | unit
        case "textarea":
            return {"1": Place(most_chars=MAX_TEXT_CHARS)}
        case "text":
            blanks = shown.get("blanks")
            return {str(number): Place() for number in range(1, (blanks if isinstance(blanks, int) else 1) + 1)}
    return {}


def _ids(shown: Mapping[str, Json], name: str) -> frozenset[str]:
    listed = shown.get(name)
    found = listed if isinstance(listed, Sequence) and not isinstance(listed, str) else ()
    return frozenset(str(option["id"]) for option in found if isinstance(option, Mapping))


def fits(answer: object, places: Mapping[str, Place]) -> bool:
    """Whether a raw answer is null or a list of entries that these places can hold."""
    if answer is None:
        return True
    if not isinstance(answer, list | tuple) or len(answer) > 200 or not all(isinstance(item, str) for item in answer):
        return False
    entries = [item.partition("=") for item in answer]
    if len(set(answer)) != len(answer) or not all(_entry_fits(*entry, places=places) for entry in entries):
        return False
    single = [place for place, _, _ in entries if not places[place].several]
    grouped = [(places[place].group, value) for place, _, value in entries if places[place].group]
    return len(set(single)) == len(single) and len(set(grouped)) == len(grouped)


def _entry_fits(place: str, equals: str, value: str, *, places: Mapping[str, Place]) -> bool:
    spec = places.get(place)
    if spec is None or not equals or not value.strip():
        return False
    if spec.choices is not None:
        return value in spec.choices
    # Half a character, and the one that PostgreSQL cannot hold.
    is_text = "\x00" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
    return is_text and len(value) <= spec.most_chars


def read_places(raw: Json, places: Mapping[str, Place]) -> tuple[str, ...] | None:
    """An answer in normal form, None when blank. Raises `AnswerMalformed`."""
    if not fits(raw, places):
        raise AnswerMalformed
    return tuple(sorted(str(item) for item in clean_list(raw) or ())) or None


def map_places(answer: Json, mapping: Mapping[str, str]) -> Json:
    """Option ids renamed, on both sides of the `=`. Texts and numbered places stay.

    Ids are 64 bits of a keyed hash, so a typed text that happens to be one does not occur by chance, and renaming it
    could only hurt the person who typed it.
    """
    if answer is None:
        return None
    entries = clean_list(answer)
    if entries is None:
        raise AnswerMalformed
    renamed = []
    for entry in entries:
        if not isinstance(entry, str) or "=" not in entry:
            raise AnswerMalformed
        place, _, value = entry.partition("=")
        head, dot, tail = place.partition(".")
        place = f"{head}.{_bare(mapping.get(tail, tail))}" if dot else mapping.get(place, place)
        renamed.append(f"{place}={mapping.get(value, value)}")
    return tuple(sorted(renamed))


def _bare(option: str) -> str:
    """`2.a` → `a`: the place of a part already says which part it is."""
    return option.rpartition(".")[2]


def values_of(answer: Json) -> dict[str, str]:
    """Place → value of an answer in normal form; of several values in one place the last."""
    return {place: value for place, _, value in (str(entry).partition("=") for entry in clean_list(answer) or ())}
