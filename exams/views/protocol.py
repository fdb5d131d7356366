"""The sitting protocol over HTTP: JSON in, JSON out, authorised by the attempt cookie (docs/answers.md).

No session and no login on this path: an expired login cannot stop an answer from being saved. What guards it instead is
a signed, HttpOnly, SameSite=Strict cookie bound to one attempt and its path, and the checks of `_require_own_page`.
"""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial, wraps
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from accounts.queries.actors import client_address
from core import clock
from core.errors import DomainError
from core.http import message_of
from exams import actions
from exams.actions.journal import Approval, Device, Opened, Saved, holder_of, keep_conflict
from exams.domain.messages import MOST_BYTES, read_open, read_save, read_submit
from exams.errors import AttemptCookieMissing, CrossSiteRequest, EnvelopeMalformed
from exams.models import Attempt
from exams.queries.journal import get_attempt, get_progress

logger = logging.getLogger(__name__)

COOKIE_SALT = "exams.attempt"
COOKIE_AFTER_DEADLINE = timedelta(days=1)
View = Callable[..., HttpResponse]


def cookie_name(attempt_id: str) -> str:
    """`attempt_<first 12 digits>`: several attempts can live in one browser."""
    return f"attempt_{attempt_id[:12]}"


def set_attempt_cookie(response: HttpResponse, attempt: Attempt, approval: Approval | None = None) -> None:
    """Gives this browser the right to save answers of this attempt, until a day after its deadline.

    `approval` is of the invigilator who let this device go on; OPEN writes it down with the lease.
    """
    response.set_cookie(
        cookie_name(attempt.public_id),
        sign_cookie(attempt, approval),
        expires=attempt.deadline + COOKIE_AFTER_DEADLINE,
        path=f"/sit/{attempt.public_id}/",
        secure=settings.HTTPS,
        httponly=True,
        samesite="Strict",
    )


def sign_cookie(attempt: Attempt, approval: Approval | None = None) -> str:
    """The cookie's value: this attempt, until when, and who let this device go on after which epoch."""
    expires = attempt.deadline + COOKIE_AFTER_DEADLINE
    said: dict[str, object] = {"a": attempt.public_id, "e": int(expires.timestamp())}
    if approval is not None:
        said["h"] = [approval.user_id, approval.epoch]
    return signing.dumps(said, salt=COOKIE_SALT)


def approval_of(request: HttpRequest, attempt_id: str) -> Approval | None:
    """Who let this browser go on with the attempt, if an invigilator did."""
    try:
        bound = signing.loads(request.COOKIES.get(cookie_name(attempt_id), ""), salt=COOKIE_SALT)
    except signing.BadSignature:
        return None
    return Approval(*bound["h"]) if bound.get("a") == attempt_id and "h" in bound else None


def holds_attempt_cookie(request: HttpRequest, attempt_id: str) -> bool:
    """Whether the request carries a valid cookie of that attempt."""
    bound_to, expires = _bound(request.COOKIES.get(cookie_name(attempt_id), ""))
    return bound_to == attempt_id and clock.now().timestamp() < expires


@lru_cache(maxsize=4096)
def _bound(cookie: str) -> tuple[str, int]:
    """Which attempt a cookie is for, and until when; nothing and never when the signature is not ours.

    Kept in memory: what a signature says does not change while the process lives, and a candidate comes a hundred times.
    """
    try:
        bound = signing.loads(cookie, salt=COOKIE_SALT)
    except signing.BadSignature:
        return "", 0
    return str(bound.get("a", "")), int(bound.get("e", 0))


def protocol(view: View) -> View:
    """Checks the cookie, and turns refusals into `{code, message, params}` with lists kept as lists."""

    @wraps(view)
    def guarded(request: HttpRequest, attempt_id: str) -> HttpResponse:
        try:
            if not holds_attempt_cookie(request, attempt_id):
                raise AttemptCookieMissing
            return view(request, attempt_id)
        except DomainError as refusal:
            return refusal_json(request, refusal)
        except (OperationalError, InterfaceError, InternalError):
            # Disk full, database away: nothing was acknowledged, the client keeps its outbox and comes again.
            logger.exception("answers cannot be stored")
            with translation.override(translation.get_language_from_request(request)):
                message = gettext("服务器暂时无法保存，您的答案仍在本机，稍后会自动重试。")
            body = {"code": "unavailable", "message": message, "params": {}}
            return _json(body, status=HTTPStatus.SERVICE_UNAVAILABLE)

    return csrf_exempt(login_not_required(guarded))


def refusal_json(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """`{code, message, params}` in the reader's language: these paths pass no middleware that would choose it."""
    with translation.override(translation.get_language_from_request(request)):
        body = {"code": refusal.code, "message": message_of(refusal), "params": refusal.params}
    return _json(body, status=refusal.status)


@require_POST
@protocol
def open_view(request: HttpRequest, attempt_id: str) -> HttpResponse:
    message = read_open(own_body(request))
    device = Device(client_address(request), request.headers.get("User-Agent", ""), approval_of(request, attempt_id))
    now = clock.now()
    opened = actions.open_lease(attempt_id, message, device=device, now=now)
    response = _json(_opened_body(opened, now))
    set_attempt_cookie(response, opened.attempt)
    return response


@require_POST
@protocol
def events_view(request: HttpRequest, attempt_id: str) -> HttpResponse:
    try:
        message = read_save(own_body(request), size=len(request.body))
    except DomainError as refusal:
        if refusal.code != CrossSiteRequest.code:
            payload = request.body[:MOST_BYTES].decode("ascii", "backslashreplace")
            keep_conflict(get_attempt(attempt_id), code=refusal.code, payload=payload, server_ts=clock.now())
        raise
    return _json(_saved_body(actions.save_events(attempt_id, message, clock=clock.now)))


@require_GET
@protocol
def have_view(request: HttpRequest, attempt_id: str) -> HttpResponse:
    found = get_progress(attempt_id)
    body = {"have": found.have, "head": found.head, "state": found.state, "epoch": found.epoch}
    return _json({**body, **_times(found.deadline)})


@require_POST
@protocol
def submit_view(request: HttpRequest, attempt_id: str) -> HttpResponse:
    message = read_submit(own_body(request))
    holder = partial(holder_of, address=client_address(request))
    attempt = actions.submit_attempt(attempt_id, message, actor=holder, now=clock.now())
    return _json(
        {
            "final_receipt": attempt.final_receipt,
            "state": attempt.state,
            "done_url": reverse("exams:sitting_done", args=[attempt.public_id]),
        },
    )


def iso(moment: datetime) -> str:
    """`2026-11-23T10:31:07.123Z`"""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(body: Mapping[str, object], *, status: int = HTTPStatus.OK) -> HttpResponse:
    return HttpResponse(json.dumps(body), content_type="application/json", status=status)


def own_body(request: HttpRequest) -> object:
    """The JSON that our own page sent; raises CrossSiteRequest or EnvelopeMalformed."""
    _require_own_page(request)
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        raise EnvelopeMalformed(field="body")


def _require_own_page(request: HttpRequest) -> None:
    """A form of another site can send neither this content type nor this header without asking first (A17)."""
    said = request.META
    origin = said.get("HTTP_ORIGIN", "")
    same_origin = not origin or urlsplit(origin).netloc == request.get_host()
    same_site = said.get("HTTP_SEC_FETCH_SITE", "same-origin") == "same-origin"
    ours = request.content_type == "application/json" and said.get("HTTP_X_CHOUKAO") == "1"
    if not (same_origin and same_site and ours):
        raise CrossSiteRequest


def _times(deadline: datetime) -> dict[str, str]:
    return {"server_now": iso(clock.now()), "deadline": iso(deadline)}


def _opened_body(opened: Opened, now: datetime) -> dict[str, object]:
    attempt = opened.attempt
    return {
        "epoch": attempt.epoch,
        "server_now": iso(now),
        "deadline": iso(attempt.deadline),
        "grace_seconds": attempt.grace_seconds,
        "state": attempt.state,
        "paper": {"paper": attempt.paper.sha256, **json.loads(opened.paper)},
        "have": opened.have,
        "head": attempt.head,
        "answers": opened.answers,
    }


def _saved_body(saved: Saved) -> dict[str, object]:
    results = [
        {
            "seq": result.seq,
            "status": result.status,
            "receipt": result.receipt,
            **({"code": result.code} if result.code else {}),
        }
        for result in saved.settlement.results
    ]
    return {
        "receipts": results,
        "server_now": iso(saved.server_ts),
        "deadline": iso(saved.book.deadline),
        "state": saved.book.state,
        "epoch": saved.book.epoch,
    }
