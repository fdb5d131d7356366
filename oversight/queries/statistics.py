"""Standings of candidates in reach, for figures of whole quarters."""

from django.db.models import QuerySet

from core.actor import Actor
from core.errors import NotAllowed
from exams.models import Candidate, CandidateState
from exams.queries import candidates_for
from oversight.domain.statistics import Standing
from oversight.policies import can_see_statistics

# States in which a candidate has a standing; the others have not sat yet, or are on leave.
_FINISHED = (
    CandidateState.PASSED,
    CandidateState.FAILED,
    CandidateState.ABSENT,
    CandidateState.MISCONDUCT,
    CandidateState.INVALID,
    CandidateState.MAKEUP,
    CandidateState.FOLLOW_UP,
)
_ROUNDS_SHOWN = 8


def standings_for(actor: Actor) -> list[Standing]:
    """The standings of the last eight quarters within the actor's reach. One query. Raises NotAllowed."""
    if not can_see_statistics(actor):
        raise NotAllowed
    rows = _finished(actor).values_list(
        "round__year", "round__quarter", "industry__name", "area__name", "state", "score", "round__total_mark",
    )  # fmt: skip
    standings = [
        Standing(f"{year}Q{quarter}", industry, street, state, score, total)
        for year, quarter, industry, street, state, score, total in rows
    ]
    shown = sorted({row.quarter for row in standings})[-_ROUNDS_SHOWN:]
    return [row for row in standings if row.quarter in shown]


def _finished(actor: Actor) -> QuerySet[Candidate]:
    return candidates_for(actor).filter(state__in=_FINISHED)
