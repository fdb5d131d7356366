"""The only place that reads a clock. Entry points call it once and hand `now` down."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

_simulated: ContextVar[datetime | None] = ContextVar("simulated_now", default=None)


def now() -> datetime:
    """The server's time, aware, in UTC."""
    return _simulated.get() or timezone.now()


def today() -> date:
    """The date where the district is (`settings.TIME_ZONE`)."""
    return timezone.localdate(now())


@contextmanager
def simulated(moment: datetime) -> Iterator[datetime]:
    """Inside, it is `moment`: for the demo, whose last quarter lies in the past. Refused anywhere else."""
    if not (settings.DEMO or settings.TESTING):
        raise RuntimeError("the clock is simulated in the demo only")
    token = _simulated.set(moment)
    try:
        yield moment
    finally:
        _simulated.reset(token)
