"""Who may see the board, the files and the follow-ups, and who closes a step."""

from core.actor import ENTERPRISE_ADMIN, REGULATOR, REVIEWER, Actor
from exams.models import Round
from oversight.models import FollowUp


def can_see_board(actor: Actor) -> bool:
    """The regulator's ledger."""
    return actor.has_role(REGULATOR, REVIEWER)


def can_see_statistics(actor: Actor) -> bool:
    """Figures of whole quarters, within the actor's reach."""
    return actor.has_role(REGULATOR, REVIEWER)


def can_see_follow_ups(actor: Actor) -> bool:
    """Regulators and reviewers; enterprises for their own people."""
    return actor.has_role(REGULATOR, REVIEWER, ENTERPRISE_ADMIN)


def can_see_enterprise_files(actor: Actor) -> bool:
    """一企一档: regulators and reviewers in reach, and the enterprise itself."""
    return actor.has_role(REGULATOR, REVIEWER, ENTERPRISE_ADMIN)


def can_close(actor: Actor, follow_up: FollowUp) -> bool:
    """The regulator of the authority that opened it."""
    return actor.has_role_at(follow_up.authority_id, REGULATOR)


def can_archive(actor: Actor, exam_round: Round) -> bool:
    """The regulator of the authority that holds the round."""
    return actor.has_role_at(exam_round.authority_id, REGULATOR)
