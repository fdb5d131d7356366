"""The invigilator's desk: open, watch, prolong, record, close."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.errors import NotAllowed
from core.http import refusals_on
from exams import actions
from exams.domain.states import SittingState
from exams.forms import ExtensionForm, IncidentForm, RescueForm
from exams.models import Incident, Sitting
from exams.policies import can_countersign, can_invigilate
from exams.queries import get_candidate, get_sitting
from exams.queries.desk import (
    desk_rows,
    granted_extensions,
    incidents_of,
    sitting_of_incident,
    tally,
    waiting_extensions,
)


@require_GET
def desk(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """Everything about one sitting on one page; the list below renews itself."""
    sitting = _sitting(request, sitting_id)
    context = {
        **_live(request, sitting),
        "extension_form": ExtensionForm(),
        "waiting_extensions": waiting_extensions(sitting),
        "granted_extensions": granted_extensions(sitting),
        "incidents": incidents_of(sitting),
        "may_countersign": can_countersign(request.actor, sitting.round),
    }
    return render(request, "exams/desk.html", context)


@require_GET
def desk_live(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """The part of the desk that is asked for again every few seconds."""
    return render(request, "exams/_desk_live.html", _live(request, _sitting(request, sitting_id)))


@require_GET
def code_board(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """The opening code, large, for the wall."""
    return render(request, "exams/code_board.html", {"sitting": _sitting(request, sitting_id)})


@require_POST
def sitting_open(request: HttpRequest, sitting_id: str) -> HttpResponse:
    sitting = actions.open_sitting(request.actor, sitting_id, now=clock.now())
    messages.success(request, _("已开场，开考码 {code}，请向考生公布。").format(code=sitting.opening_code))
    return redirect("exams:desk", sitting_id=sitting_id)


@require_POST
def sitting_close(request: HttpRequest, sitting_id: str) -> HttpResponse:
    actions.close_sitting(request.actor, sitting_id, now=clock.now())
    messages.success(request, _("已收场，未到考生记为缺考，评分随即开始。"))
    return redirect("exams:desk", sitting_id=sitting_id)


@require_POST
def sitting_extend(request: HttpRequest, sitting_id: str) -> HttpResponse:
    form = ExtensionForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.request_extension(
                request.actor,
                sitting_id,
                unsafe_attempt_id=form.cleaned_data["attempt"] or None,
                minutes=form.cleaned_data["minutes"],
                reason=form.cleaned_data["reason"],
                now=clock.now(),
            )
            messages.success(request, _("延时申请已提交，等待另一人批准。"))
            return redirect("exams:desk", sitting_id=sitting_id)
    sitting = _sitting(request, sitting_id)
    return render(request, "exams/extend.html", {"form": form, "sitting": sitting}, status=422)


@require_POST
def extension_approve(request: HttpRequest, extension_id: str) -> HttpResponse:
    extension = actions.approve_extension(request.actor, extension_id, now=clock.now())
    messages.success(request, _("已批准，考生的剩余时间随即更新。"))
    return redirect("exams:desk", sitting_id=extension.sitting.public_id)


@require_POST
def candidate_check_in(request: HttpRequest, candidate_id: str) -> HttpResponse:
    actions.check_in(request.actor, candidate_id, now=clock.now())
    messages.success(request, _("已签到。"))
    return redirect(_back(request, candidate_id))


def candidate_incident(request: HttpRequest, candidate_id: str) -> HttpResponse:
    """Records what was seen."""
    candidate = get_candidate(request.actor, candidate_id)
    if not can_invigilate(request.actor, candidate.round):
        raise NotAllowed
    form = IncidentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.record_incident(
                request.actor,
                candidate_id,
                kind=Incident.Kind(form.cleaned_data["kind"]),
                description=form.cleaned_data["description"],
                now=clock.now(),
            )
            messages.success(request, _("情况已记录。违纪须由另一人签字后才生效。"))
            return redirect("exams:candidate", candidate_id=candidate_id)
    return render(request, "exams/incident.html", {"form": form, "candidate": candidate})


@require_POST
def incident_sign(request: HttpRequest, incident_id: str) -> HttpResponse:
    sitting = sitting_of_incident(request.actor, incident_id)
    actions.sign_misconduct(request.actor, incident_id, now=clock.now())
    messages.success(request, _("违纪已由两人签字，本场成绩记为违纪。"))
    return redirect("exams:desk", sitting_id=sitting.public_id)


@require_POST
def attempt_rescue(request: HttpRequest, attempt_id: str) -> HttpResponse:
    form = RescueForm(request.POST, request.FILES)
    if form.is_valid():
        with refusals_on(form):
            rescued = actions.upload_rescue_file(
                request.actor,
                attempt_id,
                form.cleaned_data["file"],
                clock=clock.now,
            )
            text = _("救援文件已处理：有效 {stored} 条，超时 {late} 条，冲突 {conflicts} 条。")
            messages.success(
                request,
                text.format(stored=rescued.stored, late=rescued.late, conflicts=rescued.conflicts),
            )
            return redirect("exams:rounds")
    return render(request, "exams/rescue.html", {"form": form, "attempt_id": attempt_id}, status=422)


def _sitting(request: HttpRequest, sitting_id: str) -> Sitting:
    sitting = get_sitting(request.actor, sitting_id)
    if not can_countersign(request.actor, sitting.round):
        raise NotAllowed
    return sitting


def _live(request: HttpRequest, sitting: Sitting) -> dict[str, object]:
    now = clock.now()
    rows = desk_rows(request.actor, sitting, now)
    state = SittingState(sitting.state)
    return {
        "sitting": sitting,
        "round": sitting.round,
        "rows": rows,
        "tally": tally(rows),
        "now": now,
        "may_open": state is SittingState.PLANNED and can_invigilate(request.actor, sitting.round),
        "may_close": state is SittingState.OPEN and can_invigilate(request.actor, sitting.round),
        "may_prolong": state is SittingState.OPEN and can_invigilate(request.actor, sitting.round),
    }


def _back(request: HttpRequest, candidate_id: str) -> str:
    wanted = str(request.POST.get("next", ""))
    return wanted if wanted.startswith("/exams/") else f"/exams/candidates/{candidate_id}/"
