"""The exam on paper: start, print, and entry by two people."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.http import refusals_on
from core.pdf import qr_address, render_pdf
from exams import actions
from exams.forms import PaperEntryForm
from exams.models import AttemptState
from exams.queries.requests import accommodation_in_force


@require_POST
def paper_start(request: HttpRequest, candidate_id: str) -> HttpResponse:
    """The time of this candidate runs from now; the form can be printed."""
    attempt = actions.start_on_paper(request.actor, candidate_id, now=clock.now())
    messages.success(request, _("已开始计时，请立即打印试卷交给考生。"))
    return redirect("exams:paper", attempt_id=attempt.public_id)


@require_http_methods(["GET", "POST"])
def paper(request: HttpRequest, attempt_id: str) -> HttpResponse:
    """Where the form is printed and the sheet is entered, by each of two people on their own."""
    attempt = actions.paper_attempt(request.actor, attempt_id)
    items = json.loads(attempt.paper.content)["items"]
    form = PaperEntryForm(request.POST or None, items=items)
    differing: tuple[int, ...] = ()
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            entered = actions.enter_paper(request.actor, attempt_id, form.typed(), clock=clock.now)
            if entered.is_done:
                messages.success(request, _("两人录入一致，答案已入库，按纸质答卷交卷。"))
                return redirect("exams:candidate", candidate_id=attempt.candidate.public_id)
            if not entered.differing:
                messages.success(request, _("已保存您的录入，请另一人独立录入一次。"))
                return redirect("exams:paper", attempt_id=attempt_id)
            differing = entered.differing
    context = {
        "attempt": attempt,
        "candidate": attempt.candidate,
        "round": attempt.candidate.round,
        "form": form,
        "differing": differing,
        "entry_count": attempt.paper_entries.values("entered_by").distinct().count(),
        "may_enter": attempt.state in {AttemptState.OPEN, AttemptState.TIMED_OUT},
    }
    return render(request, "exams/paper.html", context, status=422 if form.errors or differing else 200)


@require_GET
def paper_pdf(request: HttpRequest, attempt_id: str) -> HttpResponse:
    """Form and answer sheet on A4. Without the key, and with the hash that the paper was frozen with."""
    attempt = actions.paper_attempt(request.actor, attempt_id)
    body = json.loads(attempt.paper.content)
    granted = accommodation_in_force(attempt.candidate_id)
    context = {
        "attempt": attempt,
        "candidate": attempt.candidate,
        "paper": body,
        "qr": qr_address(attempt.public_id),
        "large_print": granted is not None and granted.large_print,
    }
    data = render_pdf(render_to_string("exams/paper_pdf.html", context), stylesheet="exams/paper.css")
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="paper-{attempt.public_id[:8]}.pdf"'
    return response
