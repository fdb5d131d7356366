"""Who sees lectures, and who keeps them."""

from core.actor import ENTERPRISE_ADMIN, REGULATOR, REVIEWER, Actor


def can_read_lectures(actor: Actor) -> bool:
    """Regulators, reviewers, and enterprises for themselves; how far, reach decides."""
    return actor.is_system or actor.has_role(REGULATOR, REVIEWER, ENTERPRISE_ADMIN)


def can_keep_lectures(actor: Actor, enterprise_id: int) -> bool:
    """Planning and recording is the enterprise's own: a regulator does not write its file."""
    if actor.is_system:
        return True
    return any(grant.role == ENTERPRISE_ADMIN and grant.enterprise_id == enterprise_id for grant in actor.grants)
