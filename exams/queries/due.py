"""What is due by itself: the searches of the sweepers."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from exams.domain.states import MAY_SIT, AttemptState, CandidateState, RoundState, SittingState
from exams.models import Attempt, Candidate, CheckIn, Drill, DrillState, ManualItem, Round, Sitting
from exams.queries.candidates import extra_seconds_of

_LOST_AFTER = timedelta(minutes=1)
_FAR = timedelta(days=61)
_PHOTOS = 500


def overdue_attempts(now: datetime) -> list[int]:
    """Primary keys of open attempts whose deadline and grace have passed, the longest overdue first."""
    rows = Attempt.objects.filter(state=AttemptState.OPEN, deadline__lt=now).order_by("deadline")
    return [
        pk
        for pk, deadline, grace in rows.values_list("pk", "deadline", "grace_seconds")
        if now > deadline + timedelta(seconds=grace)
    ]


def photos_to_erase(now: datetime, *, days: int) -> list[CheckIn]:
    """Photos that were taken more than so many days ago, and are still kept."""
    kept = CheckIn.objects.exclude(photo_stored_name="").filter(erasure=None)
    return list(kept.filter(checked_at__lt=now - timedelta(days=days)).order_by("pk")[:_PHOTOS])


def sittings_to_close(now: datetime) -> list[Sitting]:
    """Open sittings that are over for everybody and in which nobody writes any more."""
    over = Sitting.objects.filter(state=SittingState.OPEN, hard_end_at__lt=now)
    idle = over.exclude(attempts__state=AttemptState.OPEN)
    return [
        sitting for sitting in idle if now > sitting.hard_end_at + timedelta(seconds=extra_seconds_of(sitting, None))
    ]


def ungraded_attempts(now: datetime) -> list[int]:
    """Closed attempts without a grading, a minute after their closing: the job that should have done it got lost.

    Those that wait for markers are not lost.
    """
    closed = Attempt.objects.filter(state__in=[AttemptState.SUBMITTED, AttemptState.TIMED_OUT], graded_at=None)
    waiting = ManualItem.objects.exclude(state=ManualItem.State.DONE).values("attempt")
    closed = closed.exclude(pk__in=waiting)
    return list(closed.filter(finished_at__lt=now - _LOST_AFTER).order_by("pk").values_list("pk", flat=True))


def rounds_to_finish() -> list[str]:
    """Closed rounds that are not graded yet."""
    return list(Round.objects.filter(state=RoundState.CLOSED).values_list("public_id", flat=True))


def rounds_to_recompute() -> list[int]:
    """Primary keys of published rounds whose paper key is public: their papers are compared again every day."""
    revealed = Round.objects.filter(state=RoundState.PUBLISHED).exclude(paper_key_revealed="")
    return list(revealed.order_by("pk").values_list("pk", flat=True))


def overdue_drills(now: datetime) -> list[int]:
    """Open exams that count for nothing, past their time."""
    return list(Drill.objects.filter(state=DrillState.OPEN, deadline__lt=now).values_list("pk", flat=True)[:500])


def sittings_to_remind(now: datetime, *, days: Sequence[int]) -> list[tuple[int, int]]:
    """(primary key, lead time in days) of sittings to come for which a reminder is due: the nearest lead time alone.

    Whoever was told before is not told again; a reminder that nobody sent in time gives way to the next one.
    """
    found = []
    coming = Sitting.objects.filter(state=SittingState.PLANNED, opens_at__gt=now, opens_at__lte=now + _FAR)
    for pk, opens_at in coming.exclude(round__state=RoundState.CANCELLED).values_list("pk", "opens_at"):
        reached = [lead for lead in days if now >= opens_at - timedelta(days=lead)]
        if reached:
            found.append((pk, min(reached)))
    return found


def candidates_to_remind(sitting: Sitting, *, days: int) -> QuerySet[Candidate]:
    """Everybody called to the sitting, except those who were called after that lead time had begun."""
    begins = sitting.opens_at - timedelta(days=days)
    called = Candidate.objects.filter(round_id=sitting.round_id, sitting_number=sitting.number, state__in=MAY_SIT)
    # Who is called to the makeup was notified of the first sitting: there the call is the change of state.
    in_time = Q(state=CandidateState.MAKEUP, state_changed_at__lt=begins)
    in_time |= ~Q(state=CandidateState.MAKEUP) & Q(notified_at__lt=begins)
    return called.filter(in_time).select_related("person")
