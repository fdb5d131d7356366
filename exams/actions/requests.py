"""缓考 and 便利安排: asked for by the candidate or for them, decided by somebody else, every step on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.queries import identity_of_user
from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed
from draws.actions import decide_replacement, request_replacement
from exams.actions.files import StoredFile, Upload, stored_files
from exams.domain.requests import (
    MAY_ASK,
    RequestState,
    Wish,
    check_deferral,
    check_second_person,
    check_wish,
    clean_reason,
    move_request,
)
from exams.domain.states import CANDIDATE_LABELS, CandidateState, SittingState, move_candidate
from exams.errors import CandidateNotInState, DeferralTooLate, ProposalDecided
from exams.models import Accommodation, Candidate, Deferral, DeferralFile
from exams.policies import can_decide_requests, can_run_round, is_own_candidacy
from exams.queries.candidates import get_candidate, live_attempt, lock_candidate
from exams.queries.requests import due_sitting, lock_accommodation, lock_deferral
from notices.actions import notify


@dataclass(frozen=True, slots=True)
class DeferralDraft:
    """Why somebody cannot come, and what shows it."""

    ground: Deferral.Ground
    reason: str
    evidence: str
    files: Sequence[Upload] = ()


def request_deferral(actor: Actor, unsafe_candidate_id: str, draft: DeferralDraft, *, now: datetime) -> Deferral:
    """Asks for leave before the doors open; the candidate, or the regulator for them.

    Raises NotFound, NotAllowed, CandidateNotInState, DeferralTooLate, ReasonLengthWrong, ProposalDecided, and what
    `stored_files` refuses.
    """
    get_candidate(actor, unsafe_candidate_id)
    with stored_files(draft.files) as kept, transaction.atomic():
        row = _ask_for_leave(actor, unsafe_candidate_id, draft, now=now)
        DeferralFile.objects.bulk_create(_file_row(row, one, now=now) for one in kept)
        details = {"ground": row.ground, "files": [one.sha256 for one in kept]}
        audit(actor, "exams.deferral_requested", row, details=details, reason=row.reason)
    return row


@transaction.atomic
def recommend_deferral(actor: Actor, unsafe_deferral_id: str, *, now: datetime) -> Deferral:
    """The evidence was seen: the draw is asked to excuse the person, and a second person decides.

    Raises NotFound, NotAllowed, SameApprover, ProposalDecided, CandidateNotInState, DeferralTooLate, and what the draw
    refuses.
    """
    row = lock_deferral(actor, unsafe_deferral_id)
    candidate = row.candidate
    if not can_run_round(actor, candidate.round) or is_own_candidacy(actor, candidate):
        raise NotAllowed
    check_second_person(actor.identity(), *_own_identity(row))
    _check_time(candidate, now)
    row.state = move_request(RequestState(row.state), RequestState.RECOMMENDED)
    row.recommended_by_id, row.recommended_at = actor.user_id, now
    if candidate.round.draw is not None:
        row.replacement = request_replacement(
            actor,
            candidate.round.draw.public_id,
            pid=candidate.pid,
            reason_code=row.ground,
            reason=row.reason,
            evidence=row.evidence,
            now=now,
        )
    row.save(update_fields=["state", "recommended_by", "recommended_at", "replacement"])
    audit(actor, "exams.deferral_recommended", row, details={"ground": row.ground})
    return row


@transaction.atomic
def decide_deferral(actor: Actor, unsafe_deferral_id: str, *, grant: bool, note: str, now: datetime) -> Deferral:
    """Grants or refuses. Granting needs the check of another person before; the next reserve then takes the place.

    Raises NotFound, NotAllowed, SameApprover, ProposalDecided, CandidateNotInState, DeferralTooLate, ReasonLengthWrong.
    """
    row = lock_deferral(actor, unsafe_deferral_id)
    candidate = row.candidate
    if not can_decide_requests(actor, candidate.round) or is_own_candidacy(actor, candidate):
        raise NotAllowed
    check_second_person(actor.identity(), *_own_identity(row), *_recommender(row))
    if grant and row.state != Deferral.State.RECOMMENDED:
        raise ProposalDecided
    row.state = move_request(RequestState(row.state), RequestState.GRANTED if grant else RequestState.REFUSED)
    row.decision_note = clean_reason(note)
    row.decided_by_id, row.decided_at = actor.user_id, now
    row.save(update_fields=["state", "decision_note", "decided_by", "decided_at"])
    audit(actor, f"exams.deferral_{row.state}", row, reason=row.decision_note)
    if grant:
        _check_time(candidate, now)
        candidate.state = move_candidate(CandidateState(candidate.state), CandidateState.DEFERRED)
        candidate.state_changed_at = now
        candidate.save(update_fields=["state", "state_changed_at"])
    if row.replacement is not None:
        decide_replacement(actor, row.replacement.public_id, approve=grant, now=now)
    _tell(actor, candidate, row, title=_("缓考申请：{state}").format(state=row.get_state_display()), now=now)
    return row


@transaction.atomic
def withdraw_deferral(actor: Actor, unsafe_deferral_id: str, *, now: datetime) -> Deferral:
    """Whoever asked takes it back, before anybody looked. Raises NotFound, NotAllowed, ProposalDecided."""
    row = lock_deferral(actor, unsafe_deferral_id)
    if row.requested_by_id != actor.user_id:
        raise NotAllowed
    if row.state != Deferral.State.REQUESTED:
        raise ProposalDecided
    row.state = move_request(RequestState(row.state), RequestState.WITHDRAWN)
    row.save(update_fields=["state"])
    audit(actor, "exams.deferral_withdrawn", row)
    return row


@transaction.atomic
def request_accommodation(
    actor: Actor, unsafe_candidate_id: str, wish: Wish, *, reason: str, now: datetime
) -> Accommodation:
    """Asks for extra time, larger print, read-aloud or another language before the exam is begun.

    Raises NotFound, NotAllowed, CandidateNotInState, AccommodationEmpty, ReasonLengthWrong, ProposalDecided.
    """
    candidate = _lock_to_ask(actor, unsafe_candidate_id)
    _check_not_begun(candidate)
    check_wish(wish)
    if candidate.accommodations.filter(state=Accommodation.State.REQUESTED).exists():
        raise ProposalDecided
    row = Accommodation.objects.create(
        candidate=candidate,
        extra_minutes=wish.extra_minutes,
        large_print=wish.large_print,
        read_aloud=wish.read_aloud,
        language=wish.language,
        reason=clean_reason(reason),
        requested_by_id=_user(actor),
        requested_at=now,
    )
    audit(actor, "exams.accommodation_requested", row, details=_given(row), reason=row.reason)
    return row


@transaction.atomic
def decide_accommodation(
    actor: Actor, unsafe_accommodation_id: str, *, grant: bool, note: str, now: datetime
) -> Accommodation:
    """Another person decides; what is granted counts from the next start. The newest granted request counts.

    Raises NotFound, NotAllowed, SameApprover, ProposalDecided, CandidateNotInState, ReasonLengthWrong.
    """
    row = lock_accommodation(actor, unsafe_accommodation_id)
    if not can_decide_requests(actor, row.candidate.round) or is_own_candidacy(actor, row.candidate):
        raise NotAllowed
    check_second_person(actor.identity(), identity_of_user(row.requested_by))
    row.state = move_request(RequestState(row.state), RequestState.GRANTED if grant else RequestState.REFUSED)
    if grant:
        _check_not_begun(row.candidate)
    row.decision_note = clean_reason(note)
    row.decided_by_id, row.decided_at = actor.user_id, now
    row.save(update_fields=["state", "decision_note", "decided_by", "decided_at"])
    audit(actor, f"exams.accommodation_{row.state}", row, details=_given(row), reason=row.decision_note)
    _tell(actor, row.candidate, row, title=_("便利安排：{state}").format(state=row.get_state_display()), now=now)
    return row


@transaction.atomic
def withdraw_accommodation(actor: Actor, unsafe_accommodation_id: str, *, now: datetime) -> Accommodation:
    """Whoever asked takes it back. Raises NotFound, NotAllowed, ProposalDecided."""
    row = lock_accommodation(actor, unsafe_accommodation_id)
    if row.requested_by_id != actor.user_id:
        raise NotAllowed
    row.state = move_request(RequestState(row.state), RequestState.WITHDRAWN)
    row.save(update_fields=["state"])
    audit(actor, "exams.accommodation_withdrawn", row)
    return row


def _ask_for_leave(actor: Actor, unsafe_candidate_id: str, draft: DeferralDraft, *, now: datetime) -> Deferral:
    candidate = _lock_to_ask(actor, unsafe_candidate_id)
    _check_time(candidate, now)
    if candidate.deferrals.filter(state__in=[Deferral.State.REQUESTED, Deferral.State.RECOMMENDED]).exists():
        raise ProposalDecided
    return Deferral.objects.create(
        candidate=candidate,
        ground=draft.ground,
        reason=clean_reason(draft.reason),
        evidence=clean_reason(draft.evidence)[:200],
        requested_by_id=_user(actor),
        requested_at=now,
    )


def _file_row(row: Deferral, one: StoredFile, *, now: datetime) -> DeferralFile:
    return DeferralFile(
        deferral=row,
        file_name=one.file.name,
        stored_name=one.stored_name,
        content_type=one.file.type.content_type,
        size_bytes=len(one.file.content),
        sha256=one.sha256,
        uploaded_at=now,
    )


def _lock_to_ask(actor: Actor, unsafe_candidate_id: str) -> Candidate:
    candidate = lock_candidate(actor, unsafe_candidate_id)
    if not (is_own_candidacy(actor, candidate) or can_run_round(actor, candidate.round)):
        raise NotAllowed
    return candidate


def _user(actor: Actor) -> int:
    if actor.user_id is None:
        raise NotAllowed
    return actor.user_id


def _check_time(candidate: Candidate, now: datetime) -> None:
    sitting = due_sitting(candidate)
    state = CandidateState(candidate.state)
    if candidate.sitting_number > 1:
        raise DeferralTooLate
    check_deferral(state, sitting=SittingState(sitting.state), opens_at=sitting.opens_at, now=now)


def _check_not_begun(candidate: Candidate) -> None:
    state = CandidateState(candidate.state)
    if state not in MAY_ASK or live_attempt(candidate, due_sitting(candidate)) is not None:
        raise CandidateNotInState(state=CANDIDATE_LABELS[state])


def _own_identity(row: Deferral) -> list[str]:
    return [identity_of_user(row.requested_by)]


def _recommender(row: Deferral) -> list[str]:
    return [identity_of_user(row.recommended_by)] if row.recommended_by else []


def _given(row: Accommodation) -> dict[str, object]:
    return {
        "extra_minutes": row.extra_minutes,
        "large_print": row.large_print,
        "read_aloud": row.read_aloud,
        "language": row.language,
    }


def _tell(actor: Actor, candidate: Candidate, row: Deferral | Accommodation, *, title: str, now: datetime) -> None:
    notify(
        actor,
        people=[candidate.person],
        kind=f"exams.{row._meta.model_name}",
        dedupe=f"exams.request:{row.public_id}:{row.state}",
        title=title,
        body=row.decision_note,
        link=f"/my/exams/{candidate.public_id}/",
        now=now,
    )
