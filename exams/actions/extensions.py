"""Extra time for one attempt or a whole sitting: asked for by one person, approved by another, effective at once."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from accounts.queries import identity_of_user
from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed, NotFound, SameApprover
from exams.actions.finalising import refold
from exams.domain.access import MOST_EXTENSION_MINUTES, check_extension, deadline_of
from exams.domain.states import AttemptState, CandidateState, SittingState, reopen_candidate
from exams.errors import ProposalDecided, ReasonMissing, SittingNotInState
from exams.models import Attempt, Candidate, Extension, PaperEntry, Sitting
from exams.policies import can_countersign, can_invigilate
from exams.queries.candidates import case_of, extra_seconds_of
from exams.queries.rounds import get_sitting, lock_sitting

LEAST_REASON, MOST_REASON = 2, 300
# How long the entry itself may take once both have read the same.
ENTRY_SECONDS = 120


@transaction.atomic
def request_extension(
    actor: Actor,
    unsafe_sitting_id: str,
    *,
    unsafe_attempt_id: str | None,
    minutes: int,
    reason: str,
    now: datetime,
) -> Extension:
    """Asks for extra time; without an attempt, for everybody in the sitting. It counts once another person approves.

    Raises NotFound, NotAllowed, ExtensionWrong, ReasonMissing, SittingNotInState.
    """
    sitting = get_sitting(actor, unsafe_sitting_id)
    if not can_invigilate(actor, sitting.round) or actor.user_id is None:
        raise NotAllowed
    if sitting.state != SittingState.OPEN:
        raise SittingNotInState(state=sitting.get_state_display())
    check_extension(minutes * 60)
    attempt = None
    if unsafe_attempt_id is not None:
        attempt = Attempt.objects.filter(sitting=sitting, public_id=unsafe_attempt_id).first()
        if attempt is None:
            raise NotFound
    extension = Extension.objects.create(
        sitting=sitting,
        attempt=attempt,
        seconds=minutes * 60,
        reason=_reason(reason),
        requested_by_id=actor.user_id,
        requested_at=now,
    )
    audit(actor, "exams.extension_requested", extension, details=_details(extension), reason=extension.reason)
    return extension


@transaction.atomic
def approve_extension(actor: Actor, unsafe_extension_id: str, *, now: datetime) -> Extension:
    """Approves and applies extra time: open attempts get a later deadline, overdue ones are opened again.

    Attempts that stay closed are folded anew, because late answers may now be in time. Raises NotFound, NotAllowed,
    SameApprover, ProposalDecided.
    """
    extension = _lock_extension(actor, unsafe_extension_id)
    sitting = extension.sitting
    if not can_countersign(actor, sitting.round) or actor.user_id is None:
        raise NotAllowed
    if extension.approved_at is not None:
        raise ProposalDecided
    if identity_of_user(extension.requested_by) == actor.identity():
        raise SameApprover
    extension.approved_by_id, extension.approved_at = actor.user_id, now
    extension.save(update_fields=["approved_by", "approved_at"])
    audit(actor, "exams.extension_approved", extension, details=_details(extension))
    concerned = Q(pk=extension.attempt_id) if extension.attempt_id else Q(sitting=sitting)
    attempts = Attempt.objects.select_for_update(of=("self",)).select_related("candidate__round", "sitting", "paper")
    live = attempts.filter(concerned, state__in=[AttemptState.OPEN, AttemptState.TIMED_OUT]).order_by("pk")
    for attempt in live:
        _prolong(actor, attempt, sitting, now=now)
    return extension


def cover_paper_entry(actor: Actor, attempt: Attempt, first: PaperEntry, *, now: datetime) -> None:
    """Extra time for an attempt on paper whose sheet is entered after its deadline; the two who entered it answer for it.

    Part of the caller's transaction. Raises SittingNotInState once the sitting is closed, NotAllowed.
    """
    if now <= attempt.deadline and attempt.state == AttemptState.OPEN:
        return
    if first.entered_by_id is None or actor.user_id is None:
        raise NotAllowed
    sitting = lock_sitting(actor, attempt.sitting.public_id)
    if sitting.state != SittingState.OPEN:
        raise SittingNotInState(state=sitting.get_state_display())
    missing = int((now - attempt.deadline).total_seconds()) + ENTRY_SECONDS
    extension = Extension.objects.create(
        sitting=sitting,
        attempt=attempt,
        seconds=min(missing, MOST_EXTENSION_MINUTES * 60 * 2),
        reason=gettext("纸质答卷由两人录入"),
        requested_by_id=first.entered_by_id,
        requested_at=first.entered_at,
        approved_by_id=actor.user_id,
        approved_at=now,
    )
    audit(actor, "exams.extension_approved", extension, details=_details(extension))
    locked = Attempt.objects.select_for_update(of=("self",)).select_related("candidate__round", "sitting", "paper")
    _prolong(actor, locked.get(pk=attempt.pk), sitting, now=now)


def _prolong(actor: Actor, attempt: Attempt, sitting: Sitting, *, now: datetime) -> None:
    extra = extra_seconds_of(sitting, attempt)
    case = case_of(attempt.candidate, sitting, attempt, extra_seconds=extra)
    attempt.deadline = deadline_of(case, opened_at=attempt.opened_at)
    attempt.save(update_fields=["deadline"])
    if attempt.state == AttemptState.OPEN:
        return
    if now < attempt.deadline and sitting.state == SittingState.OPEN:
        _reopen(attempt, now)
        audit(actor, "exams.attempt_reopened", attempt, details={"deadline": attempt.deadline})
    else:
        refold(actor, attempt)


def _reopen(attempt: Attempt, now: datetime) -> None:
    attempt.state, attempt.finished_at, attempt.graded_at = AttemptState.OPEN, None, None
    attempt.final_receipt, attempt.answers = "", {}
    attempt.save(update_fields=["state", "finished_at", "graded_at", "final_receipt", "answers"])
    candidate = Candidate.objects.select_for_update().get(pk=attempt.candidate_id)
    candidate.state = reopen_candidate(CandidateState(candidate.state))
    candidate.state_changed_at = now
    candidate.save(update_fields=["state", "state_changed_at"])


def _lock_extension(actor: Actor, unsafe_extension_id: str) -> Extension:
    # The sitting is locked first: it is the aggregate root, and nobody opens or closes it meanwhile.
    found = Extension.objects.select_related("sitting").filter(public_id=unsafe_extension_id).first()
    if found is None:
        raise NotFound
    sitting = lock_sitting(actor, found.sitting.public_id)
    locked = Extension.objects.select_for_update(of=("self",)).select_related("requested_by__person").get(pk=found.pk)
    locked.sitting = sitting
    return locked


def _reason(reason: str) -> str:
    text = reason.strip()
    if not LEAST_REASON <= len(text) <= MOST_REASON:
        raise ReasonMissing
    return text


def _details(extension: Extension) -> dict[str, object]:
    return {
        "seconds": extension.seconds,
        "sitting": extension.sitting.public_id,
        "attempt": extension.attempt.public_id if extension.attempt else None,
    }
