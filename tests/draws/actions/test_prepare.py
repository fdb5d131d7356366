import pytest

from core.errors import NotAllowed, NotFound, SameApprover
from core.models import AuditEntry
from draws.actions import approve_flag, cancel_draw, change_parameters, prepare_draw, request_flag, withdraw_flag
from draws.domain.parameters import DrawParameters
from draws.errors import (
    AlreadyDecided,
    DrawExists,
    FlagCodeUnknown,
    FlagExists,
    LocalOutsideDemo,
    NotInPopulation,
    ParametersInvalid,
    ReasonRequired,
    SourceTwice,
    SourceUnknown,
    WindowRequired,
    WrongDrawState,
)
from draws.models import Draw, RosterFlag
from draws.queries import parameters_of, pool_of
from tests.factories.draws import NOW, make_draft, make_parameters, make_population, make_proposed
from tests.factories.registry import make_appointment, make_area, make_enterprise

FLAG = {
    "kind": "M",
    "code": "ACC",
    "reason": "2026 年 9 月发生一般事故",
    "evidence": "岳楼应急〔2026〕12 号",
    "now": NOW,
}


def test_prepare_draw_keeps_the_parameters_and_one_audit_entry(cast):
    draw = make_draft(cast, bank_root="b" * 64)
    assert parameters_of(draw) == make_parameters()
    assert (draw.state, draw.serial, draw.round_code, draw.is_demo, draw.bank_root) == (
        "draft",
        1,
        "2026Q4",
        False,
        "b" * 64,
    )
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["draw.prepared"]


def test_prepare_draw_second_live_draw_of_the_quarter_is_refused(cast):
    first = make_draft(cast)
    with pytest.raises(DrawExists):
        make_draft(cast)
    cancel_draw(cast.regulator, first.public_id, reason="人员范围有误", now=NOW)
    assert make_draft(cast).serial == 2


@pytest.mark.parametrize("who", ["reviewer", "other"])
def test_prepare_draw_by_anybody_but_the_authoritys_regulator_is_refused(cast, world, who):
    actor = {"reviewer": cast.reviewer, "other": world.actor("regulator")}[who]
    with pytest.raises(NotAllowed):
        prepare_draw(actor, authority_id=cast.authority.pk, year=2026, quarter=4, parameters=make_parameters(), now=NOW)
    assert not Draw.objects.exists()


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"seats": 0}, ParametersInvalid),
        ({"seats": -3}, ParametersInvalid),
        ({"seats": "12"}, ParametersInvalid),
        ({"seats": {"A-430602-P": 1}}, ParametersInvalid),
        ({"method": "fixed"}, ParametersInvalid),
        ({"method": "best"}, ParametersInvalid),
        ({"standby": 101}, ParametersInvalid),
        ({"posts": ()}, ParametersInvalid),
        ({"posts": ("P", "X")}, ParametersInvalid),
        ({"sources": ()}, ParametersInvalid),
        ({"sources": ("DICE:1", "DICE:1")}, SourceTwice),
        ({"sources": ("BINGO:1",)}, SourceUnknown),
        ({"sources": ("LOCAL:1",)}, LocalOutsideDemo),
        ({"objection_days": 0}, WindowRequired),
        ({"quarter": 5}, ParametersInvalid),
        ({"year": 1999}, ParametersInvalid),
    ],
)
def test_prepare_draw_impossible_parameters_change_nothing(cast, over, refusal):
    with pytest.raises(refusal):
        make_draft(cast, **over)
    assert not Draw.objects.exists()
    assert not AuditEntry.objects.exists()


def test_prepare_draw_local_source_in_the_demo_is_marked(cast, settings):
    settings.DEMO = True
    assert make_draft(cast, sources=("LOCAL:1",), objection_days=0).is_demo


def test_change_parameters_only_while_it_is_a_draft(cast):
    make_population(cast, 3)
    draw = make_draft(cast)
    changed = change_parameters(cast.regulator, draw.public_id, parameters=make_parameters(seats=3), now=NOW)
    assert parameters_of(changed).seats == 3
    with pytest.raises(NotAllowed):
        change_parameters(cast.reviewer, draw.public_id, parameters=make_parameters(), now=NOW)


def test_change_parameters_after_the_proposal_is_refused(cast):
    make_population(cast, 3)
    draw = make_proposed(cast)
    with pytest.raises(WrongDrawState):
        change_parameters(cast.regulator, draw.public_id, parameters=make_parameters(seats=3), now=NOW)


def test_parameters_survive_json(cast):
    full = make_parameters(
        seats={"BUILD-430602201-P": 1},
        method="fixed",
        sources_after=NOW,
        industries=("BUILD",),
        fallback_days=7,
        coverage_rounds=9,
    )
    draw = prepare_draw(cast.regulator, authority_id=cast.authority.pk, year=2026, quarter=4, parameters=full, now=NOW)
    assert isinstance(parameters_of(Draw.objects.get(pk=draw.pk)), DrawParameters)
    assert parameters_of(Draw.objects.get(pk=draw.pk)) == full


def test_flag_counts_only_after_a_second_person_approved_it(cast):
    appointment = make_population(cast, 2)[0]
    draw = make_draft(cast)
    flag = request_flag(cast.regulator, draw.public_id, person_id=appointment.person.public_id, **FLAG)
    flags = lambda: {member.post.person: member.flag for member in pool_of(cast.regulator, draw, on=NOW.date())}  # noqa: E731
    assert flags()[appointment.person_id] == ""
    with pytest.raises(SameApprover):
        approve_flag(cast.regulator, flag.public_id, now=NOW)
    approve_flag(cast.reviewer, flag.public_id, now=NOW)
    assert flags()[appointment.person_id] == "M:ACC"
    with pytest.raises(AlreadyDecided):
        approve_flag(cast.reviewer, flag.public_id, now=NOW)


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"kind": "Z"}, FlagCodeUnknown),
        ({"code": "MAT"}, FlagCodeUnknown),
        ({"code": ""}, FlagCodeUnknown),
        ({"reason": " "}, ReasonRequired),
        ({"reason": "因" * 301}, ReasonRequired),
        ({"person_id": "0" * 32}, NotFound),
    ],
)
def test_request_flag_bad_input_changes_nothing(cast, over, refusal):
    appointment = make_population(cast, 1)[0]
    draw = make_draft(cast)
    with pytest.raises(refusal):
        request_flag(cast.regulator, draw.public_id, **{"person_id": appointment.person.public_id} | FLAG | over)
    assert not RosterFlag.objects.exists()


def test_request_flag_for_the_same_person_twice_is_refused(cast):
    appointment = make_population(cast, 1)[0]
    draw = make_draft(cast)
    request_flag(cast.regulator, draw.public_id, person_id=appointment.person.public_id, **FLAG)
    with pytest.raises(FlagExists):
        request_flag(cast.regulator, draw.public_id, person_id=appointment.person.public_id, **FLAG)


def test_request_flag_for_somebody_elsewhere_is_not_found_and_in_another_post_not_in_the_population(cast):
    elsewhere = make_appointment(enterprise=make_enterprise(area=make_area(), industry=cast.industry))
    other_post = make_population(cast, 1, post="other")[0]
    draw = make_draft(cast)
    with pytest.raises(NotFound):
        request_flag(cast.regulator, draw.public_id, person_id=elsewhere.person.public_id, **FLAG)
    with pytest.raises(NotInPopulation):
        request_flag(cast.regulator, draw.public_id, person_id=other_post.person.public_id, **FLAG)


def test_withdraw_flag_leaves_the_person_unflagged_and_a_trace(cast):
    appointment = make_population(cast, 1)[0]
    draw = make_draft(cast)
    flag = request_flag(cast.regulator, draw.public_id, person_id=appointment.person.public_id, **FLAG)
    withdraw_flag(cast.reviewer, flag.public_id, reason="证据不足", now=NOW)
    assert not draw.flags.exists()
    assert AuditEntry.objects.filter(action="draw.flag_withdrawn", reason="证据不足").count() == 1


def test_flags_of_another_authority_are_not_found(cast, world):
    appointment = make_population(cast, 1)[0]
    draw = make_draft(cast)
    flag = request_flag(cast.regulator, draw.public_id, person_id=appointment.person.public_id, **FLAG)
    for name in ("regulator", "reviewer", "candidate", "system_admin", "anonymous"):
        with pytest.raises(NotFound):
            approve_flag(world.actor(name), flag.public_id, now=NOW)
