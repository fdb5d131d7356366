"""One Actor per request; idle sessions end; staff without a second factor get no further."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.utils.functional import SimpleLazyObject
from rest_framework.permissions import AllowAny

from accounts.errors import SecondFactorMissing
from accounts.models import User
from accounts.queries import actor_for_request
from core import clock
from core.http import refusal_body

GetResponse = Callable[[HttpRequest], HttpResponse]
_LAST_SEEN: Final = "last_seen"
# How much later a request must be before the session is written again.
_RESOLUTION_SECONDS: Final = 60
# The sitting has its own cookie: an exam is longer than the idle time, and answering must never meet a sign-in page.
_SITTING_PREFIX: Final = "/sit/"
# What half-equipped staff may reach: setting up the second factor, leaving, the language.
_WITHOUT_SECOND_FACTOR: Final = frozenset(
    {"account_logout", "account_reauthenticate", "account_set_password", "set_language", "livez", "readyz"},
)


# Recovery codes alone are no second factor: they only stand in for one.
_SECOND_FACTORS: Final = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class ActorMiddleware:
    """Sets `request.actor`, computed from the role rows when first asked for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_for_request(request))  # type: ignore[attr-defined]
        return self.get_response(request)


class IdleLogoutMiddleware:
    """Ends a session after settings.SESSION_IDLE_SECONDS without a request of its user."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(_SITTING_PREFIX) or not request.user.is_authenticated:
            return self.get_response(request)
        moment = int(clock.now().timestamp())
        last_seen = request.session.get(_LAST_SEEN, moment)
        if moment - last_seen > settings.SESSION_IDLE_SECONDS:
            logout(request)
            return _sign_in_again(request)
        if moment - last_seen >= _RESOLUTION_SECONDS or _LAST_SEEN not in request.session:
            request.session[_LAST_SEEN] = moment
            UserSession.objects.create_from_request(request)
        return self.get_response(request)


class SecondFactorMiddleware:
    """With settings.STAFF_MFA_REQUIRED, staff who have no second factor are led to set one up and reach nothing else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponse | None:
        if not settings.STAFF_MFA_REQUIRED or not isinstance(request.user, User):
            return None
        name = request.resolver_match.url_name if request.resolver_match else None
        if name is None or _is_open(name) or not _needs_login(view):
            return None
        if not request.actor.is_staff or is_mfa_enabled(request.user, _SECOND_FACTORS):  # type: ignore[attr-defined]
            return None
        if request.path.startswith("/api/"):
            refusal = SecondFactorMissing()
            return JsonResponse(refusal_body(refusal), status=refusal.status)
        return redirect("mfa_index")


def _is_open(name: str) -> bool:
    return name.startswith("mfa_") or name in _WITHOUT_SECOND_FACTOR


def _needs_login(view: Any) -> bool:
    """Pages say it by Django's decorator, the API by its permissions."""
    cls = getattr(view, "cls", None)
    if cls is not None:
        return not any(issubclass(permission, AllowAny) for permission in cls.permission_classes)
    return bool(getattr(view, "login_required", True))


def _sign_in_again(request: HttpRequest) -> HttpResponse:
    target = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path(), 'idle': '1'})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)
