"""Days that the publication depends on: the working day by which it is due, the last day that names are shown."""

from collections.abc import Collection
from datetime import date, timedelta

PUBLISH_WITHIN_WORKING_DAYS = 20
NAMES_SHOWN_DAYS = 90
_SATURDAY = 5


def due_date(
    graded_on: date,
    *,
    working_days: int = PUBLISH_WITHIN_WORKING_DAYS,
    holidays: Collection[date] = frozenset(),
    extra_workdays: Collection[date] = frozenset(),
) -> date:
    """The `working_days`-th working day after `graded_on` (product.md section 4, Publication).

    Weekends do not count unless listed in `extra_workdays` (调休上班); `holidays` never count.
    """
    day = graded_on
    left = working_days
    while left > 0:
        day += timedelta(days=1)
        if day in extra_workdays or (day.weekday() < _SATURDAY and day not in holidays):
            left -= 1
    return day


def names_until(published_on: date, *, days: int = NAMES_SHOWN_DAYS) -> date:
    """The last day, inclusive, on which rows of people are shown."""
    return published_on + timedelta(days=days)


def rows_are_shown(until: date | None, today: date) -> bool:
    """Whether rows of people may still be shown `today`."""
    return until is not None and today <= until
