"""What keeps a round from the archive."""

from datetime import datetime

from core.errors import DomainError
from exams.models import Round
from exams.queries import archive_blockers
from oversight.models import FollowUp


def open_follow_ups(exam_round: Round) -> int:
    """Steps of the round that are not done."""
    return FollowUp.objects.filter(candidate__round=exam_round, state=FollowUp.State.OPEN).count()


def blockers(exam_round: Round, now: datetime) -> tuple[DomainError, ...]:
    """Everything that must be done first; empty when the round can be archived."""
    return archive_blockers(exam_round, now=now, open_follow_ups=open_follow_ups(exam_round))
