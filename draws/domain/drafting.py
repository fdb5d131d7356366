"""A roster in the making: one bytes object for each person, so that a million fit in memory, and in the order of pids when sorted."""

import hashlib
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import eq
from typing import Final

from draws.domain.roster import HEADER, Identity, Kind, check_lines, pid_preimage
from draws.errors import RosterDuplicate

_ROW: Final = struct.Struct(">32s32sQQI")  # pid, salt, person, enterprise, number of the kind
_KIND: Final = struct.Struct(">I")
_PID: Final = slice(0, 32)
_KIND_OF_ROW: Final = slice(_ROW.size - _KIND.size, _ROW.size)
_PIECE: Final = 50_000

# id_type, id_number, credit_code, post letter
IdentityTuple = tuple[str, str, str, str]
# pid, salt (both hex), person, enterprise, kind
DraftedRow = tuple[str, str, int, int, Kind]


@dataclass(slots=True)
class Draft:
    """Who is in the roster, in the order of `add`."""

    _rows: list[bytes] = field(default_factory=list)
    _kinds: list[Kind] = field(default_factory=list)
    _numbers: dict[Kind, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._rows)

    def kind_number(self, kind: Kind) -> int:
        """The number by which `add` knows a kind of rows."""
        number = self._numbers.setdefault(kind, len(self._kinds))
        if number == len(self._kinds):
            self._kinds.append(kind)
        return number

    def add(self, pid: bytes, salt: bytes, person: int, enterprise: int, kind_number: int) -> None:  # noqa: PLR0917 - the columns
        self._rows.append(_ROW.pack(pid, salt, person, enterprise, kind_number))

    def eligible(self) -> dict[str, int]:
        """People without a flag in each stratum; a stratum of flagged people only counts 0."""
        found = Counter(row[_KIND_OF_ROW] for row in self._rows)
        eligible = {kind.stratum: 0 for kind in self._kinds}
        for number, kind in enumerate(self._kinds):
            if not kind.flag:
                eligible[kind.stratum] += found[_KIND.pack(number)]
        return eligible

    def roster(self) -> bytes:
        """roster.csv. Raises RosterDuplicate, and what `parse_roster` would refuse."""
        tails = {
            _KIND.pack(number): f",{kind.stratum},{kind.lots},{kind.flag}\n" for number, kind in enumerate(self._kinds)
        }
        rows = sorted(self._rows)
        _check_once(rows)
        text = bytearray(f"{HEADER}\n", "ascii")
        for start in range(0, len(rows), _PIECE):
            lines = [f"{row[_PID].hex()}{tails[row[_KIND_OF_ROW]]}" for row in rows[start : start + _PIECE]]
            text += "".join(lines).encode()
        data = bytes(text)
        check_lines(data)
        return data

    def batches(self, size: int) -> Iterator[list[DraftedRow]]:
        """The rows as they were added, so many at a time."""
        for start in range(0, len(self._rows), size):
            packed = b"".join(self._rows[start : start + size])
            yield [
                (pid.hex(), salt.hex(), person, enterprise, self._kinds[kind])
                for pid, salt, person, enterprise, kind in _ROW.iter_unpack(packed)
            ]


def pids_of(identities: Iterable[IdentityTuple], salts: Sequence[str], *, round_label: str) -> list[bytes]:
    """`pid_of` for very many people, 32 bytes each. Raises PersonalFieldInvalid."""
    sha256, head = hashlib.sha256, f"pid/1|{round_label}|"
    pids = []
    for (id_type, number, credit_code, post), salt in zip(identities, salts, strict=True):
        text = f"{head}{salt}|{id_type}|{number.upper()}|{credit_code.upper()}|{post}"
        if text.count("|") != 6 or "||" in text or text[-1] == "|" or not text.isascii():
            text = pid_preimage(Identity(id_type, number, credit_code, post), round_label=round_label, salt=salt)
        pids.append(sha256(text.encode("ascii")).digest())
    return pids


def _check_once(rows: Sequence[bytes]) -> None:
    pids = (row[_PID] for row in rows)
    following = (row[_PID] for row in islice(rows, 1, None))
    if any(map(eq, pids, following)):
        twice = next(n for n in range(1, len(rows)) if rows[n - 1][_PID] == rows[n][_PID])
        raise RosterDuplicate(line=twice + 2)
