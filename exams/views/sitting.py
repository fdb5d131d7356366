"""The page of the exam, and the page after it."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from core.masking import mask_name
from exams.domain.receipts import receipt_code
from exams.domain.states import AttemptState
from exams.errors import AttemptNotFound
from exams.models import Attempt
from exams.policies import is_own_candidacy
from exams.queries.journal import get_attempt
from exams.views.protocol import holds_attempt_cookie, set_attempt_cookie
from exams.views.receipts import public_key_hex, qr_data


@require_GET
@login_not_required
@ensure_csrf_cookie
def sitting_page(request: HttpRequest, attempt_id: str) -> HttpResponse:
    """The one page of the exam, for the candidate who signed in or a browser that holds the attempt's cookie."""
    attempt = _own_attempt(request, attempt_id)
    if attempt is None:
        return redirect_to_login(request.path)
    if attempt.state != AttemptState.OPEN:
        return redirect("exams:sitting_done", attempt_id=attempt.public_id)
    response = render(request, "exams/sitting.html", {"config": _config(attempt), "attempt": attempt})
    set_attempt_cookie(response, attempt)
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


def _config(attempt: Attempt) -> dict[str, object]:
    base = reverse("exams:sitting", args=[attempt.public_id])
    return {
        "attempt": attempt.public_id,
        "urls": {
            "open": f"{base}open",
            "events": f"{base}events",
            "have": f"{base}have",
            "submit": f"{base}submit",
            "login": f"{reverse('account_login')}?next={base}",
            "done": f"{base}done",
        },
        "title": attempt.candidate.round.title,
        "candidate": mask_name(attempt.candidate.person.name),
        "minutes": attempt.candidate.round.minutes,
        "receipt_public_key": public_key_hex(),
    }


def _verification_url(request: HttpRequest, code: str) -> str:
    return f"{request.build_absolute_uri(reverse('exams:public_receipts'))}?code={code}"
