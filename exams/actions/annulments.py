"""撤销违纪认定: what two people recorded is taken back by two others, on appeal and with reasons; no record is erased."""

from datetime import datetime

from django.db import transaction

from accounts.queries import identity_of_user
from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed, NotFound
from core.queue import enqueue
from exams.actions.finalising import reinstate
from exams.actions.results import grade_attempt, record_result, settle_candidate, show_standing
from exams.domain.appeals import check_handler, clean_text
from exams.domain.requests import check_second_person
from exams.domain.results import Outcome, Result, result_without_score
from exams.domain.states import MAKEUP_SITTING, CandidateState, RoundState, SittingState, restore_candidate
from exams.errors import AppealClosed, NothingToAnnul, ProposalDecided
from exams.models import Annulment, Appeal, Attempt, AttemptState, Candidate
from exams.policies import can_handle_appeals, is_own_candidacy
from exams.queries.appeals import (
    annulment_to_apply,
    involved_people,
    lock_annulment,
    lock_appeal,
    misconduct_behind,
    result_before,
)
from exams.queries.candidates import live_attempt, lock_candidate_row


@transaction.atomic
def propose_annulment(
    actor: Actor, unsafe_appeal_id: str, *, effect: Annulment.Effect, reason: str, now: datetime
) -> Annulment:
    """Whoever handles the appeal puts the annulment forward, for another uninvolved person; changes nothing yet.

    Raises NotFound, NotAllowed, AppealClosed, NothingToAnnul, ReasonLengthWrong.
    """
    row = lock_appeal(actor, unsafe_appeal_id)
    if row.taken_by_id != actor.user_id or actor.user_id is None or is_own_candidacy(actor, row.candidate):
        raise NotAllowed
    if row.state != Appeal.State.IN_REVIEW:
        raise AppealClosed
    incident = misconduct_behind(row)
    if incident is None or row.annulments.exclude(state=Annulment.State.REFUSED).exists():
        raise NothingToAnnul
    annulment = Annulment.objects.create(
        appeal=row,
        incident=incident,
        effect=effect,
        reason=clean_text(reason)[:500],
        proposed_by_id=actor.user_id,
        proposed_at=now,
    )
    said = {"incident": incident.public_id, "effect": effect}
    audit(actor, "exams.annulment_proposed", row, details=said, reason=annulment.reason)
    return annulment


@transaction.atomic
def decide_annulment(actor: Actor, unsafe_annulment_id: str, *, approve: bool, note: str, now: datetime) -> Annulment:
    """Another person, uninvolved too, approves or refuses with reasons. What is approved changes the result by a job.

    Raises NotFound, NotAllowed, SameApprover, HandlerInvolved, ProposalDecided, ReasonLengthWrong, CandidateNotInState.
    """
    row = lock_annulment(actor, unsafe_annulment_id)
    candidate = row.appeal.candidate
    if not can_handle_appeals(actor, candidate.round) or is_own_candidacy(actor, candidate):
        raise NotAllowed
    check_second_person(actor.identity(), identity_of_user(row.proposed_by))
    check_handler(actor.identity(), involved=involved_people(row.appeal))
    if row.state != Annulment.State.PROPOSED:
        raise ProposalDecided
    row.state = Annulment.State.APPROVED if approve else Annulment.State.REFUSED
    row.decision_note = clean_text(note)[:500]
    row.decided_by_id, row.decided_at = actor.user_id, now
    row.save(update_fields=["state", "decision_note", "decided_by", "decided_at"])
    audit(actor, f"exams.annulment_{row.state}", row.appeal, details=_said(row), reason=row.decision_note)
    if approve:
        _put_back(actor, row, now)
        enqueue("exams.apply_annulment", annulment_id=row.pk)
    return row


def apply_annulment(actor: Actor, annulment_pk: int, *, now: datetime) -> bool:
    """Records the result that stands in place of the misconduct. May run twice; False while texts wait for markers.

    Raises NotFound, ProposalDecided.
    """
    row = annulment_to_apply(annulment_pk)
    if row is None:
        raise NotFound
    if row.state != Annulment.State.APPROVED:
        raise ProposalDecided
    attempt = live_attempt(row.appeal.candidate, row.incident.sitting)
    if row.applied_at is not None:
        return True
    grading = None
    if row.effect == Annulment.Effect.SCORE and attempt is not None:
        grading = grade_attempt(actor, attempt.pk, reason=f"annulment {row.public_id}", now=now)
        if grading is None:
            return False
    with transaction.atomic():
        if not Annulment.objects.filter(pk=row.pk, applied_at=None).update(applied_at=now):
            return True
        if grading is not None and attempt is not None:
            settle_candidate(Attempt.objects.select_related("sitting").get(pk=attempt.pk), grading, now)
        else:
            _without_paper(row, now)
        audit(actor, "exams.annulment_applied", row.appeal, details=_said(row))
        _call_to_makeup(row.appeal.candidate)
    return True


def _put_back(actor: Actor, row: Annulment, now: datetime) -> None:
    """The candidate is as before the misconduct; a stopped paper counts again, where it is to be marked."""
    candidate = lock_candidate_row(row.appeal.candidate_id)
    candidate.state = restore_candidate(CandidateState(candidate.state))
    candidate.state_changed_at = now
    candidate.save(update_fields=["state", "state_changed_at"])
    if row.effect == Annulment.Effect.INVALID or live_attempt(candidate, row.incident.sitting) is not None:
        return
    stopped = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("paper")
        .filter(candidate=candidate, sitting=row.incident.sitting, state=AttemptState.VOID)
        .order_by("-pk")
        .first()
    )
    if stopped is not None:
        reinstate(actor, stopped)


def _without_paper(row: Annulment, now: datetime) -> None:
    """Invalid; or, where there never was a paper, what was recorded before the misconduct."""
    candidate = lock_candidate_row(row.appeal.candidate_id)
    before = result_before(row.appeal.result) if row.effect == Annulment.Effect.SCORE else None
    standing = Result(Outcome(before.outcome), before.score) if before else result_without_score(Outcome.INVALID)
    reason = f"annulment {row.public_id}"
    record_result(candidate, row.incident.sitting, standing, grading=None, reason=reason, now=now)
    show_standing(candidate, now)


def _call_to_makeup(candidate: Candidate) -> None:
    exam_round = candidate.round
    makeup = exam_round.sittings.filter(number=MAKEUP_SITTING).exclude(state=SittingState.CLOSED)
    if exam_round.state in {RoundState.GRADED, RoundState.PUBLISHED} and makeup.exists():
        enqueue("exams.create_makeup", round_id=exam_round.public_id)


def _said(row: Annulment) -> dict[str, object]:
    return {"annulment": row.public_id, "effect": row.effect, "incident": row.incident.public_id}
