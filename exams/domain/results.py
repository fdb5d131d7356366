"""What a sitting comes to: passed, failed, absent, misconduct or invalid (product.md section 4, Exam)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.errors import gettext_noop
from exams.domain.states import MAY_SIT, CandidateState, may_move_candidate


class Outcome(StrEnum):
    """The result beside, or instead of, a number."""

    PASSED = "passed"
    FAILED = "failed"
    ABSENT = "absent"
    MISCONDUCT = "misconduct"
    INVALID = "invalid"


OUTCOME_LABELS = {
    Outcome.PASSED: gettext_noop("合格"),
    Outcome.FAILED: gettext_noop("不合格"),
    Outcome.ABSENT: gettext_noop("缺考"),
    Outcome.MISCONDUCT: gettext_noop("违纪"),
    Outcome.INVALID: gettext_noop("无效"),
}
_WITHOUT_SCORE = frozenset({Outcome.ABSENT, Outcome.MISCONDUCT, Outcome.INVALID})


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome, and the score in points where there is one."""

    outcome: Outcome
    score: Decimal | None


def result_of_score(score: Decimal, *, pass_mark: Decimal) -> Result:
    """Passed from the pass mark upwards, exactly: no rounding happens here."""
    return Result(Outcome.PASSED if score >= pass_mark else Outcome.FAILED, score)


def result_without_score(outcome: Outcome) -> Result:
    """Absent, misconduct, invalid: never with a number beside it."""
    if outcome not in _WITHOUT_SCORE:
        raise ValueError(f"{outcome} comes with a score")
    return Result(outcome, None)


def candidate_state_of(result: Result) -> CandidateState:
    """The candidate's state that shows this result."""
    return CandidateState(result.outcome.value)


def better(first: Result, second: Result | None) -> Result:
    """The result that stands after a makeup: a pass wins; missing the makeup takes no score away that was reached;
    else the later sitting is what is shown.
    """
    if second is None or first.outcome is Outcome.PASSED:
        return first
    if second.outcome is Outcome.ABSENT and first.score is not None:
        return first
    return second


def settled_state(state: CandidateState, standing: Result) -> CandidateState:
    """Where a candidate stands once the result that counts is `standing`; unchanged where no arrow leads there.

    Whoever writes the makeup goes on writing; whoever waits for it goes on waiting, unless they passed after all.
    """
    to = candidate_state_of(standing)
    waits = state in MAY_SIT and to is not CandidateState.PASSED
    return to if not waits and may_move_candidate(state, to) else state


def is_final(outcome: Outcome | None) -> bool:
    """A result that two people decided: no grading after it counts."""
    return outcome in {Outcome.MISCONDUCT, Outcome.INVALID}
