"""What is due by itself: the searches of the sweepers."""

from datetime import datetime, timedelta

from exams.domain.states import AttemptState, RoundState, SittingState
from exams.models import Attempt, Round, Sitting
from exams.queries.candidates import extra_seconds_of

_LOST_AFTER = timedelta(minutes=1)


def overdue_attempts(now: datetime) -> list[int]:
    """Primary keys of open attempts whose deadline and grace have passed, the longest overdue first."""
    rows = Attempt.objects.filter(state=AttemptState.OPEN, deadline__lt=now).order_by("deadline")
    return [
        pk
        for pk, deadline, grace in rows.values_list("pk", "deadline", "grace_seconds")
        if now > deadline + timedelta(seconds=grace)
    ]


def sittings_to_close(now: datetime) -> list[Sitting]:
    """Open sittings that are over for everybody and in which nobody writes any more."""
    over = Sitting.objects.filter(state=SittingState.OPEN, hard_end_at__lt=now)
    idle = over.exclude(attempts__state=AttemptState.OPEN)
    return [
        sitting for sitting in idle if now > sitting.hard_end_at + timedelta(seconds=extra_seconds_of(sitting, None))
    ]


def ungraded_attempts(now: datetime) -> list[int]:
    """Closed attempts without a grading, a minute after their closing: the job that should have done it got lost."""
    closed = Attempt.objects.filter(state__in=[AttemptState.SUBMITTED, AttemptState.TIMED_OUT], graded_at=None)
    return list(closed.filter(finished_at__lt=now - _LOST_AFTER).order_by("pk").values_list("pk", flat=True))


def rounds_to_finish() -> list[str]:
    """Closed rounds that are not graded yet."""
    return list(Round.objects.filter(state=RoundState.CLOSED).values_list("public_id", flat=True))
