"""When the ceremony may go on: by the server's clock and the plan, never by a person (docs/draw.md, section 4)."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from draws.domain.sources import DICE, Fallback, Source
from draws.errors import FallbackTooEarly, SourcesTooEarly

_FRIDAY = 4


def add_working_days(start: date, days: int, *, closed: Collection[date] = ()) -> date:
    """The last of `days` working days after `start`; Saturdays, Sundays and the `closed` dates do not count."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() <= _FRIDAY and day not in closed:
            days -= 1
    return day


def check_sources_may_exist(now: datetime, *, not_before: datetime) -> None:
    """Refuses the seed before the objection window and the sources' own time are over. Raises SourcesTooEarly."""
    if now < not_before:
        raise SourcesTooEarly(not_before=not_before)


def check_fallback_may_count(
    now: datetime,
    *,
    not_before: datetime,
    planned: Source,
    entered: Source,
    fallback: Fallback | None,
) -> None:
    """Refuses dice in place of a lottery before the plan's days of waiting are over. Raises FallbackTooEarly."""
    if fallback is None or entered == planned or entered.name != DICE:
        return
    earliest = not_before + timedelta(days=fallback.after_days)
    if now < earliest:
        raise FallbackTooEarly(not_before=earliest)
