"""Who did what with an enterprise or a person, when: from the audit chain."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from core.models import AuditEntry
from registry.models import Appointment, Enterprise, Person

_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Event:
    """One entry: the action's name, who, when, why."""

    action: str
    who: str
    when: datetime
    why: str


def history_of_enterprise(enterprise: Enterprise, appointments: Iterable[Appointment]) -> list[Event]:
    """Entries about an enterprise that the caller reached, and about its appointments; newest first, at most 50."""
    return _events(_about(enterprise) | _about_all(appointments))


def history_of_person(person: Person, appointments: Iterable[Appointment]) -> list[Event]:
    """Entries about a person that the caller reached, and about those appointments; newest first, at most 50."""
    return _events(_about(person) | _about_all(appointments))


def _about(row: Enterprise | Person) -> Q:
    return Q(object_type=row._meta.label_lower, object_id=row.public_id)


def _about_all(appointments: Iterable[Appointment]) -> Q:
    return Q(object_type=Appointment._meta.label_lower, object_id__in=[row.public_id for row in appointments])


def _events(about: Q) -> list[Event]:
    entries = AuditEntry.objects.filter(about).order_by("-sequence")[:_MOST]
    return [Event(entry.action, entry.actor_label, entry.at, entry.reason) for entry in entries]
