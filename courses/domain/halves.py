"""Half-years, their due dates, and how an enterprise stands in one (product.md section 4, Lectures)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from core.errors import gettext_noop
from courses.errors import HalfImpossible

Standing = Literal["done", "planned", "due", "due_soon", "overdue"]
STANDINGS: Final[tuple[Standing, ...]] = ("overdue", "due_soon", "due", "planned", "done")
# What each is called on screens.
STANDING_WORDS: Final[dict[Standing, str]] = {
    "overdue": gettext_noop("逾期未讲"),
    "due_soon": gettext_noop("即将到期"),
    "due": gettext_noop("待安排"),
    "planned": gettext_noop("已计划"),
    "done": gettext_noop("已填报"),
}
DUE_SOON: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, order=True)
class Half:
    """A half-year: 1 is due on 30 June, 2 on 31 December."""

    year: int
    half: int

    @property
    def first_day(self) -> date:
        return date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def due_on(self) -> date:
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    @property
    def previous(self) -> "Half":
        return Half(self.year, 1) if self.half == 2 else Half(self.year - 1, 2)


@dataclass(frozen=True, slots=True)
class LectureFacts:
    """What decides a standing. `state`: planned, recorded or cancelled; days in the district's time zone."""

    state: str
    planned_on: date
    held_on: date | None = None


def half_of(day: date) -> Half:
    """The half-year in which a day lies."""
    return Half(day.year, 1 if day.month <= 6 else 2)


def checked_half(year: int, half: int, *, today: date) -> Half:
    """Raises HalfImpossible for anything but a half of the last two years, this one or the next."""
    if half not in (1, 2) or not today.year - 2 <= year <= today.year + 1:
        raise HalfImpossible
    return Half(year, half)


def standing_in(half: Half, lectures: Iterable[LectureFacts], *, today: date) -> Standing:
    """How an enterprise with these lectures of that half stands today.

    A recorded lecture is done, late or not. A plan counts until its day has passed; after the due date nothing but a
    record helps. Without either it is due, soon due within 30 days.
    """
    known = list(lectures)
    if any(lecture.state == "recorded" for lecture in known):
        return "done"
    if today > half.due_on:
        return "overdue"
    if any(lecture.state == "planned" and lecture.planned_on >= today for lecture in known):
        return "planned"
    return "due_soon" if half.due_on - today <= DUE_SOON else "due"


def is_late(half: Half, held_on: date) -> bool:
    """Held after the half-year's due date."""
    return held_on > half.due_on
