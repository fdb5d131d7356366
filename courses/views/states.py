"""The table of states for regulators, its export, and one enterprise's lectures."""

from collections import Counter

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core import clock
from courses.actions import export_states
from courses.domain.halves import STANDING_WORDS, STANDINGS, Standing, half_of
from courses.forms import StateFilterForm
from courses.policies import can_keep_lectures
from courses.queries import LectureState, check_may_read, enterprises_to_lecture, lecture_states, lectures_for
from courses.queries.exports import states_workbook
from courses.views.requests import ActorRequest
from registry.queries import get_enterprise

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SIZES = (25, 50, 100)
TONES: dict[Standing, str] = {"overdue": "bad", "due_soon": "warn", "due": "idle", "planned": "active", "done": "good"}


def state_table(request: ActorRequest) -> HttpResponse:
    """How the high-hazard enterprises in reach stand in a half-year."""
    check_may_read(request.actor)
    form = StateFilterForm(request.GET, today=clock.today())
    found = _states(request, form)
    counts = Counter(state.state for state in found)
    chosen = form.cleaned_data.get("state") if form.is_valid() else ""
    shown = [state for state in found if not chosen or state.state == chosen]
    size = request.GET.get("size", "")
    page = Paginator(shown, int(size) if size in {str(number) for number in SIZES} else 50).get_page(
        request.GET.get("page")
    )
    context = {
        "form": form,
        "half": form.period(),
        "page": page,
        "rows": [_row(state) for state in page],
        "stats": [_stat(request, name, counts[name]) for name in STANDINGS],
        "sizes": SIZES,
        "query": request.GET.urlencode(),
        "is_filtered": any(request.GET.get(name) for name in ("state", "area", "industry", "q")),
    }
    return render(request, "courses/lecture_states.html", context)


def state_export(request: ActorRequest) -> HttpResponse:
    """Exactly the shown rows as a workbook."""
    check_may_read(request.actor)
    form = StateFilterForm(request.GET, today=clock.today())
    chosen = form.cleaned_data.get("state") if form.is_valid() else ""
    shown = [state for state in _states(request, form) if not chosen or state.state == chosen]
    export_states(request.actor, rows=len(shown), filters=request.GET.urlencode())
    half = form.period()
    response = HttpResponse(states_workbook(shown), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="lectures-{half.year}-{half.half}.xlsx"'
    return response


def enterprise_lectures(request: ActorRequest, enterprise_id: str) -> HttpResponse:
    """One enterprise: how it stands in this half-year and the last, and all its lectures."""
    check_may_read(request.actor)
    enterprise = get_enterprise(request.actor, enterprise_id)
    today = clock.today()
    current = half_of(today)
    own = enterprises_to_lecture(request.actor).filter(pk=enterprise.pk)
    states = [
        state
        for half in (current, current.previous)
        for state in lecture_states(request.actor, half.year, half.half, today=today, enterprises=own)
    ]
    context = {
        "enterprise": enterprise,
        "states": [_row(state) for state in states],
        "lectures": lectures_for(request.actor).filter(enterprise=enterprise).order_by("-planned_at"),
        "may_keep": can_keep_lectures(request.actor, enterprise.pk),
    }
    return render(request, "courses/enterprise_lectures.html", context)


def _states(request: ActorRequest, form: StateFilterForm) -> list[LectureState]:
    enterprises = enterprises_to_lecture(request.actor)
    if not form.is_valid():
        return []
    data = form.cleaned_data
    if data["area"]:
        enterprises = enterprises.filter(area__code=data["area"].code)
    if data["industry"]:
        enterprises = enterprises.filter(Q(industry=data["industry"]) | Q(industry__parent=data["industry"]))
    if data["q"]:
        enterprises = enterprises.filter(name__icontains=data["q"])
    half = form.period()
    found = lecture_states(request.actor, half.year, half.half, today=clock.today(), enterprises=enterprises)
    return sorted(found, key=lambda state: STANDINGS.index(state.state))


def _row(state: LectureState) -> dict[str, object]:
    lecture = state.lecture
    is_unrecorded = lecture is not None and lecture.held_at is None and state.state != "planned"
    word = _(STANDING_WORDS[state.state])
    return {"state": state, "word": word, "tone": TONES[state.state], "is_unrecorded": is_unrecorded}


def _stat(request: ActorRequest, name: Standing, count: int) -> dict[str, object]:
    query = request.GET.copy()
    query.pop("page", None)
    query["state"] = name
    tone = {"overdue": "bad", "due_soon": "warn", "done": "good"}.get(name, "")
    return {
        "label": _(STANDING_WORDS[name]),
        "value": count,
        "unit": _("家"),
        "url": f"?{query.urlencode()}",
        "tone": tone if count else "",
    }
