"""Who may look up what was sent."""

from core.actor import INVIGILATOR, REGULATOR, REVIEWER, Actor


def can_read_ledger(actor: Actor) -> bool:
    """Who was told what, when and how is for those who run the rounds; within their reach."""
    return actor.is_system or actor.has_role(REGULATOR, REVIEWER, INVIGILATOR)


def can_retry_delivery(actor: Actor) -> bool:
    """Sending again is the regulator's."""
    return actor.is_system or actor.has_role(REGULATOR)
