"""Registering people, appointing them and ending appointments."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from core.actor import ENTERPRISE_ADMIN, REGULATOR, Actor
from core.audit import audit
from core.crypto import seal
from core.errors import NotAllowed
from core.masking import mask_id_number, mask_name
from core.models import new_public_id
from registry.domain.drafts import AppointmentDraft, PersonDraft, checked_appointment, checked_person
from registry.domain.names import name_sort_key, read_person_name
from registry.domain.phones import read_phone
from registry.errors import (
    AlreadyAppointed,
    AppointmentEnded,
    DatesReversed,
    PersonExists,
    PersonNameConflict,
    PersonPhoneConflict,
)
from registry.models import Appointment, Enterprise, Person
from registry.policies import can_change_enterprise, can_keep_people
from registry.queries import (
    find_person_by_document,
    id_number_digest,
    lock_appointment,
    lock_enterprise,
    lock_person_to_appoint,
    people_for,
)
from registry.queries.people import ID_COLUMN, ID_TABLE


@dataclass(frozen=True, slots=True)
class Employment:
    """What `employ` did: the appointment, and whether the person was new to the registry."""

    appointment: Appointment
    is_new_person: bool


@transaction.atomic
def register_person(actor: Actor, draft: PersonDraft, now: datetime) -> Person:
    """A new person without appointment. Raises NotAllowed, PersonExists, and the refusals of `checked_person`."""
    if not (actor.is_system or actor.has_role(REGULATOR, ENTERPRISE_ADMIN)):
        raise NotAllowed
    draft = checked_person(draft, today=timezone.localtime(now).date())
    if find_person_by_document(draft.id_type, draft.id_number) is not None:
        raise PersonExists
    return _create_person(actor, draft, now)


@transaction.atomic
def appoint(actor: Actor, *, enterprise_id: str, person_id: str, draft: AppointmentDraft, now: datetime) -> Appointment:
    """The person (in reach, or without any appointment yet) takes a post at the enterprise. Ids are public ids.

    Raises NotFound, NotAllowed, AlreadyAppointed, DatesReversed.
    """
    enterprise = _enterprise_to_keep(actor, enterprise_id)
    person = lock_person_to_appoint(actor, person_id)
    return _create_appointment(actor, person, enterprise, draft=draft)


@transaction.atomic
def employ(
    actor: Actor,
    *,
    enterprise_id: str,
    person: PersonDraft,
    appointment: AppointmentDraft,
    now: datetime,
) -> Employment:
    """Appoints somebody by document: a person already registered (the name must agree) or a new one.

    Raises NotFound, NotAllowed, PersonNameConflict, PersonPhoneConflict, AlreadyAppointed, DatesReversed, and the refusals
    of `checked_person`.
    """
    enterprise = _enterprise_to_keep(actor, enterprise_id)
    draft = checked_person(person, today=timezone.localtime(now).date())
    found = find_person_by_document(draft.id_type, draft.id_number)
    if found is None:
        created = _create_person(actor, draft, now)
        return Employment(_create_appointment(actor, created, enterprise, draft=appointment), is_new_person=True)
    if found.name != draft.name:
        raise PersonNameConflict
    _keep_phone(actor, found, draft.phone, now=now)
    return Employment(_create_appointment(actor, found, enterprise, draft=appointment), is_new_person=False)


@transaction.atomic
def end_appointment(actor: Actor, appointment_id: str, *, valid_to: date, now: datetime) -> Appointment:
    """The last day of an appointment, inclusive. Raises NotFound, NotAllowed, AppointmentEnded, DatesReversed."""
    appointment = lock_appointment(actor, appointment_id)
    if not can_keep_people(actor, appointment.enterprise):
        raise NotAllowed
    if appointment.valid_to is not None:
        raise AppointmentEnded
    if valid_to < appointment.valid_from:
        raise DatesReversed
    appointment.valid_to = valid_to
    appointment.save(update_fields=["valid_to"])
    audit(actor, "registry.appointment_ended", appointment, details={"valid_to": valid_to, "at": now})
    return appointment


@transaction.atomic
def change_phone(actor: Actor, person_id: str, phone: str, *, now: datetime) -> Person:
    """Another phone for a person whom the actor keeps everywhere: it is what they sign in with.

    Raises NotFound, NotAllowed, PersonPhoneConflict, PhoneMalformed.
    """
    person = lock_person_to_appoint(actor, person_id)
    own = [
        row.enterprise
        for row in person.appointments.select_related("enterprise")
        if can_keep_people(actor, row.enterprise)
    ]
    if not own:
        raise NotAllowed
    if any(
        not can_keep_people(actor, row.enterprise)
        for row in person.appointments.filter(valid_to=None).select_related("enterprise")
    ):
        raise PersonPhoneConflict
    _set_phone(actor, person, read_phone(phone), now=now)
    return person


@transaction.atomic
def correct_name(actor: Actor, person_id: str, name: str, *, reason: str, now: datetime) -> Person:
    """Another name for the same document: a slip of the pen, or a change of name. Reason and both masks are recorded.

    Only for a regulator of every enterprise where the person is in post, hence usually the district office.
    Raises NotFound, NotAllowed, NameMissing, NameMalformed.
    """
    person = lock_person_to_appoint(actor, person_id)
    rows = list(person.appointments.select_related("enterprise"))
    in_post = [row for row in rows if row.valid_to is None] or rows
    if not in_post or not all(can_change_enterprise(actor, row.enterprise) for row in in_post):
        raise NotAllowed
    before = mask_name(person.name)
    person.name = read_person_name(name)
    person.name_sort_key = name_sort_key(person.name)
    person.updated_at = now
    person.save(update_fields=["name", "name_sort_key", "updated_at"])
    details = {"before": before, "after": mask_name(person.name)}
    audit(actor, "registry.name_corrected", person, details=details, reason=reason.strip()[:300])
    return person


def sealed_person(draft: PersonDraft, now: datetime) -> Person:
    """An unsaved person from a checked draft: number sealed to its public id, digest, mask, sort key."""
    public_id = new_public_id()
    return Person(
        public_id=public_id,
        name=draft.name,
        name_sort_key=name_sort_key(draft.name),
        id_type=draft.id_type,
        id_number_sealed=seal(draft.id_number, table=ID_TABLE, column=ID_COLUMN, row=public_id),
        id_number_digest=id_number_digest(draft.id_type, draft.id_number),
        id_number_masked=mask_id_number(draft.id_number),
        phone=draft.phone,
        created_at=now,
        updated_at=now,
    )


def _create_person(actor: Actor, draft: PersonDraft, now: datetime) -> Person:
    person = sealed_person(draft, now)
    person.save(force_insert=True)
    audit(actor, "registry.person_registered", person, details={"id_type": draft.id_type})
    return person


def _enterprise_to_keep(actor: Actor, enterprise_id: str) -> Enterprise:
    enterprise = lock_enterprise(actor, enterprise_id)
    if not can_keep_people(actor, enterprise):
        raise NotAllowed
    return enterprise


def _create_appointment(
    actor: Actor, person: Person, enterprise: Enterprise, *, draft: AppointmentDraft
) -> Appointment:
    draft = checked_appointment(draft)
    if draft.valid_to is None and _holds_already(person, enterprise, draft.post):
        raise AlreadyAppointed
    appointment = Appointment.objects.create(
        person=person,
        enterprise=enterprise,
        post=draft.post,
        capacity=draft.capacity,
        valid_from=draft.valid_from,
        valid_to=draft.valid_to,
    )
    audit(
        actor,
        "registry.appointed",
        appointment,
        details={
            "person": person.public_id,
            "enterprise": enterprise.public_id,
            "post": draft.post,
            "from": draft.valid_from,
            "to": draft.valid_to,
        },
    )
    return appointment


def _holds_already(person: Person, enterprise: Enterprise, post: str) -> bool:
    return Appointment.objects.filter(person=person, enterprise=enterprise, post=post, valid_to=None).exists()


def _keep_phone(actor: Actor, person: Person, phone: str, *, now: datetime) -> None:
    """A phone typed for a known person: fills a gap, or changes it where the actor already reached the person."""
    if not phone or phone == person.phone:
        return
    if person.phone and not people_for(actor).filter(pk=person.pk).exists():
        raise PersonPhoneConflict
    _set_phone(actor, person, phone, now=now)


def _set_phone(actor: Actor, person: Person, phone: str, *, now: datetime) -> None:
    person.phone = phone
    person.updated_at = now
    person.save(update_fields=["phone", "updated_at"])
    audit(actor, "registry.phone_changed", person)
