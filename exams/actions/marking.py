"""人工评阅: one mark by one person; when every text of a paper is decided, it is graded."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.queries import identity_of_user
from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed
from core.queue import enqueue
from exams.domain.marking import Marked, check_mark, decided_fraction, needs_third, next_slot
from exams.models import ManualItem, ManualMark
from exams.policies import can_mark
from exams.queries.marking import barred_from, lock_manual_item, undecided_of


@transaction.atomic
def give_mark(actor: Actor, unsafe_item_id: str, *, mark: Decimal, comment: str = "", now: datetime) -> ManualItem:
    """One marker's points for one text. Two within the tolerance decide it; otherwise a third is asked.

    Raises NotFound, NotAllowed, MarkedAlready, MarkOutOfRange.
    """
    row = lock_manual_item(actor, unsafe_item_id)
    exam_round = row.attempt.sitting.round
    if not can_mark(actor, exam_round) or actor.user_id is None:
        raise NotAllowed
    earlier = list(row.marks.select_related("marker__person").order_by("slot"))
    slot = next_slot(
        [identity_of_user(one.marker) for one in earlier],
        actor.identity(),
        barred=barred_from(row),
        is_done=row.state == ManualItem.State.DONE,
    )
    ManualMark.objects.create(
        manual_item=row,
        slot=slot,
        mark=check_mark(mark, row.points),
        comment=comment.strip()[:300],
        marker_id=actor.user_id,
        marked_at=now,
    )
    case = Marked((*(one.mark for one in earlier), mark), row.points, exam_round.marking_tolerance)
    row.fraction = decided_fraction(case)
    row.state = _state(case, row.fraction)
    row.save(update_fields=["state", "fraction"])
    audit(actor, "exams.text_marked", row, details={"slot": slot, "state": row.state})
    if row.state == ManualItem.State.DONE and not undecided_of(row.attempt_id):
        enqueue("exams.grade_attempt", attempt_id=row.attempt_id)
    return row


def _state(case: Marked, fraction: Decimal | None) -> str:
    if fraction is not None:
        return ManualItem.State.DONE
    return ManualItem.State.THIRD if needs_third(case) else ManualItem.State.OPEN
