"""Where a stored paper and its recomputation part: the alarm has to name the place, without saying what stands there."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final

from core.canonical import sha256_hex

MOST_PLACES: Final = 20
CONTENT, ANSWER_KEY, HASH, COMMITMENT = "content", "answer_key", "sha256", "commitment"


@dataclass(frozen=True, slots=True)
class StoredPaper:
    """The three columns of a paper."""

    content: str
    sha256: str
    answer_key: str


@dataclass(frozen=True, slots=True)
class Place:
    """One difference. `part` is what differs, `number` the item on the paper (0: none), `path` the place within."""

    part: str
    number: int
    path: str

    def to_json(self) -> dict[str, object]:
        return asdict(self)


def differing_places(stored: StoredPaper, rebuilt: StoredPaper) -> tuple[Place, ...]:
    """The places at which a stored paper is not what the key gives, at most MOST_PLACES; empty when it is the same."""
    places: list[Place] = []
    numbers = _numbers(rebuilt.content)
    for part, here, there in (
        (CONTENT, stored.content, rebuilt.content),
        (ANSWER_KEY, stored.answer_key, rebuilt.answer_key),
    ):
        if here != there:
            places += _places(part, here, there, numbers=numbers)
    if stored.sha256 != rebuilt.sha256 or (not places and sha256_hex(stored.content) != stored.sha256):
        places.append(Place(HASH, 0, ""))
    return tuple(places[:MOST_PLACES])


def _places(part: str, here: str, there: str, *, numbers: dict[str, int]) -> list[Place]:
    try:
        paths = list(_paths(json.loads(here), json.loads(there), ()))
    except ValueError:
        return [Place(part, 0, "")]
    # The same value in other bytes (an order of keys, a blank) is a difference as well.
    return [_place(part, path, numbers) for path in paths] or [Place(part, 0, "")]


def _place(part: str, path: tuple[str | int, ...], numbers: dict[str, int]) -> Place:
    if len(path) < 2 or path[0] != "items":
        return Place(part, 0, _text(path))
    number = path[1] + 1 if isinstance(path[1], int) else numbers.get(path[1], 0)
    return Place(part, number, _text(path[2:] if number else path))


def _paths(here: object, there: object, at: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(here, dict) and isinstance(there, dict):
        for name in sorted(here.keys() | there.keys()):
            if name in here and name in there:
                yield from _paths(here[name], there[name], (*at, name))
            else:
                yield (*at, name)
    elif isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        for index, (one, other) in enumerate(zip(here, there, strict=True)):
            yield from _paths(one, other, (*at, index))
    elif here != there or type(here) is not type(there):
        yield at


def _text(path: tuple[str | int, ...]) -> str:
    return "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _numbers(content: str) -> dict[str, int]:
    return {item["id"]: item["number"] for item in json.loads(content)["items"]}
