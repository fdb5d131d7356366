"""Handing in and closing: the attempt's last state, its answers folded once, the signed final receipt.

Close, commit, then grade: grading is a job that is enqueued here and runs afterwards (answers.md, Server 4).
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.canonical import canonical_sha256
from core.queue import enqueue
from exams.domain.journal import Entry, answer_hashes, differing_items, effective_answers, missing_seqs
from exams.domain.messages import Submit
from exams.domain.receipts import Handover, final_receipt
from exams.domain.states import AttemptState, CandidateState, move_candidate
from exams.errors import AnswersDiffer, MissingEvents, WritingElsewhere
from exams.events import attempt_finalised
from exams.models import Attempt, Candidate
from exams.queries.journal import entries_of, have_of, item_shapes_of, lease_of, lock_attempt

SIGNING_KID: Final = "s1"
_SHOWN_AS = {AttemptState.SUBMITTED: CandidateState.SUBMITTED, AttemptState.TIMED_OUT: CandidateState.TIMED_OUT}


@transaction.atomic
def submit_attempt(
    unsafe_attempt_id: str, message: Submit, *, actor: Callable[[Attempt], Actor], now: datetime
) -> Attempt:
    """Hands in. Refuses while anything is undelivered; a repeat, and a SUBMIT after the closing, give the same receipt.

    Raises MissingEvents (numbers), AnswersDiffer (items), WritingElsewhere (another device took over), AttemptNotFound.
    """
    attempt = lock_attempt(unsafe_attempt_id)
    if attempt.state != AttemptState.OPEN:
        return attempt
    lease = lease_of(attempt)
    if lease is None or (attempt.epoch, lease.cid) != (message.epoch, message.cid):
        raise WritingElsewhere
    entries = entries_of(attempt)
    _require_everything(attempt, message, entries)
    if now > attempt.deadline + timedelta(seconds=attempt.grace_seconds):
        # The sweeper was not quicker by chance only: over time is over time.
        finalise(actor(attempt), attempt, AttemptState.TIMED_OUT, finished_at=attempt.deadline)
    else:
        finalise(actor(attempt), attempt, AttemptState.SUBMITTED, finished_at=now, entries=entries)
    return attempt


def close_overdue_attempt(actor: Actor, attempt_pk: int, *, now: datetime) -> bool:
    """Closes one attempt whose time is over, with the deadline as its finish time; False when there is nothing to do.

    Claims the row (SKIP LOCKED where there is one): two machines may run this at once, and it may run twice.
    """
    with transaction.atomic():
        attempt = (
            Attempt.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("candidate__round", "sitting", "paper")
            .filter(pk=attempt_pk, state=AttemptState.OPEN)
            .first()
        )
        if attempt is None or now <= attempt.deadline + timedelta(seconds=attempt.grace_seconds):
            return False
        finalise(actor, attempt, AttemptState.TIMED_OUT, finished_at=attempt.deadline)
    return True


def finalise(
    actor: Actor,
    attempt: Attempt,
    state: AttemptState,
    *,
    finished_at: datetime,
    entries: Sequence[Entry] | None = None,
) -> None:
    """Writes the end of a locked attempt and of its candidate, and enqueues the grading.

    `entries` is its journal where the caller has read it under the same lock.
    """
    attempt.state, attempt.finished_at = state, finished_at
    _fold(attempt, finished_at, entries_of(attempt) if entries is None else entries)
    _move_candidate(attempt, _SHOWN_AS[state], now=finished_at)
    details = {"state": state, "events": attempt.next_sseq - 1, "answers": canonical_sha256(attempt.answers)}
    audit(actor, f"exams.attempt_{state}", attempt, details=details)
    enqueue("exams.grade_attempt", attempt_id=attempt.pk)
    transaction.on_commit(partial(attempt_finalised.send, sender=None, attempt_id=attempt.pk))


def refold(actor: Actor, attempt: Attempt) -> None:
    """Folds a closed and locked attempt anew after a decision about late answers, and grades it again if it changed."""
    before = canonical_sha256(attempt.answers)
    handed_in = attempt.finished_at if attempt.state == AttemptState.SUBMITTED else None
    _fold(attempt, handed_in or attempt.deadline, entries_of(attempt))
    after = canonical_sha256(attempt.answers)
    if after != before:
        audit(actor, "exams.attempt_refolded", attempt, details={"before": before, "after": after})
        enqueue("exams.grade_attempt", attempt_id=attempt.pk)


def reinstate(actor: Actor, attempt: Attempt) -> None:
    """A voided and locked attempt counts again, as of the moment at which it was stopped: what had arrived is kept."""
    stopped_at = attempt.finished_at or attempt.deadline
    attempt.state = AttemptState.TIMED_OUT
    _fold(attempt, stopped_at, entries_of(attempt))
    audit(actor, "exams.attempt_reinstated", attempt, details={"answers": canonical_sha256(attempt.answers)})


def _fold(attempt: Attempt, finished_at: datetime, entries: Sequence[Entry]) -> None:
    """Answers and final receipt from the journal as it stands."""
    attempt.answers = effective_answers(entries)
    attempt.finished_at = finished_at
    attempt.final_receipt = final_receipt(
        Handover(
            attempt=attempt.public_id,
            paper_sha256=attempt.paper.sha256,
            answers=answer_hashes(entries, item_shapes_of(attempt.public_id)),
            events=attempt.next_sseq - 1,
            head=attempt.head,
            state=attempt.state,
            submitted_at=finished_at,
        ),
        kid=SIGNING_KID,
        private_key=settings.SIGNING_KEY,
    )
    attempt.save(update_fields=["state", "finished_at", "answers", "final_receipt"])


def _move_candidate(attempt: Attempt, to: CandidateState, *, now: datetime) -> None:
    candidate = Candidate.objects.select_for_update().get(pk=attempt.candidate_id)
    candidate.state = move_candidate(CandidateState(candidate.state), to, sitting=candidate.sitting_number)
    candidate.state_changed_at = now
    candidate.save(update_fields=["state", "state_changed_at"])


def _require_everything(attempt: Attempt, message: Submit, entries: Sequence[Entry]) -> None:
    """The server must hold all that this client numbered, and the same answers that the candidate sees."""
    arrived = [
        seq
        for start, end in have_of(attempt).get(message.cid, [])
        for seq in range(start, min(end, message.last_seq) + 1)
    ]
    missing = missing_seqs(arrived, message.last_seq)
    if missing:
        raise MissingEvents(count=len(missing), missing=missing[:200])
    hashes = answer_hashes(entries, item_shapes_of(attempt.public_id))
    differing = differing_items(message.items, hashes)
    if differing:
        raise AnswersDiffer(count=len(differing), items=differing)
