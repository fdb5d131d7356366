"""What this room hears: a failed makeup opens the first follow-up, a pass after all ends it."""

from django.dispatch import receiver

from core.queue import enqueue
from exams.events import makeup_failed, result_recorded
from oversight.queries.follow_ups import has_open_follow_up


@receiver(makeup_failed, dispatch_uid="oversight.open_follow_up")
def open_after_failed_makeup(candidate_id: int, **_: object) -> None:
    """Only enqueues; the job is idempotent."""
    enqueue("oversight.open_follow_up", candidate_id=candidate_id)


@receiver(result_recorded, dispatch_uid="oversight.end_follow_ups")
def end_after_correction(candidate_id: int, **_: object) -> None:
    """Only where something is open; the job looks whether the candidate passed."""
    if has_open_follow_up(candidate_id):
        enqueue("oversight.end_follow_ups", candidate_id=candidate_id)
