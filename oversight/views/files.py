"""一企一档: the search page, one file, and its printed form."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from certificates.models import Certificate
from core import clock
from core.actor import Actor
from oversight.forms import FileSearchForm
from oversight.queries import EnterpriseFile, enterprise_file, files_for

_PAGE_SIZE = 30
_TONES = {
    "passed": "good",
    "failed": "bad",
    "absent": "bad",
    "misconduct": "bad",
    "invalid": "idle",
    "makeup": "warn",
    "follow_up": "bad",
}
_LECTURES = {
    "done": (gettext_noop("已讲"), "good"),
    "planned": (gettext_noop("已安排"), "active"),
    "due": (gettext_noop("未安排"), "warn"),
    "due_soon": (gettext_noop("即将到期"), "warn"),
    "overdue": (gettext_noop("已逾期"), "bad"),
    "none": (gettext_noop("不作要求"), "idle"),
}
_EVENTS = {
    "certificate": gettext_noop("签发培训合格证"),
    "lecture": gettext_noop("讲安全课"),
    "follow_up_opened": gettext_noop("开启处置"),
    "follow_up_done": gettext_noop("办结处置"),
    "candidate": gettext_noop("抽考"),
}


@require_safe
def file_list(request: HttpRequest) -> HttpResponse:
    """Enterprises in reach, to open a file."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = FileSearchForm(request.GET)
    form.is_valid()
    text = form.cleaned_data.get("q", "")
    found = files_for(actor)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(uscc__icontains=text))
    page = Paginator(found, _PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "oversight/files.html", {"form": form, "page": page, "is_filtered": bool(text)})


@require_safe
def file_page(request: HttpRequest, enterprise_id: str) -> HttpResponse:
    """One enterprise's file."""
    return render(request, "oversight/enterprise_file.html", _context(request, enterprise_id))


@require_safe
def file_printed(request: HttpRequest, enterprise_id: str) -> HttpResponse:
    """The same on A4."""
    return render(request, "oversight/enterprise_file_printed.html", _context(request, enterprise_id))


def _context(request: HttpRequest, enterprise_id: str) -> dict[str, Any]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = enterprise_file(actor, enterprise_id, today=clock.today())
    word, tone = _LECTURES[found.lecture_state]
    return {
        "file": found,
        "facts": _facts(found),
        "lecture_word": _(word),
        "lecture_tone": tone,
        "stats": _stats(found),
        "candidates": [{"row": one, "tone": _TONES.get(one.state, "active")} for one in found.candidates],
        "timeline": [
            {"when": event.when, "what": f"{_(_EVENTS[event.kind])}：{event.about}", "who": "", "why": event.detail}
            for event in found.timeline
        ],
        "printed_at": clock.now(),
    }


def _facts(found: EnterpriseFile) -> list[dict[str, Any]]:
    enterprise = found.enterprise
    yes, no = _("是"), _("否")
    return [
        {"label": _("信用代码"), "value": enterprise.uscc, "mono": True},
        {"label": _("乡街"), "value": enterprise.area.name},
        {"label": _("行业领域"), "value": enterprise.industry.name},
        {"label": _("风险标签"), "value": "、".join(found.tags)},
        {
            "label": _("从业人员"),
            "value": _("%(count)s 人") % {"count": enterprise.employees} if enterprise.employees is not None else "",
        },
        {
            "label": _("年主营业务收入"),
            "value": _("%(amount)s 万元") % {"amount": enterprise.revenue_10k}
            if enterprise.revenue_10k is not None
            else "",
        },
        {"label": _("高危单位"), "value": yes if enterprise.is_high_hazard else no},
        {"label": _("应配安全总监"), "value": yes if enterprise.needs_safety_director else no},
        {"label": _("监管部门"), "value": enterprise.authority.name if enterprise.authority else ""},
    ]


def _stats(found: EnterpriseFile) -> list[dict[str, Any]]:
    passed = sum(one.state == "passed" for one in found.candidates)
    still_open = sum(one.state == "open" for one in found.follow_ups)
    valid = sum(one.state == Certificate.State.VALID for one in found.certificates)
    return [
        {"label": _("在任人员"), "value": len({one.person_id for one in found.serving}), "unit": _("人")},
        {
            "label": _("参加抽考"),
            "value": len(found.candidates),
            "unit": _("人次"),
            "note": _("合格 %(count)s 人次") % {"count": passed},
        },
        {"label": _("有效证书"), "value": valid, "unit": _("张")},
        {"label": _("待办处置"), "value": still_open, "unit": _("项"), "tone": "bad" if still_open else ""},
    ]
