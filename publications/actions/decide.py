"""The second person's decision, and taking back what is public."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from core.actor import Actor, system_actor
from core.audit import audit
from core.errors import NotAllowed
from core.public_log import append_leaf
from core.queue import enqueue
from exams.actions import mark_published
from exams.models import RoundState
from publications.domain.approval import approve, public_note, refuse
from publications.domain.deadlines import names_until
from publications.domain.snapshot import Correction
from publications.errors import NotPublished, SnapshotChanged
from publications.models import Publication
from publications.policies import can_decide, can_propose
from publications.queries.results import build_for_round, names_shown_days
from publications.queries.staff import last_public_of, lock_publication, publication_state


@transaction.atomic
def approve_publication(actor: Actor, publication_id: str, *, snapshot_sha256: str, now: datetime) -> Publication:
    """Makes the snapshot public at `now`. `snapshot_sha256` is what the approver was shown.

    Raises NotFound, NotAllowed, NotProposed, SameApprover, ProposalExpired, and SnapshotChanged when the results
    are not any more those of the snapshot.
    """
    row = lock_publication(actor, publication_id)
    if not can_decide(actor, row):
        raise NotAllowed
    approval = approve(publication_state(row), approver=actor.identity(), snapshot_sha256=snapshot_sha256, now=now)
    _require_unchanged(row)
    before = last_public_of(row.round)
    if before is not None and before.state == Publication.State.PUBLISHED:
        before.state = Publication.State.SUPERSEDED
        before.save(update_fields=["state"])
    row.state = Publication.State.PUBLISHED
    row.decided_by_id = actor.user_id
    row.decided_at = approval.at
    # A correction does not prolong the time that names are shown.
    row.names_until = (before.names_until if before else None) or names_until(
        timezone.localdate(now),
        days=names_shown_days(row.round.authority),
    )
    row.save(update_fields=["state", "decided_by", "decided_at", "names_until"])
    audit(
        actor,
        "publications.approved",
        row,
        details={"sha256": approval.snapshot_sha256, "version": row.snapshot.version, "names_until": row.names_until},
    )
    kind = "scores.corrected" if before else "scores.published"
    append_leaf(kind, {**_said(row), "replaces": before and before.snapshot.sha256}, now=now)
    _tell_those_below(row, now)
    return row


@transaction.atomic
def refuse_publication(actor: Actor, publication_id: str, *, note: str, now: datetime) -> Publication:
    """Sends the proposal back with a reason (5 to 500 characters). Raises NotFound, NotAllowed, NotProposed, NoteMissing."""
    row = lock_publication(actor, publication_id)
    if not can_decide(actor, row):
        raise NotAllowed
    row.decision_note = refuse(publication_state(row), note=note)
    row.state = Publication.State.REFUSED
    row.decided_by_id = actor.user_id
    row.decided_at = now
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    audit(actor, "publications.refused", row, details={"sha256": row.snapshot.sha256}, reason=row.decision_note)
    return row


@transaction.atomic
def withdraw_publication(actor: Actor, publication_id: str, *, note: str, now: datetime) -> Publication:
    """Takes the figures off the public page at once; the page then says that, when and why.

    One person is enough, because it protects: publishing again needs two. Raises NotFound, NotAllowed, NotPublished,
    NoteMissing.
    """
    row = lock_publication(actor, publication_id)
    if not can_propose(actor, row.round):
        raise NotAllowed
    if row.state != Publication.State.PUBLISHED:
        raise NotPublished
    row.decision_note = public_note(note)
    row.state = Publication.State.WITHDRAWN
    row.withdrawn_at = now
    row.save(update_fields=["state", "withdrawn_at", "decision_note"])
    audit(actor, "publications.withdrawn", row, details={"sha256": row.snapshot.sha256}, reason=row.decision_note)
    append_leaf("scores.withdrawn", _said(row), now=now)
    return row


def _said(row: Publication) -> dict[str, object]:
    """What the public log says of a publication: which round, which version, which hash."""
    return {
        "authority": row.round.authority.code,
        "round": row.round.code,
        "sha256": row.snapshot.sha256,
        "version": row.snapshot.version,
    }


def _require_unchanged(row: Publication) -> None:
    replaced = last_public_of(row.round)
    correction = (
        Correction(replaced.snapshot.version, replaced.snapshot.sha256, row.correction_note)
        if row.correction_note and replaced
        else None
    )
    rebuilt = build_for_round(row.round, version=row.snapshot.version, correction=correction)
    if rebuilt.sha256 != row.snapshot.sha256:
        raise SnapshotChanged(proposed=row.snapshot.sha256)


def _tell_those_below(row: Publication, now: datetime) -> None:
    if row.round.state == RoundState.GRADED:
        mark_published(system_actor("publications.approve"), row.round.public_id, now=now)
    else:
        # A correction can make and unmake passers; the first publication tells certificates by the round's event.
        enqueue("certificates.issue_for_round", round_id=row.round_id)
