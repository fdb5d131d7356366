from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.domain.states import (
    CANDIDATE_LABELS,
    CANDIDATE_MOVES,
    ROUND_LABELS,
    ROUND_ROAD,
    CandidateState,
    RoundFacts,
    RoundState,
    SittingState,
    advance_round,
    may_move_candidate,
    move_candidate,
    next_round_state,
    require_sitting,
    round_blockers,
)
from exams.errors import (
    AttemptsUnfinished,
    AttemptsUngraded,
    CandidateNotInState,
    MakeupUsed,
    RoundEmpty,
    RoundNotInState,
    SittingNotInState,
)

READY = {"candidates": 3}


def test_road_of_a_round_leads_step_by_step_from_planned_to_archived():
    state, seen = RoundState.PLANNED, [RoundState.PLANNED]
    while (step := next_round_state(state)) is not None:
        state = advance_round(RoundFacts(state, **READY), step)
        seen.append(state)
    assert tuple(seen) == ROUND_ROAD


@given(st.sampled_from(RoundState), st.sampled_from(ROUND_ROAD[1:]))
def test_round_never_skips_a_step(state, to):
    if next_round_state(state) is to:
        assert advance_round(RoundFacts(state, **READY), to) is to
    else:
        with pytest.raises(RoundNotInState) as refusal:
            advance_round(RoundFacts(state, **READY), to)
        assert ROUND_LABELS[state] in str(refusal.value)


@pytest.mark.parametrize(
    ("facts", "to", "error"),
    [
        (RoundFacts(RoundState.DRAWN), RoundState.NOTIFIED, RoundEmpty),
        (RoundFacts(RoundState.NOTIFIED), RoundState.OPEN, RoundEmpty),
        (RoundFacts(RoundState.OPEN, candidates=3, running=2), RoundState.CLOSED, AttemptsUnfinished),
        (RoundFacts(RoundState.CLOSED, candidates=3, ungraded=1), RoundState.GRADED, AttemptsUngraded),
    ],
)
def test_step_that_something_blocks_is_refused_with_what_blocks(facts, to, error):
    with pytest.raises(error):
        advance_round(facts, to)
    assert [type(blocker) for blocker in round_blockers(facts, to)] == [error]


def test_several_blockers_are_listed_together():
    facts = RoundFacts(RoundState.NOTIFIED, running=1)
    assert [blocker.code for blocker in round_blockers(facts, RoundState.CLOSED)] == [
        "round_not_in_state",
        "attempts_unfinished",
    ]


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        (RoundState.PLANNED, True),
        (RoundState.DRAWN, True),
        (RoundState.NOTIFIED, True),
        (RoundState.OPEN, False),
        (RoundState.PUBLISHED, False),
        (RoundState.CANCELLED, False),
    ],
)
def test_round_is_cancelled_only_before_it_opens(state, allowed):
    assert (round_blockers(RoundFacts(state), RoundState.CANCELLED) == ()) is allowed


def test_candidate_walks_from_drawn_to_passed():
    walk = (
        CandidateState.DRAWN,
        CandidateState.NOTIFIED,
        CandidateState.CONFIRMED,
        CandidateState.CHECKED_IN,
        CandidateState.SITTING,
        CandidateState.SUBMITTED,
        CandidateState.PASSED,
    )
    for state, to in pairwise(walk):
        assert move_candidate(state, to) is to


def test_candidate_fails_twice_and_goes_to_follow_up_without_a_second_makeup():
    assert move_candidate(CandidateState.FAILED, CandidateState.MAKEUP, sitting=1) is CandidateState.MAKEUP
    assert move_candidate(CandidateState.MAKEUP, CandidateState.SITTING, sitting=2) is CandidateState.SITTING
    with pytest.raises(MakeupUsed):
        move_candidate(CandidateState.FAILED, CandidateState.MAKEUP, sitting=2)
    assert move_candidate(CandidateState.FAILED, CandidateState.FOLLOW_UP, sitting=2) is CandidateState.FOLLOW_UP


@given(st.sampled_from(CandidateState), st.sampled_from(CandidateState), st.sampled_from([1, 2]))
def test_candidate_moves_are_those_of_the_table_and_no_others(state, to, sitting):
    if may_move_candidate(state, to, sitting=sitting):
        assert move_candidate(state, to, sitting=sitting) is to
    else:
        with pytest.raises((CandidateNotInState, MakeupUsed)):
            move_candidate(state, to, sitting=sitting)


def test_every_candidate_state_has_a_row_and_a_word():
    assert set(CANDIDATE_MOVES) == set(CANDIDATE_LABELS) == set(CandidateState)


def test_sitting_in_another_state_is_refused_with_its_word():
    require_sitting(SittingState.OPEN, SittingState.OPEN)
    with pytest.raises(SittingNotInState) as refusal:
        require_sitting(SittingState.CLOSED, SittingState.OPEN)
    assert "已结束" in str(refusal.value)
