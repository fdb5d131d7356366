"""Reads about accounts: the actor of a request, users, roles."""

from accounts.queries.actors import ANONYMOUS, actor_for_request, actor_for_user, identity_of_user
from accounts.queries.users import (
    find_mail_address,
    find_user_by_username,
    get_user,
    lock_user,
    role_requests_for,
    roles_of,
    users_for,
    with_roles,
)

__all__ = [
    "ANONYMOUS",
    "actor_for_request",
    "actor_for_user",
    "find_mail_address",
    "find_user_by_username",
    "get_user",
    "identity_of_user",
    "lock_user",
    "role_requests_for",
    "roles_of",
    "users_for",
    "with_roles",
]
