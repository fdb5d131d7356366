"""Appeals: the candidate files, somebody uninvolved looks and answers."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.errors import NotAllowed
from core.http import refusals_on
from core.scores import display
from exams import actions
from exams.domain.appeals import AppealState
from exams.forms import AnnulmentDecisionForm, AnnulmentForm, AppealAnswerForm, AppealFilter, AppealForm
from exams.models import Annulment, Appeal, ManualItem, Result
from exams.policies import can_handle_appeals, can_see_appeals
from exams.queries import my_candidacy
from exams.queries.appeals import (
    annulments_of,
    appeals_for,
    get_annulment,
    get_appeal,
    involved_people,
    misconduct_behind,
    open_steps,
    own_appeal,
    recounts,
)
from exams.queries.marking import texts_of
from exams.queries.results import standing_of

_PAGE_SIZE = 50
_TONES = {"filed": "warn", "in_review": "active", "upheld": "", "changed": "good", "withdrawn": ""}


@require_GET
def appeal_list(request: HttpRequest) -> HttpResponse:
    """Appeals in reach, those due first."""
    if not can_see_appeals(request.actor):
        raise NotAllowed
    found = AppealFilter(request.GET, queryset=appeals_for(request.actor).order_by("answered_at", "due_at", "pk"))
    page = Paginator(found.qs, _PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filter": found,
        "page": page,
        "count": page.paginator.count,
        "columns": [
            {"label": _("考生")},
            {"label": _("轮次")},
            {"label": _("有异议的成绩")},
            {"label": _("状态")},
            {"label": _("答复期限")},
            {"label": _("处理人")},
        ],
        "rows": [_row(appeal) for appeal in page.object_list],
    }
    return render(request, "exams/appeals.html", context)


def appeal_detail(request: HttpRequest, appeal_id: str) -> HttpResponse:
    """One appeal: grounds, a fresh count, the answer. POST answers."""
    row = get_appeal(request.actor, appeal_id)
    form = AppealAnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            outcome = AppealState(form.cleaned_data["outcome"])
            answer = form.cleaned_data["answer"]
            actions.answer_appeal(request.actor, appeal_id, outcome=outcome, answer=answer, now=clock.now())
            messages.success(request, _("已答复，考生会收到通知。"))
            return redirect("exams:appeal", appeal_id=appeal_id)
    return render(request, "exams/appeal.html", _detail(request, row, form), status=422 if form.errors else 200)


@require_POST
def appeal_take(request: HttpRequest, appeal_id: str) -> HttpResponse:
    """Somebody begins to look."""
    actions.take_appeal(request.actor, appeal_id, now=clock.now())
    messages.success(request, _("已受理，请核对后答复。"))
    return redirect("exams:appeal", appeal_id=appeal_id)


@require_POST
def appeal_annul(request: HttpRequest, appeal_id: str) -> HttpResponse:
    """The handler puts the annulment of the misconduct forward."""
    row = get_appeal(request.actor, appeal_id)
    form = AnnulmentForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            effect = Annulment.Effect(form.cleaned_data["effect"])
            reason = form.cleaned_data["reason"]
            actions.propose_annulment(request.actor, appeal_id, effect=effect, reason=reason, now=clock.now())
            messages.success(request, _("已提出撤销违纪认定，等待另一人审批。"))
            return redirect("exams:appeal", appeal_id=appeal_id)
    context = {**_detail(request, row, AppealAnswerForm()), "annulment_form": form}
    return render(request, "exams/appeal.html", context, status=422)


@require_POST
def appeal_mark_anew(request: HttpRequest, appeal_id: str, item_id: str) -> HttpResponse:
    """A text goes on the markers' desk again."""
    actions.ask_to_mark_anew(request.actor, appeal_id, item_id, now=clock.now())
    messages.success(request, _("已送交重新评阅：由没有评过的人评阅，看不到考生和原来的评分。"))
    return redirect("exams:appeal", appeal_id=appeal_id)


@require_POST
def annulment_decide(request: HttpRequest, annulment_id: str) -> HttpResponse:
    """The second person approves or refuses."""
    row = get_annulment(request.actor, annulment_id).appeal
    form = AnnulmentDecisionForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            approve = form.cleaned_data["decision"] == "approve"
            note = form.cleaned_data["note"]
            actions.decide_annulment(request.actor, annulment_id, approve=approve, note=note, now=clock.now())
            said = _("已同意撤销，成绩正在重新记入。") if approve else _("已记录：不同意撤销。")
            messages.success(request, said)
            return redirect("exams:appeal", appeal_id=row.public_id)
    context = {**_detail(request, row, AppealAnswerForm()), "decision_form": form}
    return render(request, "exams/appeal.html", context, status=422)


def my_appeal(request: HttpRequest, candidate_id: str) -> HttpResponse:
    """The candidate's own: files, or shows where it stands."""
    now = clock.now()
    candidate = my_candidacy(request.actor, candidate_id, now).candidate
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.file_appeal(request.actor, candidate_id, grounds=form.cleaned_data["grounds"], now=now)
            messages.success(request, _("复核申请已提交，处理结果会通知您。"))
            return redirect("exams:my_appeal", candidate_id=candidate_id)
    own = own_appeal(candidate, now)
    context = {
        "candidate": candidate,
        "round": candidate.round,
        "form": form,
        "own": own,
        "standing": _words(standing_of(candidate)),
        "tone": _TONES[own.appeal.state] if own.appeal else "",
        "may_withdraw": own.appeal is not None and own.appeal.state in {"filed", "in_review"},
    }
    return render(request, "exams/my_appeal.html", context, status=422 if form.errors else 200)


@require_POST
def my_appeal_withdraw(request: HttpRequest, appeal_id: str) -> HttpResponse:
    """The person takes it back."""
    row = actions.withdraw_appeal(request.actor, appeal_id, now=clock.now())
    messages.success(request, _("复核申请已撤回。"))
    return redirect("exams:my_appeal", candidate_id=row.candidate.public_id)


def _detail(request: HttpRequest, row: Appeal, form: AppealAnswerForm) -> dict[str, Any]:
    may_handle = can_handle_appeals(request.actor, row.candidate.round)
    is_involved = may_handle and request.actor.identity() in involved_people(row)
    is_mine = row.taken_by_id == request.actor.user_id
    standing = standing_of(row.candidate)
    may_answer = may_handle and not is_involved and is_mine and row.state == Appeal.State.IN_REVIEW
    annulments = annulments_of(row)
    proposed = next((one for one in annulments if one.state == Annulment.State.PROPOSED), None)
    may_annul = may_answer and misconduct_behind(row) is not None
    return {
        "appeal": row,
        "candidate": row.candidate,
        "round": row.candidate.round,
        "tone": _TONES[row.state],
        "form": form,
        "disputed": _words(row.result),
        "standing": _words(standing),
        "is_changed": standing is not None and standing.pk != row.result_id,
        "recounts": recounts(row.candidate),
        "is_involved": is_involved,
        "may_take": may_handle and not is_involved and row.state == Appeal.State.FILED,
        "may_answer": may_answer,
        "open_steps": open_steps(row),
        "annulments": annulments,
        "proposed": proposed,
        "annulment_form": AnnulmentForm() if may_annul and not _stands(annulments) else None,
        "decision_form": AnnulmentDecisionForm()
        if proposed and may_handle and not is_involved and not is_mine
        else None,
        "texts": _texts(row, may_ask=may_answer),
        "waits_for_other": row.state == Appeal.State.IN_REVIEW and not is_mine,
        "timeline": _timeline(row),
    }


def _stands(annulments: list[Annulment]) -> bool:
    """One that waits or was approved: no second one is put forward."""
    return any(one.state != Annulment.State.REFUSED for one in annulments)


def _texts(appeal: Appeal, *, may_ask: bool) -> list[dict[str, object]]:
    """The texts of the candidate as the handler sees them: points of each marking, without names."""
    newest: dict[tuple[int, str, str], ManualItem] = {}
    found: list[dict[str, object]] = []
    for row in texts_of(appeal.candidate):
        newest[row.attempt_id, row.item, row.place] = row
    for row in newest.values():
        marks = "、".join(display(mark.mark) for mark in row.marks.all())
        is_done = row.state == ManualItem.State.DONE
        found.append(
            {
                "row": row,
                "marks": marks if is_done else "",
                "points": display(row.points),
                "may_ask": may_ask and is_done,
                "is_anew": row.appeal_id == appeal.pk,
            }
        )
    return found


def _row(appeal: Appeal) -> list[dict[str, object]]:
    candidate = appeal.candidate
    return [
        {
            "text": candidate.person.name,
            "url": reverse("exams:appeal", args=[appeal.public_id]),
            "sub": candidate.enterprise_name,
        },
        {"label": _("轮次"), "text": candidate.round.title},
        {"label": _("有异议的成绩"), "text": _words(appeal.result)},
        {"label": _("状态"), "state": appeal.get_state_display(), "tone": _TONES[appeal.state]},
        {"label": _("答复期限"), "text": f"{localtime(appeal.due_at):%Y-%m-%d}"},
        {"label": _("处理人"), "text": str(appeal.taken_by) if appeal.taken_by else "—"},
    ]


def _words(result: Result | None) -> str:
    """`补考 72 分，不合格`"""
    if result is None:
        return ""
    sitting = _("补考") if result.sitting.number > 1 else _("考试")
    if result.score is None:
        return f"{sitting} {result.get_outcome_display()}"
    return _("{sitting} {score} 分，{outcome}").format(
        sitting=sitting, score=display(result.score), outcome=result.get_outcome_display()
    )


def _timeline(row: Appeal) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = [
        {"when": row.filed_at, "who": row.candidate.person.name, "what": _("申请复核"), "why": ""}
    ]
    if row.taken_at:
        entries.append({"when": row.taken_at, "who": str(row.taken_by), "what": _("受理"), "why": ""})
    if row.answered_at:
        who = str(row.answered_by) if row.answered_by else row.candidate.person.name
        entries.append({"when": row.answered_at, "who": who, "what": row.get_state_display(), "why": ""})
    return entries
