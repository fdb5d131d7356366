"""Comparing the papers of a closed sitting: computed when asked for, kept as it was told."""

import json
from datetime import datetime

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.canonical import canonical_json
from core.errors import NotAllowed
from exams.domain.grading import grade_paper
from exams.domain.similarity import Sheet, similar_papers
from exams.domain.states import AttemptState, SittingState, require_sitting
from exams.models import Attempt, SimilarityReport
from exams.policies import can_countersign
from exams.queries.rounds import get_sitting


@transaction.atomic
def compare_papers(actor: Actor, unsafe_sitting_id: str, *, now: datetime) -> SimilarityReport:
    """Measures all pairs of a closed sitting and keeps the report; nothing follows from it by itself.

    The seed of the simulation is the sitting's public id: the same papers give the same report. Raises NotFound,
    NotAllowed, SittingNotInState.
    """
    sitting = get_sitting(actor, unsafe_sitting_id)
    if not can_countersign(actor, sitting.round):
        raise NotAllowed
    require_sitting(SittingState(sitting.state), SittingState.CLOSED)
    attempts = Attempt.objects.filter(
        sitting=sitting, state__in=[AttemptState.SUBMITTED, AttemptState.TIMED_OUT]
    ).select_related("paper")
    sheets = [_sheet(attempt) for attempt in attempts]
    found = similar_papers(sheets, seed=sitting.public_id)
    report = SimilarityReport.objects.create(
        sitting=sitting, content=canonical_json(found.to_json()), made_by_id=actor.user_id, made_at=now
    )
    audit(actor, "exams.papers_compared", sitting, details={"people": found.people, "pairs": len(found.pairs)})
    return report


def _sheet(attempt: Attempt) -> Sheet:
    key = json.loads(attempt.paper.answer_key)
    graded = grade_paper(key, attempt.answers)
    wrong = {
        mark.ref: canonical_json(sorted(_real(key["items"][mark.id], attempt.answers.get(mark.id))))
        for mark in graded.items
        if mark.verdict in {"wrong", "partly"} and attempt.answers.get(mark.id)
    }
    return Sheet(attempt.public_id, wrong)


def _real(stored: dict[str, dict[str, str]], answer: object) -> list[str]:
    """Real option ids where the answer is made of options; typed texts as they are."""
    entries = answer if isinstance(answer, list) else []
    return [stored["options"].get(str(entry), str(entry)) for entry in entries]
