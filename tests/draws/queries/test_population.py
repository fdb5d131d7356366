"""The population builder: every filter, the cap, the preview and the roster against the last round's."""

from datetime import timedelta

import pytest

from draws.actions import approve_flag, approve_freeze, propose_freeze, record_certificate_term, request_flag
from draws.domain.plan import parse_plan
from draws.errors import CoverageTooFast, ParametersInvalid, QuotaTooLarge, QuotaUnknownStratum, RosterEmpty
from draws.models import Draw
from draws.queries import called_places, content_of, difference_of, parameters_of, pool_of, preview_of
from registry.actions import end_appointment
from registry.models import Post
from tests.draws.actions.test_prepare import FLAG
from tests.factories.draws import NOW, make_draft, make_drawn, make_frozen, make_parameters, make_population
from tests.factories.registry import SYSTEM, make_appointment, make_enterprise, make_industry

TODAY = NOW.date()


def people_of(cast, draw, **over):
    parameters = make_parameters(**over)
    return {member.post.person for member in pool_of(cast.regulator, draw, on=TODAY, parameters=parameters)}


def employ(cast, **over):
    enterprise = make_enterprise(area=cast.authority.area, industry=cast.industry, **over)
    return make_appointment(post=Post.PRINCIPAL, enterprise=enterprise).person_id


def test_pool_of_filters_by_size_of_the_enterprise(cast):
    large = employ(cast, is_large_scale=True, employees=400)
    small = employ(cast, is_large_scale=False, employees=20)
    unknown = employ(cast, is_large_scale=False, employees=None)
    draw = make_draft(cast)
    assert people_of(cast, draw) == {large, small, unknown}
    assert people_of(cast, draw, size="large") == {large}
    assert people_of(cast, draw, size="small") == {small, unknown}
    assert people_of(cast, draw, employees_from=20, employees_to=399) == {small}
    assert people_of(cast, draw, employees_from=21) == {large}


def test_pool_of_filters_by_the_last_time_drawn(cast):
    make_population(cast, 4)
    first = make_drawn(cast, year=2026, quarter=2)
    called = {place.entry.person_id for place in called_places(first)}
    draw = make_draft(cast, year=2026, quarter=4)
    everybody = people_of(cast, draw)
    assert len(called) == 2
    assert len(everybody) == 4
    assert people_of(cast, draw, undrawn_quarters=1) == everybody
    assert people_of(cast, draw, undrawn_quarters=2) == everybody - called
    assert people_of(cast, draw, never_drawn=True) == everybody - called


def test_pool_of_filters_by_the_end_of_the_certificate(cast):
    ends = {}
    for days in (-5, 30, 31, None):
        person = employ(cast)
        ends[days] = person
        if days is not None:
            record_certificate_term(SYSTEM, person, valid_until=TODAY + timedelta(days=days))
    draw = make_draft(cast)
    assert people_of(cast, draw, certificate_days=30) == {ends[-5], ends[30]}
    record_certificate_term(SYSTEM, ends[30], valid_until=TODAY + timedelta(days=700))
    record_certificate_term(SYSTEM, ends[-5], valid_until=None)
    assert people_of(cast, draw, certificate_days=30) == set()


def test_pool_of_strata_follow_the_chosen_columns_and_the_plan_says_so(cast):
    group = make_industry(code="CHEM", name="危险化学品")
    own = make_industry(code="CHEM1", name="危险化学品生产", parent=group)
    make_appointment(
        post=Post.PRINCIPAL, enterprise=make_enterprise(area=cast.authority.area, industry=own, is_large_scale=True)
    )
    draw = make_draft(cast, seats=1, industry_column="group", by_size=True, by_street=False, standby=0)
    draw = propose_freeze(cast.regulator, draw.public_id, now=NOW)
    assert b",CHEML-430602-P,1,\n" in content_of(draw, "roster.csv")
    said = parse_plan(content_of(draw, "plan.json")).extra["population"]
    assert (said["industry_column"], said["by_size"], said["by_street"]) == ("group", True, False)
    [row] = preview_of(cast.regulator, draw, parameters_of(draw), fixed=None, on=TODAY).strata
    assert (row.industry, row.area) == ("危险化学品 · 规模以上", "")


def test_pool_of_cap_flags_all_but_so_many_of_an_enterprise(cast):
    enterprise = make_enterprise(area=cast.authority.area, industry=cast.industry)
    crowd = [make_appointment(post=Post.SAFETY_MANAGER, enterprise=enterprise).person for _ in range(4)]
    alone = employ(cast)
    draw = make_draft(cast, enterprise_cap=2)
    flags = {member.post.person: member.flag for member in pool_of(cast.regulator, draw, on=TODAY)}
    assert sorted(flags.values()) == ["", "", "", "X:CAP", "X:CAP"]
    assert flags[alone] == ""
    assert {m.post.person: m.flag for m in pool_of(cast.regulator, draw, on=TODAY)} == flags
    chosen = next(person for person in crowd if flags[person.pk] == "X:CAP")
    flag = request_flag(cast.regulator, draw.public_id, person_id=chosen.public_id, **FLAG)
    approve_flag(cast.reviewer, flag.public_id, now=NOW)
    again = {member.post.person: member.flag for member in pool_of(cast.regulator, draw, on=TODAY)}
    assert again[chosen.pk] == "M:ACC"
    assert sorted(again[person.pk] for person in crowd) == ["", "M:ACC", "X:CAP", "X:CAP"]


def test_pool_of_cap_who_was_left_out_comes_first_next_round(cast):
    enterprise = make_enterprise(area=cast.authority.area, industry=cast.industry)
    for _ in range(2):
        make_appointment(post=Post.SAFETY_MANAGER, enterprise=enterprise)
    first = make_drawn(cast, year=2026, quarter=3, seats=1, enterprise_cap=1)
    left_out = first.entries.get(flag="X:CAP").person_id
    following = make_draft(cast, year=2026, quarter=4, enterprise_cap=1)
    flags = {member.post.person: member.flag for member in pool_of(cast.regulator, following, on=TODAY)}
    assert (flags.pop(left_out), set(flags.values())) == ("", {"X:CAP"})


def test_preview_of_an_unsaved_draw_counts_without_writing(cast):
    make_population(cast, 9)
    make_population(cast, 1, post=Post.SAFETY_MANAGER)
    draw = Draw(authority=cast.authority, year=2026, quarter=4)
    table = {"BUILD-430602201-P": 3, "BUILD-430602201-S": 1}
    found = preview_of(cast.regulator, draw, make_parameters(seats=5), fixed=table, on=TODAY)
    assert [(row.eligible, row.hamilton, row.fixed) for row in found.strata] == [(9, 5, 3), (1, 0, 1)]
    assert (found.small.strata, found.small.people, found.small.without_hamilton) == (1, 1, 1)
    assert (found.small.hamilton, found.small.systematic, found.small.fixed) == (0, "0.5", 1)
    assert (found.minimum_rounds, found.refusals) == (4, ())
    assert not Draw.objects.exists()


@pytest.mark.parametrize(
    ("over", "fixed", "refusals"),
    [
        ({"coverage_rounds": 1}, None, [CoverageTooFast]),
        ({"coverage_rounds": 3}, None, [CoverageTooFast]),
        ({"coverage_rounds": 4}, None, []),
        ({}, {"BUILD-430602201-P": 5, "GAS-430602201-P": 1}, [QuotaTooLarge, QuotaUnknownStratum]),
        ({"areas": ("430602999",)}, None, [RosterEmpty]),
        ({"employees_from": 3, "employees_to": 2}, None, [ParametersInvalid]),
    ],
)
def test_preview_of_tells_what_a_freeze_would_refuse(cast, over, fixed, refusals):
    make_population(cast, 4)
    found = preview_of(cast.regulator, make_draft(cast), make_parameters(**over), fixed=fixed, on=TODAY)
    assert [type(refusal) for refusal in found.refusals] == refusals


def test_difference_of_names_joined_left_moved_and_why(cast):
    appointments = make_population(cast, 5)
    stayed, ended, narrowed, moved, flagged = appointments
    first = make_drawn(cast, year=2026, quarter=3, seats=1, standby=0)
    end_appointment(SYSTEM, ended.public_id, valid_to=TODAY - timedelta(days=1), now=NOW)
    narrowed.enterprise.industry = make_industry()
    narrowed.enterprise.save()
    moved.post = Post.SAFETY_MANAGER
    moved.save()
    fresh = make_population(cast, 1)[0]
    draw = make_draft(cast, year=2026, quarter=4, industries=(cast.industry.code,))
    flag = request_flag(cast.regulator, draw.public_id, person_id=flagged.person.public_id, **FLAG)
    approve_flag(cast.reviewer, flag.public_id, now=NOW)
    found = difference_of(cast.regulator, draw, on=TODAY)
    assert found.last == first
    assert [change.person for change in found.joined] == [fresh.person]
    assert {(change.person, change.still_appointed) for change in found.left} == {
        (ended.person, False), (narrowed.person, True),
    }  # fmt: skip
    assert [(change.person, change.before[-1], change.after[-1]) for change in found.moved] == [
        (moved.person, "P", "S")
    ]
    assert [(change.person, change.flag_after) for change in found.reflagged] == [(flagged.person, "M:ACC")]
    assert found.unchanged == 1
    assert stayed.person not in {change.person for change in found.joined}


def test_difference_of_a_proposal_is_of_its_own_roster(cast):
    make_population(cast, 3)
    make_drawn(cast, year=2026, quarter=3)
    draw = make_draft(cast, year=2026, quarter=4)
    proposed = propose_freeze(cast.regulator, draw.public_id, now=NOW)
    make_population(cast, 2)
    assert difference_of(cast.reviewer, proposed, on=TODAY).joined == []
    approve_freeze(cast.reviewer, draw.public_id, plan_sha256=proposed.plan_sha256, now=NOW)


def test_difference_of_the_first_round_has_nothing_to_compare(cast):
    make_population(cast, 2)
    found = difference_of(cast.regulator, make_frozen(cast), on=TODAY)
    assert (found.last, found.joined, found.unchanged) == (None, [], 2)
