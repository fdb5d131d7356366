"""roster.csv: who is in the pool, under which pseudonym, in which stratum (docs/draw.md, section 2)."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import ge
from typing import Final, NamedTuple

from core.errors import DomainError
from draws.errors import (
    PersonalFieldInvalid,
    RosterDuplicate,
    RosterFlagInvalid,
    RosterHeaderWrong,
    RosterLineMalformed,
    RosterLotsInvalid,
    RosterNotAscii,
    RosterNotTerminated,
    RosterOrderWrong,
    RosterPidInvalid,
    RosterStratumInvalid,
)

HEADER: Final = "pid,stratum,lots,flag"
PID: Final = re.compile(r"[0-9a-f]{64}")
STRATUM: Final = re.compile(r"[A-Z0-9]+-[0-9]{6,12}-[PSD]")
FLAG: Final = re.compile(r"(?:[MX]:[A-Z0-9_-]{1,16})?")
ROUND: Final = re.compile(r"[A-Za-z0-9._-]{1,40}")
STRATUM_EXAMPLE: Final = "C26-430602001-P"
_LINE: Final = re.compile(r"([0-9a-f]{64}),([A-Z0-9]+-[0-9]{6,12}-[PSD]),([1-9]),((?:[MX]:[A-Z0-9_-]{1,16})?)")
# The whole file in one match, without groups and without going back: a million lines cost half a second.
_FILE: Final = re.compile(
    HEADER.encode() + rb"\n(?:[0-9a-f]{64},[A-Z0-9]+-[0-9]{6,12}-[PSD],[1-9],(?:[MX]:[A-Z0-9_-]{1,16})?\n)*+"
)
_PID_LENGTH: Final = 64
_PIECE: Final = 4_000_000  # bytes that are split into lines at a time

# The post letters of a stratum and of a preimage; people in other posts are not drawn.
PRINCIPAL: Final = "P"
SAFETY_MANAGER: Final = "S"
SAFETY_DIRECTOR: Final = "D"


RowTuple = tuple[str, str, int, str]  # pid, stratum, lots, flag


class Row(NamedTuple):
    """One person in the pool. `flag` is empty, `M:<code>` (must sit, outside the quota) or `X:<code>` (excluded)."""

    pid: str
    stratum: str
    lots: int
    flag: str = ""

    @property
    def is_eligible(self) -> bool:
        return not self.flag

    @property
    def must_sit(self) -> bool:
        return self.flag.startswith("M:")


class Kind(NamedTuple):
    """What a row says besides its pid. A roster of a million people has a few thousand kinds of rows."""

    stratum: str
    lots: int
    flag: str


# The pids of each kind, in any order.
Kinds = Mapping[Kind, Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Identity:
    """What a pid is made of. The salt is 64 hex, new for each person and round, shown to that person only."""

    id_type: str
    id_number: str
    credit_code: str
    post: str


def pid_preimage(identity: Identity, *, round_label: str, salt: str) -> str:
    """The text whose SHA-256 is the pid: `pid/1|<round>|<salt>|<id_type>|<id_no>|<uscc>|<post>`, numbers in upper case.

    Raises PersonalFieldInvalid for an empty part, a separator inside one, or anything but ASCII.
    """
    parts = {
        "round": round_label,
        "salt": salt,
        "id_type": identity.id_type,
        "id_number": identity.id_number.upper(),
        "credit_code": identity.credit_code.upper(),
        "post": identity.post,
    }
    for field, text in parts.items():
        if not text or not text.isascii() or "|" in text:
            raise PersonalFieldInvalid(field=field)
    return "|".join(["pid/1", *parts.values()])


def pid_of(identity: Identity, *, round_label: str, salt: str) -> str:
    """The public pseudonym of one person in one round, 64 lowercase hex."""
    return hashlib.sha256(pid_preimage(identity, round_label=round_label, salt=salt).encode("ascii")).hexdigest()


def stratum_of(industry: str, area: str, post: str) -> str:
    """`<industry code>-<area code>-<post letter>`. Raises RosterStratumInvalid."""
    stratum = f"{industry}-{area}-{post}"
    if not STRATUM.fullmatch(stratum):
        raise RosterStratumInvalid(line=0, example=STRATUM_EXAMPLE)
    return stratum


def write_roster(rows: Iterable[RowTuple]) -> bytes:
    """roster.csv, byte for byte: sorted by pid, LF, ASCII. Any order of `rows` gives the same bytes.

    Raises the refusals of `parse_roster`; line numbers are those of the file that would have been written.
    """
    data = join_roster(sorted(rows))
    for _ in read_roster(data):
        pass  # its refusals are ours
    return data


def join_roster(rows: Iterable[RowTuple]) -> bytes:
    """The same from rows in the order of pids, unchecked: `read_roster` checks."""
    text = bytearray(f"{HEADER}\n", "ascii")
    for pid, stratum, lots, flag in rows:
        text += f"{pid},{stratum},{lots},{flag}\n".encode()
    return bytes(text)


def parse_roster(data: bytes) -> tuple[Row, ...]:
    """Reads roster.csv strictly: only the bytes that `write_roster` would write are accepted.

    Raises a refusal that names the line and the remedy.
    """
    return tuple(map(Row._make, read_roster(data)))


def read_roster(data: bytes) -> Iterator[RowTuple]:
    """The same, a row at a time and without an object for each.

    Raises the refusals of `parse_roster`, those of the order of rows only when it comes to them.
    """
    check_lines(data)
    return _read_lines(data)


def check_lines(data: bytes) -> None:
    """Raises the refusals of `parse_roster` but those of the order of rows."""
    if not _FILE.fullmatch(data):
        raise _first_fault(data)


def read_kinds(data: bytes) -> dict[Kind, list[bytes]]:
    """The pids of each kind, in their order: what a million people are drawn from. `data` has passed `check_lines`.

    Raises RosterDuplicate, RosterOrderWrong.
    """
    by_tail = defaultdict[bytes, list[bytes]](list)
    last = b""
    for lines in _pieces(data):
        pids = [line[:_PID_LENGTH] for line in lines]
        if pids[0] <= last or any(map(ge, pids, islice(pids, 1, None))):
            for _ in _read_lines(data):  # comes to the line, and raises
                pass
        last = pids[-1]
        for pid, line in zip(pids, lines, strict=True):
            by_tail[line[_PID_LENGTH:]].append(pid)
    return {_kind(tail): pids for tail, pids in by_tail.items()}


def kinds_of(rows: Iterable[RowTuple]) -> dict[Kind, list[bytes]]:
    """The same from rows in any order."""
    kinds = defaultdict[Kind, list[bytes]](list)
    for pid, stratum, lots, flag in rows:
        kinds[Kind(stratum, lots, flag)].append(pid.encode("ascii"))
    return kinds


def _pieces(data: bytes) -> Iterator[list[bytes]]:
    # Lines of some megabytes at a time, without the header: never the whole file twice in memory.
    start = data.index(b"\n") + 1
    while start < len(data):
        end = data.rindex(b"\n", start, start + _PIECE) + 1
        yield data[start : end - 1].split(b"\n")
        start = end


def _kind(tail: bytes) -> Kind:
    _, stratum, lots, flag = tail.decode("ascii").split(",")
    return Kind(stratum, int(lots), flag)


def _read_lines(data: bytes) -> Iterator[RowTuple]:
    before, number = "", 1
    for lines in _pieces(data):
        for line in lines:
            number += 1
            pid, stratum, lots, flag = line.decode("ascii").split(",")
            if pid <= before:
                raise RosterDuplicate(line=number) if pid == before else RosterOrderWrong(line=number)
            before = pid
            yield pid, stratum, int(lots), flag


def _first_fault(data: bytes) -> DomainError:
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError as error:
        return RosterNotAscii(position=error.start + 1)
    header, *lines = text.split("\n")
    if header != HEADER:
        return RosterHeaderWrong(expected=HEADER)
    if not lines or lines.pop() != "":
        return RosterNotTerminated(line=text.count("\n") + 1)
    number, line = next((number, line) for number, line in enumerate(lines, start=2) if not _LINE.fullmatch(line))
    return _why_malformed(number, line.split(","))


def _why_malformed(
    number: int,
    columns: list[str],
) -> RosterLineMalformed | RosterPidInvalid | RosterStratumInvalid | RosterLotsInvalid | RosterFlagInvalid:
    if len(columns) != 4:
        return RosterLineMalformed(line=number)
    pid, stratum, lots, flag = columns
    if not PID.fullmatch(pid):
        return RosterPidInvalid(line=number)
    if not STRATUM.fullmatch(stratum):
        return RosterStratumInvalid(line=number, example=STRATUM_EXAMPLE)
    if not re.fullmatch(r"[1-9]", lots):
        return RosterLotsInvalid(line=number)
    if not FLAG.fullmatch(flag):
        return RosterFlagInvalid(line=number)
    return RosterLineMalformed(line=number)
