"""What this room hears: a published round gives certificates to its passers."""

from django.dispatch import receiver

from core.queue import enqueue
from exams.events import round_published


@receiver(round_published, dispatch_uid="certificates.issue_for_round")
def issue_after_publication(round_id: int, **_: object) -> None:
    """Only enqueues; the job is idempotent."""
    enqueue("certificates.issue_for_round", round_id=round_id)
