"""What this room hears: a failed makeup opens the first follow-up."""

from django.dispatch import receiver

from core.queue import enqueue
from exams.events import makeup_failed


@receiver(makeup_failed, dispatch_uid="oversight.open_follow_up")
def open_after_failed_makeup(candidate_id: int, **_: object) -> None:
    """Only enqueues; the job is idempotent."""
    enqueue("oversight.open_follow_up", candidate_id=candidate_id)
