"""抽签记录: who was present, as a regulator writes it down, one person a line."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from draws.errors import MinutesEmpty, MinutesLineWrong, MinutesTooLong

MOST_PEOPLE: Final = 60
LONGEST_NAME: Final = 40
LONGEST_CAPACITY: Final = 80
_SEPARATOR: Final = re.compile(r"[,，、;；:：\t]")


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who was there, and as what: an office, a supervisor, a member of the public."""

    name: str
    capacity: str


def read_present(text: str) -> tuple[Present, ...]:
    """Each line `name，capacity`; empty lines do not count, a person named twice counts once.

    Raises MinutesEmpty, MinutesLineWrong with the number of the line, MinutesTooLong.
    """
    people = [_read_line(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not people:
        raise MinutesEmpty
    if len(people) > MOST_PEOPLE:
        raise MinutesTooLong(limit=MOST_PEOPLE)
    return tuple(dict.fromkeys(people))


def write_present(people: Iterable[Present]) -> str:
    """The text that `read_present` reads."""
    return "\n".join(f"{person.name}，{person.capacity}" for person in people)


def _read_line(number: int, line: str) -> Present:
    name, *rest = _SEPARATOR.split(line.strip(), maxsplit=1)
    name, capacity = name.strip(), "".join(rest).strip()
    printable = (name + capacity).isprintable()
    if not (0 < len(name) <= LONGEST_NAME and 0 < len(capacity) <= LONGEST_CAPACITY and printable):
        raise MinutesLineWrong(line=number)
    return Present(name, capacity)
