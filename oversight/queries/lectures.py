"""Which high-hazard enterprises have given this half-year's lecture."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.actor import Actor
from courses.queries import LectureState, enterprises_to_lecture, lecture_states

_JUNE = 6


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


def this_half(actor: Actor, today: date) -> list[LectureState]:
    """Every high-hazard enterprise in reach with its state of the half-year."""
    return lecture_states(actor, *half_of(today), today=today)


def state_of(actor: Actor, enterprise_id: int, today: date) -> str:
    """The state of one enterprise (primary key), or `none` where no lecture is asked for."""
    one = enterprises_to_lecture(actor).filter(pk=enterprise_id)
    states = lecture_states(actor, *half_of(today), today=today, enterprises=one)
    return str(states[0].state) if states else "none"


def lecture_counts(states: Sequence[LectureState]) -> LectureCounts:
    """Counts what `this_half` returns."""
    counted = Counter(str(one.state) for one in states)
    return LectureCounts(counted["done"], counted["planned"], counted["due"] + counted["due_soon"], counted["overdue"])
