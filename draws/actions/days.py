"""The district's calendar: the date and the closing hour there of a moment in UTC."""

from datetime import UTC, date, datetime, time

from django.utils.timezone import get_default_timezone

WINDOW_CLOSES: time = time(18, 0)


def local_date(now: datetime) -> date:
    """The date in the district at a moment."""
    return now.astimezone(get_default_timezone()).date()


def window_closes_on(day: date) -> datetime:
    """The moment, in UTC, when an objection window that ends on that day closes: 18:00 in the district."""
    return datetime.combine(day, WINDOW_CLOSES, tzinfo=get_default_timezone()).astimezone(UTC)
