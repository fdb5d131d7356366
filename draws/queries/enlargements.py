"""How far the tickets of each stratum are used up, and what was asked for and decided."""

from django.db.models import Count, Max, QuerySet

from core.actor import Actor
from core.errors import NotFound
from draws.models import Draw, Enlargement, PlaceState
from draws.queries.draws import known_id, lock_draw


def eligible_in(draw: Draw) -> dict[str, int]:
    """People without a flag in each stratum of the roster. One query."""
    rows = draw.entries.filter(proposal=draw.proposal, flag="").order_by()
    return dict(rows.values_list("stratum").annotate(people=Count("pk")))


def last_taken(draw: Draw) -> dict[str, int]:
    """Stratum → the last rank that was called, by the draw, by moving up or by an enlargement, excused since or not."""
    taken = draw.places.exclude(state=PlaceState.STANDBY).filter(rank__gt=0).order_by()
    return dict(taken.values_list("entry__stratum").annotate(last=Max("rank")))


def enlargements_of(draw: Draw) -> QuerySet[Enlargement]:
    """Everything asked for, oldest first."""
    return draw.enlargements.select_related("requested_by", "decided_by")


def lock_enlargement(actor: Actor, enlargement_id: str) -> tuple[Draw, Enlargement]:
    """An enlargement and its draw, the draw locked first. Raises NotFound."""
    known = Enlargement.objects.filter(public_id=known_id(enlargement_id))
    draw_id = known.values_list("draw__public_id", flat=True).first()
    if draw_id is None:
        raise NotFound
    draw = lock_draw(actor, draw_id)
    row = (
        draw.enlargements.select_for_update(of=("self",))
        .select_related("requested_by")
        .get(public_id=known_id(enlargement_id))
    )
    return draw, row
