from decimal import Decimal

import pytest

from exams.domain.results import Outcome, Result, better, candidate_state_of, result_of_score, result_without_score
from exams.domain.states import CandidateState

PASS_MARK = Decimal("80.00")


@pytest.mark.parametrize(
    ("score", "outcome"),
    [("80.00", Outcome.PASSED), ("79.99", Outcome.FAILED), ("100.00", Outcome.PASSED), ("0.00", Outcome.FAILED)],
)
def test_result_of_a_score_passes_from_the_pass_mark_upwards(score, outcome):
    assert result_of_score(Decimal(score), pass_mark=PASS_MARK) == Result(outcome, Decimal(score))


@pytest.mark.parametrize("outcome", [Outcome.ABSENT, Outcome.MISCONDUCT, Outcome.INVALID])
def test_result_without_score_has_no_number_beside_it(outcome):
    assert result_without_score(outcome) == Result(outcome, None)


def test_result_without_score_of_a_pass_is_a_defect():
    with pytest.raises(ValueError, match="passed"):
        result_without_score(Outcome.PASSED)


def test_every_outcome_shows_as_a_state_of_the_candidate():
    states = {outcome: candidate_state_of(Result(outcome, None)) for outcome in Outcome}
    assert states[Outcome.PASSED] is CandidateState.PASSED
    assert states[Outcome.ABSENT] is CandidateState.ABSENT
    assert {state.value for state in states.values()} == {outcome.value for outcome in Outcome}


def test_makeup_result_stands_unless_the_first_was_a_pass():
    failed = result_of_score(Decimal(60), pass_mark=PASS_MARK)
    passed = result_of_score(Decimal(90), pass_mark=PASS_MARK)
    absent = result_without_score(Outcome.ABSENT)
    assert better(failed, None) == failed
    assert better(failed, passed) == passed
    assert better(absent, failed) == failed
    assert better(passed, failed) == passed


def test_missing_the_makeup_takes_no_score_away():
    failed = result_of_score(Decimal(75), pass_mark=PASS_MARK)
    absent = result_without_score(Outcome.ABSENT)
    assert better(failed, absent) == failed
    assert better(absent, absent) == absent
    assert better(result_without_score(Outcome.INVALID), absent) == absent
