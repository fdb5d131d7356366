"""Four eyes over a snapshot: approval is bound to its hash, and does not wait for ever (house_style section 2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import SameApprover
from publications.errors import NoteMissing, NotProposed, ProposalExpired, SnapshotChanged

# security.md section 4: an approval expires in 24 hours.
PROPOSAL_LIFETIME = timedelta(hours=24)
NOTE_LEAST, NOTE_MOST = 5, 500
PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class PublicationState:
    """What the decision depends on. `proposed_by` is the identity of a person, not of an account."""

    state: str
    proposed_by: str
    snapshot_sha256: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved which bytes, and when."""

    approver: str
    snapshot_sha256: str
    at: datetime


def approve(publication: PublicationState, *, approver: str, snapshot_sha256: str, now: datetime) -> Approval:
    """The second pair of eyes: refuses the proposer, a snapshot changed since, a proposal too old.

    `snapshot_sha256` is what the approver was shown. Raises NotProposed, SameApprover, SnapshotChanged, ProposalExpired.
    """
    _require_proposed(publication)
    if publication.proposed_by == approver:
        raise SameApprover
    if publication.snapshot_sha256 != snapshot_sha256:
        raise SnapshotChanged(proposed=publication.snapshot_sha256)
    if now > publication.expires_at:
        raise ProposalExpired(expired_at=publication.expires_at.strftime("%Y-%m-%d %H:%M"))
    return Approval(approver, snapshot_sha256, now)


def refuse(publication: PublicationState, *, note: str) -> str:
    """The cleaned note. Anybody who may decide may refuse, the proposer too: taking back one's own is no risk."""
    _require_proposed(publication)
    return public_note(note)


def has_expired(publication: PublicationState, now: datetime) -> bool:
    """Whether the proposal only waits to be cleared away."""
    return publication.state == PROPOSED and now > publication.expires_at


def public_note(note: str) -> str:
    """A note that readers of the public page understand: raises NoteMissing when empty, too short or too long."""
    text = " ".join(note.split())
    if not NOTE_LEAST <= len(text) <= NOTE_MOST:
        raise NoteMissing(least=NOTE_LEAST, most=NOTE_MOST)
    return text


def _require_proposed(publication: PublicationState) -> None:
    if publication.state != PROPOSED:
        raise NotProposed
