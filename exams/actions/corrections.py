"""答案更正: proposed with its dry run, approved by another person for exactly that, applied by grading again.

No grading and no result is rewritten: each paper that asked the item gets further rows with their reason.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed, NotFound
from core.public_log import append_leaf
from core.queue import enqueue
from exams.actions.results import grade_attempt
from exams.domain.corrections import PROPOSAL_LIFETIME, Difference, check_amendment, check_approval, clean_note
from exams.domain.grading import NEEDS_KEY, Amendment, Policy
from exams.domain.items import read_new_key
from exams.domain.states import ROUND_LABELS, RoundState, SittingState
from exams.errors import CorrectionPending, ProposalDecided, RoundNotInState
from exams.events import key_corrected
from exams.models import KeyCorrection, Round
from exams.policies import can_decide_correction, can_propose_correction
from exams.queries.corrections import (
    amendment_of,
    content_of_item,
    dry_run,
    lock_correction,
    papers_asking,
    proposal_facts,
)
from exams.queries.rounds import get_round, lock_round

_CORRECTABLE = frozenset({RoundState.CLOSED, RoundState.GRADED, RoundState.PUBLISHED})


@dataclass(frozen=True, slots=True)
class CorrectionDraft:
    """What a reviewer proposes. `key_text` as people write keys (`B`, `A、C`, `正确`), where the policy needs one."""

    ref: str
    policy: Policy
    key_text: str
    reason: str
    public_note: str


def preview_key_correction(actor: Actor, unsafe_round_id: str, draft: CorrectionDraft) -> Difference:
    """What the correction would do; writes nothing. Raises what `propose_key_correction` raises."""
    return _difference(actor, get_round(actor, unsafe_round_id), draft)


@transaction.atomic
def propose_key_correction(
    actor: Actor, unsafe_round_id: str, draft: CorrectionDraft, *, now: datetime
) -> KeyCorrection:
    """Puts a correction with its dry run forward for another person's approval (24 hours). Changes no score.

    Raises NotFound, NotAllowed, RoundNotInState, ItemNotInRound, KeyNotUnderstood, ReasonLengthWrong, CorrectionPending.
    """
    exam_round = lock_round(actor, unsafe_round_id)
    difference = _difference(actor, exam_round, draft)
    waiting = KeyCorrection.objects.filter(round=exam_round, ref=draft.ref, state=KeyCorrection.State.PROPOSED)
    if waiting.exists():
        raise CorrectionPending
    row = KeyCorrection.objects.create(
        round=exam_round,
        ref=draft.ref,
        policy=draft.policy,
        key=difference.amendment.key,
        key_text=draft.key_text.strip()[:200] if draft.policy in NEEDS_KEY else "",
        reason=clean_note(draft.reason),
        public_note=clean_note(draft.public_note),
        difference=difference.text,
        difference_sha256=difference.sha256,
        proposed_by_id=actor.user_id,
        proposed_at=now,
        expires_at=now + PROPOSAL_LIFETIME,
    )
    audit(actor, "exams.key_correction_proposed", row, details=_details(row, difference), reason=row.reason)
    return row


@transaction.atomic
def approve_key_correction(
    actor: Actor, unsafe_correction_id: str, *, difference_sha256: str, now: datetime
) -> KeyCorrection:
    """Approves exactly the dry run that was shown; it is computed anew, and the regrading is enqueued.

    Raises NotFound, NotAllowed, ProposalDecided, SameApprover, CorrectionExpired, CorrectionChanged, RoundNotInState.
    """
    row = lock_correction(actor, unsafe_correction_id)
    if not can_decide_correction(actor, row.round):
        raise NotAllowed
    _require_correctable(row.round)
    difference = dry_run(row.round, amendment_of(row))
    check_approval(
        proposal_facts(row),
        approver=actor.identity(),
        shown_sha256=difference_sha256,
        fresh_sha256=difference.sha256,
        now=now,
    )
    row.state, row.decided_by_id, row.decided_at = KeyCorrection.State.APPROVED, actor.user_id, now
    row.save(update_fields=["state", "decided_by", "decided_at"])
    audit(actor, "exams.key_correction_approved", row, details=_details(row, difference))
    said = {"authority": row.round.authority.code, "round": row.round.code, "policy": row.policy}
    append_leaf("key.corrected", {**said, "sha256": row.difference_sha256, "changed": difference.changed}, now=now)
    enqueue("exams.apply_key_correction", correction_id=row.pk)
    return row


@transaction.atomic
def refuse_key_correction(actor: Actor, unsafe_correction_id: str, *, note: str, now: datetime) -> KeyCorrection:
    """Sends a proposal back with a reason; the proposer may take back their own. Raises NotAllowed, ProposalDecided."""
    row = lock_correction(actor, unsafe_correction_id)
    if not can_decide_correction(actor, row.round):
        raise NotAllowed
    if row.state != KeyCorrection.State.PROPOSED:
        raise ProposalDecided
    row.decision_note = clean_note(note)
    row.state, row.decided_by_id, row.decided_at = KeyCorrection.State.REFUSED, actor.user_id, now
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    audit(actor, "exams.key_correction_refused", row, reason=row.decision_note)
    return row


def apply_key_correction(actor: Actor, correction_pk: int, *, now: datetime) -> int:
    """Grades every paper that asked the item again, each in a transaction of its own; returns how many were looked at.

    May run twice: a paper already graded on this key gets nothing new. Raises NotFound, ProposalDecided.
    """
    row = KeyCorrection.objects.select_related("round").filter(pk=correction_pk).first()
    if row is None:
        raise NotFound
    if row.state != KeyCorrection.State.APPROVED:
        raise ProposalDecided
    attempts = papers_asking(row.round, row.ref)
    for attempt in attempts:
        grade_attempt(actor, attempt.pk, reason=f"key correction {row.public_id}", now=now)
    _finish(actor, row, papers=len(attempts), now=now)
    return len(attempts)


@transaction.atomic
def _finish(actor: Actor, row: KeyCorrection, *, papers: int, now: datetime) -> None:
    done = KeyCorrection.objects.filter(pk=row.pk, applied_at=None).update(applied_at=now)
    if not done:
        return
    audit(actor, "exams.key_correction_applied", row, details={"papers": papers})
    makeup = row.round.sittings.filter(number=2).exclude(state=SittingState.CLOSED)
    if row.round.state in {RoundState.GRADED, RoundState.PUBLISHED} and makeup.exists():
        # Whoever failed only now is called to the makeup as everybody else was.
        enqueue("exams.create_makeup", round_id=row.round.public_id)
    if row.round.state in {RoundState.GRADED, RoundState.PUBLISHED}:
        # The item statistics follow the new marks; before that they are not made yet.
        enqueue("exams.hand_down_responses", round_id=row.round_id)
    transaction.on_commit(partial(key_corrected.send, sender=None, correction_id=row.pk))


def _difference(actor: Actor, exam_round: Round, draft: CorrectionDraft) -> Difference:
    if not can_propose_correction(actor, exam_round):
        raise NotAllowed
    _require_correctable(exam_round)
    content = content_of_item(exam_round, draft.ref)
    key = read_new_key(content, draft.key_text) if draft.policy in NEEDS_KEY else None
    amendment = Amendment(draft.ref, draft.policy, key)
    check_amendment(amendment)
    return dry_run(exam_round, amendment)


def _require_correctable(exam_round: Round) -> None:
    if exam_round.state not in _CORRECTABLE:
        state = ROUND_LABELS[RoundState(exam_round.state)]
        raise RoundNotInState(state=state, needed=ROUND_LABELS[RoundState.GRADED])


def _details(row: KeyCorrection, difference: Difference) -> dict[str, object]:
    return {
        "ref": row.ref,
        "policy": row.policy,
        "sha256": row.difference_sha256,
        "papers": len(difference.lines),
        "changed": difference.changed,
        "ups": difference.ups,
        "downs": difference.downs,
    }
