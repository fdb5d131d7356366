"""Give a role and take it back. Never to oneself; administrator roles need a second security administrator."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.domain.roles import (
    NEEDS_SECOND_PERSON,
    check_decision,
    check_place,
    check_separation,
    checked_reason,
)
from accounts.errors import (
    AccountInactive,
    LastSecurityAdmin,
    RoleAlreadyHeld,
    RoleNotInForce,
    SelfAdministration,
)
from accounts.models import RoleAssignment, RoleRequest, User
from accounts.policies import can_administer_users
from accounts.queries.actors import identity_of_user, role_rows_in_force
from accounts.queries.users import count_security_admins, lock_role_request, lock_user
from core.actor import SECURITY_ADMIN, Actor
from core.audit import audit
from core.errors import NotAllowed, NotFound
from registry.models import Authority, Enterprise


@transaction.atomic
def grant_role(
    actor: Actor,
    user_id: str,
    role: str,
    *,
    now: datetime,
    authority_id: str = "",
    enterprise_id: str = "",
    valid_to: date | None = None,
) -> RoleAssignment:
    """Gives a role from today. Ids are public ids; administrator roles go through `request_role` unless the system acts.

    Raises NotAllowed, SelfAdministration, RoleUnknown, RolePlaceWrong, RolesConflict, RoleAlreadyHeld, AccountInactive.
    """
    user = _lock_other(actor, user_id)
    check_place(role, has_authority=bool(authority_id), has_enterprise=bool(enterprise_id))
    if role in NEEDS_SECOND_PERSON and not actor.is_system:
        raise NotAllowed
    row = RoleAssignment(
        user=user,
        role=role,
        authority=_authority(authority_id),
        enterprise=_enterprise(enterprise_id),
        valid_to=valid_to,
        granted_by_id=actor.user_id,
    )
    return _grant(actor, row, now=now)


@transaction.atomic
def request_role(actor: Actor, user_id: str, role: str, *, reason: str, now: datetime) -> RoleRequest:
    """Asks for an administrator role for somebody else; another security administrator decides within 24 hours."""
    user = _lock_other(actor, user_id)
    if actor.user_id is None:
        raise NotAllowed
    check_place(role, has_authority=False, has_enterprise=False)
    check_separation(role, _roles_held(user, now))
    why = checked_reason(reason)
    if RoleRequest.objects.filter(user=user, role=role, state=RoleRequest.State.OPEN).exists():
        raise RoleAlreadyHeld
    row = RoleRequest.objects.create(user=user, role=role, reason=why, requested_by_id=actor.user_id, requested_at=now)
    audit(actor, "accounts.role_requested", row, details={"user": user.public_id, "role": role}, reason=why)
    return row


@transaction.atomic
def decide_role_request(actor: Actor, request_id: str, *, approve: bool, now: datetime) -> RoleRequest:
    """The second pair of eyes. Raises SameApprover, SelfAdministration, RequestDecided, RequestExpired."""
    row = lock_role_request(actor, request_id)
    if row.user_id == actor.user_id:
        raise SelfAdministration
    check_decision(
        requested_by=identity_of_user(row.requested_by),
        decided_by=actor.identity(),
        requested_at=row.requested_at,
        now=now if approve else row.requested_at,
        is_open=row.state == RoleRequest.State.OPEN,
    )
    row.state = RoleRequest.State.APPROVED if approve else RoleRequest.State.REFUSED
    row.decided_by_id, row.decided_at = actor.user_id, now
    row.save(update_fields=["state", "decided_by", "decided_at"])
    audit(actor, f"accounts.role_request_{row.state}", row, details={"user": row.user.public_id, "role": row.role})
    if approve:
        _grant(actor, RoleAssignment(user=row.user, role=row.role, granted_by_id=row.requested_by_id), now=now)
    return row


@transaction.atomic
def revoke_role(actor: Actor, assignment_id: str, *, reason: str, now: datetime) -> RoleAssignment:
    """Takes a role back at this moment; the next request of its holder is without it. Raises LastSecurityAdmin."""
    if not can_administer_users(actor):
        raise NotAllowed
    row = RoleAssignment.objects.select_for_update().filter(public_id=assignment_id).first()
    if row is None:
        raise NotFound
    if row.user_id == actor.user_id:
        raise SelfAdministration
    if row.revoked_at is not None:
        raise RoleNotInForce
    if row.role == SECURITY_ADMIN and count_security_admins(_day(now)) <= 1:
        raise LastSecurityAdmin
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    audit(actor, "accounts.role_revoked", row, details=_facts(row), reason=checked_reason(reason))
    return row


def _grant(actor: Actor, row: RoleAssignment, *, now: datetime) -> RoleAssignment:
    if not row.user.is_active:
        raise AccountInactive
    check_separation(row.role, _roles_held(row.user, now))
    same = RoleAssignment.objects.filter(
        user=row.user, role=row.role, authority=row.authority, enterprise=row.enterprise
    )
    if same.filter(revoked_at=None, valid_to=None).exists():
        raise RoleAlreadyHeld
    row.valid_from = _day(now)
    row.save(force_insert=True)
    audit(actor, "accounts.role_granted", row, details=_facts(row))
    return row


def _lock_other(actor: Actor, user_id: str) -> User:
    if not can_administer_users(actor):
        raise NotAllowed
    user = lock_user(actor, user_id)
    if user.pk == actor.user_id:
        raise SelfAdministration
    return user


def _roles_held(user: User, now: datetime) -> list[str]:
    return [row.role for row in role_rows_in_force(user, _day(now))]


def _day(now: datetime) -> date:
    return timezone.localtime(now).date()


def _facts(row: RoleAssignment) -> dict[str, object]:
    return {
        "user": row.user.public_id,
        "role": row.role,
        "authority": row.authority.code if row.authority else None,
        "enterprise": row.enterprise.public_id if row.enterprise else None,
        "valid_to": row.valid_to,
    }


def _authority(authority_id: str) -> Authority | None:
    if not authority_id:
        return None
    authority = Authority.objects.filter(public_id=authority_id).first()
    if authority is None:
        raise NotFound
    return authority


def _enterprise(enterprise_id: str) -> Enterprise | None:
    if not enterprise_id:
        return None
    enterprise = Enterprise.objects.filter(public_id=enterprise_id).first()
    if enterprise is None:
        raise NotFound
    return enterprise
