"""缓考 and 便利安排: the candidate asks, staff check and decide."""

from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.errors import NotAllowed
from core.http import refusals_on
from exams import actions
from exams.actions import DeferralDraft
from exams.actions.files import Upload
from exams.domain.requests import Wish
from exams.forms import AccommodationForm, DecisionNoteForm, DeferralForm
from exams.models import Accommodation, Candidate, Deferral
from exams.policies import can_decide_requests, can_run_round, can_see_appeals
from exams.queries import get_candidate, my_candidacy
from exams.queries.requests import (
    accommodations_for,
    deferrals_for,
    get_accommodation,
    get_deferral,
    get_deferral_file,
)

_PAGE_SIZE = 50
_TONES = {"requested": "warn", "recommended": "warn", "granted": "good", "refused": "", "withdrawn": ""}
_WAITING = ("requested", "recommended")


@require_GET
def request_list(request: HttpRequest) -> HttpResponse:
    """Both kinds of requests: those that wait first."""
    if not can_see_appeals(request.actor):
        raise NotAllowed
    show_all = request.GET.get("all") == "1"
    deferrals, accommodations = deferrals_for(request.actor), accommodations_for(request.actor)
    if not show_all:
        deferrals, accommodations = deferrals.filter(state__in=_WAITING), accommodations.filter(state="requested")
    rows = [_deferral_row(row) for row in deferrals] + [_accommodation_row(row) for row in accommodations]
    page = Paginator(rows, _PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "count": page.paginator.count,
        "rows": page.object_list,
        "other_url": reverse("exams:requests") + ("" if show_all else "?all=1"),
        "other_label": _("只看待处理的") if show_all else _("查看全部"),
        "columns": [
            {"label": _("考生")},
            {"label": _("申请")},
            {"label": _("轮次")},
            {"label": _("状态")},
            {"label": _("申请时间")},
        ],
    }
    return render(request, "exams/requests.html", context)


def candidate_deferral(request: HttpRequest, candidate_id: str) -> HttpResponse:
    """The regulator asks for leave for somebody who cannot."""
    candidate = get_candidate(request.actor, candidate_id)
    if not can_run_round(request.actor, candidate.round):
        raise NotAllowed
    form = DeferralForm(*_posted(request))
    if (row := _asked_deferral(request, candidate, form)) is not None:
        messages.success(request, _("已代为提交缓考申请，须由另外两人初审和审批。"))
        return redirect("exams:deferral", deferral_id=row.public_id)
    context = {"candidate": candidate, "form": form}
    return render(request, "exams/deferral_new.html", context, status=422 if form.errors else 200)


def candidate_accommodation(request: HttpRequest, candidate_id: str) -> HttpResponse:
    """The regulator asks for an accommodation for somebody."""
    candidate = get_candidate(request.actor, candidate_id)
    if not can_run_round(request.actor, candidate.round):
        raise NotAllowed
    form = AccommodationForm(request.POST if request.method == "POST" else None)
    if (row := _asked_accommodation(request, candidate, form)) is not None:
        messages.success(request, _("已代为提交便利安排申请，须由另一人审批。"))
        return redirect("exams:accommodation", accommodation_id=row.public_id)
    context = {"candidate": candidate, "form": form}
    return render(request, "exams/accommodation_new.html", context, status=422 if form.errors else 200)


def my_deferral(request: HttpRequest, candidate_id: str) -> HttpResponse:
    """The candidate's own request for leave, and where it stands."""
    candidate = my_candidacy(request.actor, candidate_id, clock.now()).candidate
    form = DeferralForm(*_posted(request))
    if _asked_deferral(request, candidate, form) is not None:
        messages.success(request, _("缓考申请已提交，批准之前请照常准备考试。"))
        return redirect("exams:my_deferral", candidate_id=candidate_id)
    known = list(candidate.deferrals.prefetch_related("files").order_by("-pk"))
    context = {
        "candidate": candidate,
        "round": candidate.round,
        "form": form,
        "requests": [{"row": row, "tone": _TONES[row.state]} for row in known],
        "may_ask": not any(row.state in _WAITING for row in known) and candidate.sitting_number == 1,
        "user_id": request.actor.user_id,
    }
    return render(request, "exams/my_deferral.html", context, status=422 if form.errors else 200)


def my_accommodation(request: HttpRequest, candidate_id: str) -> HttpResponse:
    """The candidate's own request for an accommodation, and where it stands."""
    candidate = my_candidacy(request.actor, candidate_id, clock.now()).candidate
    form = AccommodationForm(request.POST if request.method == "POST" else None)
    if _asked_accommodation(request, candidate, form) is not None:
        messages.success(request, _("便利安排申请已提交，处理结果会通知您。"))
        return redirect("exams:my_accommodation", candidate_id=candidate_id)
    known = list(candidate.accommodations.all())
    context = {
        "candidate": candidate,
        "round": candidate.round,
        "form": form,
        "requests": [{"row": row, "tone": _TONES[row.state], "given": given_words(row)} for row in known],
        "may_ask": not any(row.state == Accommodation.State.REQUESTED for row in known),
        "user_id": request.actor.user_id,
    }
    return render(request, "exams/my_accommodation.html", context, status=422 if form.errors else 200)


@require_GET
def deferral_detail(request: HttpRequest, deferral_id: str) -> HttpResponse:
    """One request for leave, as staff see it."""
    row = get_deferral(request.actor, deferral_id)
    if not can_see_appeals(request.actor):
        raise NotAllowed
    return render(request, "exams/deferral.html", _deferral_context(request, row, DecisionNoteForm()))


@require_POST
def deferral_recommend(request: HttpRequest, deferral_id: str) -> HttpResponse:
    """The evidence was seen."""
    actions.recommend_deferral(request.actor, deferral_id, now=clock.now())
    messages.success(request, _("初审已通过，等待另一人审批。"))
    return redirect("exams:deferral", deferral_id=deferral_id)


@require_POST
def deferral_decide(request: HttpRequest, deferral_id: str) -> HttpResponse:
    """The decision of another person."""
    row = get_deferral(request.actor, deferral_id)
    form = DecisionNoteForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            grant, note = "grant" in request.POST, form.cleaned_data["note"]
            actions.decide_deferral(request.actor, deferral_id, grant=grant, note=note, now=clock.now())
            messages.success(
                request, _("已批准缓考，递补人员已列入名单，请通知考生。") if grant else _("未批准，已通知考生。")
            )
            return redirect("exams:deferral", deferral_id=deferral_id)
    return render(request, "exams/deferral.html", _deferral_context(request, row, form), status=422)


@require_GET
def deferral_file(request: HttpRequest, file_id: str) -> FileResponse:
    """A file of a request, for those who decide and for who asked; always as a download."""
    row = get_deferral_file(request.actor, file_id)
    is_own = row.deferral.candidate.person_id == request.actor.person_id
    if not is_own and not can_decide_requests(request.actor, row.deferral.candidate.round):
        raise NotAllowed
    stored = default_storage.open(row.stored_name)
    return FileResponse(stored, as_attachment=True, filename=row.file_name, content_type=row.content_type)


@require_POST
def deferral_withdraw(request: HttpRequest, deferral_id: str) -> HttpResponse:
    row = actions.withdraw_deferral(request.actor, deferral_id, now=clock.now())
    messages.success(request, _("缓考申请已撤回，请按时参加考试。"))
    return redirect("exams:my_deferral", candidate_id=row.candidate.public_id)


@require_GET
def accommodation_detail(request: HttpRequest, accommodation_id: str) -> HttpResponse:
    """One request for an accommodation, as staff see it."""
    row = get_accommodation(request.actor, accommodation_id)
    if not can_see_appeals(request.actor):
        raise NotAllowed
    return render(request, "exams/accommodation.html", _accommodation_context(request, row, DecisionNoteForm()))


@require_POST
def accommodation_decide(request: HttpRequest, accommodation_id: str) -> HttpResponse:
    """The decision of another person."""
    row = get_accommodation(request.actor, accommodation_id)
    form = DecisionNoteForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            grant, note = "grant" in request.POST, form.cleaned_data["note"]
            actions.decide_accommodation(request.actor, accommodation_id, grant=grant, note=note, now=clock.now())
            messages.success(request, _("已批准，考生进入考试时生效。") if grant else _("未批准，已通知考生。"))
            return redirect("exams:accommodation", accommodation_id=accommodation_id)
    return render(request, "exams/accommodation.html", _accommodation_context(request, row, form), status=422)


@require_POST
def accommodation_withdraw(request: HttpRequest, accommodation_id: str) -> HttpResponse:
    row = actions.withdraw_accommodation(request.actor, accommodation_id, now=clock.now())
    messages.success(request, _("便利安排申请已撤回。"))
    return redirect("exams:my_accommodation", candidate_id=row.candidate.public_id)


def given_words(row: Accommodation) -> str:
    """`延长 30 分钟；大字号`"""
    given = [
        _("延长 {minutes} 分钟").format(minutes=row.extra_minutes) if row.extra_minutes else "",
        _("大字号显示") if row.large_print else "",
        _("朗读题目") if row.read_aloud else "",
        str(row.get_language_display()) if row.language else "",
    ]
    return _("；").join(filter(None, given))


def _posted(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _asked_deferral(request: HttpRequest, candidate: Candidate, form: DeferralForm) -> Deferral | None:
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            files = [Upload(file.name, file.read()) for file in data["uploads"]]
            draft = DeferralDraft(Deferral.Ground(data["ground"]), data["reason"], data["evidence"], files)
            return actions.request_deferral(request.actor, candidate.public_id, draft, now=clock.now())
    return None


def _asked_accommodation(request: HttpRequest, candidate: Candidate, form: AccommodationForm) -> Accommodation | None:
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            wish = Wish(data["extra_minutes"], data["large_print"], data["read_aloud"], data["language"])
            return actions.request_accommodation(
                request.actor, candidate.public_id, wish, reason=data["reason"], now=clock.now()
            )
    return None


def _deferral_context(request: HttpRequest, row: Deferral, form: DecisionNoteForm) -> dict[str, Any]:
    user_id = request.actor.user_id
    may_decide = can_decide_requests(request.actor, row.candidate.round)
    is_second = user_id not in {row.requested_by_id, row.recommended_by_id}
    return {
        "deferral": row,
        "files": row.files.all(),
        "candidate": row.candidate,
        "round": row.candidate.round,
        "tone": _TONES[row.state],
        "form": form,
        "may_recommend": row.state == Deferral.State.REQUESTED
        and can_run_round(request.actor, row.candidate.round)
        and user_id != row.requested_by_id,
        "may_grant": row.state == Deferral.State.RECOMMENDED and may_decide and is_second,
        "may_refuse": row.state in _WAITING and may_decide and is_second,
        "waits_for_another": row.state in _WAITING and may_decide and not is_second,
        "timeline": _deferral_timeline(row),
    }


def _accommodation_context(request: HttpRequest, row: Accommodation, form: DecisionNoteForm) -> dict[str, Any]:
    is_open = row.state == Accommodation.State.REQUESTED
    may_decide = is_open and can_decide_requests(request.actor, row.candidate.round)
    is_own = row.requested_by_id == request.actor.user_id
    others = row.candidate.accommodations.exclude(pk=row.pk).select_related("requested_by", "decided_by")
    return {
        "accommodation": row,
        "given": given_words(row),
        "candidate": row.candidate,
        "round": row.candidate.round,
        "tone": _TONES[row.state],
        "form": form,
        "may_decide": may_decide and not is_own,
        "waits_for_another": may_decide and is_own,
        "history": [{"row": other, "given": given_words(other), "tone": _TONES[other.state]} for other in others],
        "timeline": _accommodation_timeline(row),
    }


def _deferral_row(row: Deferral) -> list[dict[str, object]]:
    url = reverse("exams:deferral", args=[row.public_id])
    return _row(row, url, _("缓考：{ground}").format(ground=row.get_ground_display()))


def _accommodation_row(row: Accommodation) -> list[dict[str, object]]:
    url = reverse("exams:accommodation", args=[row.public_id])
    return _row(row, url, _("便利安排：{given}").format(given=given_words(row)))


def _row(row: Deferral | Accommodation, url: str, what: str) -> list[dict[str, object]]:
    return [
        {"text": row.candidate.person.name, "url": url, "sub": row.candidate.enterprise_name},
        {"label": _("申请"), "text": what},
        {"label": _("轮次"), "text": row.candidate.round.title},
        {"label": _("状态"), "state": row.get_state_display(), "tone": _TONES[row.state]},
        {"label": _("申请时间"), "text": f"{localtime(row.requested_at):%Y-%m-%d}"},
    ]


def _deferral_timeline(row: Deferral) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = [
        {"when": row.requested_at, "who": str(row.requested_by), "what": _("申请缓考"), "why": row.reason}
    ]
    if row.recommended_at:
        entries.append({"when": row.recommended_at, "who": str(row.recommended_by), "what": _("初审通过"), "why": ""})
    if row.decided_at:
        what = row.get_state_display()
        entries.append({"when": row.decided_at, "who": str(row.decided_by), "what": what, "why": row.decision_note})
    return entries


def _accommodation_timeline(row: Accommodation) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = [
        {"when": row.requested_at, "who": str(row.requested_by), "what": _("申请便利安排"), "why": row.reason}
    ]
    if row.decided_at:
        what = row.get_state_display()
        entries.append({"when": row.decided_at, "who": str(row.decided_by), "what": what, "why": row.decision_note})
    return entries
