"""Answer sheets of paper: what two people read off them independently, and whether they read the same."""

import re
from collections import Counter
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


def agreed_reading(readings: Sequence[Mapping[str, str]]) -> tuple[dict[str, str], list[int]]:
    """What two people read alike, per item, and the numbers on which no two agree; of each person the last reading.

    Two people must agree on everything; a third decides what they read differently. Two against two decides nothing.
    """
    agreed: dict[str, str] = {}
    open_numbers: list[int] = []
    for number in sorted({number for reading in readings for number in reading}, key=int):
        votes = Counter(reading.get(number, "") for reading in readings)
        ((letters, count), *others) = votes.most_common()
        if count < 2 or (others and others[0][1] == count):
            open_numbers.append(int(number))
        elif letters:
            agreed[number] = letters
    return agreed, open_numbers


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
