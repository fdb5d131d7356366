"""成绩复核: until when a result can be disputed, who may answer, and what an answer may say."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from exams.errors import (
    AppealClosed,
    AppealExists,
    AppealNotYet,
    AppealStepsOpen,
    AppealTooLate,
    AppealUnchanged,
    HandlerInvolved,
    ReasonLengthWrong,
)

ANSWER_DAYS = 10
LEAST_TEXT, MOST_TEXT = 10, 1000


class AppealState(StrEnum):
    """Where an appeal stands."""

    FILED = "filed"
    IN_REVIEW = "in_review"
    UPHELD = "upheld"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


APPEAL_MOVES: dict[AppealState, frozenset[AppealState]] = {
    AppealState.FILED: frozenset({AppealState.IN_REVIEW, AppealState.WITHDRAWN}),
    AppealState.IN_REVIEW: frozenset({AppealState.UPHELD, AppealState.CHANGED, AppealState.WITHDRAWN}),
    AppealState.UPHELD: frozenset(),
    AppealState.CHANGED: frozenset(),
    AppealState.WITHDRAWN: frozenset(),
}
OPEN_STATES = frozenset(state for state, moves in APPEAL_MOVES.items() if moves)


@dataclass(frozen=True, slots=True)
class Disputable:
    """What filing depends on. `published_at` None: nothing is public yet. `known`: this result was disputed before."""

    published_at: datetime | None
    recorded_at: datetime | None
    days: int
    known: bool = False


def appeal_until(case: Disputable) -> datetime | None:
    """The last moment to file: so many days after the result became public; None before that.

    A result that came after the publication (a makeup, a correction) has its own time.
    """
    if case.published_at is None or case.recorded_at is None:
        return None
    return max(case.published_at, case.recorded_at) + timedelta(days=case.days)


def check_filing(case: Disputable, *, now: datetime) -> None:
    """Raises AppealNotYet, AppealExists, AppealTooLate."""
    until = appeal_until(case)
    if until is None:
        raise AppealNotYet
    if case.known:
        raise AppealExists
    if now > until:
        raise AppealTooLate


def may_file(case: Disputable, *, now: datetime) -> bool:
    """Whether `check_filing` would pass."""
    until = appeal_until(case)
    return until is not None and not case.known and now <= until


def move_appeal(state: AppealState, to: AppealState) -> AppealState:
    """The new state; raises AppealClosed."""
    if to not in APPEAL_MOVES[state]:
        raise AppealClosed
    return to


def check_handler(handler: str, *, involved: Collection[str]) -> None:
    """Somebody who had no part in the score; identities are of people. Raises HandlerInvolved."""
    if handler in involved:
        raise HandlerInvolved


def check_outcome(to: AppealState, *, disputed: int, standing: int) -> None:
    """An answer says what is so: changed only after a newer result than the disputed one stands, upheld only without.

    Both are primary keys of results. Raises AppealUnchanged.
    """
    if (to is AppealState.CHANGED) != (standing != disputed):
        raise AppealUnchanged


def check_steps(*, open_steps: int) -> None:
    """Nothing that the handler asked others for is undecided; raises AppealStepsOpen."""
    if open_steps:
        raise AppealStepsOpen


def clean_text(text: str) -> str:
    """Grounds or answer: 10 to 1000 characters, lines kept; raises ReasonLengthWrong."""
    cleaned = "\n".join(line.strip() for line in text.strip().splitlines())
    if not LEAST_TEXT <= len(cleaned) <= MOST_TEXT:
        raise ReasonLengthWrong(least=LEAST_TEXT, most=MOST_TEXT)
    return cleaned
