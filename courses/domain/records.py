"""When a lecture may be planned and recorded, and what must be shown for it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from courses.domain.halves import Half
from courses.errors import (
    CountsImpossible,
    HeldBeforeHalf,
    HeldInFuture,
    LecturerNotPrincipal,
    MinutesImpossible,
    TextMissing,
)

TEXT_LIMIT: Final = 120
FEWEST_PHOTOS: Final = 2
MOST_PHOTOS: Final = 3
MOST_FILES: Final = 12
_REQUIRED: Final = (("outline", 1), ("sign_in", 1), ("photo", FEWEST_PHOTOS))


@dataclass(frozen=True, slots=True)
class LectureDraft:
    """A plan: `lecturer_id` is the public id of a principal of the enterprise."""

    lecturer_id: str
    year: int
    half: int
    title: str
    planned_at: datetime
    place: str = ""


@dataclass(frozen=True, slots=True)
class LectureRecord:
    """What the enterprise says happened. `lecturer_id` "" keeps the planned one; `minutes` is the length."""

    held_at: datetime
    place: str
    title: str
    minutes: int
    due_count: int
    present_count: int
    summary: str = ""
    lecturer_id: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A principal's appointment: both days inclusive."""

    valid_from: date
    valid_to: date | None


def check_record(record: LectureRecord, *, half: Half, held_on: date, now: datetime) -> None:
    """Raises TextMissing, HeldInFuture, HeldBeforeHalf, MinutesImpossible or CountsImpossible."""
    check_texts(record.title, record.place)
    if record.held_at > now:
        raise HeldInFuture
    if held_on < half.first_day:
        raise HeldBeforeHalf(first=half.first_day.isoformat())
    if not 5 <= record.minutes <= 600:
        raise MinutesImpossible
    if not 1 <= record.present_count <= record.due_count:
        raise CountsImpossible


def check_texts(title: str, place: str) -> None:
    """Raises TextMissing."""
    if not title.strip() or not place.strip() or max(len(title), len(place)) > TEXT_LIMIT:
        raise TextMissing


def check_lecturer(terms: Iterable[Term], *, on: date) -> None:
    """Raises LecturerNotPrincipal unless one of the person's terms as principal covers the day."""
    if not any(term.valid_from <= on and (term.valid_to is None or on <= term.valid_to) for term in terms):
        raise LecturerNotPrincipal


def missing_evidence(kinds: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """(kind, how many are still wanted) for what a record needs: outline, sign-in list, two photos."""
    have = Counter(kinds)
    return tuple((kind, wanted - have[kind]) for kind, wanted in _REQUIRED if have[kind] < wanted)
