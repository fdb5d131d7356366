"""Users and role rows."""

import itertools
from datetime import UTC, date, datetime
from typing import Any

from allauth.mfa.models import Authenticator

from accounts.models import RoleAssignment, User

_numbers = itertools.count(1)
PASSWORD = "gold-spring-7-lake"


def make_user(**over: Any) -> User:
    """An active account with PASSWORD and no role; one query."""
    number = next(_numbers)
    fields: dict[str, Any] = {
        "username": f"user{number}",
        "display_name": f"用户{number}",
        "date_joined": datetime(2026, 1, 1, tzinfo=UTC),
    }
    password = over.pop("password", PASSWORD)
    user = User(**fields | over)
    user.phone_verified = user.phone is not None
    user.set_password(password)
    user.save(force_insert=True)
    return user


def make_role(user: User, role: str, **over: Any) -> RoleAssignment:
    """A role row in force since 2026-01-01; `authority` or `enterprise` as the role needs."""
    return RoleAssignment.objects.create(**{"user": user, "role": role, "valid_from": date(2026, 1, 1)} | over)


def make_second_factor(user: User) -> Authenticator:
    """A TOTP row, so that staff pages let the account in; its secret opens nothing."""
    return Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "test"})
