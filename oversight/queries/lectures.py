"""Which high-hazard enterprises have given this half-year's lecture."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from core.actor import Actor
from courses.models import Lecture
from registry.models import Enterprise
from registry.queries import enterprises_for

_JUNE = 6
_DUE_SOON_DAYS = 30


@dataclass(frozen=True, slots=True)
class LectureCounts:
    """High-hazard enterprises by the state of this half-year's lecture; they add up to `total`."""

    done: int
    planned: int
    due: int
    overdue: int

    @property
    def total(self) -> int:
        return self.done + self.planned + self.due + self.overdue


def half_of(today: date) -> tuple[int, int]:
    """Year and half of a day."""
    return today.year, 1 if today.month <= _JUNE else 2


def due_day(year: int, half: int) -> date:
    """30 June or 31 December."""
    return date(year, 6, 30) if half == 1 else date(year, 12, 31)


def enterprises_with_lecture(actor: Actor, today: date) -> QuerySet[Enterprise]:
    """High-hazard enterprises in reach with `has_lecture` and `has_plan` of the half-year."""
    year, half = half_of(today)
    lectures = Lecture.objects.filter(enterprise=OuterRef("pk"), year=year, half=half)
    return enterprises_for(actor).filter(is_high_hazard=True, is_active=True).annotate(
        has_lecture=Exists(lectures.filter(state=Lecture.State.RECORDED)),
        has_plan=Exists(lectures.filter(state=Lecture.State.PLANNED)),
    )


def lecture_counts(enterprises: list[Enterprise], today: date) -> LectureCounts:
    """Counts rows of `enterprises_with_lecture`."""
    overdue = today > due_day(*half_of(today))
    done = sum(enterprise.has_lecture for enterprise in enterprises)  # type: ignore[attr-defined]
    planned = sum(enterprise.has_plan and not enterprise.has_lecture for enterprise in enterprises)  # type: ignore[attr-defined]
    rest = len(enterprises) - done - planned
    return LectureCounts(done, planned, 0 if overdue else rest, rest if overdue else 0)
