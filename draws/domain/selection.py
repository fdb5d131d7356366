"""result.csv: who must sit, who was drawn, who stands in reserve (docs/draw.md, sections 2 and 7)."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from draws.domain.roster import Row
from draws.domain.tickets import ranking
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


def select(rows: Iterable[Row], quotas: Mapping[str, int], *, seed: str, standby: int) -> tuple[Place, ...]:
    """Every place, by stratum, then must-sit (by pid), then rank. The order of `rows` does not matter."""
    pools = defaultdict[str, list[Row]](list)
    for row in rows:
        pools[row.stratum].append(row)
    return tuple(
        place
        for stratum in sorted(pools)
        for place in _select_stratum(stratum, pools[stratum], quotas.get(stratum, 0), seed=seed, standby=standby)
    )


def _select_stratum(stratum: str, pool: Iterable[Row], quota: int, *, seed: str, standby: int) -> list[Place]:
    pool = list(pool)
    order = ranking((row for row in pool if row.is_eligible), seed=seed)
    must_sit = [Place(stratum, "M", pid) for pid in sorted(row.pid for row in pool if row.must_sit)]
    drawn = [Place(stratum, f"S{rank}", pid) for rank, pid in enumerate(order[:quota], start=1)]
    reserve = [
        Place(stratum, f"R{rank}", pid) for rank, pid in enumerate(order[quota : quota + standby], start=quota + 1)
    ]
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
