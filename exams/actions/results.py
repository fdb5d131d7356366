"""Grading as entries, and results as entries: nothing is overwritten, the greatest number counts."""

import json
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Max

from core.actor import Actor
from core.audit import audit
from core.canonical import canonical_json, canonical_sha256, sha256_hex
from core.queue import enqueue
from exams.domain.grading import Grading as GradedPaper
from exams.domain.grading import grade_paper
from exams.domain.results import Outcome, candidate_state_of, result_of_score
from exams.domain.results import Result as Standing
from exams.domain.states import (
    MAKEUP_SITTING,
    AttemptState,
    CandidateState,
    RoundState,
    SittingState,
    advance_round,
    may_move_candidate,
    move_candidate,
)
from exams.errors import AttemptNotClosed, PaperDamaged
from exams.events import makeup_failed, result_recorded, round_graded
from exams.models import Attempt, Candidate, Grading, Result, Sitting
from exams.queries.rounds import latest_grading, lock_round, round_facts

_GRADES_FROM = (AttemptState.SUBMITTED, AttemptState.TIMED_OUT)


@transaction.atomic
def grade_attempt(actor: Actor, attempt_pk: int, *, reason: str, now: datetime) -> Grading | None:
    """Grades a closed attempt from its frozen key and folded answers; again and again the same.

    An attempt graded on the same answers and key gets no second entry. None for a voided attempt. Raises
    AttemptNotClosed, PaperDamaged.
    """
    attempt = Attempt.objects.select_for_update(of=("self",)).select_related("paper", "sitting").get(pk=attempt_pk)
    if attempt.state == AttemptState.VOID:
        return None
    if attempt.state not in _GRADES_FROM:
        raise AttemptNotClosed
    if sha256_hex(attempt.paper.content) != attempt.paper.sha256:
        raise PaperDamaged
    answers_sha256, key_sha256 = canonical_sha256(attempt.answers), sha256_hex(attempt.paper.answer_key)
    last = latest_grading(attempt)
    if last is not None and (last.answers_sha256, last.key_sha256) == (answers_sha256, key_sha256):
        return last
    graded = grade_paper(json.loads(attempt.paper.answer_key), attempt.answers)
    grading = Grading.objects.create(
        attempt=attempt,
        number=last.number + 1 if last else 1,
        score=graded.score,
        item_marks=_item_marks(graded),
        answers_sha256=answers_sha256,
        key_sha256=key_sha256,
        reason=reason,
        graded_at=now,
    )
    attempt.graded_at = now
    attempt.save(update_fields=["graded_at"])
    _settle_candidate(attempt, grading, now)
    audit(actor, "exams.attempt_graded", attempt, details={"number": grading.number, "key": key_sha256}, reason=reason)
    return grading


@transaction.atomic
def finish_grading(actor: Actor, round_id: str, *, now: datetime) -> bool:
    """Moves a closed round to graded once every attempt of it is, and enqueues the makeup list; may run twice."""
    exam_round = lock_round(actor, round_id)
    facts = round_facts(exam_round)
    if facts.state is not RoundState.CLOSED or facts.ungraded or facts.running:
        return False
    exam_round.state = advance_round(facts, RoundState.GRADED)
    exam_round.save(update_fields=["state"])
    audit(actor, "exams.round_graded", exam_round, details={"candidates": facts.candidates})
    if exam_round.sittings.filter(number=MAKEUP_SITTING).exclude(state=SittingState.CLOSED).exists():
        enqueue("exams.create_makeup", round_id=exam_round.public_id)
    transaction.on_commit(partial(round_graded.send, sender=None, round_id=exam_round.pk))
    return True


def record_result(
    candidate: Candidate,
    sitting: Sitting,
    standing: Standing,
    *,
    grading: Grading | None,
    reason: str,
    now: datetime,
) -> Result:
    """Adds a result entry and the news of it; part of the caller's transaction, the candidate is locked."""
    last = Result.objects.filter(candidate=candidate, sitting=sitting).aggregate(last=Max("number"))["last"] or 0
    row = Result.objects.create(
        candidate=candidate,
        sitting=sitting,
        number=last + 1,
        outcome=standing.outcome,
        score=standing.score,
        grading=grading,
        reason=reason,
        recorded_at=now,
    )
    transaction.on_commit(partial(result_recorded.send, sender=None, candidate_id=candidate.pk))
    return row


def _settle_candidate(attempt: Attempt, grading: Grading, now: datetime) -> None:
    candidate = Candidate.objects.select_for_update(of=("self",)).select_related("round").get(pk=attempt.candidate_id)
    standing = result_of_score(grading.score, pass_mark=candidate.round.pass_mark)
    record_result(candidate, attempt.sitting, standing, grading=grading, reason=grading.reason, now=now)
    to = candidate_state_of(standing)
    # A regrade of the first sitting leaves alone who is already in the makeup, or judged for misconduct.
    if may_move_candidate(CandidateState(candidate.state), to):
        candidate.state = move_candidate(CandidateState(candidate.state), to)
        candidate.state_changed_at = now
    candidate.score = grading.score
    candidate.save(update_fields=["state", "score", "state_changed_at"])
    if attempt.sitting.number == MAKEUP_SITTING and standing.outcome is Outcome.FAILED:
        transaction.on_commit(partial(makeup_failed.send, sender=None, candidate_id=candidate.pk))
    if candidate.round.state == RoundState.CLOSED:
        enqueue("exams.finish_grading", round_id=candidate.round.public_id)


def _item_marks(graded: GradedPaper) -> str:
    return canonical_json(
        {
            item.id: {"mark": item.mark, "verdict": item.verdict, "cell": item.cell, "ref": item.ref}
            for item in graded.items
        },
    )
