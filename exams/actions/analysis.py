"""News of a graded round for the question bank: who answered what, so that its statistics can be made."""

from datetime import datetime

from django.utils.timezone import localtime

from core.actor import Actor
from exams.models import Round
from exams.queries.item_responses import FIRST_SITTING, item_responses
from question_bank.actions import ExamHeld, record_item_responses
from question_bank.queries import marking_rule_of


def hand_down_responses(actor: Actor, round_pk: int, *, now: datetime) -> bool:
    """Gives the bank the answers of a round; the same again change nothing. Says whether there were new figures."""
    exam_round = Round.objects.select_related("authority", "blueprint").get(pk=round_pk)
    sitting = exam_round.sittings.get(number=FIRST_SITTING)
    exam = ExamHeld(
        occasion=f"round/{exam_round.public_id}/{FIRST_SITTING}",
        authority=exam_round.blueprint.authority,
        title=exam_round.title,
        held_on=localtime(sitting.opens_at).date(),
        rule=marking_rule_of(exam_round.blueprint),
    )
    return record_item_responses(actor, exam, item_responses(exam_round), now=now) is not None
