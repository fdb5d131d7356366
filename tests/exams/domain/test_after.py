"""Corrections, appeals, requests, marking and the archive as plain rules: states × actions, and the same again."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.errors import DomainError, SameApprover
from exams.domain.appeals import (
    APPEAL_MOVES,
    OPEN_STATES,
    AppealState,
    Disputable,
    appeal_until,
    check_filing,
    check_handler,
    check_outcome,
    may_file,
    move_appeal,
)
from exams.domain.corrections import Difference, Line, ProposalFacts, check_approval
from exams.domain.grading import (
    Amendment,
    Decided,
    Policy,
    basis_sha256,
    grade_paper,
    refs_of,
)
from exams.domain.marking import Marked, check_mark, decided_fraction, needs_third, next_slot
from exams.domain.requests import REQUEST_MOVES, RequestState, move_request
from exams.domain.results import Outcome, Result, better, is_final, settled_state
from exams.domain.states import (
    CANDIDATE_MOVES,
    MAKEUP_SITTING,
    CandidateState,
    RoundFacts,
    RoundState,
    may_move_candidate,
    move_candidate,
    round_blockers,
)
from exams.errors import (
    AppealClosed,
    AppealUnchanged,
    CandidateNotInState,
    CorrectionChanged,
    CorrectionExpired,
    HandlerInvolved,
    MakeupUsed,
    MarkedAlready,
    MarkOutOfRange,
    ProposalDecided,
)
from tests.exams.domain.test_grading import ALL_RIGHT, KEYS, PAPER, answer, of_kind

NOW = datetime(2026, 11, 23, tzinfo=UTC)
C = CandidateState
REFS = sorted(f"{stored['item']}@{stored['version']}" for stored in KEYS.values())
ITEM_OF = {f"{stored['item']}@{stored['version']}": item for item, stored in KEYS.items()}


# Grading under amendments


def a_key(ref):
    """Some key other than the one that counts."""
    stored = KEYS[ITEM_OF[ref]]
    wrong = sorted(set(stored["options"].values()) - set(stored["key"]))
    return wrong[:1]


amendments = st.lists(
    st.builds(
        lambda ref, policy: Amendment(ref, policy, a_key(ref) if policy in {"accept_also", "replace"} else None),
        st.sampled_from(REFS),
        st.sampled_from(Policy),
    ),
    max_size=5,
)
some_answers = st.dictionaries(st.sampled_from(sorted(KEYS)), st.just(None)).map(
    lambda blank: {item: given for item, given in ALL_RIGHT.items() if item not in blank}
)


@given(amendments, some_answers)
def test_grading_under_any_amendments_is_again_the_same_and_within_the_paper(decided, answers):
    first = grade_paper(PAPER.key, answers, Decided(decided))
    assert grade_paper(PAPER.key, dict(reversed(answers.items())), Decided(tuple(decided))) == first
    assert 0 <= first.score <= first.full == Decimal("10.00")
    assert first.score == first.score.quantize(Decimal("0.01"))


@given(amendments, some_answers, st.sampled_from(REFS))
def test_amendment_of_an_item_outside_the_paper_changes_neither_score_nor_basis(decided, answers, ref):
    foreign = Amendment("elsewhere@1", Policy.DROP)
    text, refs = PAPER.answer_key, refs_of(PAPER.key)
    assert grade_paper(PAPER.key, answers, Decided([*decided, foreign])) == grade_paper(
        PAPER.key, answers, Decided(decided)
    )
    assert basis_sha256(text, refs, Decided([*decided, foreign])) == basis_sha256(text, refs, Decided(decided))
    assert basis_sha256(text, refs, Decided([*decided, Amendment(ref, Policy.DROP)])) != basis_sha256(
        text, refs, Decided(decided)
    )


@given(some_answers, st.sampled_from(REFS))
def test_accepting_another_key_or_giving_full_marks_lowers_nobody(answers, ref):
    before = grade_paper(PAPER.key, answers).score
    for one in (Amendment(ref, Policy.ACCEPT_ALSO, a_key(ref)), Amendment(ref, Policy.FULL_MARKS)):
        assert grade_paper(PAPER.key, answers, Decided([one])).score >= before


def test_dropped_item_scales_the_others_up_to_the_full_mark():
    item = of_kind("multiple_choice")[0]
    ref = next(ref for ref, one in ITEM_OF.items() if one == item)
    rest = {one: given for one, given in ALL_RIGHT.items() if one != item}
    dropped = Decided([Amendment(ref, Policy.DROP)])
    assert grade_paper(PAPER.key, rest, dropped).score == Decimal("10.00")
    half = {one: rest[one] for one in of_kind("single_choice")}
    # 3 of the 8 points that are left, of 10
    assert grade_paper(PAPER.key, half, dropped).score == Decimal("3.75")
    assert grade_paper(PAPER.key, {}, Decided([Amendment(ref, Policy.DROP) for ref in REFS])).score == Decimal("10.00")


def test_replaced_key_counts_alone():
    item = of_kind("single_choice")[0]
    ref = next(ref for ref, one in ITEM_OF.items() if one == item)
    decided = Decided([Amendment(ref, Policy.REPLACE, ["a"])])
    assert grade_paper(PAPER.key, {item: answer(item, "a")}, decided).score == Decimal("1.00")
    assert grade_paper(PAPER.key, {item: answer(item, "b")}, decided).score == Decimal("0.00")


# Approval of a correction


def test_approval_is_bound_to_person_time_and_hash():
    facts = ProposalFacts(is_proposed=True, proposed_by="person:1", difference_sha256="a", expires_at=NOW)

    def approve(**over):
        given = {"approver": "person:2", "shown_sha256": "a", "fresh_sha256": "a", "now": NOW, **over}
        check_approval(over.pop("facts", facts), **{key: given[key] for key in given if key != "facts"})

    approve()
    for over, error in (
        ({"facts": ProposalFacts(False, "person:1", "a", NOW)}, ProposalDecided),
        ({"approver": "person:1"}, SameApprover),
        ({"now": NOW + timedelta(seconds=1)}, CorrectionExpired),
        ({"shown_sha256": "b"}, CorrectionChanged),
        ({"fresh_sha256": "b"}, CorrectionChanged),
    ):
        with pytest.raises(error):
            approve(**over)


def test_difference_hash_does_not_depend_on_the_order_of_lines():
    lines = tuple(Line(f"{n}", 1, Decimal(n), Decimal(n + 1), n > 5, n > 4) for n in range(10))
    amendment = Amendment("x@1", Policy.DROP)
    forward, backward = Difference(amendment, lines), Difference(amendment, lines[::-1])
    assert forward.sha256 == backward.sha256
    assert (forward.changed, forward.ups, forward.downs) == (10, 1, 0)
    assert Difference(Amendment("x@1", Policy.FULL_MARKS), lines).sha256 != forward.sha256


# Appeals


@given(st.sampled_from(AppealState), st.sampled_from(AppealState))
def test_appeal_moves_are_those_of_the_table_and_no_others(state, to):
    if to in APPEAL_MOVES[state]:
        assert move_appeal(state, to) is to
    else:
        with pytest.raises(AppealClosed):
            move_appeal(state, to)
    assert (state in OPEN_STATES) == bool(APPEAL_MOVES[state])


@given(st.integers(0, 30), st.integers(-10, 40), st.integers(0, 10))
def test_appeal_is_filed_from_the_publication_until_its_last_moment(days, after, recorded):
    case = Disputable(NOW, NOW + timedelta(days=recorded), days)
    until = appeal_until(case)
    assert until == NOW + timedelta(days=recorded + days)
    moment = until + timedelta(seconds=after)
    assert may_file(case, now=moment) == (after <= 0)
    if after <= 0:
        check_filing(case, now=moment)
    else:
        with pytest.raises(DomainError):
            check_filing(case, now=moment)


def test_appeal_answer_fits_what_stands_and_the_handler_had_no_part():
    check_outcome(AppealState.UPHELD, disputed=1, standing=1)
    check_outcome(AppealState.CHANGED, disputed=1, standing=2)
    for to, standing in ((AppealState.UPHELD, 2), (AppealState.CHANGED, 1)):
        with pytest.raises(AppealUnchanged):
            check_outcome(to, disputed=1, standing=standing)
    check_handler("person:1", involved=["person:2"])
    with pytest.raises(HandlerInvolved):
        check_handler("person:1", involved=["person:1"])


# Requests


@given(st.sampled_from(RequestState), st.sampled_from(RequestState))
def test_request_moves_are_those_of_the_table_and_no_others(state, to):
    if to in REQUEST_MOVES[state]:
        assert move_request(state, to) is to
    else:
        with pytest.raises(ProposalDecided):
            move_request(state, to)


# Manual marks

HALVES = st.integers(0, 20).map(lambda number: Decimal(number) / 2)


@given(st.lists(HALVES, min_size=1, max_size=3), st.decimals("0", "1", places=2))
def test_marks_of_two_decide_within_the_tolerance_and_a_third_decides_always(marks, tolerance):
    case = Marked(tuple(marks), Decimal(10), tolerance)
    fraction = decided_fraction(case)
    if len(marks) == 1:
        assert fraction is None
        assert not needs_third(case)
    elif len(marks) == 2:
        assert needs_third(case) == (abs(marks[0] - marks[1]) > tolerance * 10) == (fraction is None)
    else:
        assert fraction is not None
    if fraction is not None:
        assert min(marks) / 10 <= fraction <= max(marks) / 10


def test_third_mark_meets_the_nearer_of_the_two():
    assert decided_fraction(Marked((Decimal(2), Decimal(9), Decimal(8)), Decimal(10), Decimal("0.2"))) == Decimal(
        "0.85"
    )
    assert decided_fraction(Marked((Decimal(2), Decimal(8), Decimal(5)), Decimal(10), Decimal("0.2"))) == Decimal(
        "0.65"
    )


def test_nobody_marks_twice_and_no_mark_is_out_of_range():
    assert next_slot([], "person:1", is_done=False) == 1
    assert next_slot(["person:1", "person:2"], "person:3", is_done=False) == 3
    for markers, marker, is_done in ((["a"], "a", False), (["a", "b"], "c", True), (["a", "b", "c"], "d", False)):
        with pytest.raises(MarkedAlready):
            next_slot(markers, marker, is_done=is_done)
    assert check_mark(Decimal("3.33"), Decimal("3.33")) == Decimal("3.33")
    for mark in ("-1", "5.5", "0.25", "NaN"):
        with pytest.raises((MarkOutOfRange, ArithmeticError)):
            check_mark(Decimal(mark), Decimal(5))


# Results that settle


@given(st.sampled_from(C), st.sampled_from(Outcome))
def test_settling_moves_along_arrows_only(state, outcome):
    standing = Result(outcome, Decimal(1) if outcome in {Outcome.PASSED, Outcome.FAILED} else None)
    after = settled_state(state, standing)
    assert after is state or after in CANDIDATE_MOVES[state]
    assert is_final(outcome) == (outcome in {Outcome.MISCONDUCT, Outcome.INVALID})


def test_pass_after_all_spares_the_makeup_and_ends_the_follow_up():
    passed = Result(Outcome.PASSED, Decimal(80))
    for state in (C.MAKEUP, C.FOLLOW_UP, C.FAILED, C.SUBMITTED):
        assert settled_state(state, passed) is C.PASSED
    for state in (C.SITTING, C.MISCONDUCT, C.DEFERRED):
        assert settled_state(state, passed) is state
    failed = Result(Outcome.FAILED, Decimal(70))
    for state in (C.MAKEUP, C.CHECKED_IN, C.SITTING, C.FOLLOW_UP):
        assert settled_state(state, failed) is state


# The archive


@given(st.sampled_from(RoundState), st.tuples(*[st.integers(0, 2)] * 4), st.booleans())
def test_round_is_archived_only_when_nothing_is_left(state, left, running):
    sittings, appeals, corrections, follow_ups = left
    facts = RoundFacts(
        state,
        candidates=3,
        sittings_left=sittings,
        appeals_until="2026-12-01" if running else "",
        open_appeals=appeals,
        open_corrections=corrections,
        open_follow_ups=follow_ups,
    )
    free = round_blockers(facts, RoundState.ARCHIVED) == ()
    assert free == (state is RoundState.PUBLISHED and not any(left) and not running)


# One candidate, any order of actions


class CandidateLife(RuleBasedStateMachine):
    """Everything that can happen to a candidate, in any order; refusals change nothing."""

    @initialize(state=st.sampled_from([C.DRAWN, C.MUST_SIT]))
    def begin(self, state):
        self.state, self.sitting, self.results = state, 1, {}
        self.deferred = False

    @rule(to=st.sampled_from(C))
    def ask(self, to):
        before = self.state
        if to is C.MAKEUP and before in {C.FAILED, C.ABSENT, C.INVALID} and self.sitting == 1:
            self.state, self.sitting = move_candidate(before, to, sitting=1), MAKEUP_SITTING
            return
        if to in {C.PASSED, C.FAILED}:
            return  # only grading leads there
        try:
            self.state = move_candidate(before, to, sitting=self.sitting)
        except (CandidateNotInState, MakeupUsed):
            assert not may_move_candidate(before, to, sitting=self.sitting)
            self.state = before
        if self.state is not before and self.state in {C.ABSENT, C.MISCONDUCT, C.INVALID}:
            self.results[self.sitting] = Result(Outcome(self.state.value), None)

    @precondition(lambda self: self.state in {C.SUBMITTED, C.TIMED_OUT, C.PASSED, C.FAILED, C.MAKEUP, C.FOLLOW_UP})
    @rule(passes=st.booleans(), sitting=st.sampled_from([1, 2]))
    def grade(self, passes, sitting):
        if sitting > self.sitting or (self.state is C.MAKEUP and sitting == 2):
            return
        known = self.results.get(sitting)
        if known is not None and (is_final(known.outcome) or known.outcome is Outcome.ABSENT):
            return
        if self.state in {C.SUBMITTED, C.TIMED_OUT} and sitting != self.sitting:
            return
        self.results[sitting] = Result(Outcome.PASSED if passes else Outcome.FAILED, Decimal(1))
        first, second = self.results.get(1), self.results.get(2)
        self.state = settled_state(self.state, better(first, second) if first else second)

    @invariant()
    def nothing_impossible_is_true(self):
        if not hasattr(self, "state"):
            return
        assert self.sitting in {1, 2}
        if self.state is C.PASSED:
            assert any(one.outcome is Outcome.PASSED for one in self.results.values())
        if self.state is C.DEFERRED:
            assert self.results == {}
        if self.state in {C.MAKEUP, C.FOLLOW_UP}:
            assert self.results


TestCandidateLife = CandidateLife.TestCase
