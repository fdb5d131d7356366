"""After the draw: an excuse is asked for by one, decided by another, and the next reserve moves up by rule."""

from datetime import datetime
from functools import partial

from django.db import transaction

from accounts.queries import identity_of_user
from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed, SameApprover
from draws.actions.announcing import say_in_public
from draws.actions.evidence import Upload, attach, stored
from draws.actions.prepare import check_reason, check_state
from draws.domain.pool import EXCUSE_CODES
from draws.domain.replacement import replacement_for
from draws.errors import AlreadyDecided, FlagCodeUnknown, NotInResult, ReplacementPending, ReservesExhausted
from draws.events import place_filled
from draws.models import Draw, DrawState, Place, PlaceState, Replacement
from draws.policies import can_conduct, can_prepare
from draws.queries import (
    CALLED_STATES,
    get_draw,
    lock_draw,
    lock_place,
    lock_replacement,
    places_as_drawn,
    used_reserves,
)


def request_replacement(
    actor: Actor,
    draw_id: str,
    *,
    pid: str,
    reason_code: str,
    reason: str,
    evidence: str,
    file: Upload | None = None,
    now: datetime,
) -> Replacement:
    """Asks to excuse somebody who is called (`pid`), with reason code, reason and evidence.

    Raises NotAllowed, WrongDrawState, FlagCodeUnknown, ReasonRequired, NotFound, NotInResult, ReplacementPending, and
    what `clean_file` refuses.
    """
    # Nothing is stored for those who may not ask.
    if not can_prepare(actor, get_draw(actor, draw_id)):
        raise NotAllowed
    with stored(file) as kept, transaction.atomic():
        row = _request_replacement(
            actor, draw_id, pid=pid, reason_code=reason_code, reason=reason, evidence=evidence, now=now
        )
        details = _details(row) | {"file_sha256": attach(actor, kept, replacement=row, now=now)}
        audit(actor, "draw.replacement_requested", row.draw, details=details, reason=row.reason)
        return row


def _request_replacement(
    actor: Actor,
    draw_id: str,
    *,
    pid: str,
    reason_code: str,
    reason: str,
    evidence: str,
    now: datetime,
) -> Replacement:
    draw = lock_draw(actor, draw_id)
    if not can_prepare(actor, draw):
        raise NotAllowed
    check_state(draw, DrawState.DRAWN)
    if reason_code not in EXCUSE_CODES:
        raise FlagCodeUnknown(flag_code=reason_code[:8], known=", ".join(EXCUSE_CODES))
    check_reason(reason)
    check_reason(evidence)
    place = lock_place(draw, pid)
    live = place.excuses.filter(state__in=[Replacement.State.REQUESTED, Replacement.State.APPROVED])
    if live.exists():
        raise ReplacementPending
    if place.state not in CALLED_STATES:
        raise NotInResult
    return Replacement.objects.create(
        draw=draw,
        excused=place,
        reason_code=reason_code,
        reason=reason.strip(),
        evidence=evidence.strip()[:200],
        requested_by_id=actor.user_id,
        requested_at=now,
    )


@transaction.atomic
def decide_replacement(actor: Actor, replacement_id: str, *, approve: bool, now: datetime) -> Replacement:
    """Decides another person's request. Approved: the next reserve of the same stratum moves up, nobody chooses.

    A must-sit person has no quota place to fill; a stratum without reserves leaves the place empty.
    Raises NotAllowed, SameApprover, WrongDrawState, AlreadyDecided, NotFound.
    """
    draw, row = lock_replacement(actor, replacement_id)
    if not can_conduct(actor, draw):
        raise NotAllowed
    check_state(draw, DrawState.DRAWN)
    if row.state != Replacement.State.REQUESTED:
        raise AlreadyDecided
    if row.requested_by is not None and identity_of_user(row.requested_by) == actor.identity():
        raise SameApprover
    row.state = Replacement.State.APPROVED if approve else Replacement.State.REFUSED
    row.decided_by_id = actor.user_id
    row.decided_at = now
    if approve:
        row.moved_up = _move_up(draw, row.excused)
    row.save(update_fields=["state", "decided_by", "decided_at", "moved_up"])
    audit(actor, f"draw.replacement_{row.state}", draw, details=_details(row), reason=row.reason)
    if approve:
        said = {"excused": row.excused.entry.pid, "moved_up": row.moved_up and row.moved_up.entry.pid}
        say_in_public(draw, "draw.replaced", {**said, "reason_code": row.reason_code}, now=now)
        transaction.on_commit(partial(place_filled.send, sender=Replacement, replacement_id=row.pk))
    return row


def _move_up(draw: Draw, excused: Place) -> Place | None:
    next_up = _next_reserve(draw, excused)
    Place.objects.filter(pk=excused.pk).update(state=PlaceState.EXCUSED)
    if next_up is not None:
        next_up.state = PlaceState.MOVED_UP
        next_up.save(update_fields=["state"])
    return next_up


def _next_reserve(draw: Draw, excused: Place) -> Place | None:
    if excused.status == "M":
        return None
    try:
        reserve = replacement_for(places_as_drawn(draw), excused.entry.pid, used=used_reserves(draw))
    except ReservesExhausted:
        return None
    return lock_place(draw, reserve.pid)


def _details(row: Replacement) -> dict[str, object]:
    return {
        "replacement": row.public_id,
        "excused": row.excused.entry.pid,
        "code": row.reason_code,
        "moved_up": row.moved_up.entry.pid if row.moved_up else None,
    }
