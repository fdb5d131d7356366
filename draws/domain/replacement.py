"""After the draw: an excused person's place goes to the next reserve of the same stratum, nobody chooses (docs/draw.md, section 8)."""

from collections.abc import Collection, Sequence

from draws.domain.selection import Place
from draws.errors import NotInResult, ReservesExhausted


def replacement_for(places: Sequence[Place], excused: str, *, used: Collection[str]) -> Place:
    """The reserve that moves up for the drawn pid `excused`; `used` are reserve pids that moved up or were excused before.

    A must-sit person has no place in the quota and is not replaced.
    Raises NotInResult when the pid holds no drawn place, ReservesExhausted when the stratum has none left.
    """
    left = next((place for place in places if place.pid == excused), None)
    if left is None or left.status == "M" or (left.status[0] == "R" and excused not in used):
        raise NotInResult
    return next_reserve(places, left.stratum, used=used)


def next_reserve(places: Sequence[Place], stratum: str, *, used: Collection[str]) -> Place:
    """The first unused reserve of a stratum by rank. Raises ReservesExhausted."""
    reserves = [place for place in places if place.stratum == stratum and place.status[0] == "R"]
    for place in sorted(reserves, key=lambda reserve: reserve.rank):
        if place.pid not in used:
            return place
    raise ReservesExhausted(stratum=stratum)
