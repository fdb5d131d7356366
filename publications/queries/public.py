"""What anybody may read. Not narrowed by reach, because it is public: only publications that were approved."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from core.errors import NotFound
from publications.domain.deadlines import rows_are_shown
from publications.domain.reading import PublicSnapshot
from publications.errors import RowsGone
from publications.models import Publication
from publications.queries.snapshots import parsed

_PUBLIC = (Publication.State.PUBLISHED, Publication.State.SUPERSEDED, Publication.State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class PublicVersion:
    """One version of a round's figures, with its place in the list of corrections."""

    publication: Publication
    number: int
    sha256: str
    snapshot: PublicSnapshot

    @property
    def is_withdrawn(self) -> bool:
        return self.publication.state == Publication.State.WITHDRAWN


@dataclass(frozen=True, slots=True)
class PublicRound:
    """A round as the public sees it: the newest version, all versions, and whether rows of people are still shown."""

    current: PublicVersion
    versions: tuple[PublicVersion, ...]
    shows_rows: bool

    @property
    def round_id(self) -> str:
        return self.current.publication.round.public_id


def public_rounds(today: date) -> list[PublicRound]:
    """Every round with an approved publication, newest quarter first. One query."""
    versions: dict[int, list[Publication]] = {}
    for row in _public().order_by("-round__year", "-round__quarter", "round__authority__code", "-snapshot__version"):
        versions.setdefault(row.round_id, []).append(row)
    return [_public_round(rows, today) for rows in versions.values()]


def get_public_round(unsafe_round_id: str, *, today: date) -> PublicRound:
    """One round; raises NotFound before its first approval, as for a round that does not exist (A53). One query."""
    rows = list(_public().filter(round__public_id=unsafe_round_id).order_by("-snapshot__version"))
    if not rows:
        raise NotFound
    return _public_round(rows, today)


def get_public_file(unsafe_round_id: str, *, version: int, today: date) -> PublicVersion:
    """One version for download, superseded ones too; raises NotFound, or RowsGone once names are off the page (A52)."""
    found = get_public_round(unsafe_round_id, today=today)
    chosen = next((one for one in found.versions if one.number == version), None)
    if chosen is None:
        raise NotFound
    if not found.shows_rows or chosen.is_withdrawn:
        raise RowsGone
    return chosen


def _public() -> QuerySet[Publication]:
    return Publication.objects.filter(state__in=_PUBLIC).select_related("round__authority", "round__draw", "snapshot")


def _public_round(rows: list[Publication], today: date) -> PublicRound:
    versions = tuple(
        PublicVersion(row, row.snapshot.version, row.snapshot.sha256, parsed(row.snapshot.content)) for row in rows
    )
    current = versions[0]
    shown = not current.is_withdrawn and rows_are_shown(current.publication.names_until, today)
    return PublicRound(current, versions, shown)
