"""What this room hears: a corrected key or an appeal can make the published figures wrong; their correction is put forward."""

from django.dispatch import receiver

from core.queue import enqueue
from exams.events import appeal_answered, key_corrected


@receiver(key_corrected, dispatch_uid="publications.propose_correction")
def propose_after_key_correction(correction_id: int, **_: object) -> None:
    """Only enqueues; a second run finds the proposal there."""
    enqueue("publications.propose_correction", correction_id=correction_id)


@receiver(appeal_answered, dispatch_uid="publications.propose_after_appeal")
def propose_after_appeal_answered(appeal_id: int, **_: object) -> None:
    """Only enqueues; an appeal that changed nothing is refused by the job."""
    enqueue("publications.propose_after_appeal", appeal_id=appeal_id)
