"""How enterprises stand, within reach."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from core.actor import Actor, Reach, Region, system_actor
from core.home import HomeTask
from courses.models import Lecture
from courses.queries import lecture_states, lectures_for
from courses.queries.home import tasks_for
from registry.models import Enterprise
from tests.factories.actors import World
from tests.factories.courses import make_lecture
from tests.factories.registry import make_area, make_enterprise, make_industry

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def hazardous(**over: Any) -> Enterprise:
    return make_enterprise(is_high_hazard=True, **over)


def test_lecture_states_of_every_high_hazard_enterprise_in_reach() -> None:
    street = make_area()
    recorded = hazardous(name="甲", area=street)
    make_lecture(enterprise=recorded, state=Lecture.State.RECORDED, held_at=datetime(2026, 11, 1, tzinfo=UTC))
    planned = hazardous(name="乙", area=street)
    plan = make_lecture(enterprise=planned, planned_at=datetime(2026, 12, 1, tzinfo=UTC))
    cancelled = hazardous(name="丙", area=street)
    make_lecture(enterprise=cancelled, state=Lecture.State.CANCELLED)
    make_enterprise(name="丁", area=street)
    hazardous(name="戊", area=street, is_active=False)
    hazardous(name="己")
    region = Region(areas=frozenset([street.pk]), industries=None)
    actor = Actor(user_id=1, person_id=None, label="x", reach=Reach(regions=(region,)))

    states = lecture_states(actor, 2026, 2, today=TODAY)

    found = {(state.enterprise.name, state.state, state.lecture and state.lecture.state) for state in states}
    assert found == {("甲", "done", "recorded"), ("乙", "planned", "planned"), ("丙", "due", None)}
    assert {state.lecture for state in lecture_states(actor, 2026, 1, today=TODAY)} == {None}
    assert {state.state for state in lecture_states(actor, 2026, 1, today=TODAY)} == {"overdue"}
    assert plan in lectures_for(actor)


@pytest.mark.parametrize("count", [1, 3])
def test_lecture_states_cost_two_queries(count: int, django_assert_num_queries: Any) -> None:
    area, industry = make_area(), make_industry()
    for _ in range(count):
        make_lecture(enterprise=hazardous(area=area, industry=industry))

    with django_assert_num_queries(2):
        lecture_states(system_actor("tests"), 2026, 2, today=TODAY)


def words(tasks: list[HomeTask]) -> list[tuple[str, str, int | None]]:
    return [(task.title, task.urgency, task.count) for task in tasks]


def test_home_tells_the_enterprise_what_is_overdue_and_due(world: World) -> None:
    Enterprise.objects.update(is_high_hazard=True)

    assert words(tasks_for(world.actor("enterprise_admin"), NOW)) == [
        ("安排主要负责人讲安全课", "overdue", None),
        ("安排主要负责人讲安全课", "due", None),
    ]
    make_lecture(enterprise=world.enterprise, lecturer=world.person)
    assert ("记录讲安全课", "due", None) in words(tasks_for(world.actor("enterprise_admin"), NOW))


def test_home_tells_the_regulator_how_many_are_overdue_in_reach(world: World) -> None:
    Enterprise.objects.update(is_high_hazard=True)

    assert words(tasks_for(world.actor("regulator"), NOW)) == [("督促逾期的讲安全课", "overdue", 1)]
    assert tasks_for(world.actor("candidate"), NOW) == []
