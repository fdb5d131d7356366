"""Answer sheets of paper: what two people read off them independently, and whether they read the same."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from exams.errors import PaperEntryWrong

Json = dict[str, object]
_LETTERS: Final = re.compile(r"[A-Z]{0,26}")
# Items that are answered with letters; the others need more than a sheet of circles.
LETTERED: Final = frozenset({"radio", "checkbox"})


def read_entry(items: Sequence[Mapping[str, object]], typed: Mapping[int, str]) -> dict[str, str]:
    """Number → letters in order, blank ones left out; raises PaperEntryWrong with the number of the item."""
    read: dict[str, str] = {}
    for item in items:
        number = int(str(item["number"]))
        letters = "".join(sorted(set(re.sub(r"[\s,，、]", "", typed.get(number, "")).upper())))
        allowed = set(_labels(item).values())
        if not _LETTERS.fullmatch(letters) or not set(letters) <= allowed:
            raise PaperEntryWrong(number=number, allowed="".join(sorted(allowed)))
        if item["input"] == "radio" and len(letters) > 1:
            raise PaperEntryWrong(number=number, allowed="".join(sorted(allowed)))
        if letters:
            read[str(number)] = letters
    return read


def differences(first: Mapping[str, str], second: Mapping[str, str]) -> list[int]:
    """Numbers of the items that the two people read differently."""
    return sorted(int(number) for number in {*first, *second} if first.get(number) != second.get(number))


def answers_of_entry(items: Sequence[Mapping[str, object]], entry: Mapping[str, str]) -> dict[str, list[str]]:
    """Opaque item id → opaque option ids, of the answered items."""
    answers: dict[str, list[str]] = {}
    for item in items:
        letters = entry.get(str(item["number"]), "")
        if letters:
            answers[str(item["id"])] = sorted(option for option, label in _labels(item).items() if label in letters)
    return answers


def _labels(item: Mapping[str, object]) -> dict[str, str]:
    options = item["options"]
    assert isinstance(options, list), "made by build_paper"
    return {str(option["id"]): str(option["label"]) for option in options}
