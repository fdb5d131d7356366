"""The invigilator's desk: open, watch, prolong, hand over, record, close."""

from django.conf import settings
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.errors import NotAllowed
from core.http import refusals_on
from exams import actions
from exams.actions.candidates import Identification
from exams.actions.files import Upload
from exams.domain.entry import entry_code, seconds_left
from exams.domain.states import CandidateState, SittingState
from exams.errors import NameNotTyped
from exams.forms import CheckInForm, ExtensionForm, IncidentForm, LoadRehearsalForm, RescueForm
from exams.models import CheckIn, Incident, Sitting
from exams.policies import can_countersign, can_invigilate
from exams.queries import get_candidate, get_sitting
from exams.queries.desk import (
    STATUS_LABELS,
    get_check_in_photo,
    get_incident_file,
    granted_extensions,
    incidents_of,
    live_desk,
    name_of_attempt,
    sitting_of_incident,
    waiting_extensions,
)
from exams.queries.readiness import is_ready, readiness_of
from exams.views.receipts import qr_data

_DOWNLOAD_POLICY = "default-src 'none'; sandbox"


@require_GET
def desk(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """Everything about one sitting on one page; the list below renews itself."""
    sitting = _sitting(request, sitting_id)
    incidents = list(incidents_of(sitting))
    context = {
        **_live(request, sitting),
        "extension_form": ExtensionForm(),
        "waiting_extensions": waiting_extensions(sitting),
        "granted_extensions": granted_extensions(sitting),
        "incidents": incidents,
        "unsigned": [one for one in incidents if one.kind == Incident.Kind.MISCONDUCT and one.signed_at is None],
        "may_countersign": can_countersign(request.actor, sitting.round),
    }
    return render(request, "exams/desk.html", context)


@require_GET
def desk_live(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """The part of the desk that is asked for again every few seconds; 204 when the page shows it already.

    Not a 304: what is about people is kept by no cache, so the page says itself what it has (`v`).
    """
    known = request.GET.get("v", "")
    context = _live(request, _sitting(request, sitting_id), known=known)
    if known == context["version"]:
        return HttpResponse(status=204)
    return render(request, "exams/_desk_live.html", context)


@require_GET
def code_board(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """What candidates type at the door, large, for the wall; it changes every minute where that was chosen."""
    sitting, now = _sitting(request, sitting_id), clock.now()
    is_open = sitting.state == SittingState.OPEN
    code = sitting.opening_code
    if sitting.rotates_code:
        code = entry_code(settings.SECRET_KEY.encode(), sitting.public_id, now)
    address = request.build_absolute_uri(reverse("exams:enter", args=[sitting.public_id]))
    context = {
        "sitting": sitting,
        "code": code if is_open else "",
        "seconds_left": seconds_left(now) if sitting.rotates_code else None,
        "qr": qr_data(f"{address}?code={code}") if is_open and code else "",
    }
    return render(request, "exams/code_board.html", context)


@require_POST
def sitting_open(request: HttpRequest, sitting_id: str) -> HttpResponse:
    rotates = request.POST.get("rotates_code") == "on"
    sitting = actions.open_sitting(request.actor, sitting_id, rotates_code=rotates, now=clock.now())
    if sitting.rotates_code:
        messages.success(request, _("已开场，入场码每分钟更换，请在考场内投影。"))
    else:
        messages.success(request, _("已开场，开考码 {code}，请向考生公布。").format(code=sitting.opening_code))
    return redirect("exams:desk", sitting_id=sitting_id)


@require_http_methods(["GET", "POST"])
def sitting_close(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """Ends the sitting, after its name was typed: who has not begun is absent then."""
    sitting = _sitting(request, sitting_id)
    name = _("收场")
    if request.method == "POST":
        if request.POST.get("confirm_name", "").strip() != name:
            raise NameNotTyped(name=name)
        actions.close_sitting(request.actor, sitting_id, now=clock.now())
        messages.success(request, _("已收场，未到考生记为缺考，评分随即开始。"))
        return redirect("exams:desk", sitting_id=sitting_id)
    if not can_invigilate(request.actor, sitting.round):
        raise NotAllowed
    tally = live_desk(request.actor, sitting, show="", page=1, now=clock.now()).tally
    missing = tally.expected + tally.checked_in
    consequences = [
        _("未开始作答的 {count} 人记为缺考，进入补考名单。").format(count=missing),
        _("已交卷的 {count} 份答卷开始评分。").format(count=tally.done),
        _("之后不能再延时，也不能再进入考试。"),
    ]
    context = {"sitting": sitting, "round": sitting.round, "name": name, "consequences": consequences}
    return render(request, "exams/sitting_close.html", {**context, "writing": tally.writing + tally.offline})


@require_http_methods(["GET", "POST"])
def sitting_extend(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """Asks for extra time, for all or (`attempt`) for one."""
    sitting = _sitting(request, sitting_id)
    if request.method == "GET":
        if not can_invigilate(request.actor, sitting.round):
            raise NotAllowed
        attempt = request.GET.get("attempt", "")
        form = ExtensionForm(initial={"attempt": attempt})
        name = name_of_attempt(request.actor, sitting, attempt) if attempt else ""
        return render(request, "exams/extend.html", {"form": form, "sitting": sitting, "name": name})
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
    return render(request, "exams/extend.html", {"form": form, "sitting": sitting}, status=422)


@require_POST
def extension_approve(request: HttpRequest, extension_id: str) -> HttpResponse:
    extension = actions.approve_extension(request.actor, extension_id, now=clock.now())
    messages.success(request, _("已批准，考生的剩余时间随即更新。"))
    return redirect("exams:desk", sitting_id=extension.sitting.public_id)


@require_POST
def attempt_handover(request: HttpRequest, attempt_id: str) -> HttpResponse:
    """A QR code with which the exam goes on on another device."""
    attempt, word = actions.offer_handover(request.actor, attempt_id)
    address = request.build_absolute_uri(reverse("exams:sitting", args=[attempt.public_id]))
    context = {"attempt": attempt, "candidate": attempt.candidate, "qr": qr_data(f"{address}?handover={word}")}
    return render(request, "exams/handover.html", context)


@require_http_methods(["GET", "POST"])
def candidate_check_in(request: HttpRequest, candidate_id: str) -> HttpResponse:
    """Who is it, how was it checked, where do they sit; a photo only with their consent."""
    candidate = get_candidate(request.actor, candidate_id)
    if not can_invigilate(request.actor, candidate.round):
        raise NotAllowed
    form = CheckInForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.check_in(request.actor, candidate_id, identification=_identification(form), now=clock.now())
            messages.success(request, _("已签到。"))
            return redirect(_desk_of(candidate_id, request))
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "candidate": candidate, "is_due": candidate.state != CandidateState.CHECKED_IN}
    return render(request, "exams/check_in.html", context, status=status)


@require_http_methods(["GET", "POST"])
def candidate_incident(request: HttpRequest, candidate_id: str) -> HttpResponse:
    """Records what was seen, with its evidence."""
    candidate = get_candidate(request.actor, candidate_id)
    if not can_invigilate(request.actor, candidate.round):
        raise NotAllowed
    form = IncidentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.record_incident(
                request.actor,
                candidate_id,
                kind=Incident.Kind(form.cleaned_data["kind"]),
                description=form.cleaned_data["description"],
                files=[Upload(file.name, file.read()) for file in form.cleaned_data["uploads"]],
                now=clock.now(),
            )
            messages.success(request, _("情况已记录。违纪须由另一人签字后才生效。"))
            return redirect("exams:candidate", candidate_id=candidate_id)
    return render(request, "exams/incident.html", {"form": form, "candidate": candidate})


@require_GET
def incident_file(request: HttpRequest, file_id: str) -> FileResponse:
    """Evidence of an incident, always as a download."""
    row = get_incident_file(request.actor, file_id)
    return _download(row.stored_name, row.file_name, row.content_type)


@require_GET
def check_in_photo(request: HttpRequest, check_in_id: str) -> FileResponse:
    """The photo of a check-in, for those who invigilate."""
    row = get_check_in_photo(request.actor, check_in_id)
    ending = row.photo_stored_name.rpartition(".")[2]
    return _download(row.photo_stored_name, f"check-in.{ending}", "application/octet-stream")


@require_POST
def photos_erase(request: HttpRequest, candidate_id: str) -> HttpResponse:
    """A candidate withdraws the consent to the photo by telling an invigilator."""
    if not can_invigilate(request.actor, get_candidate(request.actor, candidate_id).round):
        raise NotAllowed
    number = actions.withdraw_photo_consent(request.actor, candidate_id, now=clock.now())
    messages.success(request, _("已删除 {number} 张现场照片。").format(number=number))
    return redirect("exams:candidate", candidate_id=candidate_id)


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


@require_http_methods(["GET", "POST"])
def readiness(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """Is everything ready for the day; POST notes the load rehearsal."""
    sitting = _sitting(request, sitting_id)
    form = LoadRehearsalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.record_load_rehearsal(request.actor, sitting_id, **form.cleaned_data)
        messages.success(request, _("演练结果已记录。"))
        return redirect("exams:readiness", sitting_id=sitting_id)
    checks = readiness_of(sitting)
    context = {
        "sitting": sitting,
        "round": sitting.round,
        "checks": checks,
        "is_ready": is_ready(checks),
        "form": form,
        "may_invigilate": can_invigilate(request.actor, sitting.round),
    }
    return render(request, "exams/readiness.html", context, status=422 if form.errors else 200)


def _sitting(request: HttpRequest, sitting_id: str) -> Sitting:
    sitting = get_sitting(request.actor, sitting_id)
    if not can_countersign(request.actor, sitting.round):
        raise NotAllowed
    return sitting


def _live(request: HttpRequest, sitting: Sitting, *, known: str = "") -> dict[str, object]:
    show = request.GET.get("show", "")
    show = show if show in STATUS_LABELS else ""
    page = request.GET.get("page", "1")
    now = clock.now()
    number = int(page) if page.isdecimal() and len(page) < 6 else 1
    live = live_desk(request.actor, sitting, show=show, page=number, known=known, now=now)
    state = SittingState(sitting.state)
    may_invigilate = can_invigilate(request.actor, sitting.round)
    base = reverse("exams:desk", args=[sitting.public_id])
    counts = {"": live.tally.all, **{status: getattr(live.tally, status) for status in STATUS_LABELS}}
    labels = {"": _("全部"), **{status: _(label) for status, label in STATUS_LABELS.items()}}
    return {
        "sitting": sitting,
        "round": sitting.round,
        "rows": live.rows,
        "tally": live.tally,
        "version": live.version,
        "show": show,
        "page": live.page,
        "pages": live.pages,
        "tabs": [
            {"title": labels[status], "count": counts[status], "active": status == show, "url": f"{base}?show={status}"}
            for status in labels
            if counts[status] or status in {"", show}
        ],
        "now": now,
        "may_open": state is SittingState.PLANNED and may_invigilate,
        "may_close": state is SittingState.OPEN and may_invigilate,
        "may_prolong": state is SittingState.OPEN and may_invigilate,
        "may_invigilate": may_invigilate,
    }


def _identification(form: CheckInForm) -> Identification:
    told = form.cleaned_data
    photo = told["photo"]
    return Identification(
        method=CheckIn.Method(told["method"]),
        seat=told["seat"],
        has_consent=told["has_consent"],
        photo=Upload(photo.name, photo.read()) if photo else None,
    )


def _download(stored_name: str, file_name: str, content_type: str) -> FileResponse:
    opened = default_storage.open(stored_name)
    response = FileResponse(opened, as_attachment=True, filename=file_name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _DOWNLOAD_POLICY
    response["Cache-Control"] = "no-store, private"
    return response


def _desk_of(candidate_id: str, request: HttpRequest) -> str:
    wanted = str(request.POST.get("next", ""))
    return wanted if wanted.startswith("/exams/") else reverse("exams:candidate", args=[candidate_id])
