"""What this room hears: a corrected key makes the published figures wrong, so their correction is put forward."""

from django.dispatch import receiver

from core.queue import enqueue
from exams.events import key_corrected


@receiver(key_corrected, dispatch_uid="publications.propose_correction")
def propose_after_key_correction(correction_id: int, **_: object) -> None:
    """Only enqueues; a second run finds the proposal there."""
    enqueue("publications.propose_correction", correction_id=correction_id)
