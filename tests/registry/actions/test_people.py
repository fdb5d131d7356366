"""Registering people, appointing them, ending appointments."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from core.actor import ENTERPRISE_ADMIN, REGULATOR, Actor, Grant, Reach, Region
from core.canonical import canonical_json
from core.errors import NotAllowed, NotFound
from core.models import AuditEntry
from registry.actions import appoint, change_phone, correct_name, employ, end_appointment, register_person
from registry.domain.drafts import AppointmentDraft
from registry.errors import (
    AlreadyAppointed,
    AppointmentEnded,
    DatesReversed,
    IdCardCheckWrong,
    NameMalformed,
    PersonExists,
    PersonNameConflict,
    PersonPhoneConflict,
    PhoneMalformed,
)
from registry.models import Appointment, Enterprise, Person
from tests.factories.registry import (
    SYSTEM,
    make_appointment,
    make_enterprise,
    make_id_number,
    make_person,
    person_draft,
)

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MANAGER = AppointmentDraft(post="safety_manager", valid_from=date(2026, 11, 1))
pytestmark = pytest.mark.django_db


def admin_of(enterprise: Enterprise) -> Actor:
    grant = Grant(ENTERPRISE_ADMIN, enterprise_id=enterprise.pk)
    reach = Reach(enterprises=frozenset([enterprise.pk]))
    return Actor(user_id=9, person_id=None, label="admin", grants=(grant,), reach=reach)


def officer_of(enterprise: Enterprise) -> Actor:
    region = Region(areas=frozenset([enterprise.area_id]), industries=None)
    grant = Grant(REGULATOR, authority_id=1, region=region)
    return Actor(user_id=8, person_id=None, label="officer", grants=(grant,), reach=Reach(regions=(region,)))


def test_register_person_seals_the_number_and_sorts_by_surname() -> None:
    draft = person_draft(name="曾 明", phone="138 1234 1234")

    person = register_person(SYSTEM, draft, NOW)

    assert (person.name, person.name_sort_key, person.phone) == ("曾明", "zeng ming", "+8613812341234")
    assert draft.id_number not in str(AuditEntry.objects.values())


def test_register_person_twice_is_refused() -> None:
    draft = person_draft()
    register_person(SYSTEM, draft, NOW)

    with pytest.raises(PersonExists):
        register_person(SYSTEM, person_draft(id_number=draft.id_number.lower(), name="另一人"), NOW)


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"id_number": "110105194912310021"}, IdCardCheckWrong),
        ({"phone": "12"}, PhoneMalformed),
        ({"name": "<b>"}, NameMalformed),
    ],
)
def test_register_person_that_cannot_be_right_is_refused(over: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        register_person(SYSTEM, person_draft(**over), NOW)
    assert Person.objects.count() == 0


def test_appoint_a_new_person_by_the_own_administrator_leaves_one_entry() -> None:
    enterprise = make_enterprise()
    person = register_person(admin_of(enterprise), person_draft(), NOW)

    appointment = appoint(
        admin_of(enterprise), enterprise_id=enterprise.public_id, person_id=person.public_id, draft=MANAGER, now=NOW
    )

    assert (appointment.person, appointment.enterprise, appointment.post) == (person, enterprise, "safety_manager")
    assert AuditEntry.objects.filter(action="registry.appointed", object_id=appointment.public_id).count() == 1


def test_appoint_somebody_employed_out_of_reach_is_not_found() -> None:
    enterprise, stranger = make_enterprise(), make_appointment().person

    with pytest.raises(NotFound):
        appoint(
            admin_of(enterprise),
            enterprise_id=enterprise.public_id,
            person_id=stranger.public_id,
            draft=MANAGER,
            now=NOW,
        )


def test_employ_at_another_enterprise_is_not_found() -> None:
    own, other = make_enterprise(), make_enterprise()

    with pytest.raises(NotFound):
        employ(admin_of(own), enterprise_id=other.public_id, person=person_draft(), appointment=MANAGER, now=NOW)
    assert Person.objects.count() == 0


def test_employ_finds_a_person_by_document() -> None:
    number = make_id_number()
    known = make_appointment(person=make_person(name="李建国", id_number=number)).person
    enterprise = make_enterprise()

    done = employ(
        admin_of(enterprise),
        enterprise_id=enterprise.public_id,
        person=person_draft(name="李建国", id_number=number, phone=""),
        appointment=MANAGER,
        now=NOW,
    )

    assert (done.is_new_person, done.appointment.person, Person.objects.count()) == (False, known, 1)


@pytest.mark.parametrize(
    ("over", "refusal"),
    [({"name": "李建军"}, PersonNameConflict), ({"name": "李建国", "phone": "13900009999"}, PersonPhoneConflict)],
)
def test_employ_contradicting_what_others_registered_is_refused(over: dict[str, Any], refusal: type[Exception]) -> None:
    number = make_id_number()
    make_appointment(person=make_person(name="李建国", id_number=number, phone="+8613800001111"))
    enterprise = make_enterprise()

    with pytest.raises(refusal):
        employ(
            admin_of(enterprise),
            enterprise_id=enterprise.public_id,
            person=person_draft(id_number=number, **over),
            appointment=MANAGER,
            now=NOW,
        )

    assert (Appointment.objects.count(), Person.objects.get().phone) == (1, "+8613800001111")


def test_employ_twice_in_the_same_post_is_refused() -> None:
    enterprise = make_enterprise()
    draft = person_draft()
    for_both = {"enterprise_id": enterprise.public_id, "person": draft, "appointment": MANAGER, "now": NOW}
    employ(admin_of(enterprise), **for_both)

    with pytest.raises(AlreadyAppointed):
        employ(admin_of(enterprise), **for_both)


def test_end_appointment_keeps_the_last_day_and_happens_once() -> None:
    appointment = make_appointment()
    actor = admin_of(appointment.enterprise)

    ended = end_appointment(actor, appointment.public_id, valid_to=date(2026, 10, 31), now=NOW)

    assert ended.valid_to == date(2026, 10, 31)
    with pytest.raises(AppointmentEnded):
        end_appointment(actor, appointment.public_id, valid_to=date(2026, 11, 30), now=NOW)
    assert Appointment.objects.get().valid_to == date(2026, 10, 31)


def test_end_appointment_before_it_began_is_refused() -> None:
    appointment = make_appointment()

    with pytest.raises(DatesReversed):
        end_appointment(admin_of(appointment.enterprise), appointment.public_id, valid_to=date(2024, 1, 1), now=NOW)


def test_end_appointment_by_a_role_without_the_right_is_refused() -> None:
    appointment = make_appointment()
    reach = Reach(enterprises=frozenset([appointment.enterprise_id]))

    with pytest.raises(NotAllowed):
        end_appointment(
            Actor(user_id=1, person_id=None, label="x", reach=reach),
            appointment.public_id,
            valid_to=NOW.date(),
            now=NOW,
        )


def test_change_phone_by_one_of_two_enterprises_is_refused() -> None:
    person = make_person(phone="+8613800001111")
    first = make_appointment(person=person).enterprise
    make_appointment(person=person)

    with pytest.raises(PersonPhoneConflict):
        change_phone(admin_of(first), person.public_id, "13900009999", now=NOW)

    assert Person.objects.get().phone == "+8613800001111"


def test_change_phone_by_the_only_enterprise_is_recorded_without_the_number() -> None:
    appointment = make_appointment()

    person = change_phone(officer_of(appointment.enterprise), appointment.person.public_id, "13900009999", now=NOW)

    assert person.phone == "+8613900009999"
    assert "13900009999" not in str(AuditEntry.objects.values())


@pytest.mark.parametrize("phone", ["12", "", "=1+1"])
def test_change_phone_to_nonsense_is_refused(phone: str) -> None:
    appointment = make_appointment()

    with pytest.raises(PhoneMalformed):
        change_phone(admin_of(appointment.enterprise), appointment.person.public_id, phone, now=NOW)


def test_correct_name_by_the_regulator_is_recorded_with_masks_and_reason() -> None:
    appointment = make_appointment(person=make_person(name="李建国"))

    person = correct_name(
        officer_of(appointment.enterprise), appointment.person.public_id, "曾建国", reason="录入错误", now=NOW
    )

    assert (person.name, person.name_sort_key) == ("曾建国", "zeng jian guo")
    entry = AuditEntry.objects.get(action="registry.name_corrected")
    assert (entry.reason, entry.details) == ("录入错误", canonical_json({"before": "李*国", "after": "曾*国"}))


def test_correct_name_of_somebody_in_post_elsewhere_too_is_refused() -> None:
    person = make_person(name="李建国")
    first = make_appointment(person=person).enterprise
    make_appointment(person=person)

    with pytest.raises(NotAllowed):
        correct_name(officer_of(first), person.public_id, "王五", reason="x", now=NOW)
    with pytest.raises(NotAllowed):
        correct_name(admin_of(first), person.public_id, "王五", reason="x", now=NOW)
    assert Person.objects.get().name == "李建国"
