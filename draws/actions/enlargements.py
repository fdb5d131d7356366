"""More seats after the draw: asked by one, decided by another, filled by the next tickets of the same seed."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from django.db import transaction
from django.utils.timezone import localtime

import draws
from accounts.queries import identity_of_user
from core.actor import Actor
from core.audit import audit
from core.canonical import sha256_hex
from core.errors import NotAllowed, SameApprover
from core.queue import enqueue
from draws.actions.announcing import say_in_public
from draws.actions.freeze import store_file
from draws.actions.places import store_places
from draws.actions.prepare import check_reason, check_state
from draws.domain.enlargement import (
    MOST_ENLARGEMENTS,
    PROGRAM,
    Drawn,
    Enlarged,
    check_seats,
    enlarge,
    enlarge_file,
    enlarged_result_file,
    share_out,
)
from draws.domain.protocol import PLAN_FILE, RESULT_FILE, ROSTER_FILE
from draws.errors import AlreadyDecided, EnlargementPending, EnlargementsUsedUp, EnlargingEnded
from draws.events import draw_enlarged
from draws.models import Draw, DrawState, Enlargement, PlaceState
from draws.policies import can_conduct, can_prepare
from draws.queries import content_of, lock_draw, plan_of
from draws.queries.enlargements import eligible_in, last_taken, lock_enlargement

_BATCH = 2000


@transaction.atomic
def request_enlargement(
    actor: Actor, draw_id: str, *, seats: int | Mapping[str, int], reason: str, now: datetime
) -> Enlargement:
    """Asks for further seats: a table stratum → seats, or a number that is shared out by the largest remainders.

    Raises NotFound, NotAllowed, WrongDrawState, EnlargingEnded, ReasonRequired, EnlargementPending, EnlargementsUsedUp,
    EnlargementEmpty, QuotaUnknownStratum, QuotaTooLarge.
    """
    draw = lock_draw(actor, draw_id)
    if not can_prepare(actor, draw):
        raise NotAllowed
    check_state(draw, DrawState.DRAWN)
    _check_still_open(draw)
    check_reason(reason)
    _check_room(draw)
    eligible, after = eligible_in(draw), last_taken(draw)
    table = share_out(seats, eligible, after=after) if isinstance(seats, int) else dict(seats)
    check_seats(table, eligible, after=after)
    row = Enlargement.objects.create(
        draw=draw, seats=table, reason=reason.strip(), requested_by_id=actor.user_id, requested_at=now
    )
    audit(actor, "draw.enlargement_requested", draw, details={"seats": table}, reason=row.reason)
    return row


@transaction.atomic
def decide_enlargement(actor: Actor, enlargement_id: str, *, approve: bool, now: datetime) -> Enlargement:
    """Decides another person's request. Approved: the next tickets come in, and two more files are public.

    Raises NotFound, NotAllowed, SameApprover, WrongDrawState, AlreadyDecided, QuotaTooLarge when reserves moved up meanwhile,
    EnlargingEnded (a request that waits is still refused).
    """
    draw, row = lock_enlargement(actor, enlargement_id)
    if not can_conduct(actor, draw):
        raise NotAllowed
    check_state(draw, DrawState.DRAWN)
    if row.state != Enlargement.State.REQUESTED:
        raise AlreadyDecided
    if row.requested_by is not None and identity_of_user(row.requested_by) == actor.identity():
        raise SameApprover
    if approve:
        _check_still_open(draw)
    row.state = Enlargement.State.APPROVED if approve else Enlargement.State.REFUSED
    row.decided_by_id = actor.user_id
    row.decided_at = now
    details: dict[str, object] = {"enlargement": row.public_id, "seats": row.seats}
    if approve:
        row.number = draw.enlargements.filter(state=Enlargement.State.APPROVED).count() + 1
        details |= _carry_out(draw, row, now=now)
    row.save(update_fields=["state", "number", "decided_by", "decided_at"])
    audit(actor, f"draw.enlargement_{row.state}", draw, details=details, reason=row.reason)
    return row


@transaction.atomic
def end_enlarging(actor: Actor, draw_pk: int, *, now: datetime) -> None:
    """The first sitting of the round opens: from now on nobody more is called. A repeat does nothing.

    For the room that holds the exam, in its transaction, after its own check of the actor.
    """
    draw = Draw.objects.select_for_update().get(pk=draw_pk)
    if draw.enlarging_ended_at is not None:
        return
    draw.enlarging_ended_at = now
    draw.save(update_fields=["enlarging_ended_at"])
    audit(actor, "draw.enlarging_ended", draw)


def published_program_for_more() -> bytes:
    """The verify_more.py that this installation publishes with an enlargement, byte for byte."""
    return Path(draws.__file__).with_name(PROGRAM).read_bytes()


def _check_still_open(draw: Draw) -> None:
    if draw.enlarging_ended_at is not None:
        raise EnlargingEnded(opened=f"{localtime(draw.enlarging_ended_at):%Y-%m-%d %H:%M}")


def _check_room(draw: Draw) -> None:
    if draw.enlargements.filter(state=Enlargement.State.REQUESTED).exists():
        raise EnlargementPending
    if draw.enlargements.filter(state=Enlargement.State.APPROVED).count() >= MOST_ENLARGEMENTS:
        raise EnlargementsUsedUp(limit=MOST_ENLARGEMENTS)


def _carry_out(draw: Draw, row: Enlargement, *, now: datetime) -> dict[str, object]:
    assert row.number is not None
    program = published_program_for_more()
    drawn = Drawn(
        plan=content_of(draw, PLAN_FILE),
        roster=content_of(draw, ROSTER_FILE),
        result=content_of(draw, RESULT_FILE),
        seed=draw.seed,
        standby=plan_of(draw).standby,
        program=program,
    )
    enlarged = enlarge(drawn, row.seats, after=last_taken(draw), number=row.number)
    store_file(draw, enlarge_file(row.number), enlarged.order, now=now)
    store_file(draw, enlarged_result_file(row.number), enlarged.result, now=now)
    if row.number == 1:
        store_file(draw, PROGRAM, program, now=now)
    _store_places(draw, enlarged)
    said = {
        "enlargement": row.number,
        "order_sha256": sha256_hex(enlarged.order),
        "result_sha256": sha256_hex(enlarged.result),
        "seats": sum(place.is_seat for place in enlarged.places),
    }
    say_in_public(draw, "draw.enlarged", said, now=now)
    enqueue("draws.pack_bundle", draw_id=draw.pk)
    transaction.on_commit(partial(draw_enlarged.send, sender=Draw, draw_id=draw.pk))
    return said


def _store_places(draw: Draw, enlarged: Enlarged) -> None:
    # A reserve of the draw keeps the status that result.csv gave it; its state says that it was called.
    known = set(draw.places.values_list("entry__pid", flat=True))
    called = [place.pid for place in enlarged.places if place.is_seat and place.pid in known]
    fresh = [place for place in enlarged.places if place.pid not in known]
    for start in range(0, len(called), _BATCH):
        reserves = draw.places.filter(entry__pid__in=called[start : start + _BATCH], state=PlaceState.STANDBY)
        reserves.update(state=PlaceState.ENLARGED)
    store_places(draw, fresh, called_as=PlaceState.ENLARGED)
