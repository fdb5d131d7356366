"""result.csv: who must sit, who was drawn, who stands in reserve (docs/draw.md, sections 2 and 7)."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from draws.domain.roster import Kind, Kinds, RowTuple, kinds_of
from draws.domain.tickets import TICKET_BYTES, tickets_with_pids
from draws.errors import ResultMalformed

HEADER: Final = "stratum,status,pid"
Progress = Callable[[int, int], None]
_REPORT_EVERY: Final = 20_000
_LINE: Final = re.compile(r"([A-Z0-9]+-[0-9]{6,12}-[PSD]),(M|[SR][1-9][0-9]*),([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the result. `status`: `M` must sit, `S<rank>` drawn, `R<rank>` reserve."""

    stratum: str
    status: str
    pid: str

    @property
    def is_seat(self) -> bool:
        return self.status[0] in "MS"

    @property
    def rank(self) -> int:
        """The place in the stratum's order of tickets, from 1; 0 for must-sit."""
        return int(self.status[1:] or 0)


def eligible_in(kinds: Kinds) -> dict[str, int]:
    """People without a flag in each stratum; a stratum of flagged people only counts 0."""
    eligible = defaultdict[str, int](int)
    for kind, pids in kinds.items():
        eligible[kind.stratum] += 0 if kind.flag else len(pids)
    return dict(eligible)


def select(rows: Iterable[RowTuple], quotas: Mapping[str, int], *, seed: str, standby: int) -> tuple[Place, ...]:
    """Every place, by stratum, then must-sit (by pid), then rank. The order of `rows` does not matter."""
    return select_from(kinds_of(rows), quotas, seed=seed, standby=standby)


def select_from(
    kinds: Kinds, quotas: Mapping[str, int], *, seed: str, standby: int, progress: Progress | None = None
) -> tuple[Place, ...]:
    """The same from pids by kind. One stratum after another gets its tickets: a million are never in memory at once.

    `progress` is told how many people are done.
    """
    strata = defaultdict[str, list[Kind]](list)
    for kind in kinds:
        strata[kind.stratum].append(kind)
    places: list[Place] = []
    done = told = 0
    total = sum(map(len, kinds.values()))
    for stratum, members in sorted(strata.items()):
        quota = quotas.get(stratum, 0)
        places += (Place(stratum, "M", pid) for pid in _must_sit(kinds, members))
        places += ranked_places(stratum, ranking_of(kinds, members, seed=seed, most=quota + standby), seats=quota)
        done += sum(len(kinds[kind]) for kind in members)
        if progress and (done - told >= _REPORT_EVERY or done == total):
            progress(done, total)
            told = done
    return tuple(places)


def ranking_of(kinds: Kinds, members: Iterable[Kind], *, seed: str, most: int) -> list[str]:
    """The pids of the first `most` of the kinds without a flag, by (ticket, pid)."""
    tickets: list[bytes] = []
    for kind in members:
        if not kind.flag:
            tickets += tickets_with_pids(kinds[kind], kind.lots, seed=seed)
    tickets.sort()
    return [ticket[TICKET_BYTES:].decode("ascii") for ticket in tickets[:most]]


def ranked_places(stratum: str, ranking: Iterable[str], *, seats: int, first: int = 1) -> list[Place]:
    """Places for people in the order of tickets, ranks from `first`: those up to `seats` are drawn, the others reserves."""
    return [
        Place(stratum, f"{'S' if rank <= seats else 'R'}{rank}", pid) for rank, pid in enumerate(ranking, start=first)
    ]


def _must_sit(kinds: Kinds, members: Iterable[Kind]) -> list[str]:
    return sorted(pid.decode("ascii") for kind in members if kind.flag.startswith("M") for pid in kinds[kind])


def write_result(places: Iterable[Place]) -> bytes:
    """result.csv, byte for byte, from places in the order of `select`."""
    lines = [f"{place.stratum},{place.status},{place.pid}" for place in places]
    return "\n".join([HEADER, *lines, ""]).encode("ascii")


def parse_result(data: bytes) -> tuple[Place, ...]:
    """Reads result.csv strictly (form only; whether it is the right result is for `verify`). Raises ResultMalformed."""
    header, *lines = data.decode("ascii", "replace").split("\n")
    if header != HEADER:
        raise ResultMalformed(line=1)
    if not lines or lines.pop() != "":
        raise ResultMalformed(line=len(lines) + 2)
    places = []
    for number, line in enumerate(lines, start=2):
        match = _LINE.fullmatch(line)
        if match is None:
            raise ResultMalformed(line=number)
        places.append(Place(*match.groups()))
    return tuple(places)
