"""扩大抽取: further seats after the draw, filled by the next tickets of the same seed (docs/draw.md, section 8; ADR 23).

There is never a second seed: who comes next was fixed by the draw, only how many come is decided.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from core.canonical import canonical_json
from draws.domain.plan import ALGORITHM
from draws.domain.quotas import hamilton
from draws.domain.roster import Kinds, check_lines, read_kinds
from draws.domain.selection import Place, eligible_in, ranked_places, ranking_of, write_result
from draws.errors import EnlargementEmpty, QuotaTooLarge, QuotaUnknownStratum

MOST_ENLARGEMENTS: Final = 20
PROGRAM: Final = "verify_more.py"


@dataclass(frozen=True, slots=True)
class Enlarged:
    """What one enlargement publishes, and the places that it gives."""

    places: tuple[Place, ...]
    order: bytes
    result: bytes


@dataclass(frozen=True, slots=True)
class Drawn:
    """What an enlargement builds on: the files of the draw, its seed, and the standby of its plan."""

    plan: bytes
    roster: bytes
    result: bytes
    seed: str
    standby: int
    program: bytes


def enlarge_file(number: int) -> str:
    """`enlarge-1.json`: how many seats in which stratum, after which ticket."""
    return f"enlarge-{number}.json"


def enlarged_result_file(number: int) -> str:
    """`result-1.csv`: in the form of result.csv, only what the enlargement adds."""
    return f"result-{number}.csv"


def enlarge(drawn: Drawn, seats: Mapping[str, int], *, after: Mapping[str, int], number: int) -> Enlarged:
    """The next tickets of each stratum: `seats` of them behind the first `after`, then the reserves of the plan again.

    `after`: the last rank that is taken already, by the draw, a replacement or an earlier enlargement.
    Raises EnlargementEmpty, QuotaUnknownStratum, QuotaTooLarge.
    """
    wanted = {stratum: count for stratum, count in sorted(seats.items()) if count}
    check_lines(drawn.roster)
    kinds = read_kinds(drawn.roster)
    eligible = eligible_in(kinds)
    check_seats(wanted, {s: eligible.get(s) for s in wanted}, after=after)
    places = tuple(
        place
        for stratum, count in wanted.items()
        for place in _next(drawn, kinds, stratum, taken=after.get(stratum, 0), seats=count)
    )
    order = {
        "alg": ALGORITHM,
        "enlargement": number,
        "plan_sha256": sha256(drawn.plan).hexdigest(),
        "result_sha256": sha256(drawn.result).hexdigest(),
        "seed": drawn.seed,
        "standby": drawn.standby,
        "strata": {s: {"after": after.get(s, 0), "seats": count} for s, count in wanted.items()},
        "verify_sha256": sha256(drawn.program).hexdigest(),
    }
    return Enlarged(places, (canonical_json(order) + "\n").encode("ascii"), write_result(places))


def check_seats(seats: Mapping[str, int], eligible: Mapping[str, int | None], *, after: Mapping[str, int]) -> None:
    """Raises EnlargementEmpty, QuotaUnknownStratum, QuotaTooLarge (more than have no place yet)."""
    if not any(seats.values()):
        raise EnlargementEmpty
    for stratum, asked in sorted(seats.items()):
        people = eligible.get(stratum)
        if people is None:
            raise QuotaUnknownStratum(stratum=stratum)
        left = people - after.get(stratum, 0)
        if asked > left:
            raise QuotaTooLarge(stratum=stratum, asked=asked, available=left)


def share_out(total: int, eligible: Mapping[str, int], *, after: Mapping[str, int]) -> dict[str, int]:
    """`total` further seats by the largest remainders of those who have no place yet; strata without a seat left out."""
    left = {stratum: people - after.get(stratum, 0) for stratum, people in eligible.items()}
    if not sum(left.values()):
        return {}
    return {stratum: seats for stratum, seats in hamilton(left, total).items() if seats}


def _next(drawn: Drawn, kinds: Kinds, stratum: str, *, taken: int, seats: int) -> list[Place]:
    members = [kind for kind in kinds if kind.stratum == stratum]
    last = taken + seats
    ranking = ranking_of(kinds, members, seed=drawn.seed, most=last + drawn.standby)
    return ranked_places(stratum, ranking[taken:], seats=last, first=taken + 1)
