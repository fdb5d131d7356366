"""Photos of check-ins are deleted when their time is over, or at once when the candidate withdraws the consent.

The file goes first: a crash in between leaves a photo that is gone and a row that the sweeper writes, never the reverse.
"""

from datetime import datetime

from django.core.files.storage import default_storage
from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed
from exams.models import CheckIn, PhotoErasure
from exams.policies import can_invigilate, is_own_candidacy
from exams.queries.candidates import get_candidate
from exams.queries.desk import photos_of


def withdraw_photo_consent(actor: Actor, unsafe_candidate_id: str, *, now: datetime) -> int:
    """Deletes every photo of the candidate, who asks for it in person or by an invigilator; returns how many.

    Raises NotFound, NotAllowed.
    """
    candidate = get_candidate(actor, unsafe_candidate_id)
    if not (is_own_candidacy(actor, candidate) or can_invigilate(actor, candidate.round)):
        raise NotAllowed
    return sum(erase_photo(actor, row, PhotoErasure.Ground.WITHDRAWN, now=now) for row in photos_of(candidate))


def erase_photo(actor: Actor, row: CheckIn, ground: PhotoErasure.Ground, *, now: datetime) -> bool:
    """Deletes the file and writes down when and why; False when somebody else just did."""
    default_storage.delete(row.photo_stored_name)
    with transaction.atomic():
        _erasure, is_new = PhotoErasure.objects.get_or_create(
            check_in=row, defaults={"ground": ground, "erased_by_id": actor.user_id, "erased_at": now}
        )
        if is_new:
            audit(actor, "exams.photo_erased", row, details={"ground": ground, "sha256": row.photo_sha256})
    return is_new
