from datetime import timedelta

import pytest

from core.errors import NotFound
from draws.actions import approve_flag, cancel_draw, propose_freeze, request_enlargement, request_flag
from draws.domain.roster import Identity, parse_roster, pid_of
from draws.queries import (
    content_of,
    draws_for,
    get_draw,
    get_public_draw,
    my_roster_rows,
    parameters_of,
    pool_of,
    public_draws,
    public_file,
    roster_strata,
    seats_of,
    strata_of,
)
from draws.queries.home import navigation_for, tasks_for
from registry.models import Post
from tests.draws.actions.test_prepare import FLAG
from tests.factories.actors import make_actor
from tests.factories.draws import (
    AFTER_WINDOW,
    NOW,
    Cast,
    make_draft,
    make_drawn,
    make_frozen,
    make_population,
    make_proposed,
)
from tests.factories.registry import (
    SYSTEM,
    make_appointment,
    make_area,
    make_authority,
    make_enterprise,
    make_industry,
    make_person,
)


def test_draws_for_are_those_of_the_own_authority(cast, world):
    draw = make_draft(cast)
    assert list(draws_for(cast.regulator)) == list(draws_for(cast.reviewer)) == list(draws_for(SYSTEM)) == [draw]
    for name in ("regulator", "other_regulator", "candidate", "auditor", "system_admin", "anonymous"):
        assert not draws_for(world.actor(name)).exists()
        with pytest.raises(NotFound):
            get_draw(world.actor(name), draw.public_id)


def test_public_draws_begin_with_the_freeze(cast):
    make_population(cast, 3)
    proposed = make_proposed(cast)
    with pytest.raises(NotFound):
        get_public_draw(proposed.public_id)
    frozen = make_frozen(cast, quarter=1)
    assert list(public_draws()) == [frozen]
    cancel_draw(cast.regulator, frozen.public_id, reason="人员范围有误", now=NOW)
    assert get_public_draw(frozen.public_id).state == "cancelled"
    assert public_file(get_public_draw(frozen.public_id), "roster.csv")


@pytest.mark.parametrize("name", ["result.csv", "salts.csv", "../plan.json", "", "plan.json\x00"])
def test_public_file_that_is_not_there_is_not_found(cast, name):
    make_population(cast, 3)
    draw = make_frozen(cast)
    with pytest.raises(NotFound):
        public_file(draw, name)


def test_strata_of_show_both_methods_side_by_side(cast):
    make_population(cast, 9)
    make_population(cast, 1, post=Post.SAFETY_MANAGER)
    draw = make_draft(cast, seats=5)
    members = pool_of(cast.regulator, draw, on=NOW.date())
    big, small = strata_of(members, parameters_of(draw))
    assert (big.stratum, big.eligible, big.hamilton, big.floor, big.chance_percent, big.most) == (
        "BUILD-430602201-P", 9, 5, 4, 50, 5,
    )  # fmt: skip
    assert (small.stratum, small.eligible, small.hamilton, small.floor, small.chance_percent, small.most) == (
        "BUILD-430602201-S", 1, 0, 0, 50, 1,
    )  # fmt: skip


def test_roster_strata_of_the_snapshot_equal_those_of_the_pool_and_stay(cast):
    appointments = make_population(cast, 4)
    draw = make_draft(cast)
    flag = request_flag(cast.regulator, draw.public_id, person_id=appointments[0].person.public_id, **FLAG)
    approve_flag(cast.reviewer, flag.public_id, now=NOW)
    before = strata_of(pool_of(cast.regulator, draw, on=NOW.date()), parameters_of(draw))
    frozen = propose_freeze(cast.regulator, draw.public_id, now=NOW)
    make_population(cast, 3)
    assert roster_strata(frozen, parameters_of(frozen)) == before
    assert (before[0].eligible, before[0].must_sit, before[0].excluded) == (3, 1, 0)


def test_pool_is_narrowed_by_industry_area_hazard_and_merged_by_district(cast):
    make_population(cast, 2)
    street = make_area(code="430602777", parent=cast.authority.area, name="一社区")
    other = make_enterprise(area=street, industry=make_industry(code="GAS"), is_high_hazard=True)
    gas = make_appointment(enterprise=other)

    def strata(**over):
        draw = make_draft(cast, **over)
        members = pool_of(cast.regulator, draw, on=NOW.date())
        cancel_draw(cast.regulator, draw.public_id, reason="测试范围", now=NOW)
        return [member.stratum for member in members]

    assert strata() == ["BUILD-430602201-P"] * 2 + ["GAS-430602777-P"]
    assert (
        strata(industries=("GAS",))
        == strata(areas=("430602777",))
        == strata(high_hazard_only=True)
        == ["GAS-430602777-P"]
    )
    assert strata(posts=("S",)) == []
    assert strata(by_street=False) == ["BUILD-430602-P"] * 2 + ["GAS-430602-P"]
    gas.valid_to = NOW.date()
    gas.save()
    draw = make_draft(cast)
    assert len(pool_of(cast.regulator, draw, on=NOW.date())) == 3
    assert len(pool_of(cast.regulator, draw, on=NOW.date() + timedelta(days=1))) == 2


def test_pool_does_not_depend_on_who_asks(cast):
    make_population(cast, 3)
    draw = make_draft(cast)
    wide = make_actor("regulator", authority=cast.authority)
    assert pool_of(wide, draw, on=NOW.date()) == pool_of(cast.regulator, draw, on=NOW.date())


def test_seats_of_count_the_result(cast):
    make_population(cast, 6)
    draw = make_drawn(cast, seats=2, standby=3)
    assert seats_of(draw) == {"BUILD-430602201-P": {"S": 2, "R": 3}}


def test_my_roster_rows_let_a_person_recompute_the_own_pid(cast):
    appointment = make_population(cast, 3)[0]
    draw = make_drawn(cast)
    me = make_actor(person=appointment.person)
    (row,) = my_roster_rows(me)
    number = row.preimage.split("|")[4]
    assert row.preimage == f"pid/1|2026Q4|{row.salt}|ID|{number}|{appointment.enterprise.uscc}|P"
    assert (
        pid_of(Identity("ID", number, appointment.enterprise.uscc, "P"), round_label="2026Q4", salt=row.salt)
        == row.entry.pid
    )
    assert row.entry.pid in {each.pid for each in parse_roster(content_of(draw, "roster.csv"))}


def test_my_roster_rows_are_empty_before_the_freeze_and_for_others(cast):
    appointment = make_population(cast, 3)[0]
    make_proposed(cast)
    assert my_roster_rows(make_actor(person=appointment.person)) == []
    make_frozen(cast, quarter=1)
    assert my_roster_rows(make_actor(person=make_person())) == []
    assert my_roster_rows(cast.regulator) == []


def test_my_roster_rows_cost_the_same_for_one_and_three_draws(cast, django_assert_num_queries):
    appointment = make_population(cast, 3)[0]
    me = make_actor(person=appointment.person)
    make_frozen(cast, quarter=1)
    with django_assert_num_queries(2):
        assert len(my_roster_rows(me)) == 1
    make_frozen(cast, quarter=2)
    make_frozen(cast, quarter=3)
    with django_assert_num_queries(2):
        assert len(my_roster_rows(me)) == 3


def test_tasks_for_name_what_another_person_asked_for(cast):
    person = make_population(cast, 9)[0].person
    draft = make_draft(cast, year=2027, quarter=1)
    request_flag(cast.regulator, draft.public_id, **FLAG | {"person_id": person.public_id})
    drawn = make_drawn(cast)
    request_enlargement(cast.regulator, drawn.public_id, seats=1, reason="考位有余", now=NOW)
    assert [(task.title, task.count) for task in tasks_for(cast.reviewer, AFTER_WINDOW)] == [
        ("审批必考和不参加申请", 1), ("审批扩大抽取申请", 1),
    ]  # fmt: skip
    assert [task.title for task in tasks_for(cast.regulator, AFTER_WINDOW)] == ["提出冻结抽考名册"]


def test_tasks_for_ask_for_the_result_of_a_cancelled_plan_once_its_sources_exist(cast):
    make_population(cast, 4)
    draw = make_frozen(cast)
    cancel_draw(cast.regulator, draw.public_id, reason="期号有误", now=NOW)
    assert tasks_for(cast.reviewer, NOW) == []
    assert [task.title for task in tasks_for(cast.reviewer, AFTER_WINDOW)] == ["录入开奖号码，公布已取消方案本来的结果"]
    assert tasks_for(cast.reviewer, AFTER_WINDOW + timedelta(days=61)) == []


def test_tasks_for_name_the_step_that_waits_for_the_actor(cast, world):
    make_population(cast, 3)
    proposed = make_proposed(cast)
    assert [task.title for task in tasks_for(cast.reviewer, NOW)] == ["审批抽考名册的冻结"]
    assert tasks_for(cast.regulator, NOW) == []
    assert tasks_for(world.actor("candidate"), NOW) == []
    cancel_draw(cast.regulator, proposed.public_id, reason="人员范围有误", now=NOW)
    make_frozen(cast)
    assert tasks_for(cast.reviewer, NOW) == []
    assert [task.title for task in tasks_for(cast.reviewer, AFTER_WINDOW)] == ["录入开奖号码并抽签"]


def test_navigation_for_shows_draws_to_those_who_work_with_them(world):
    assert [len(navigation_for(world.actor(name))) for name in ("regulator", "reviewer", "candidate", "trainer")] == [
        1,
        1,
        0,
        0,
    ]


def test_two_authorities_draw_independently(cast):
    make_population(cast, 3)
    make_draft(cast)
    other = make_cast_elsewhere(cast)
    assert make_draft(other).serial == 1


def make_cast_elsewhere(cast):
    authority = make_authority()
    return Cast(
        authority,
        cast.industry,
        make_actor("regulator", authority=authority),
        make_actor("reviewer", authority=authority),
    )
