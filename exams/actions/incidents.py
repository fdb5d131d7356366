"""What invigilators record: notes with their evidence, and misconduct that a second person signs."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.queries import identity_of_user
from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed, NotFound, SameApprover
from exams.actions.files import StoredFile, Upload, stored_files
from exams.actions.results import record_result
from exams.domain.results import Outcome, result_without_score
from exams.domain.states import AttemptState, CandidateState, move_candidate
from exams.errors import ProposalDecided, ReasonMissing
from exams.models import Candidate, Incident, IncidentFile, Sitting
from exams.policies import can_countersign, can_invigilate, is_own_candidacy
from exams.queries.candidates import get_candidate, live_attempt, lock_candidate

RECORDED_KINDS = (Incident.Kind.NOTE, Incident.Kind.MISCONDUCT)


def record_incident(
    actor: Actor,
    unsafe_candidate_id: str,
    *,
    kind: Incident.Kind,
    description: str,
    files: Sequence[Upload] = (),
    now: datetime,
) -> Incident:
    """Writes down what was seen, with its evidence. A misconduct changes nothing yet.

    Raises NotFound, NotAllowed, ReasonMissing, and what `stored_files` refuses.
    """
    candidate = get_candidate(actor, unsafe_candidate_id)
    if not can_invigilate(actor, candidate.round) or is_own_candidacy(actor, candidate) or actor.user_id is None:
        raise NotAllowed
    if kind not in RECORDED_KINDS or not 2 <= len(description.strip()) <= 500:
        raise ReasonMissing
    with stored_files(files) as kept, transaction.atomic():
        incident = Incident.objects.create(
            candidate=candidate,
            sitting=_sitting(candidate),
            kind=kind,
            description=description.strip(),
            recorded_by_id=actor.user_id,
            recorded_at=now,
        )
        IncidentFile.objects.bulk_create(_row(actor, incident, one, now=now) for one in kept)
        hashes = {"files": [one.sha256 for one in kept]} if kept else {}
        audit(actor, f"exams.{kind}_recorded", candidate, details={"incident": incident.public_id, **hashes})
    return incident


@transaction.atomic
def sign_misconduct(actor: Actor, unsafe_incident_id: str, *, now: datetime) -> Incident:
    """The second signature: the candidate's sitting counts as misconduct, an open attempt is voided; answers stay.

    Raises NotFound, NotAllowed, SameApprover, ProposalDecided, CandidateNotInState.
    """
    incident = (
        Incident.objects.select_related("candidate", "sitting", "recorded_by__person")
        .filter(public_id=unsafe_incident_id, kind=Incident.Kind.MISCONDUCT)
        .first()
    )
    if incident is None or incident.recorded_by is None:
        raise NotFound
    candidate = lock_candidate(actor, incident.candidate.public_id)
    if not can_countersign(actor, candidate.round) or is_own_candidacy(actor, candidate):
        raise NotAllowed
    if identity_of_user(incident.recorded_by) == actor.identity():
        raise SameApprover
    signed = Incident.objects.filter(pk=incident.pk, signed_at=None).update(signed_by=actor.user_id, signed_at=now)
    if not signed:
        raise ProposalDecided
    candidate.state = move_candidate(CandidateState(candidate.state), CandidateState.MISCONDUCT)
    candidate.state_changed_at, candidate.score = now, None
    candidate.save(update_fields=["state", "state_changed_at", "score"])
    attempt = live_attempt(candidate, incident.sitting)
    if attempt is not None and attempt.state == AttemptState.OPEN:
        attempt.state, attempt.finished_at = AttemptState.VOID, now
        attempt.save(update_fields=["state", "finished_at"])
    standing = result_without_score(Outcome.MISCONDUCT)
    record_result(candidate, incident.sitting, standing, grading=None, reason="misconduct signed by two", now=now)
    audit(actor, "exams.misconduct_signed", candidate, details={"incident": incident.public_id})
    incident.refresh_from_db()
    return incident


def _row(actor: Actor, incident: Incident, one: StoredFile, *, now: datetime) -> IncidentFile:
    return IncidentFile(
        incident=incident,
        file_name=one.file.name,
        stored_name=one.stored_name,
        content_type=one.file.type.content_type,
        size_bytes=len(one.file.content),
        sha256=one.sha256,
        uploaded_by_id=actor.user_id,
        uploaded_at=now,
    )


def _sitting(candidate: Candidate) -> Sitting:
    return Sitting.objects.get(round_id=candidate.round_id, number=candidate.sitting_number)
