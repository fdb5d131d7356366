"""The list of follow-ups, one of them, its closing, and the export of exactly what is filtered."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.actor import Actor
from core.http import refusals_on
from core.spreadsheets import Column, SheetSpec, write_xlsx
from oversight.actions import close_follow_up
from oversight.domain.ladder import LADDER, urgency
from oversight.forms import CloseForm, FollowUpFilterForm
from oversight.models import FollowUp
from oversight.policies import can_close
from oversight.queries import check_may_see, filtered, follow_ups_for, get_follow_up

PAGE_SIZES = (20, 50, 100)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_EXPORTED = 5000


@require_safe
def follow_up_list(request: HttpRequest) -> HttpResponse:
    """Follow-ups in reach, most urgent first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    check_may_see(actor)
    form, found = _asked(request, actor)
    size = request.GET.get("size", "")
    chosen = int(size) if size.isascii() and size.isdigit() and int(size) in PAGE_SIZES else PAGE_SIZES[0]
    page = Paginator(found, chosen).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "sizes": PAGE_SIZES,
        "rows": [_shown(row) for row in page.object_list],
        "is_filtered": any(form.cleaned_data.values()),
        "query": request.GET.urlencode(),
    }
    return render(request, "oversight/follow_ups.html", context)


@require_safe
def follow_up_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as an Excel file."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    check_may_see(actor)
    _form, found = _asked(request, actor)
    titles = (
        "单位名称",
        "统一社会信用代码",
        "乡街",
        "行业领域",
        "姓名",
        "岗位",
        "轮次",
        "步骤",
        "状态",
        "开启日期",
        "应于",
        "办结日期",
        "办理情况和依据",
    )
    rows = [
        (
            row.candidate.enterprise_name, row.candidate.uscc, row.candidate.area.name, row.candidate.industry.name,
            row.candidate.person.name, row.candidate.get_post_display(), row.candidate.round.code, row.get_step_display(),
            str(_shown(row)["word"]), timezone.localtime(row.opened_at).date().isoformat(), row.due_on.isoformat(),
            timezone.localtime(row.done_at).date().isoformat() if row.done_at else "", row.evidence,
        )
        for row in found[:_MOST_EXPORTED]
    ]  # fmt: skip
    data = write_xlsx([SheetSpec("处置事项", tuple(Column(title, width=18) for title in titles), rows)])
    response = HttpResponse(data, content_type=_XLSX)
    response["Content-Disposition"] = 'attachment; filename="follow-ups.xlsx"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def follow_up_detail(request: HttpRequest, follow_up_id: str) -> HttpResponse:
    """One step; POST closes it with evidence."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = get_follow_up(actor, follow_up_id)
    check_may_see(actor)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        with refusals_on(form):
            close_follow_up(
                actor,
                follow_up_id,
                evidence_text=typed["evidence"],
                open_next=typed["open_next"],
                now=clock.now(),
            )
            messages.success(request, _("已办结并留存依据。"))
            return redirect("oversight:follow_up", follow_up_id)
    is_open = row.state == FollowUp.State.OPEN
    context = {
        **_shown(row),
        "form": form,
        "may_close": is_open and can_close(actor, row),
        "has_next": row.step != LADDER[-1],
        "others": [_shown(one) for one in follow_ups_for(actor).filter(candidate=row.candidate).order_by("opened_at")],
        "facts": _facts(row),
    }
    return render(request, "oversight/follow_up.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest, actor: Actor) -> tuple[FollowUpFilterForm, QuerySet[FollowUp]]:
    form = FollowUpFilterForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    found = filtered(
        follow_ups_for(actor),
        text=asked.get("q", ""),
        step=asked.get("step", ""),
        state=asked.get("state", ""),
        today=clock.today(),
    )
    return form, found


def _shown(row: FollowUp) -> dict[str, Any]:
    how = urgency(row.due_on, clock.today(), is_open=row.state == FollowUp.State.OPEN)
    word, tone = {
        "done": (_("已办结"), "good"),
        "overdue": (_("已逾期"), "bad"),
        "soon": (_("即将到期"), "warn"),
        "open": (_("待办"), "active"),
    }[how]
    return {"follow_up": row, "word": word, "tone": tone}


def _facts(row: FollowUp) -> list[dict[str, Any]]:
    candidate = row.candidate
    return [
        {
            "label": _("单位"),
            "value": candidate.enterprise_name,
            "url": reverse("oversight:enterprise_file", args=[candidate.enterprise.public_id]),
        },
        {"label": _("姓名"), "value": candidate.person.name},
        {"label": _("岗位"), "value": candidate.get_post_display()},
        {"label": _("轮次"), "value": candidate.round.title},
        {"label": _("结果"), "value": candidate.get_state_display()},
        {"label": _("乡街"), "value": candidate.area.name},
        {"label": _("行业领域"), "value": candidate.industry.name},
        {"label": _("承办"), "value": row.authority.name},
        {"label": _("开启日期"), "value": timezone.localtime(row.opened_at).date().isoformat()},
        {"label": _("应于"), "value": row.due_on.isoformat()},
    ]
