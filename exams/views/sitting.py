"""The page of the exam, and the page after it."""

from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from core.masking import mask_name
from exams import actions
from exams.domain.receipts import receipt_code
from exams.domain.states import AttemptState
from exams.errors import AttemptNotFound
from exams.models import Accommodation, Attempt
from exams.policies import is_own_candidacy
from exams.queries.journal import get_attempt
from exams.queries.requests import accommodation_in_force
from exams.views.protocol import approval_of, holds_attempt_cookie, set_attempt_cookie
from exams.views.receipts import public_key_hex, qr_data

# The greatest size of print that the page offers, in pixels.
_LARGE_PRINT = 28


@require_GET
@login_not_required
@ensure_csrf_cookie
def sitting_page(request: HttpRequest, attempt_id: str) -> HttpResponse:
    """The one page of the exam, for the candidate who signed in or a browser that holds the attempt's cookie."""
    if "handover" in request.GET:
        return _taken_here(request, attempt_id)
    attempt = _own_attempt(request, attempt_id)
    if attempt is None:
        return redirect_to_login(request.path)
    if attempt.state != AttemptState.OPEN:
        return redirect("exams:sitting_done", attempt_id=attempt.public_id)
    # What the worker keeps on the device for a reload without network carries no name.
    at_rest = "at_rest" in request.GET
    granted = accommodation_in_force(attempt.candidate_id)
    with override(_language(granted)):
        context = {"config": _config(attempt, granted, named=not at_rest), "is_foreign": _is_foreign(granted)}
        response = render(request, "exams/sitting.html", context)
    set_attempt_cookie(response, attempt, approval_of(request, attempt_id))
    return response


@require_GET
@login_not_required
def sitting_worker(_request: HttpRequest) -> HttpResponse:
    """The service worker of the exam page. Served from here, because its address decides what it may look after."""
    name = "dist/exam-worker.js"
    found = staticfiles_storage.path(name) if staticfiles_storage.exists(name) else finders.find(name)
    if not isinstance(found, str):
        raise Http404(name)
    response = HttpResponse(Path(found).read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_GET
@login_not_required
def sitting_done(request: HttpRequest, attempt_id: str) -> HttpResponse:
    """The final receipt, to keep or to show."""
    attempt = _own_attempt(request, attempt_id)
    if attempt is None:
        return redirect_to_login(request.path)
    if attempt.state == AttemptState.OPEN:
        return redirect("exams:sitting", attempt_id=attempt.public_id)
    code = receipt_code(attempt.final_receipt) if attempt.final_receipt else ""
    context = {
        "attempt": attempt,
        "candidate": attempt.candidate,
        "receipt": attempt.final_receipt,
        "code": code,
        "qr": qr_data(_verification_url(request, code)) if code else "",
        "event_count": attempt.next_sseq - 1,
        "answered_count": len(attempt.answers),
    }
    return render(request, "exams/done.html", context)


def _taken_here(request: HttpRequest, attempt_id: str) -> HttpResponse:
    """The invigilator's QR code: this device gets the attempt's cookie, and an address without the word."""
    attempt, approval = actions.attempt_of_handover(attempt_id, request.GET["handover"])
    response = redirect("exams:sitting", attempt_id=attempt.public_id)
    set_attempt_cookie(response, attempt, approval)
    return response


def _own_attempt(request: HttpRequest, attempt_id: str) -> Attempt | None:
    """The attempt, if this browser or this login may have it; None when a login may help. Raises AttemptNotFound."""
    if holds_attempt_cookie(request, attempt_id):
        return get_attempt(attempt_id)
    if not request.user.is_authenticated:
        return None
    attempt = get_attempt(attempt_id)
    if not is_own_candidacy(request.actor, attempt.candidate):
        raise AttemptNotFound
    return attempt


def _config(attempt: Attempt, granted: Accommodation | None, *, named: bool) -> dict[str, object]:
    base = reverse("exams:sitting", args=[attempt.public_id])
    return {
        "attempt": attempt.public_id,
        "urls": {
            "open": f"{base}open",
            "events": f"{base}events",
            "have": f"{base}have",
            "submit": f"{base}submit",
            "beat": f"{base}beat",
            "fault": f"{base}fault",
            "page": base,
            "worker": reverse("exams:sitting_worker"),
            "login": f"{reverse('account_login')}?next={base}",
            "done": f"{base}done",
        },
        "title": attempt.candidate.round.title,
        "candidate": mask_name(attempt.candidate.person.name) if named else "",
        "minutes": attempt.candidate.round.minutes,
        "receipt_public_key": public_key_hex(),
        **_eased(granted),
    }


def _eased(granted: Accommodation | None) -> dict[str, object]:
    """What was granted to this candidate and happens on the page itself."""
    if granted is None:
        return {}
    eased: dict[str, object] = {"read_aloud": granted.read_aloud}
    return {**eased, "font_size": _LARGE_PRINT} if granted.large_print else eased


def _language(granted: Accommodation | None) -> str | None:
    """English words around the questions where that was granted; the questions themselves stay as they are."""
    return "en" if _is_foreign(granted) else get_language()


def _is_foreign(granted: Accommodation | None) -> bool:
    return granted is not None and granted.language == Accommodation.Language.ENGLISH


def _verification_url(request: HttpRequest, code: str) -> str:
    return f"{request.build_absolute_uri(reverse('exams:public_receipts'))}?code={code}"
