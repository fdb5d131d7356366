"""The delivery ledger, and what it asks of whom."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from core.actor import Actor
from core.errors import NotFound
from notices.models import Delivery, DeliveryAttempt
from notices.policies import can_read_ledger
from registry.queries import people_for


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """What to look for; empty fields ask for nothing."""

    text: str = ""
    channel: str = ""
    state: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None


def deliveries_for(actor: Actor, wanted: LedgerFilter | None = None) -> QuerySet[Delivery]:
    """Who was told what, when, by which channel, among the people in the actor's reach; newest first."""
    rows = Delivery.objects.select_related("notice__person").order_by("-notice__created_at", "-pk")
    if not can_read_ledger(actor):
        return rows.none()
    rows = rows.filter(notice__person__in=people_for(actor).order_by().values("pk"))
    return rows.filter(_condition(wanted)) if wanted else rows


def get_delivery(actor: Actor, delivery_id: str) -> Delivery:
    """One line of the ledger; raises NotFound."""
    row = deliveries_for(actor).filter(public_id=delivery_id).first()
    if row is None:
        raise NotFound
    return row


def attempts_of(delivery: Delivery) -> QuerySet[DeliveryAttempt]:
    """Every attempt of one delivery, in order."""
    return delivery.log.all()


def counts_by_state(actor: Actor, wanted: LedgerFilter) -> dict[str, int]:
    """How many of what the filter shows are due, sent and failed. One query."""
    rows = deliveries_for(actor, wanted).order_by().values_list("state").annotate(number=Count("pk"))
    return {str(state): number for state, number in rows}


def deliveries_due(now: datetime) -> QuerySet[Delivery]:
    """What should have gone out by `now`, oldest first: for the sweeper."""
    return Delivery.objects.filter(state=Delivery.State.DUE, next_try_at__lte=now).order_by("next_try_at", "pk")


def find_delivery(delivery_id: int) -> Delivery | None:
    """The delivery with its notice and person, for the job that sends it."""
    return Delivery.objects.select_related("notice__person").filter(pk=delivery_id).first()


def _condition(wanted: LedgerFilter) -> Q:
    condition = Q()
    if wanted.text:
        text = wanted.text.strip()
        condition &= Q(notice__person__name__icontains=text) | Q(notice__title__icontains=text)
    if wanted.channel:
        condition &= Q(channel=wanted.channel)
    if wanted.state:
        condition &= Q(state=wanted.state)
    if wanted.kind:
        condition &= Q(notice__kind=wanted.kind)
    if wanted.since:
        condition &= Q(notice__created_at__date__gte=wanted.since)
    if wanted.until:
        condition &= Q(notice__created_at__date__lte=wanted.until)
    return condition
