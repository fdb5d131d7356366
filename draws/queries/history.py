"""What the authority's earlier completed draws say about people, and which of them a filter leaves."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from draws.domain.parameters import DrawParameters
from draws.domain.pool import History
from draws.models import CertificateTerm, Draw, DrawState, Place, PlaceState, RosterEntry
from registry.models import Appointment

SEATED = Q(state__in=[PlaceState.CALLED, PlaceState.MOVED_UP, PlaceState.ENLARGED])


def earlier_draws(draw: Draw) -> QuerySet[Draw]:
    """Completed draws of the same authority in quarters before this one's, newest first."""
    before = Q(year__lt=draw.year) | Q(year=draw.year, quarter__lt=draw.quarter)
    completed = Draw.objects.filter(before, authority_id=draw.authority_id, state=DrawState.DRAWN)
    return completed.order_by("-year", "-quarter", "-serial")


def history_of(draw: Draw, *, waited: bool = True) -> History:
    """What flags need to know: who was excused or drawn last time, and, with `waited`, who has waited for how long."""
    earlier = list(earlier_draws(draw))
    if not earlier:
        return History()
    last = Place.objects.filter(draw=earlier[0])
    return History(
        excused=frozenset(last.filter(state=PlaceState.EXCUSED).values_list("entry__person_id", flat=True)),
        drawn_last=frozenset(last.filter(SEATED).values_list("entry__person_id", flat=True)),
        waited=_rounds_waited(earlier) if waited else None,
    )


def narrowed_by_past(
    chosen: QuerySet[Appointment], draw: Draw, parameters: DrawParameters, *, on: date
) -> QuerySet[Appointment]:
    """The appointments of those whom the filters `undrawn_quarters`, `never_drawn` and `certificate_days` leave."""
    if parameters.never_drawn or parameters.undrawn_quarters:
        draws = earlier_draws(draw)
        if not parameters.never_drawn:
            draws = draws.filter(_since(draw, parameters.undrawn_quarters))
        called = Place.objects.filter(SEATED, draw__in=draws.order_by().values("pk"))
        chosen = chosen.exclude(person__in=called.values("entry__person_id"))
    if parameters.certificate_days:
        ending = CertificateTerm.objects.filter(valid_until__lte=on + timedelta(days=parameters.certificate_days))
        chosen = chosen.filter(person__in=ending.values("person_id"))
    return chosen


def _since(draw: Draw, quarters: int) -> Q:
    # Quarter numbers count from year 0, so that 2026Q1 is the one after 2025Q4.
    year, quarter = divmod(draw.year * 4 + draw.quarter - 1 - quarters, 4)
    return Q(year__gt=year) | Q(year=year, quarter__gte=quarter + 1)


def _rounds_waited(earlier: Sequence[Draw]) -> dict[int, int]:
    # For each person: how many of the last draws in a row they stood in the pool and were not drawn.
    waited: dict[int, int] = {}
    for number, draw in enumerate(earlier):
        pool = RosterEntry.objects.filter(draw=draw, proposal=draw.proposal, place=None) | RosterEntry.objects.filter(
            draw=draw, proposal=draw.proposal, place__state=PlaceState.STANDBY
        )
        undrawn = frozenset(pool.values_list("person_id", flat=True))
        still = undrawn if number == 0 else {person for person in undrawn if waited.get(person) == number}
        if not still:
            break
        waited |= dict.fromkeys(still, number + 1)
    return waited
