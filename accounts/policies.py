"""Who may do what with accounts, roles, jobs and the audit chain."""

from django.db.models import Q

from core.actor import AUDITOR, SECURITY_ADMIN, SYSTEM_ADMIN, Actor


def can_administer_users(actor: Actor) -> bool:
    """Accounts and roles are the security administrator's; the system does it for the demo and on installation."""
    return actor.is_system or actor.has_role(SECURITY_ADMIN)


def can_run_jobs(actor: Actor) -> bool:
    """Background work is watched and retried by the system administrator."""
    return actor.has_role(SYSTEM_ADMIN)


def can_read_audit(actor: Actor) -> bool:
    """The chain is read by the auditor, who can write nothing."""
    return actor.has_role(AUDITOR)


def reachable_users(actor: Actor) -> Q:
    """All accounts for who administers them; everybody else reaches only their own."""
    if can_administer_users(actor):
        return Q()
    return Q(pk=actor.user_id) if actor.user_id is not None else Q(pk__in=[])
