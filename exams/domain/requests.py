"""缓考 and 便利安排: what may be asked for until when, and who decides."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import SameApprover
from exams.domain.states import CANDIDATE_LABELS, MAY_SIT, CandidateState, SittingState, may_move_candidate
from exams.errors import (
    AccommodationEmpty,
    CandidateNotInState,
    DeferralTooLate,
    ProposalDecided,
    ReasonLengthWrong,
)

LEAST_REASON, MOST_REASON = 5, 300
MOST_EXTRA_MINUTES = 120
# Whoever has not begun may ask.
MAY_ASK = MAY_SIT | {CandidateState.DRAWN, CandidateState.MUST_SIT}


class RequestState(StrEnum):
    """Where a request stands; `recommended` is of deferrals alone."""

    REQUESTED = "requested"
    RECOMMENDED = "recommended"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


REQUEST_MOVES: dict[RequestState, frozenset[RequestState]] = {
    RequestState.REQUESTED: frozenset(
        {RequestState.RECOMMENDED, RequestState.GRANTED, RequestState.REFUSED, RequestState.WITHDRAWN}
    ),
    RequestState.RECOMMENDED: frozenset({RequestState.GRANTED, RequestState.REFUSED, RequestState.WITHDRAWN}),
    RequestState.GRANTED: frozenset(),
    RequestState.REFUSED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What an accommodation gives; `language` empty, `en` or `interpreter`."""

    extra_minutes: int = 0
    large_print: bool = False
    read_aloud: bool = False
    language: str = ""


def move_request(state: RequestState, to: RequestState) -> RequestState:
    """The new state; raises ProposalDecided."""
    if to not in REQUEST_MOVES[state]:
        raise ProposalDecided
    return to


def check_second_person(decider: str, *earlier: str) -> None:
    """Raises SameApprover when the decider is one of those who acted before."""
    if decider in earlier:
        raise SameApprover


def check_deferral(candidate: CandidateState, *, sitting: SittingState, opens_at: datetime, now: datetime) -> None:
    """Leave is asked for before the doors open. Raises CandidateNotInState, DeferralTooLate."""
    if not may_move_candidate(candidate, CandidateState.DEFERRED):
        raise CandidateNotInState(state=CANDIDATE_LABELS[candidate])
    if sitting is not SittingState.PLANNED or now >= opens_at:
        raise DeferralTooLate


def check_wish(wish: Wish) -> None:
    """Something must be asked for, and no more than two hours; raises AccommodationEmpty."""
    asked = wish.extra_minutes or wish.large_print or wish.read_aloud or wish.language
    if not asked or not 0 <= wish.extra_minutes <= MOST_EXTRA_MINUTES:
        raise AccommodationEmpty(most=MOST_EXTRA_MINUTES)


def clean_reason(text: str) -> str:
    """One paragraph of 5 to 300 characters; raises ReasonLengthWrong."""
    cleaned = " ".join(text.split())
    if not LEAST_REASON <= len(cleaned) <= MOST_REASON:
        raise ReasonLengthWrong(least=LEAST_REASON, most=MOST_REASON)
    return cleaned
