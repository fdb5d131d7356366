"""Grading as entries, and results as entries: nothing is overwritten, the greatest number counts."""

import json
from datetime import datetime
from functools import partial

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.canonical import canonical_json, canonical_sha256, sha256_hex
from core.queue import enqueue
from core.scores import mark_for
from exams.domain.grading import Decided, basis_sha256, grade_paper, manual_tasks, refs_of
from exams.domain.grading import Grading as GradedPaper
from exams.domain.results import Outcome, is_final, result_of_score, settled_state
from exams.domain.results import Result as Standing
from exams.domain.states import (
    MAKEUP_SITTING,
    AttemptState,
    CandidateState,
    RoundState,
    SittingState,
    advance_round,
)
from exams.errors import AttemptNotClosed, PaperDamaged
from exams.events import makeup_failed, result_recorded, round_graded
from exams.models import Attempt, Candidate, Grading, ManualItem, Result, Sitting
from exams.queries.corrections import amendments_of, decided_for
from exams.queries.results import is_annulled, last_result, standing_of
from exams.queries.rounds import latest_grading, lock_round, round_facts

_GRADES_FROM = (AttemptState.SUBMITTED, AttemptState.TIMED_OUT)


@transaction.atomic
def grade_attempt(actor: Actor, attempt_pk: int, *, reason: str, now: datetime) -> Grading | None:
    """Grades a closed attempt from its frozen key, its folded answers and what was decided since; again the same.

    An attempt graded on the same answers, key and decisions gets no second entry. None for a voided attempt, and while
    answers wait for markers. Raises AttemptNotClosed, PaperDamaged.
    """
    attempt = Attempt.objects.select_for_update(of=("self",)).select_related("paper", "sitting").get(pk=attempt_pk)
    if attempt.state == AttemptState.VOID:
        return None
    if attempt.state not in _GRADES_FROM:
        raise AttemptNotClosed
    if sha256_hex(attempt.paper.content) != attempt.paper.sha256:
        raise PaperDamaged
    graded, basis = _graded(attempt)
    if graded.pending:
        _ask_markers(attempt, now)
        return None
    answers_sha256 = canonical_sha256(attempt.answers)
    last = latest_grading(attempt)
    if last is not None and (last.answers_sha256, last.key_sha256) == (answers_sha256, basis):
        return last
    grading = Grading.objects.create(
        attempt=attempt,
        number=last.number + 1 if last else 1,
        score=graded.score,
        item_marks=_item_marks(graded),
        answers_sha256=answers_sha256,
        key_sha256=basis,
        reason=reason,
        graded_at=now,
    )
    attempt.graded_at = now
    attempt.save(update_fields=["graded_at"])
    settle_candidate(attempt, grading, now)
    audit(actor, "exams.attempt_graded", attempt, details={"number": grading.number, "key": basis}, reason=reason)
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
    last = last_result(candidate, sitting)
    row = Result.objects.create(
        candidate=candidate,
        sitting=sitting,
        number=last.number + 1 if last else 1,
        outcome=standing.outcome,
        score=standing.score,
        grading=grading,
        reason=reason,
        recorded_at=now,
    )
    transaction.on_commit(partial(result_recorded.send, sender=None, candidate_id=candidate.pk))
    return row


def _graded(attempt: Attempt) -> tuple[GradedPaper, str]:
    """The paper graded with everything that was decided, and the hash of what that was."""
    key = json.loads(attempt.paper.answer_key)
    decided = decided_for(attempt, key, amendments_of(attempt.sitting.round_id))
    graded = grade_paper(key, attempt.answers, decided)
    return graded, basis_sha256(attempt.paper.answer_key, refs_of(key), decided)


def _ask_markers(attempt: Attempt, now: datetime) -> None:
    """Puts the texts that people must judge on the markers' desk, once."""
    key = json.loads(attempt.paper.answer_key)
    for item, task in manual_tasks(key, attempt.answers, Decided(amendments_of(attempt.sitting.round_id))):
        ManualItem.objects.get_or_create(
            attempt=attempt,
            item=item.id,
            place=task.place,
            answers_sha256=canonical_sha256(task.answer),
            defaults={"ref": item.ref, "points": mark_for(task.share, item.points), "created_at": now},
        )


def settle_candidate(attempt: Attempt, grading: Grading, now: datetime) -> None:
    """The score of an attempt becomes a result, and the candidate stands where it leads; within the caller's transaction."""
    candidate = Candidate.objects.select_for_update(of=("self",)).select_related("round").get(pk=attempt.candidate_id)
    fresh = result_of_score(grading.score, pass_mark=candidate.round.pass_mark)
    last = last_result(candidate, attempt.sitting)
    if last is not None and is_final(Outcome(last.outcome)) and not is_annulled(last):
        return
    if last is None or (last.outcome, last.score) != (fresh.outcome, fresh.score):
        record_result(candidate, attempt.sitting, fresh, grading=grading, reason=grading.reason, now=now)
    show_standing(candidate, now)
    if attempt.sitting.number == MAKEUP_SITTING and candidate.state == CandidateState.FAILED:
        transaction.on_commit(partial(makeup_failed.send, sender=None, candidate_id=candidate.pk))
    if candidate.round.state == RoundState.CLOSED:
        enqueue("exams.finish_grading", round_id=candidate.round.public_id)


def show_standing(candidate: Candidate, now: datetime) -> None:
    """The candidate's state and score follow the result that counts, whichever sitting it is of."""
    row = standing_of(candidate)
    assert row is not None, "a result was recorded before"
    to = settled_state(CandidateState(candidate.state), Standing(Outcome(row.outcome), row.score))
    if to != candidate.state:
        candidate.state, candidate.state_changed_at = to, now
    candidate.score = row.score
    candidate.save(update_fields=["state", "score", "state_changed_at"])


def _item_marks(graded: GradedPaper) -> str:
    return canonical_json(
        {
            item.id: {
                "mark": item.mark,
                "verdict": item.verdict,
                "cell": item.cell,
                "ref": item.ref,
                "points": item.points,
            }
            for item in graded.items
        },
    )
