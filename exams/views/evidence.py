"""What was noticed and recorded, for people to judge: the timeline of an attempt, similar papers of a sitting, and the
reports of faulty questions for those who wrote them.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from core.errors import NotAllowed
from exams import actions
from exams.domain.states import SittingState
from exams.policies import can_countersign
from exams.queries import get_sitting
from exams.queries.faults import faults_for
from exams.queries.similarity import latest_report, pairs_of
from exams.queries.timeline import get_timeline


@require_GET
def timeline(request: HttpRequest, attempt_id: str) -> HttpResponse:
    """Everything about one attempt in the order of time, with its context."""
    found = get_timeline(request.actor, attempt_id)
    candidate = found.attempt.candidate
    return render(request, "exams/timeline.html", {"timeline": found, "candidate": candidate, "round": candidate.round})


@require_http_methods(["GET", "POST"])
def similarity(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """Pairs of papers that share more wrong answers than chance explains; POST compares anew."""
    sitting = get_sitting(request.actor, sitting_id)
    if not can_countersign(request.actor, sitting.round):
        raise NotAllowed
    if request.method == "POST":
        actions.compare_papers(request.actor, sitting_id, now=clock.now())
        messages.success(request, _("比对完成。"))
        return redirect("exams:similarity", sitting_id=sitting_id)
    latest = latest_report(sitting)
    context = {
        "sitting": sitting,
        "round": sitting.round,
        "may_compare": sitting.state == SittingState.CLOSED,
        "report": latest[0] if latest else None,
        "figures": latest[1] if latest else None,
        "percent": f"{latest[1]['rate_ppm'] / 10_000:g}%" if latest else "",
        "pairs": pairs_of(request.actor, sitting, latest[1]) if latest else [],
    }
    return render(request, "exams/similarity.html", context)


@require_GET
def faults(request: HttpRequest) -> HttpResponse:
    """Questions that candidates took for faulty, once their sitting is closed."""
    return render(request, "exams/faults.html", {"faults": faults_for(request.actor)})
