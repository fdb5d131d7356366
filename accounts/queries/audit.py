"""The audit chain as its auditor reads it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.policies import can_read_audit
from core import audit
from core.actor import Actor
from core.errors import NotFound
from core.models import AuditEntry


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to look for; empty fields ask for nothing. Days are whole days where the district is."""

    text: str = ""
    actor: str = ""
    action: str = ""
    object_type: str = ""
    day_from: date | None = None
    day_to: date | None = None


def audit_entries_for(actor: Actor, wanted: AuditFilter = AuditFilter()) -> QuerySet[AuditEntry]:
    """Entries newest first, for the auditor."""
    entries = AuditEntry.objects.order_by("-sequence")
    return entries.filter(_condition(wanted)) if can_read_audit(actor) else entries.none()


def get_audit_entry(actor: Actor, sequence: int) -> AuditEntry:
    """One entry by its number; raises NotFound."""
    entry = audit_entries_for(actor).filter(sequence=sequence).first()
    if entry is None:
        raise NotFound
    return entry


def check_audit_chain() -> dict[str, object]:
    """Recomputes the chain: number of entries, head, and the first broken entry with its problem, if any."""
    broken = audit.first_break()
    count, head = audit.head()
    return {
        "entries": count,
        "head": head,
        "broken_at": broken.sequence if broken else None,
        "problem": broken.problem if broken else "",
    }


def _condition(wanted: AuditFilter) -> Q:
    condition = Q()
    if wanted.text:
        text = wanted.text
        condition &= (
            Q(object_id=text) | Q(object_label__icontains=text) | Q(reason__icontains=text) | Q(details__icontains=text)
        )
    if wanted.actor:
        condition &= Q(actor_label__icontains=wanted.actor)
    if wanted.action:
        condition &= Q(action__startswith=wanted.action)
    if wanted.object_type:
        condition &= Q(object_type=wanted.object_type)
    if wanted.day_from:
        condition &= Q(at__gte=_start_of(wanted.day_from))
    if wanted.day_to:
        condition &= Q(at__lt=_start_of(wanted.day_to + timedelta(days=1)))
    return condition


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
