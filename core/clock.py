"""The only place that reads a clock. Entry points call it once and hand `now` down."""

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """The server's time, aware, in UTC."""
    return timezone.now()


def today() -> date:
    """The date where the district is (`settings.TIME_ZONE`)."""
    return timezone.localdate()
