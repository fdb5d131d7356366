"""One lecture: plan, record, evidence, cancel, detail."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.forms import Form
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.http import refusals_on
from courses.actions import Upload, add_evidence, cancel_lecture, plan_lecture, record_lecture, remove_evidence
from courses.domain.halves import Half, is_late
from courses.domain.records import missing_evidence
from courses.forms import CancelForm, EvidenceForm, PlanForm, RecordForm, initial_of_record
from courses.models import Lecture
from courses.policies import can_keep_lectures
from courses.queries import (
    check_may_keep,
    check_may_read,
    evidence_of,
    get_evidence,
    get_lecture,
    missing_text,
    principals_of,
)
from courses.views.requests import ActorRequest
from registry.queries import get_enterprise

_DOWNLOAD_POLICY = "sandbox; default-src 'none'"


def lecture_plan(request: ActorRequest, enterprise_id: str) -> HttpResponse:
    """A plan for one of the principals."""
    check_may_read(request.actor)
    enterprise = get_enterprise(request.actor, enterprise_id)
    check_may_keep(request.actor, enterprise.pk)
    today = clock.today()
    people = principals_of(request.actor, enterprise, on=today)
    form = PlanForm(request.POST or None, people=people, today=today)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            lecture = plan_lecture(request.actor, enterprise_id, form.draft(), now=clock.now())
            messages.success(request, _("已登记讲课计划。讲课后请回到这里填报。"))
            return redirect("courses:lecture_detail", lecture.public_id)
    context = {"form": form, "enterprise": enterprise, "people": people}
    return render(request, "courses/lecture_plan.html", context)


def lecture_detail(request: ActorRequest, lecture_id: str) -> HttpResponse:
    """What is planned or reported, and its evidence."""
    check_may_read(request.actor)
    lecture = get_lecture(request.actor, lecture_id)
    may_keep = can_keep_lectures(request.actor, lecture.enterprise_id)
    held_on = timezone.localtime(lecture.held_at).date() if lecture.held_at else None
    context = {
        "lecture": lecture,
        "evidence": evidence_of(lecture),
        "is_late": held_on is not None and is_late(Half(lecture.year, lecture.half), held_on),
        "may_record": may_keep and lecture.state == Lecture.State.PLANNED,
        "tone": {"planned": "active", "recorded": "good"}.get(lecture.state, "idle"),
    }
    return render(request, "courses/lecture_detail.html", context)


def lecture_record(request: ActorRequest, lecture_id: str) -> HttpResponse:
    """On a phone: first the evidence, file by file, then the facts."""
    lecture = _kept(request, lecture_id)
    form = _record_form(request, lecture, is_bound=request.method == "POST")
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            record_lecture(request.actor, lecture_id, form.record(), now=clock.now())
            messages.success(request, _("已提交讲课记录。"))
            return redirect("courses:lecture_detail", lecture_id)
    return _record_page(request, lecture, form, files=EvidenceForm(prefix="evidence"))


@require_POST
def evidence_add(request: ActorRequest, lecture_id: str) -> HttpResponse:
    """Keeps the chosen files, and leads back to the record."""
    lecture = _kept(request, lecture_id)
    form = EvidenceForm(request.POST, request.FILES, prefix="evidence")
    if form.is_valid():
        kind = form.cleaned_data["kind"]
        uploads = [Upload(kind, file.name, file.read()) for file in form.cleaned_data["uploads"]]
        with refusals_on(form):
            add_evidence(request.actor, lecture_id, uploads, now=clock.now())
            messages.success(request, _("已上传证明材料。"))
            return redirect("courses:lecture_record", lecture_id)
    return _record_page(request, lecture, _record_form(request, lecture, is_bound=False), files=form)


@require_POST
def evidence_remove(request: ActorRequest, evidence_id: str) -> HttpResponse:
    """Takes a file off a planned lecture."""
    check_may_read(request.actor)
    lecture = remove_evidence(request.actor, evidence_id, now=clock.now())
    messages.success(request, _("已删除该材料。"))
    return redirect("courses:lecture_record", lecture.public_id)


def evidence_download(request: ActorRequest, evidence_id: str) -> FileResponse:
    """The file itself, always as a download: nothing of it runs on our pages."""
    check_may_read(request.actor)
    row = get_evidence(request.actor, evidence_id)
    response = FileResponse(
        default_storage.open(row.stored_name), as_attachment=True, filename=row.file_name, content_type=row.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _DOWNLOAD_POLICY
    response["Cache-Control"] = "no-store, private"
    return response


def lecture_cancel(request: ActorRequest, lecture_id: str) -> HttpResponse:
    """Asks why, and cancels the plan."""
    lecture = _kept(request, lecture_id)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            cancel_lecture(request.actor, lecture_id, reason=form.cleaned_data["reason"], now=clock.now())
            messages.success(request, _("已取消这次讲课计划。"))
            return redirect("courses:enterprise_lectures", lecture.enterprise.public_id)
    return render(request, "courses/lecture_cancel.html", {"form": form, "lecture": lecture})


def _kept(request: ActorRequest, lecture_id: str) -> Lecture:
    check_may_read(request.actor)
    lecture = get_lecture(request.actor, lecture_id)
    check_may_keep(request.actor, lecture.enterprise_id)
    return lecture


def _record_form(request: ActorRequest, lecture: Lecture, *, is_bound: bool) -> RecordForm:
    people = principals_of(request.actor, lecture.enterprise, on=clock.today())
    if lecture.lecturer not in people:
        people = [lecture.lecturer, *people]
    initial = initial_of_record(lecture, now=clock.now())
    return RecordForm(request.POST if is_bound else None, initial=initial, people=people)


def _record_page(request: ActorRequest, lecture: Lecture, form: RecordForm, *, files: Form) -> HttpResponse:
    evidence = evidence_of(lecture)
    missing = missing_evidence(row.kind for row in evidence)
    context = {
        "lecture": lecture,
        "form": form,
        "evidence_form": files,
        "evidence": evidence,
        "missing": missing_text(missing) if missing else "",
        "is_open": lecture.state == Lecture.State.PLANNED,
    }
    return render(request, "courses/lecture_record.html", context)
