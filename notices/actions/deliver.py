"""The ledger of one attempt to send: claim, then record how it went. The sending itself is between the two."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed
from core.queue import enqueue
from notices.errors import DeliveryNotFailed
from notices.models import Delivery, DeliveryAttempt
from notices.policies import can_retry_delivery
from notices.queries import LedgerFilter, deliveries_for, get_delivery

MAX_ATTEMPTS: Final = 5
MOST_RETRIED: Final = 1000
_PER_JOB: Final = 50
_FIRST_WAIT: Final = timedelta(minutes=2)


@transaction.atomic
def claim_delivery(actor: Actor, delivery_id: int, *, now: datetime) -> bool:
    """Takes one due delivery; False when it is done, not due yet, or another worker has it.

    The claim moves `next_try_at` ahead (2, 4, 8 … minutes): a worker that dies loses only that time.
    """
    row = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.DUE, next_try_at__lte=now).first()
    if row is None:
        return False
    claimed = Delivery.objects.filter(pk=row.pk, state=Delivery.State.DUE, attempts=row.attempts).update(
        attempts=F("attempts") + 1,
        next_try_at=now + _FIRST_WAIT * 2**row.attempts,
    )
    return claimed == 1


@transaction.atomic
def record_sent(actor: Actor, delivery_id: int, *, now: datetime) -> None:
    """The channel took it."""
    Delivery.objects.filter(pk=delivery_id, state=Delivery.State.DUE).update(
        state=Delivery.State.SENT,
        sent_at=now,
        error="",
    )
    _log(delivery_id, DeliveryAttempt.Outcome.SENT, at=now)


@transaction.atomic
def record_failed(actor: Actor, delivery_id: int, *, error: str, now: datetime) -> None:
    """The channel did not take it: due again at `next_try_at`, or given up after the fifth attempt."""
    Delivery.objects.filter(pk=delivery_id, state=Delivery.State.DUE).update(error=error[:300])
    Delivery.objects.filter(pk=delivery_id, state=Delivery.State.DUE, attempts__gte=MAX_ATTEMPTS).update(
        state=Delivery.State.FAILED,
    )
    _log(delivery_id, DeliveryAttempt.Outcome.FAILED, detail=error, at=now)


@transaction.atomic
def record_undeliverable(actor: Actor, delivery_id: int, *, error: str, now: datetime) -> None:
    """There is no address any more: trying again would not help."""
    Delivery.objects.filter(pk=delivery_id, state=Delivery.State.DUE).update(
        state=Delivery.State.FAILED,
        error=error[:300],
    )
    _log(delivery_id, DeliveryAttempt.Outcome.REFUSED, detail=error, at=now)


@transaction.atomic
def retry_delivery(actor: Actor, delivery_id: str, *, now: datetime) -> Delivery:
    """Sends a failed one again, after the number was corrected. Raises NotFound, NotAllowed, DeliveryNotFailed."""
    row = get_delivery(actor, delivery_id)
    if not can_retry_delivery(actor):
        raise NotAllowed
    again = Delivery.objects.filter(pk=row.pk, state=Delivery.State.FAILED).update(
        state=Delivery.State.DUE,
        attempts=0,
        next_try_at=now,
        error="",
    )
    if not again:
        raise DeliveryNotFailed
    audit(actor, "notices.delivery_retried", row, details={"channel": row.channel})
    enqueue("notices.deliver", delivery_ids=[row.pk])
    row.refresh_from_db()
    return row


@transaction.atomic
def retry_failed(actor: Actor, wanted: LedgerFilter, *, now: datetime) -> int:
    """Sends again everything that failed among what the filter shows, in reach; returns how many. Raises NotAllowed."""
    if not can_retry_delivery(actor):
        raise NotAllowed
    failed = deliveries_for(actor, wanted).filter(state=Delivery.State.FAILED)
    rows = list(failed.select_related(None).order_by("pk")[:MOST_RETRIED])
    if not rows:
        raise DeliveryNotFailed
    pks = [row.pk for row in rows]
    Delivery.objects.filter(pk__in=pks, state=Delivery.State.FAILED).update(
        state=Delivery.State.DUE, attempts=0, next_try_at=now, error=""
    )
    audit(actor, "notices.deliveries_retried", rows[0], details={"number": len(pks)})
    for start in range(0, len(pks), _PER_JOB):
        enqueue("notices.deliver", delivery_ids=pks[start : start + _PER_JOB])
    return len(pks)


def _log(delivery_id: int, outcome: str, *, at: datetime, detail: str = "") -> None:
    DeliveryAttempt.objects.create(delivery_id=delivery_id, outcome=outcome, detail=detail[:300], at=at)
