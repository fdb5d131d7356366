"""Reads about users and their roles."""

from datetime import date

from django.db.models import Prefetch, QuerySet

from accounts.models import RoleAssignment, RoleRequest, User
from accounts.policies import can_administer_users, reachable_users
from accounts.queries.actors import in_force_on
from core.actor import SECURITY_ADMIN, Actor
from core.errors import NotFound
from registry.models import Person


def users_for(actor: Actor) -> QuerySet[User]:
    """The accounts that the actor may see."""
    return User.objects.filter(reachable_users(actor)).select_related("person")


def with_roles(users: QuerySet[User], today: date) -> QuerySet[User]:
    """Adds `roles_in_force` (a list of role rows with their places) to each user, in one query."""
    rows = RoleAssignment.objects.filter(in_force_on(today)).select_related("authority", "enterprise")
    return users.prefetch_related(Prefetch("role_assignments", queryset=rows, to_attr="roles_in_force"))


def get_user(actor: Actor, user_id: str) -> User:
    """The account with that public id; raises NotFound."""
    user = users_for(actor).filter(public_id=user_id).first()
    if user is None:
        raise NotFound
    return user


def lock_user(actor: Actor, user_id: str) -> User:
    """As `get_user`, locked until the transaction ends."""
    user = User.objects.filter(reachable_users(actor), public_id=user_id).select_for_update().first()
    if user is None:
        raise NotFound
    return user


def find_user_by_username(username: str) -> User | None:
    """For installation commands and tests; pages use `get_user`."""
    return User.objects.filter(username=username.lower()).first()


def roles_of(user: User) -> QuerySet[RoleAssignment]:
    """All role rows of an account that was reached, past ones too, newest first."""
    return user.role_assignments.select_related("authority", "enterprise", "granted_by").order_by("-valid_from", "-pk")


def role_requests_for(actor: Actor) -> QuerySet[RoleRequest]:
    """Requests for administrator roles, for those who may decide them."""
    rows = RoleRequest.objects.select_related("user", "requested_by", "decided_by")
    return rows if can_administer_users(actor) else rows.none()


def lock_role_request(actor: Actor, request_id: str) -> RoleRequest:
    """The request, locked; raises NotFound."""
    row = RoleRequest.objects.filter(public_id=request_id).select_for_update().first()
    if row is None or not can_administer_users(actor):
        raise NotFound
    return row


def count_security_admins(today: date) -> int:
    """How many active accounts can administer users today."""
    rows = RoleAssignment.objects.filter(in_force_on(today), role=SECURITY_ADMIN, user__is_active=True)
    return rows.values("user").distinct().count()


def find_mail_address(person: Person) -> str:
    """Where a person's mail goes: the address of their active account, or empty."""
    mail = User.objects.filter(person=person, is_active=True).values_list("email", flat=True).first()
    return mail or ""
