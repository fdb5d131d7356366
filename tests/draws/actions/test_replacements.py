import pytest

from core.errors import NotAllowed, NotFound, SameApprover
from core.models import AuditEntry
from draws.actions import (
    approve_flag,
    approve_freeze,
    decide_replacement,
    propose_freeze,
    request_flag,
    request_replacement,
    run_draw,
)
from draws.errors import (
    AlreadyDecided,
    FlagCodeUnknown,
    NotInResult,
    ReasonRequired,
    ReplacementPending,
    WrongDrawState,
)
from draws.events import place_filled
from draws.models import Place, PlaceState, Replacement
from draws.queries import called_places, history_of, pool_of
from tests.draws.actions.test_prepare import FLAG
from tests.factories.draws import AFTER_WINDOW, NOW, make_draft, make_drawn, make_frozen, make_population, type_all

EXCUSE = {"reason_code": "ILL", "reason": "住院治疗", "evidence": "病历 2026-118", "now": AFTER_WINDOW}


@pytest.fixture
def drawn(cast):
    make_population(cast, 6)
    return make_drawn(cast, seats=2, standby=2)


def place(draw, status):
    return Place.objects.select_related("entry").get(draw=draw, status=status)


def excuse(cast, draw, status, *, approve=True):
    row = request_replacement(cast.regulator, draw.public_id, pid=place(draw, status).entry.pid, **EXCUSE)
    return decide_replacement(cast.reviewer, row.public_id, approve=approve, now=AFTER_WINDOW)


def states(draw):
    return {each.status: each.state for each in Place.objects.filter(draw=draw)}


def test_approved_excuse_moves_up_the_next_reserve_and_tells(cast, drawn, django_capture_on_commit_callbacks):
    heard = []
    receiver = lambda replacement_id, **_: heard.append(replacement_id)  # noqa: E731
    place_filled.connect(receiver)
    with django_capture_on_commit_callbacks(execute=True):
        row = excuse(cast, drawn, "S1")
    assert states(drawn) == {"S1": "excused", "S2": "called", "R3": "moved_up", "R4": "standby"}
    assert row.moved_up == place(drawn, "R3")
    assert heard == [row.pk]
    assert [each.status for each in called_places(drawn)] == ["S2", "R3"]


def test_excused_reserve_is_followed_by_the_next_and_then_the_place_stays_empty(cast, drawn):
    excuse(cast, drawn, "S2")
    excuse(cast, drawn, "R3")
    assert states(drawn) == {"S1": "called", "S2": "excused", "R3": "excused", "R4": "moved_up"}
    last = excuse(cast, drawn, "S1")
    assert last.moved_up is None
    assert states(drawn) == {"S1": "excused", "S2": "excused", "R3": "excused", "R4": "moved_up"}


def test_refused_excuse_changes_no_place_and_may_be_asked_again(cast, drawn):
    row = excuse(cast, drawn, "S1", approve=False)
    assert row.state == Replacement.State.REFUSED
    assert states(drawn) == {"S1": "called", "S2": "called", "R3": "standby", "R4": "standby"}
    excuse(cast, drawn, "S1")


def test_request_replacement_twice_is_refused(cast, drawn):
    pid = place(drawn, "S1").entry.pid
    request_replacement(cast.regulator, drawn.public_id, pid=pid, **EXCUSE)
    with pytest.raises(ReplacementPending):
        request_replacement(cast.regulator, drawn.public_id, pid=pid, **EXCUSE)


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"pid": "0" * 64}, NotFound),
        ({"reason_code": "BUSY"}, FlagCodeUnknown),
        ({"reason": ""}, ReasonRequired),
        ({"evidence": ""}, ReasonRequired),
    ],
)
def test_request_replacement_bad_input_changes_nothing(cast, drawn, over, refusal):
    with pytest.raises(refusal):
        request_replacement(cast.regulator, drawn.public_id, **{"pid": place(drawn, "S1").entry.pid} | EXCUSE | over)
    assert not Replacement.objects.exists()


def test_request_replacement_of_a_reserve_that_is_not_called_is_refused(cast, drawn):
    with pytest.raises(NotInResult):
        request_replacement(cast.regulator, drawn.public_id, pid=place(drawn, "R3").entry.pid, **EXCUSE)


def test_request_replacement_before_the_draw_is_refused(cast):
    make_population(cast, 2)
    draw = make_frozen(cast)
    with pytest.raises(WrongDrawState):
        request_replacement(cast.regulator, draw.public_id, pid="0" * 64, **EXCUSE)


def test_decide_replacement_needs_another_person_and_happens_once(cast, drawn, world):
    row = request_replacement(cast.regulator, drawn.public_id, pid=place(drawn, "S1").entry.pid, **EXCUSE)
    with pytest.raises(SameApprover):
        decide_replacement(cast.regulator, row.public_id, approve=True, now=AFTER_WINDOW)
    with pytest.raises(NotFound):
        decide_replacement(world.actor("reviewer"), row.public_id, approve=True, now=AFTER_WINDOW)
    with pytest.raises(NotAllowed):
        request_replacement(cast.reviewer, drawn.public_id, pid=place(drawn, "S2").entry.pid, **EXCUSE)
    decide_replacement(cast.reviewer, row.public_id, approve=True, now=AFTER_WINDOW)
    with pytest.raises(AlreadyDecided):
        decide_replacement(cast.reviewer, row.public_id, approve=False, now=AFTER_WINDOW)
    assert AuditEntry.objects.filter(action="draw.replacement_approved").count() == 1


def test_excused_must_sit_person_is_not_replaced(cast):
    appointment = make_population(cast, 4)[0]
    draw = make_draft(cast)
    flag = request_flag(cast.regulator, draw.public_id, person_id=appointment.person.public_id, **FLAG)
    approve_flag(cast.reviewer, flag.public_id, now=NOW)
    draw = propose_freeze(cast.regulator, draw.public_id, now=NOW)
    approve_freeze(cast.reviewer, draw.public_id, plan_sha256=draw.plan_sha256, now=NOW)
    type_all(cast.regulator, draw)
    type_all(cast.reviewer, draw)
    run_draw(cast.regulator, draw.public_id, now=AFTER_WINDOW)
    assert states(draw) == {"M": "called", "S1": "called", "S2": "called", "R3": "standby"}
    row = excuse(cast, draw, "M")
    assert row.moved_up is None
    assert states(draw) == {"M": "excused", "S1": "called", "S2": "called", "R3": "standby"}


def test_next_round_flags_the_excused_must_sit_and_the_drawn_out_by_rule(cast, drawn):
    excuse(cast, drawn, "S1")
    following = make_draft(cast, year=2027, quarter=1, exclude_last_drawn=True)
    flags = {member.post.person: member.flag for member in pool_of(cast.regulator, following, on=NOW.date())}
    assert flags[place(drawn, "S1").entry.person_id] == "M:DEF"
    assert flags[place(drawn, "S2").entry.person_id] == "X:LAST"
    assert flags[place(drawn, "R3").entry.person_id] == "X:LAST"
    assert flags[place(drawn, "R4").entry.person_id] == ""


def test_history_counts_the_rounds_that_somebody_waited(cast, drawn):
    second = make_drawn(cast, year=2027, quarter=1)
    third = make_draft(cast, year=2027, quarter=2, coverage_rounds=3)
    seated = [{p.entry.person_id for p in called_places(draw)} for draw in (drawn, second)]
    everybody = {member.post.person for member in pool_of(cast.regulator, third, on=NOW.date())}
    waited = history_of(third).waited
    assert {person for person in everybody if waited.get(person, 0) == 0} == seated[1]
    assert {person for person in everybody if waited.get(person, 0) == 2} == everybody - seated[0] - seated[1]
    flagged = {member.post.person for member in pool_of(cast.regulator, third, on=NOW.date()) if member.flag == "M:COV"}
    assert flagged == everybody - seated[0] - seated[1]


def test_place_state_names_are_the_published_ones():
    assert PlaceState.values == ["called", "standby", "moved_up", "enlarged", "excused"]
