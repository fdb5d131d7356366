"""归档: the round ends here, because only this room knows that its follow-ups are done."""

from datetime import datetime

from django.db import transaction

from core.actor import Actor
from core.errors import ConfirmationMismatch
from exams.actions import archive_round
from exams.models import Round
from exams.queries import get_round
from oversight.queries.archive import open_follow_ups


@transaction.atomic
def archive(actor: Actor, unsafe_round_id: str, *, confirmation: str, now: datetime) -> Round:
    """Archives a published round for good; `confirmation` is its code.

    Raises NotFound, NotAllowed, ConfirmationMismatch, and the first blocker that `exams.actions.archive_round` names.
    """
    exam_round = get_round(actor, unsafe_round_id)
    if confirmation.strip() != exam_round.code:
        raise ConfirmationMismatch(expected=exam_round.code)
    return archive_round(actor, unsafe_round_id, open_follow_ups=open_follow_ups(exam_round), now=now)
