"""Signing in, and changes to how one signs in, become audit entries."""

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as factor_signals
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.actions import record_sign_in_event
from accounts.models import User
from accounts.queries import ANONYMOUS, actor_for_user, client_address, find_user_by_login
from core import clock
from core.actor import Actor


@receiver(account_signals.user_logged_in)
def on_signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    record_sign_in_event(_actor(request, user), "signed_in", user)


@receiver(user_logged_out)
def on_signed_out(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if request is not None and isinstance(user, User):
        record_sign_in_event(_actor(request, user), "signed_out", user)


@receiver(user_login_failed)
def on_sign_in_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    if request is None:
        return
    login = str(credentials.get("phone") or credentials.get("email") or credentials.get("username") or "")
    record_sign_in_event(_stranger(request), "sign_in_failed", find_user_by_login(login))


@receiver(account_signals.login_code_rejected)
def on_code_rejected(request: HttpRequest, user: User, **_: Any) -> None:
    record_sign_in_event(_stranger(request), "sign_in_code_rejected", user)


@receiver(factor_signals.authentication_failed)
def on_second_factor_rejected(request: HttpRequest, user: User, **_: Any) -> None:
    record_sign_in_event(_stranger(request), "second_factor_rejected", user)


@receiver(account_signals.password_changed)
@receiver(account_signals.password_set)
def on_password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    record_sign_in_event(_actor(request, user), "password_changed", user)


@receiver(account_signals.password_reset)
def on_password_reset(request: HttpRequest, user: User, **_: Any) -> None:
    record_sign_in_event(_actor(request, user), "password_reset", user)


@receiver(factor_signals.authenticator_added)
def on_second_factor_added(request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    record_sign_in_event(_actor(request, user), "second_factor_added", user, details={"type": str(authenticator.type)})


@receiver(factor_signals.authenticator_removed)
def on_second_factor_removed(request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    record_sign_in_event(
        _actor(request, user), "second_factor_removed", user, details={"type": str(authenticator.type)}
    )


@receiver(factor_signals.authenticator_reset)
def on_recovery_codes_made(request: HttpRequest, user: User, **_: Any) -> None:
    record_sign_in_event(_actor(request, user), "recovery_codes_made", user)


def _actor(request: HttpRequest, user: User) -> Actor:
    return actor_for_user(user, today=clock.today(), address=client_address(request))


def _stranger(request: HttpRequest) -> Actor:
    return Actor(user_id=None, person_id=None, label=ANONYMOUS.label, address=client_address(request))
