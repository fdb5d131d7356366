"""Results: what publications, certificates and the ledger read."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from exams.domain import results as domain
from exams.models import Annulment, Candidate, CandidateState, Result, Round, Sitting


@dataclass(frozen=True, slots=True)
class RoundResult:
    """One candidate's standing in a round. `score` is None beside absent, misconduct and invalid.

    `sitting_number` is the number of the sitting that the standing comes from: 2 after a makeup.
    """

    candidate: Candidate
    outcome: str
    score: Decimal | None
    sitting_number: int
    is_must_sit: bool
    recorded_at: datetime


def results_of_round(exam_round: Round) -> list[RoundResult]:
    """The standing of everybody who has one, by enterprise and name. Two queries.

    Not narrowed by reach: for publication and certificates, whose actions have checked the actor against the round.
    """
    candidates = (
        Candidate.objects.filter(round=exam_round)
        .exclude(state=CandidateState.DEFERRED)
        .select_related("person", "enterprise", "area", "industry")
        .order_by("enterprise_name", "pk")
    )
    standings = _standings(Result.objects.filter(candidate__round=exam_round))
    return [
        RoundResult(
            candidate=candidate,
            outcome=row.outcome,
            score=row.score,
            sitting_number=row.sitting.number,
            is_must_sit=candidate.is_must_sit,
            recorded_at=row.recorded_at,
        )
        for candidate in candidates
        if (row := standings.get(candidate.pk)) is not None
    ]


def standing_of(candidate: Candidate) -> Result | None:
    """The result that counts for one candidate."""
    return _standings(Result.objects.filter(candidate=candidate)).get(candidate.pk)


def last_result(candidate: Candidate, sitting: Sitting) -> Result | None:
    """The result of one sitting that counts."""
    return Result.objects.filter(candidate=candidate, sitting=sitting).order_by("-number").first()


def is_annulled(result: Result) -> bool:
    """Whether two people took this misconduct back on appeal: what the paper is worth counts again."""
    return Annulment.objects.filter(appeal__result=result, state=Annulment.State.APPROVED).exists()


def _standings(results: QuerySet[Result]) -> dict[int, Result]:
    latest: dict[tuple[int, int], Result] = {}
    for row in results.select_related("sitting").order_by("sitting__number", "number"):
        latest[row.candidate_id, row.sitting.number] = row
    standings: dict[int, Result] = {}
    for (candidate, _sitting), row in sorted(latest.items()):
        first = standings.get(candidate)
        standings[candidate] = (
            row if first is None or domain.better(_plain(first), _plain(row)) == _plain(row) else first
        )
    return standings


def _plain(row: Result) -> domain.Result:
    return domain.Result(domain.Outcome(row.outcome), row.score)
