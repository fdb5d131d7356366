"""Putting a snapshot forward: the first publication of a round, or a correction of it."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from core.actor import Actor
from core.audit import audit
from exams.models import Appeal, Round
from exams.queries import get_appeal_of_news, get_key_correction
from publications.domain.approval import NOTE_MOST, PROPOSAL_LIFETIME, has_expired, public_note
from publications.domain.snapshot import BuiltSnapshot, Correction, same_figures
from publications.errors import CorrectionUnchanged
from publications.models import Publication, Snapshot
from publications.queries.results import build_for_round
from publications.queries.snapshots import parsed
from publications.queries.staff import (
    lock_round_to_publish,
    next_version,
    publication_state,
    require_may_correct,
    require_may_propose,
)

EXPIRED_NOTE = "审批时限已过，系统自动退回"
REPLACED_NOTE = "又有新的更正，已并入其中"
APPEAL_NOTE = "经成绩复核更正"


@transaction.atomic
def propose_publication(actor: Actor, round_id: str, now: datetime) -> Publication:
    """Freezes the results as they stand into a snapshot and puts it forward for another person's approval (24 hours).

    Raises NotFound, NotAllowed, RoundNotReady, AlreadyProposed, AlreadyPublished, NothingToPublish, ResultsIncomplete,
    PrivateDatumFound; then nothing is written.
    """
    exam_round = lock_round_to_publish(actor, round_id)
    clear_expired(actor, exam_round, now)
    require_may_propose(actor, exam_round)
    version = next_version(exam_round)
    built = build_for_round(exam_round, version=version)
    return _put_forward(actor, exam_round, built, version=version, note="", now=now)


@transaction.atomic
def correct_publication(actor: Actor, round_id: str, *, note: str, now: datetime) -> Publication:
    """Puts a new version of published figures forward. `note` (5 to 500 characters) becomes public and dated.

    The published version stays public until the correction is approved, and downloadable afterwards. Raises also
    NothingToCorrect, CorrectionUnchanged, NoteMissing.
    """
    exam_round = lock_round_to_publish(actor, round_id)
    clear_expired(actor, exam_round, now)
    replaced = require_may_correct(actor, exam_round)
    text = public_note(note)
    correction = Correction(replaced.snapshot.version, replaced.snapshot.sha256, text)
    version = next_version(exam_round)
    built = build_for_round(exam_round, version=version, correction=correction)
    is_public = replaced.state == Publication.State.PUBLISHED
    if is_public and same_figures(parsed(built.content).content, parsed(replaced.snapshot.content).content):
        raise CorrectionUnchanged
    return _put_forward(actor, exam_round, built, version=version, note=text, now=now)


@transaction.atomic
def propose_after_key_correction(actor: Actor, correction_pk: int, *, now: datetime) -> Publication:
    """Puts a correction of the public figures forward after a key correction was applied; `actor` is the system.

    A proposal that the system made before is replaced, and its note kept: two corrections become one. Raises what
    `correct_publication` raises: NothingToCorrect before the first publication, CorrectionUnchanged when no line moved.
    """
    correction = get_key_correction(correction_pk)
    exam_round = lock_round_to_publish(actor, correction.round.public_id)
    known = _own_proposals(exam_round).filter(correction_note__contains=correction.public_note).first()
    return known or _correct_once_more(actor, exam_round, note=correction.public_note, now=now)


@transaction.atomic
def propose_after_appeal(actor: Actor, appeal_pk: int, *, now: datetime) -> Publication:
    """Puts a correction of the public figures forward after an appeal changed a score; `actor` is the system.

    The public note names nobody. Raises what `correct_publication` raises; CorrectionUnchanged for an appeal upheld.
    """
    appeal = get_appeal_of_news(appeal_pk)
    if appeal.state != Appeal.State.CHANGED:
        raise CorrectionUnchanged
    exam_round = lock_round_to_publish(actor, appeal.candidate.round.public_id)
    return _correct_once_more(actor, exam_round, note=APPEAL_NOTE, now=now)


def _own_proposals(exam_round: Round) -> QuerySet[Publication]:
    """Corrections that the system put forward and nobody decided."""
    own = exam_round.publications.filter(state=Publication.State.PROPOSED, proposed_by=None)
    return own.exclude(correction_note="").select_related("snapshot")


def _correct_once_more(actor: Actor, exam_round: Round, *, note: str, now: datetime) -> Publication:
    """A correction in the place of the system's earlier one, whose notes it keeps: two become one."""
    notes = [note]
    for row in _own_proposals(exam_round):
        notes = [one for one in row.correction_note.split("；") if one not in notes] + notes
        row.state, row.decided_at, row.decision_note = Publication.State.REFUSED, now, REPLACED_NOTE
        row.save(update_fields=["state", "decided_at", "decision_note"])
        audit(actor, "publications.replaced", row, details={"sha256": row.snapshot.sha256})
    return correct_publication(actor, exam_round.public_id, note="；".join(notes)[:NOTE_MOST], now=now)


def clear_expired(actor: Actor, exam_round: Round, now: datetime) -> None:
    """Returns a proposal whose time is over, so that a new one can be made. The caller holds the round's lock."""
    for row in exam_round.publications.filter(state=Publication.State.PROPOSED).select_related(
        "snapshot", "proposed_by"
    ):
        if has_expired(publication_state(row), now):
            row.state = Publication.State.REFUSED
            row.decided_at = now
            row.decision_note = EXPIRED_NOTE
            row.save(update_fields=["state", "decided_at", "decision_note"])
            audit(actor, "publications.expired", row, details={"sha256": row.snapshot.sha256})


def _put_forward(
    actor: Actor,
    exam_round: Round,
    built: BuiltSnapshot,
    *,
    version: int,
    note: str,
    now: datetime,
) -> Publication:
    snapshot = Snapshot.objects.create(
        round=exam_round,
        version=version,
        content=built.content,
        sha256=built.sha256,
        created_at=now,
    )
    row = Publication.objects.create(
        round=exam_round,
        snapshot=snapshot,
        correction_note=note,
        proposed_by_id=actor.user_id,
        proposed_at=now,
        expires_at=now + PROPOSAL_LIFETIME,
    )
    action = "publications.correction_proposed" if note else "publications.proposed"
    audit(actor, action, row, details={"sha256": built.sha256, "version": version}, reason=note)
    return row
