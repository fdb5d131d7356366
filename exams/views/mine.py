"""The candidate's own pages: what I am called to, how to begin, what came of it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.http import refusals_on
from exams import actions
from exams.actions.devices import CHECKS
from exams.domain.access import REASON_TEXTS, Decision
from exams.domain.requests import MAY_ASK
from exams.domain.states import MAY_SIT, AttemptState, CandidateState, may_move_candidate
from exams.forms import StartForm
from exams.queries import Candidacy, my_candidacies, my_candidacy
from exams.queries.appeals import own_appeal
from exams.queries.candidates import my_candidate_in
from exams.queries.desk import photos_of
from exams.queries.drills import my_drills
from exams.queries.review import may_review


@require_GET
def my_exams(request: HttpRequest) -> HttpResponse:
    """Everything this person is or was called to."""
    candidacies = [_shown(candidacy) for candidacy in my_candidacies(request.actor, clock.now())]
    drills = my_drills(request.actor)[:10]
    return render(request, "exams/my_exams.html", {"candidacies": candidacies, "drills": drills})


def my_exam(request: HttpRequest, candidate_id: str) -> HttpResponse:
    """One of them; POST begins the exam."""
    now = clock.now()
    form = StartForm(
        request.POST if request.method == "POST" else None, initial={"opening_code": request.GET.get("code")}
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            code = form.cleaned_data["opening_code"]
            attempt = actions.start_attempt(request.actor, candidate_id, opening_code=code, now=now)
            return redirect("exams:sitting", attempt_id=attempt.public_id)
    candidacy = my_candidacy(request.actor, candidate_id, now)
    asks_code = bool(candidacy.sitting and candidacy.sitting.asks_code)
    context = {
        "form": form,
        "asks_code": asks_code,
        **_shown(candidacy),
        "own_appeal": own_appeal(candidacy.candidate, now),
        "may_review": may_review(candidacy.candidate),
        "has_photo": photos_of(candidacy.candidate).exists(),
        "may_ask": candidacy.attempt is None and candidacy.candidate.state in MAY_ASK,
    }
    return render(request, "exams/my_exam.html", context)


@require_GET
def enter(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """Where the QR code in the room leads: to the person's own exam, with the code filled in."""
    candidate = my_candidate_in(request.actor, sitting_id)
    code = urlencode({"code": request.GET.get("code", "")[:16]})
    return redirect(f"{reverse('exams:my_exam', args=[candidate.public_id])}?{code}")


@require_http_methods(["GET", "POST"])
def my_device(request: HttpRequest) -> HttpResponse:
    """Tries what the exam page needs; POST keeps what was found, for the readiness of the sitting."""
    if request.method == "POST":
        findings = {name: request.POST.get(name, "") for name in CHECKS}
        agent = request.headers.get("User-Agent", "")
        check = actions.record_device_check(request.actor, findings, user_agent=agent, now=clock.now())
        return JsonResponse({"fit": check.is_fit})
    if request.GET.get("now"):
        return JsonResponse({"server_now": clock.now().isoformat()})
    return render(request, "exams/my_device.html", {"config": {"url": request.path}})


@require_POST
def withdraw_my_photo(request: HttpRequest, candidate_id: str) -> HttpResponse:
    """The person withdraws the consent to the check-in photo."""
    candidate = my_candidacy(request.actor, candidate_id, clock.now()).candidate
    actions.withdraw_photo_consent(request.actor, candidate.public_id, now=clock.now())
    messages.success(request, _("已撤回同意，现场照片已删除。"))
    return redirect("exams:my_exam", candidate_id=candidate_id)


@require_POST
def confirm_my_attendance(request: HttpRequest, candidate_id: str) -> HttpResponse:
    """The person says that they will come."""
    actions.confirm_attendance(request.actor, candidate_id, now=clock.now())
    messages.success(request, _("已确认参加，请按时到场。"))
    return redirect("exams:my_exam", candidate_id=candidate_id)


def _shown(candidacy: Candidacy) -> dict[str, object]:
    candidate, access, attempt = candidacy.candidate, candidacy.access, candidacy.attempt
    decision = access.decision if access else Decision.REFUSED
    latest = candidacy.results[-1] if candidacy.results else None
    # Until the round is published a candidate sees the score alone; the paper and its key stay closed.
    return {
        "candidate": candidate,
        "round": candidate.round,
        "sitting": candidacy.sitting,
        "attempt": attempt,
        "results": candidacy.results,
        "result": latest,
        "may_confirm": may_move_candidate(CandidateState(candidate.state), CandidateState.CONFIRMED),
        "may_rehearse": candidate.notified_at is not None and attempt is None and candidate.state in MAY_SIT,
        "may_start": decision is Decision.START,
        "may_continue": decision is Decision.CONTINUE,
        "must_wait": decision is Decision.WAIT,
        "is_closed": attempt is not None and attempt.state != AttemptState.OPEN,
        "reasons": [_(REASON_TEXTS[reason]) for reason in access.reasons] if access else [],
        "remaining_minutes": access.remaining_seconds // 60 if access else 0,
        "next_change": access.next_change if access else None,
    }
