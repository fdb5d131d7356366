"""Pages of figures: exams that were analysed, the questions of one, one question over time; and settling what acts."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from core.actor import Actor
from core.clock import now
from core.http import refusals_on
from question_bank.actions import record_viewing, settle_flag
from question_bank.domain.kinds import kind_for
from question_bank.domain.statistics.report import FLAG_TEXTS
from question_bank.forms import CommentForm
from question_bank.models import ItemAnalysis, ItemFlag, ItemStatistic
from question_bank.policies import can_review_questions
from question_bank.queries import (
    analyses_for,
    check_may_read_analyses,
    check_may_read_questions,
    flags_of,
    get_analysis,
    get_question,
    is_readable,
    papers_of,
    statistics_of_analysis,
    statistics_of_question,
)
from question_bank.views.lists import SIZES, columns_of, page_of, sorted_by
from question_bank.views.requests import actor_of

SORTS = {
    "facility": "facility",
    "discrimination": "discrimination",
    "item_total": "item_total",
    "rasch": "rasch",
    "responses": "responses",
}
# Ebel & Frisbie (1991), chapter 13: the usual words for D.
_GOOD, _FAIR = 0.3, 0.2
METHODS = {
    "alpha": gettext_noop("各人试卷相同，为 α 系数（只有对错两种得分时即 KR-20）"),
    "drawn": gettext_noop("各人试卷不同，按每人试题各自抽取的设计估计（Brennan 2001）"),
}


@require_safe
def analysis_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    check_may_read_analyses(actor)
    page = page_of(request, analyses_for(actor))
    rows = [{"row": row, "figures": _paper(row)} for row in page]
    return render(request, "question_bank/analysis_list.html", {"page": page, "rows": rows, "sizes": SIZES})


def _paper(row: ItemAnalysis) -> dict[str, str]:
    found: Mapping[str, Any] = row.figures
    return {
        "mean": _percent(found["mean"]),
        "reliability": _number(found["reliability"]),
        "error": _number(found["error"], places=1),
        "guess": _percent(found["guess"]),
    }


def _percent(value: object) -> str:
    return "—" if value is None else f"{float(value):.0%}"  # type: ignore[arg-type]


def _number(value: object, *, places: int = 2) -> str:
    return "—" if value is None else f"{float(value):.{places}f}"  # type: ignore[arg-type]


def _bounded(value: object, below: object) -> str:
    """A figure with the bound that the rules go by; figures of older analyses have none."""
    if value is None or below is None:
        return _number(value)
    return _("%(value)s（95%% 上限 %(below)s）") % {"value": _number(value), "below": _number(below)}


@require_safe
def analysis_detail(request: HttpRequest, analysis_id: str) -> HttpResponse:
    actor = actor_of(request)
    check_may_read_analyses(actor)
    row = get_analysis(actor, analysis_id)
    found = statistics_of_analysis(row)
    if request.GET.get("flagged"):
        found = found.filter(flags__isnull=False).distinct()
    page = page_of(request, sorted_by(request, found, SORTS))
    may_read = is_readable(actor, row.authority_id)
    heads = [
        (_("试题"), ""), (_("作答"), "responses"), (_("得分率"), "facility"), (_("高低分组区分度"), "discrimination"),
        (_("与其余题目的相关"), "item_total"), (_("Rasch 难度"), "rasch"), (_("提示"), ""),
    ]  # fmt: skip
    here = reverse("question_bank:analysis_detail", args=[row.public_id])
    method = METHODS[row.figures["method"]]
    context = {
        "analysis": row,
        "stats": _stats(row),
        "method": _(method),
        "bars": _histogram(row),
        "columns": columns_of(request, heads),
        "rows": [_item_row(statistic, may_read=may_read) for statistic in page],
        "page": page,
        "sizes": SIZES,
        "may_read": may_read,
        "tabs": [
            {"title": _("全部试题"), "url": here, "active": not request.GET.get("flagged")},
            {"title": _("有提示的试题"), "url": f"{here}?flagged=1", "active": bool(request.GET.get("flagged"))},
        ],
    }
    return render(request, "question_bank/analysis_detail.html", context)


def _stats(row: ItemAnalysis) -> list[dict[str, object]]:
    found: Mapping[str, Any] = row.figures
    points = _("分")
    return [
        {"label": _("作答人数"), "value": row.people, "unit": _("人")},
        {"label": _("平均得分率"), "value": _percent(found["mean"])},
        {"label": _("信度"), "value": _number(found["reliability"])},
        {"label": _("测量标准误"), "value": _number(found["error"], places=1), "unit": points},
        {"label": _("全凭猜测的期望得分率"), "value": _percent(found["guess"])},
    ]


def _histogram(row: ItemAnalysis) -> dict[str, object]:
    counts = row.figures["histogram"]
    names = [f"{10 * step}%–{10 * step + 10}%" for step in range(len(counts))]
    return {
        "rows": [
            {"label": name, "value": count, "text": str(count)} for name, count in zip(names, counts, strict=True)
        ],
        "max": max(counts, default=1) or 1,
    }


def _item_row(statistic: ItemStatistic, *, may_read: bool) -> dict[str, object]:
    version = statistic.version
    return {
        "id": version.question.public_id,
        # Who plans but does not read the bank learns which question it is, and not what it says.
        "stem": version.stem if may_read else _("试题 %(id)s") % {"id": version.question.public_id[:8]},
        "kind": _(kind_for(version.kind).label),
        "point": version.knowledge_point.name,
        "responses": statistic.responses,
        "facility": _percent(statistic.facility),
        "chance": _percent(statistic.chance),
        "discrimination": _number(statistic.discrimination),
        "item_total": _number(statistic.item_total),
        "rasch": _number(statistic.rasch),
        "tone": _tone(statistic),
        "flags": [_flag(flag) for flag in statistic.flags.all()],
        "groups": [_group(group) for group in statistic.figures["groups"] if group["size"] != "A"],
    }


def _tone(statistic: ItemStatistic) -> str:
    value = statistic.discrimination
    if value is None:
        return ""
    return "good" if value >= _GOOD else "" if value >= _FAIR else "warn" if value >= 0 else "bad"


def _flag(flag: ItemFlag) -> dict[str, object]:
    return {
        "label": flag.get_kind_display(),
        "tone": "" if flag.settled_at else "warn" if flag.kind == ItemFlag.Kind.WATCH else "bad",
        "is_watched": flag.kind == ItemFlag.Kind.WATCH,
        "is_held": flag.kind == ItemFlag.Kind.QUARANTINE,
        "reasons": [_(FLAG_TEXTS[reason]) for reason in flag.reasons if reason in FLAG_TEXTS],
        "settled": flag.settled_at,
        "flag": flag,
    }


def _group(group: Mapping[str, Any]) -> str:
    template = (
        _("“%(group)s”的人（%(people)s 人）比水平相当的其他人更难答对（Δ = %(delta)s）")
        if group["delta"] < 0
        else _("“%(group)s”的人（%(people)s 人）比水平相当的其他人更容易答对（Δ = %(delta)s）")
    )
    return template % {"group": group["group"], "people": group["people"], "delta": f"{group['delta']:.1f}"}


@require_safe
def question_statistics(request: HttpRequest, question_id: str) -> HttpResponse:
    actor = actor_of(request)
    check_may_read_questions(actor)
    question = get_question(actor, question_id)
    record_viewing(actor, question)
    latest: dict[str, ItemStatistic] = {}
    for statistic in statistics_of_question(question):
        latest.setdefault(statistic.analysis.occasion, statistic)
    context = {
        "question": question,
        "papers": papers_of(question),
        "exams": [_exam(statistic) for statistic in latest.values()],
        "flags": [_flag(flag) for flag in flags_of(question)],
        "may_settle": can_review_questions(actor, question.authority_id),
        "form": CommentForm(),
        "viewer": actor.label,
        "viewed_at": now(),
    }
    return render(request, "question_bank/question_statistics.html", context)


def _exam(statistic: ItemStatistic) -> dict[str, object]:
    figures: Mapping[str, Any] = statistic.figures
    options = figures["options"]
    rasch = figures["rasch"]
    return {
        "statistic": statistic,
        "facts": [
            {"label": _("作答人数"), "value": statistic.responses},
            {"label": _("得分率"), "value": _percent(statistic.facility)},
            {"label": _("随意猜答的期望得分率"), "value": _percent(statistic.chance)},
            {
                "label": _("高低分组区分度"),
                "value": _bounded(statistic.discrimination, figures.get("discrimination_below")),
            },
            {
                "label": _("与其余题目的相关"),
                "value": _bounded(statistic.item_total, figures.get("item_total_below")),
            },
            {"label": _("Rasch 难度"), "value": f"{rasch['difficulty']:.2f} ± {rasch['error']:.2f}" if rasch else "—"},
            {
                "label": _("拟合（infit / outfit）"),
                "value": f"{rasch['infit']:.2f} / {rasch['outfit']:.2f}" if rasch else "—",
            },
        ],
        "options": [_option(option) for option in options],
        "groups": [_group(group) for group in figures["groups"] if group["size"] != "A"],
        "trace": _trace(options),
        "trace_id": f"trace-{statistic.pk}",
    }


def _option(option: Mapping[str, Any]) -> dict[str, object]:
    return {
        "name": option["id"].upper() or _("未作答"),
        "is_key": option["is_key"],
        "chosen": option["chosen"],
        "share": _percent(option["share"]),
        "upper": _percent(option["upper"]),
        "lower": _percent(option["lower"]),
        "correlation": _number(option["correlation"]),
    }


def _trace(options: list[Mapping[str, Any]]) -> dict[str, object] | None:
    """Shares of each option over five levels of ability, as lines; None without enough people."""
    shown = [option for option in options if option["id"]]
    levels = len(shown[0]["trace"]) if shown else 0
    if levels < 2:
        return None
    key = _("%(option)s（答案）")
    return {
        "kind": "line",
        "category_label": _("总分由低到高"),
        "unit": "%",
        "series": [
            key % {"option": option["id"].upper()} if option["is_key"] else option["id"].upper() for option in shown
        ],
        "rows": [
            [
                _("第 %(level)s 组") % {"level": level + 1},
                *(round(100 * option["trace"][level], 1) for option in shown),
            ]
            for level in range(levels)
        ],
    }


@require_POST
def flag_settle(request: HttpRequest, flag_id: str) -> HttpResponse:
    actor: Actor = actor_of(request)
    check_may_read_questions(actor)
    form = CommentForm(request.POST)
    comment = form.cleaned_data["comment"] if form.is_valid() else ""
    with refusals_on(form):
        flag = settle_flag(actor, flag_id, comment=comment, now=now())
        messages.success(request, _("已办理。该版本恢复使用，理由已记录。"))
        return redirect("question_bank:question_statistics", flag.version.question.public_id)
    for error in form.non_field_errors():
        messages.error(request, str(error))
    back = request.POST.get("question", "")
    return redirect("question_bank:question_statistics", back) if back else redirect("question_bank:analysis_list")
