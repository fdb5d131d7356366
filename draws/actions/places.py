"""Rows of a result as rows of the database."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from draws.actions.bulk import write_rows
from draws.domain.selection import Place as DrawnPlace
from draws.models import Draw, Place, PlaceState, RosterEntry

_BATCH: Final = 2000
_COLUMNS: Final = "draw entry status rank state".split()


def store_places(draw: Draw, places: Sequence[DrawnPlace], *, called_as: str) -> None:
    """Writes places of people in the roster: seats in the state `called_as`, the others as reserves."""
    write_rows(Place, _COLUMNS, _rows(draw, places, called_as))


def _rows(draw: Draw, places: Sequence[DrawnPlace], called_as: str) -> Iterator[tuple[Any, ...]]:
    states = {True: str(called_as), False: str(PlaceState.STANDBY)}
    entries = _entries_of(draw, places)
    for place in places:
        yield draw.pk, entries[place.pid], place.status, place.rank, states[place.is_seat]


def _entries_of(draw: Draw, places: Sequence[DrawnPlace]) -> dict[str, int]:
    rows = RosterEntry.objects.filter(draw=draw, proposal=draw.proposal).order_by()
    found: dict[str, int] = {}
    for start in range(0, len(places), _BATCH):
        pids = [place.pid for place in places[start : start + _BATCH]]
        found.update(rows.filter(pid__in=pids).values_list("pid", "pk"))
    return found
