"""Publications as the staff of an authority sees them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.queries import identity_of_user
from core.actor import REGULATOR, Actor
from core.errors import NotAllowed, NotFound
from exams.models import Result, Round, RoundState, Sitting
from publications.domain.approval import PublicationState
from publications.domain.comparison import Difference, difference
from publications.domain.reading import PublicSnapshot
from publications.domain.snapshot import Correction
from publications.errors import AlreadyProposed, AlreadyPublished, NothingToCorrect, NotPublished, RoundNotReady
from publications.models import Publication, Snapshot
from publications.policies import can_propose, can_see_publications, reachable_publications, reachable_rounds
from publications.queries.results import build_for_round, publication_due_on
from publications.queries.snapshots import parsed

_WAS_PUBLIC = (Publication.State.PUBLISHED, Publication.State.SUPERSEDED, Publication.State.WITHDRAWN)
_HAS_RESULTS = (RoundState.GRADED, RoundState.PUBLISHED, RoundState.ARCHIVED)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be proposed now: the parsed snapshot, its hash, and what changed since the last public version."""

    version: int
    sha256: str
    snapshot: PublicSnapshot
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class RoundToPublish:
    """A graded round without a publication, and the working day by which it is due."""

    round: Round
    due_on: date | None


def check_may_see(actor: Actor) -> None:
    """Raises NotAllowed for those who have no business with this room's staff pages."""
    if not can_see_publications(actor):
        raise NotAllowed


def publications_for(actor: Actor) -> QuerySet[Publication]:
    """Publications in reach, newest first, with round, authority, snapshot and the two people."""
    return Publication.objects.filter(reachable_publications(actor)).select_related(
        "round__authority",
        "round__draw",
        "snapshot",
        "proposed_by",
        "decided_by",
    )


def get_publication(actor: Actor, unsafe_publication_id: str) -> Publication:
    """One of `publications_for`; raises NotFound."""
    found = publications_for(actor).filter(public_id=unsafe_publication_id).first()
    if found is None:
        raise NotFound
    return found


def get_round_to_publish(actor: Actor, unsafe_round_id: str) -> Round:
    """A round in reach of this room; raises NotFound."""
    rounds = Round.objects.filter(reachable_rounds(actor)).select_related("authority", "draw")
    found = rounds.filter(public_id=unsafe_round_id).first()
    if found is None:
        raise NotFound
    return found


def lock_round_to_publish(actor: Actor, unsafe_round_id: str) -> Round:
    """The same, locked: the round is the root that all its publications hang on."""
    rounds = Round.objects.select_for_update(of=("self",)).filter(reachable_rounds(actor))
    found = rounds.select_related("authority", "draw").filter(public_id=unsafe_round_id).first()
    if found is None:
        raise NotFound
    return found


def lock_publication(actor: Actor, unsafe_publication_id: str) -> Publication:
    """The publication, its round locked first; raises NotFound."""
    found = get_publication(actor, unsafe_publication_id)
    locked_round = lock_round_to_publish(actor, found.round.public_id)
    row = Publication.objects.select_for_update(of=("self",)).select_related("snapshot", "proposed_by").get(pk=found.pk)
    row.round = locked_round
    return row


def publication_state(row: Publication) -> PublicationState:
    """The plain facts that approval is decided on."""
    return PublicationState(
        state=row.state,
        proposed_by=identity_of_user(row.proposed_by) if row.proposed_by else "",
        snapshot_sha256=row.snapshot.sha256,
        expires_at=row.expires_at,
    )


def rounds_to_publish(actor: Actor) -> list[RoundToPublish]:
    """Graded rounds of the actor's authorities that are neither public nor proposed, the most urgent first."""
    rounds = (
        Round.objects.filter(reachable_rounds(actor), state=RoundState.GRADED)
        .exclude(publications__state__in=[Publication.State.PROPOSED, Publication.State.PUBLISHED])
        .select_related("authority")
    )
    waiting = [RoundToPublish(exam_round, publication_due_on(exam_round)) for exam_round in rounds]
    return sorted(waiting, key=lambda item: (item.due_on is None, item.due_on or date.min, item.round.title))


def rounds_to_correct(actor: Actor) -> list[Round]:
    """Published rounds of the actor's authorities with results newer than what the public sees, and no proposal yet."""
    mine = Q(authority_id__in=actor.authorities(REGULATOR))
    public = Snapshot.objects.filter(round=OuterRef("pk"), publication__state=Publication.State.PUBLISHED)
    rounds = (
        Round.objects.filter(mine, state=RoundState.PUBLISHED)
        .exclude(publications__state=Publication.State.PROPOSED)
        .annotate(public_at=Subquery(public.values("created_at")[:1]))
    )
    newer = Result.objects.filter(candidate__round=OuterRef("pk"), recorded_at__gt=OuterRef("public_at"))
    # A sitting that still runs brings results one by one: the correction comes when it is closed.
    running = Sitting.objects.filter(round=OuterRef("pk"), state="open")
    return list(rounds.filter(Exists(newer)).exclude(Exists(running)))


def history_of(actor: Actor, exam_round: Round) -> list[Publication]:
    """All publications of a round, newest version first, refused ones too."""
    return list(publications_for(actor).filter(round=exam_round).order_by("-snapshot__version"))


def published_of(exam_round: Round) -> Publication | None:
    """The publication that the public sees now."""
    return exam_round.publications.filter(state=Publication.State.PUBLISHED).select_related("snapshot").first()


def last_public_of(exam_round: Round) -> Publication | None:
    """The newest publication that was ever public."""
    return (
        exam_round.publications.filter(state__in=_WAS_PUBLIC)
        .select_related("snapshot")
        .order_by("-snapshot__version")
        .first()
    )


def next_version(exam_round: Round) -> int:
    """Refused proposals keep their number: a version is never used twice."""
    last = Snapshot.objects.filter(round=exam_round).order_by("-version").values_list("version", flat=True).first()
    return (last or 0) + 1


def require_may_propose(actor: Actor, exam_round: Round) -> None:
    """Raises NotAllowed, RoundNotReady, AlreadyProposed, AlreadyPublished."""
    _require_open_for_proposals(actor, exam_round)
    if last_public_of(exam_round) is not None:
        raise AlreadyPublished


def require_may_correct(actor: Actor, exam_round: Round) -> Publication:
    """The publication to be replaced; raises NotAllowed, RoundNotReady, AlreadyProposed, NothingToCorrect."""
    _require_open_for_proposals(actor, exam_round)
    last = last_public_of(exam_round)
    if last is None:
        raise NothingToCorrect
    return last


def require_may_withdraw(actor: Actor, row: Publication) -> None:
    """Raises NotAllowed, NotPublished."""
    if not can_propose(actor, row.round):
        raise NotAllowed
    if row.state != Publication.State.PUBLISHED:
        raise NotPublished


def preview(exam_round: Round, *, correction: Correction | None = None) -> Preview:
    """Builds the snapshot without storing it. Raises what `build_for_round` raises."""
    version = next_version(exam_round)
    built = build_for_round(exam_round, version=version, correction=correction)
    snapshot = parsed(built.content)
    last = last_public_of(exam_round)
    changes = difference(parsed(last.snapshot.content), snapshot) if last else None
    return Preview(version, built.sha256, snapshot, changes)


def difference_to_previous(row: Publication) -> Difference | None:
    """What this version changed against the newest earlier one that was public; None for the first."""
    earlier = (
        Publication.objects.filter(round=row.round, state__in=_WAS_PUBLIC, snapshot__version__lt=row.snapshot.version)
        .select_related("snapshot")
        .order_by("-snapshot__version")
        .first()
    )
    return difference(parsed(earlier.snapshot.content), parsed(row.snapshot.content)) if earlier else None


def _require_open_for_proposals(actor: Actor, exam_round: Round) -> None:
    if not can_propose(actor, exam_round):
        raise NotAllowed
    if exam_round.state not in _HAS_RESULTS:
        raise RoundNotReady(state=RoundState(exam_round.state).label)
    if exam_round.publications.filter(state=Publication.State.PROPOSED).exists():
        raise AlreadyProposed
