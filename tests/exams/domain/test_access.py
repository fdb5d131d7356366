from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.domain.access import (
    Access,
    AttemptFacts,
    Case,
    Decision,
    Reason,
    Rules,
    Window,
    check_extension,
    check_rules,
    decide_access,
    is_absent,
    is_late,
)
from exams.domain.states import MAY_SIT, AttemptState, CandidateState, SittingState
from exams.errors import DurationWrong, ExtensionWrong, WindowWrong

OPENS = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
RULES = Rules(duration_seconds=60 * 60, grace_seconds=30)
WINDOW = Window(
    opens_at=OPENS,
    last_start=OPENS + timedelta(minutes=30),
    hard_end=OPENS + timedelta(minutes=75),
    state=SittingState.OPEN,
)
CASE = Case(CandidateState.CONFIRMED, RULES, WINDOW)


def at(minutes, seconds=0):
    return OPENS + timedelta(minutes=minutes, seconds=seconds)


def writing(case=CASE, *, opened=0, state=AttemptState.OPEN):
    return replace(case, candidate=CandidateState.SITTING, attempt=AttemptFacts(state, at(opened)))


def test_start_at_opening_shows_the_whole_duration_before_it_begins():
    assert decide_access(CASE, now=at(0)) == Access(
        Decision.START,
        (),
        at(60),
        at(60, 30),
        remaining_seconds=3600,
        next_change=at(30),
    )


def test_start_at_the_last_moment_is_cut_by_the_hard_end():
    access = decide_access(CASE, now=at(30))
    assert (access.decision, access.deadline, access.remaining_seconds) == (Decision.START, at(75), 45 * 60)


def test_start_one_second_after_last_start_is_refused():
    assert decide_access(CASE, now=at(30, 1)) == Access(Decision.REFUSED, (Reason.LAST_START_PASSED,))


def test_extra_time_moves_deadline_and_hard_end_but_not_last_start():
    case = replace(CASE, extra_seconds=600)
    assert decide_access(case, now=at(30)).deadline == at(85)
    assert decide_access(case, now=at(31)).reasons == (Reason.LAST_START_PASSED,)


def test_before_the_opening_time_waits_and_says_when_to_ask_again():
    assert decide_access(CASE, now=at(-5)) == Access(Decision.WAIT, (Reason.TOO_EARLY,), next_change=at(0))


def test_unopened_sitting_waits_for_the_invigilator():
    case = replace(CASE, window=replace(WINDOW, state=SittingState.PLANNED))
    assert decide_access(case, now=at(1)) == Access(Decision.WAIT, (Reason.NOT_OPENED,), next_change=at(30))


@pytest.mark.parametrize(
    ("candidate", "window_state", "minute", "reason"),
    [
        (CandidateState.DRAWN, SittingState.OPEN, 1, Reason.NOT_NOTIFIED),
        (CandidateState.MUST_SIT, SittingState.OPEN, 1, Reason.NOT_NOTIFIED),
        (CandidateState.DEFERRED, SittingState.OPEN, 1, Reason.DEFERRED),
        (CandidateState.PASSED, SittingState.OPEN, 1, Reason.OVER),
        (CandidateState.ABSENT, SittingState.OPEN, 1, Reason.OVER),
        (CandidateState.CONFIRMED, SittingState.CLOSED, 1, Reason.SITTING_ENDED),
        (CandidateState.CONFIRMED, SittingState.OPEN, 75, Reason.HARD_END_PASSED),
    ],
)
def test_refusal_names_its_reason(candidate, window_state, minute, reason):
    case = replace(CASE, candidate=candidate, window=replace(WINDOW, state=window_state))
    assert decide_access(case, now=at(minute)) == Access(Decision.REFUSED, (reason,))


def test_continue_after_a_reload_does_not_restart_the_clock():
    assert decide_access(writing(), now=at(20)) == Access(
        Decision.CONTINUE,
        (),
        at(60),
        at(60, 30),
        remaining_seconds=40 * 60,
        next_change=at(60),
    )


def test_last_second_still_continues_and_the_deadline_itself_does_not():
    assert decide_access(writing(), now=at(59, 59)).remaining_seconds == 1
    assert decide_access(writing(), now=at(60)) == Access(
        Decision.FINISHED,
        (Reason.TIME_UP,),
        at(60),
        at(60, 30),
        next_change=at(60, 30),
    )


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (AttemptState.SUBMITTED, Reason.SUBMITTED),
        (AttemptState.TIMED_OUT, Reason.TIMED_OUT),
        (AttemptState.VOID, Reason.VOID),
    ],
)
def test_closed_attempt_is_finished_with_its_reason(state, reason):
    assert decide_access(writing(state=state), now=at(20)) == Access(
        Decision.FINISHED,
        (reason,),
        at(60),
        at(60, 30),
    )


def test_extension_granted_after_the_deadline_reopens_the_time():
    assert decide_access(replace(writing(), extra_seconds=300), now=at(61)).remaining_seconds == 4 * 60


@pytest.mark.parametrize(
    ("second", "state", "late"),
    [
        (0, AttemptState.OPEN, False),
        (30, AttemptState.OPEN, False),
        (31, AttemptState.OPEN, True),
        (0, AttemptState.SUBMITTED, True),
        (0, AttemptState.TIMED_OUT, True),
    ],
)
def test_lateness_counts_the_grace_and_the_state(second, state, late):
    assert is_late(at(60, second), accepts_until=at(60, 30), state=state) is late


@pytest.mark.parametrize(
    ("case", "minute", "absent"),
    [
        (CASE, 76, True),
        (CASE, 75, False),
        (CASE, 31, False),
        (replace(CASE, extra_seconds=600), 80, False),
        (replace(CASE, candidate=CandidateState.DEFERRED), 76, False),
        (writing(), 76, False),
        (replace(CASE, candidate=CandidateState.MAKEUP), 76, True),
    ],
)
def test_absence_is_due_after_the_hard_end_for_those_who_never_began(case, minute, absent):
    assert is_absent(case, now=at(minute)) is absent


@pytest.mark.parametrize(
    ("rules", "window", "error"),
    [
        (replace(RULES, duration_seconds=4 * 60), WINDOW, DurationWrong),
        (replace(RULES, duration_seconds=241 * 60), WINDOW, DurationWrong),
        (replace(RULES, grace_seconds=-1), WINDOW, DurationWrong),
        (replace(RULES, grace_seconds=601), WINDOW, DurationWrong),
        (RULES, replace(WINDOW, last_start=OPENS), WindowWrong),
        (RULES, replace(WINDOW, last_start=at(76)), WindowWrong),
        (RULES, replace(WINDOW, hard_end=at(59)), WindowWrong),
    ],
)
def test_senseless_settings_are_refused_in_words(rules, window, error):
    check_rules(RULES, WINDOW)
    with pytest.raises(error) as refusal:
        check_rules(rules, window)
    assert "{" not in str(refusal.value)


@pytest.mark.parametrize("seconds", [0, 59, 7201, -60])
def test_extension_outside_one_minute_to_two_hours_is_refused(seconds):
    check_extension(60)
    check_extension(7200)
    with pytest.raises(ExtensionWrong):
        check_extension(seconds)


CASES = st.builds(
    Case,
    candidate=st.sampled_from(CandidateState),
    rules=st.just(RULES),
    window=st.sampled_from(SittingState).map(lambda state: replace(WINDOW, state=state)),
    attempt=st.none()
    | st.builds(AttemptFacts, state=st.sampled_from(AttemptState), opened_at=st.integers(0, 30).map(at)),
    extra_seconds=st.integers(0, 7200),
)


@given(CASES, st.integers(-3600, 20000))
def test_access_of_any_case_keeps_its_promises(case, second):
    now = at(0, second)
    access = decide_access(case, now=now)
    writes = access.decision in {Decision.START, Decision.CONTINUE}
    assert writes == (access.remaining_seconds > 0) == (not access.reasons)
    assert access.next_change is None or access.next_change > now
    if access.decision is Decision.START:
        assert case.candidate in MAY_SIT
        assert case.window.opens_at <= now <= case.window.last_start


@given(CASES, st.integers(-3600, 20000), st.integers(60, 3600))
def test_more_time_never_takes_anything_away(case, second, more):
    now = at(0, second)
    longer = replace(case, extra_seconds=case.extra_seconds + more)
    assert decide_access(longer, now=now).remaining_seconds >= decide_access(case, now=now).remaining_seconds
