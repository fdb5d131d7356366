"""result.csv: who must sit, who was drawn, who stands in reserve (docs/draw.md, sections 2 and 7)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from draws.domain.roster import RowTuple
from draws.domain.tickets import ticket_bytes
from draws.errors import ResultMalformed

HEADER: Final = "stratum,status,pid"
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


@dataclass(slots=True)
class Pool:
    """One stratum while it is gathered: pids that must sit, and (ticket, pid) of those who may be drawn."""

    must_sit: list[str] = field(default_factory=list)
    tickets: list[tuple[bytes, str]] = field(default_factory=list)


def gather(rows: Iterable[RowTuple], *, seed: str) -> dict[str, Pool]:
    """Everybody's ticket, by stratum, in one pass. The order of `rows` does not matter."""
    pools: dict[str, Pool] = {}
    for pid, stratum, lots, flag in rows:
        pool = pools.get(stratum)
        if pool is None:
            pool = pools[stratum] = Pool()
        if not flag:
            pool.tickets.append((ticket_bytes(pid, lots, seed=seed), pid))
        elif flag[0] == "M":
            pool.must_sit.append(pid)
    return pools


def select(rows: Iterable[RowTuple], quotas: Mapping[str, int], *, seed: str, standby: int) -> tuple[Place, ...]:
    """Every place, by stratum, then must-sit (by pid), then rank. The order of `rows` does not matter."""
    return select_from(gather(rows, seed=seed), quotas, standby=standby)


def select_from(pools: Mapping[str, Pool], quotas: Mapping[str, int], *, standby: int) -> tuple[Place, ...]:
    """The same from people who have their tickets."""
    return tuple(
        place
        for stratum in sorted(pools)
        for place in _select_stratum(stratum, pools[stratum], quotas.get(stratum, 0), standby=standby)
    )


def _select_stratum(stratum: str, pool: Pool, quota: int, *, standby: int) -> list[Place]:
    order = [pid for _, pid in sorted(pool.tickets)[: quota + standby]]
    must_sit = [Place(stratum, "M", pid) for pid in sorted(pool.must_sit)]
    drawn = [Place(stratum, f"S{rank}", pid) for rank, pid in enumerate(order[:quota], start=1)]
    reserve = [Place(stratum, f"R{rank}", pid) for rank, pid in enumerate(order[quota:], start=quota + 1)]
    return must_sit + drawn + reserve


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
