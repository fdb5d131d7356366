"""What an actor reaches: rows, children, lists, exports."""

from datetime import date

import pytest

from core.actor import Actor, Reach, Region, system_actor
from core.errors import NotFound
from registry.models import Appointment, Enterprise, Person
from registry.queries import (
    all_appointments_for,
    appointments_for,
    enterprises_for,
    get_enterprise,
    get_person,
    id_number_of,
    people_for,
)
from tests.factories.registry import (
    make_appointment,
    make_area,
    make_enterprise,
    make_id_number,
    make_industry,
    make_person,
)

TODAY = date(2026, 11, 23)
pytestmark = pytest.mark.django_db


def actor_with(reach: Reach) -> Actor:
    return Actor(user_id=1, person_id=reach.person, label="somebody", reach=reach)


def test_reach_of_a_street_and_an_industry_is_their_crossing() -> None:
    street, other_street = make_area(), make_area()
    building, other_industry = make_industry(), make_industry()
    inside = make_enterprise(area=street, industry=building)
    make_enterprise(area=street, industry=other_industry)
    make_enterprise(area=other_street, industry=building)
    actor = actor_with(Reach(regions=(Region(frozenset([street.pk]), frozenset([building.pk])),)))

    assert list(enterprises_for(actor)) == [inside]


def test_reach_of_nobody_is_nothing() -> None:
    make_appointment()
    nobody = actor_with(Reach())

    assert (list(enterprises_for(nobody)), list(people_for(nobody)), list(all_appointments_for(nobody))) == ([], [], [])


def test_reach_of_the_system_is_everything_each_person_once() -> None:
    person = make_person()
    make_appointment(person=person)
    make_appointment(person=person)
    lonely = make_person()

    assert set(people_for(system_actor("tests"))) == {person, lonely}
    assert people_for(system_actor("tests")).count() == 2
    assert enterprises_for(system_actor("tests")).count() == 2


def test_reach_of_an_enterprise_administrator_is_the_own_enterprise_with_former_people() -> None:
    own = make_enterprise()
    former = make_appointment(enterprise=own, valid_to=date(2025, 6, 30)).person
    now = make_appointment(enterprise=own, post="safety_manager").person
    stranger = make_appointment().person
    actor = actor_with(Reach(enterprises=frozenset([own.pk])))

    assert list(enterprises_for(actor)) == [own]
    assert set(people_for(actor)) == {former, now}
    assert [item.person for item in appointments_for(actor, on=TODAY)] == [now]
    with pytest.raises(NotFound):
        get_person(actor, stranger.public_id)


def test_reach_of_a_person_is_that_person_and_not_the_enterprise() -> None:
    appointment = make_appointment()
    make_appointment(enterprise=appointment.enterprise, post="other")
    actor = actor_with(Reach(person=appointment.person_id))

    assert list(people_for(actor)) == [appointment.person]
    assert list(all_appointments_for(actor)) == [appointment]
    with pytest.raises(NotFound):
        get_enterprise(actor, appointment.enterprise.public_id)


@pytest.mark.parametrize(
    ("on", "is_in_force"),
    [(date(2024, 12, 31), False), (date(2025, 1, 1), True), (date(2025, 6, 30), True), (date(2025, 7, 1), False)],
)
def test_appointments_are_in_force_on_both_their_ends(on: date, is_in_force: bool) -> None:
    make_appointment(valid_from=date(2025, 1, 1), valid_to=date(2025, 6, 30))

    assert appointments_for(system_actor("tests"), on=on).exists() is is_in_force


def test_appointments_of_inactive_enterprises_are_left_out() -> None:
    make_appointment(enterprise=make_enterprise(is_active=False))

    assert not appointments_for(system_actor("tests"), on=TODAY).exists()


def test_id_number_of_somebody_out_of_reach_stays_sealed() -> None:
    number = make_id_number(5)
    appointment = make_appointment(person=make_person(id_number=number))

    assert (
        id_number_of(actor_with(Reach(enterprises=frozenset([appointment.enterprise_id]))), appointment.person)
        == number
    )
    with pytest.raises(NotFound):
        id_number_of(actor_with(Reach()), appointment.person)


def test_id_number_is_nowhere_in_clear() -> None:
    number = make_id_number(6)
    make_appointment(person=make_person(id_number=number))

    stored = [*Person.objects.values(), *Appointment.objects.values(), *Enterprise.objects.values()]

    assert number not in str(stored)
    assert number.encode() not in bytes(Person.objects.get().id_number_sealed)
    assert Person.objects.get().id_number_masked == "*" * 16 + number[-2:]


def test_enterprise_with_one_person_costs_under_five_queries(django_assert_max_num_queries: object) -> None:
    area, industry = make_area(), make_industry()
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        make_appointment(enterprise=make_enterprise(area=area, industry=industry))
