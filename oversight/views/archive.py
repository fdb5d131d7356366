"""The last page of a round: what is still open, and the archive."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import clock
from core.actor import Actor
from core.http import message_of, refusals_on
from exams.queries import get_round
from oversight.actions import archive
from oversight.forms import ArchiveForm
from oversight.policies import can_archive
from oversight.queries.archive import blockers


@require_http_methods(["GET", "HEAD", "POST"])
def archive_page(request: HttpRequest, round_id: str) -> HttpResponse:
    """What is open; POST archives."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    exam_round = get_round(actor, round_id)
    form = ArchiveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            archive(actor, round_id, confirmation=form.cleaned_data["confirm_name"], now=clock.now())
            messages.success(request, _("轮次已归档，不再接受更正和复核。"))
            return redirect("oversight:archive", round_id=round_id)
    exam_round = get_round(actor, round_id)
    is_archived = exam_round.state == "archived"
    found = () if is_archived else blockers(exam_round, clock.now())
    context = {
        "round": exam_round,
        "form": form,
        "is_archived": is_archived,
        "blockers": [message_of(blocker) for blocker in found],
        "may_archive": not is_archived and not found and can_archive(actor, exam_round),
    }
    return render(request, "oversight/archive.html", context, status=422 if form.errors else 200)
