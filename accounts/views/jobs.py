"""Background work, and the texts that the demo sent."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.actions import retry_job
from accounts.forms import JobFilterForm
from accounts.policies import can_run_jobs
from accounts.queries import filtered_job_runs, outgoing_messages
from accounts.views.lists import SIZES, page_of
from core import clock
from core.errors import NotAllowed
from core.models import JobRun

_TONES = {
    JobRun.State.DONE: "good",
    JobRun.State.FAILED: "bad",
    JobRun.State.RUNNING: "active",
    JobRun.State.REFUSED: "warn",
}
_TEXTS_SHOWN = 50


@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    if not can_run_jobs(actor):
        raise NotAllowed
    form = JobFilterForm(request.GET or None)
    typed = form.cleaned_data if form.is_valid() else {}
    page = page_of(request, filtered_job_runs(actor, state=typed.get("state", ""), name=typed.get("name", "")))
    rows = [
        {"run": run, "tone": _TONES.get(JobRun.State(run.state), ""), "may_retry": run.state in ("failed", "refused")}
        for run in page
    ]
    return render(request, "accounts/job_list.html", {"page": page, "rows": rows, "form": form, "sizes": SIZES})


@require_POST
def job_retry(request: HttpRequest, run_id: str) -> HttpResponse:
    retry_job(request.actor, run_id, now=clock.now())  # type: ignore[attr-defined]
    messages.success(request, _("任务已重新排队。"))
    return redirect("accounts:job_list")


@login_not_required
@require_GET
def messages_sent(request: HttpRequest) -> HttpResponse:
    """The demo's phone: the texts that a visitor would receive. Exists in the demo only."""
    if not settings.DEMO:
        raise Http404("demo only")
    return render(request, "accounts/messages.html", {"texts": outgoing_messages()[:_TEXTS_SHOWN]})
