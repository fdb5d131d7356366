"""The board: counts as big numbers that lead to lists, and the table of streets × industries."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from core import clock
from core.actor import Actor
from oversight.queries import Board, board_authorities, board_of, get_board_authority


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """One authority's board; `authority` and `measure` stand in the address."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    authority = get_board_authority(actor, request.GET.get("authority", ""))
    found = board_of(actor, authority, measure=request.GET.get("measure", ""), today=clock.today())
    here = f"{reverse('oversight:board')}?authority={authority.public_id}"
    context = {
        "board": found,
        "authorities": [
            {
                "title": one.name,
                "url": f"{reverse('oversight:board')}?authority={one.public_id}",
                "active": one == authority,
            }
            for one in board_authorities(actor)
        ],
        "measures": [
            {"title": title, "url": f"{here}&measure={name}#matrix", "active": name == found.measure}
            for name, title in (("exam", _("抽考合格")), ("lectures", _("讲安全课")), ("follow_ups", _("处置办结")))
        ],
        "exam_stats": _exam_stats(found),
        "follow_up_stats": _follow_up_stats(found),
        "lecture_stats": _lecture_stats(found),
        "round_url": _address("exams:round", found.round.public_id) if found.round else "",
        "matrix_rows": list(zip(found.matrix.streets, found.matrix.cells, found.matrix.row_sums, strict=True)),
        "matrix_title": _(_MATRIX_TITLES[found.measure]),
    }
    return render(request, "oversight/board.html", context)


_MATRIX_TITLES = {
    "exam": gettext_noop("合格人数 / 应考人数"),
    "lectures": gettext_noop("已讲课单位 / 高危单位"),
    "follow_ups": gettext_noop("已办结 / 处置事项"),
}


def _exam_stats(found: Board) -> list[dict[str, Any]]:
    if found.exam is None or found.round is None:
        return []
    exam, people = found.exam, _("人")
    url = _address("exams:round_candidates", found.round.public_id)

    def to(state: str) -> str:
        return f"{url}?state={state}" if url else ""

    rate = "" if exam.pass_percent is None else _("合格率 %(percent)s%%") % {"percent": exam.pass_percent}
    deferred = _("另缓考 %(count)s 人") % {"count": exam.deferred} if exam.deferred else ""
    return [
        {"label": _("应考"), "value": exam.people, "unit": people, "url": url, "note": deferred},
        {"label": _("尚无成绩"), "value": exam.waiting, "unit": people, "url": url},
        {"label": _("合格"), "value": exam.passed, "unit": people, "url": to("passed"), "tone": "good", "note": rate},
        {
            "label": _("不合格"),
            "value": exam.failed,
            "unit": people,
            "url": to("failed"),
            "tone": "bad" if exam.failed else "",
        },
        {
            "label": _("缺考"),
            "value": exam.absent,
            "unit": people,
            "url": to("absent"),
            "tone": "bad" if exam.absent else "",
        },
        {
            "label": _("待补考"),
            "value": exam.makeup,
            "unit": people,
            "url": to("makeup"),
            "tone": "warn" if exam.makeup else "",
        },
    ]


def _follow_up_stats(found: Board) -> list[dict[str, Any]]:
    url, unit, counts = reverse("oversight:follow_ups"), _("项"), found.follow_ups
    return [
        {
            "label": _("已逾期"),
            "value": counts.overdue,
            "unit": unit,
            "url": f"{url}?state=overdue",
            "tone": "bad" if counts.overdue else "",
        },
        {
            "label": _("7 天内到期"),
            "value": counts.soon,
            "unit": unit,
            "url": f"{url}?state=soon",
            "tone": "warn" if counts.soon else "",
        },
        {"label": _("待办"), "value": counts.open, "unit": unit, "url": f"{url}?state=open"},
        {
            "label": _("已办结"),
            "value": counts.done,
            "unit": unit,
            "url": f"{url}?state=done",
            "tone": "good" if counts.done else "",
        },
    ]


def _lecture_stats(found: Board) -> list[dict[str, Any]]:
    counts, unit = found.lectures, _("家")
    url = _address("courses:lecture_states")

    def to(state: str) -> str:
        return f"{url}?state={state}" if url else ""

    return [
        {
            "label": _("已逾期"),
            "value": counts.overdue,
            "unit": unit,
            "url": to("overdue"),
            "tone": "bad" if counts.overdue else "",
        },
        {
            "label": _("未安排"),
            "value": counts.due,
            "unit": unit,
            "url": to("due"),
            "tone": "warn" if counts.due else "",
        },
        {"label": _("已安排"), "value": counts.planned, "unit": unit, "url": to("planned")},
        {
            "label": _("已讲"),
            "value": counts.done,
            "unit": unit,
            "url": to("done"),
            "tone": "good" if counts.done else "",
        },
    ]


def _address(name: str, *arguments: str) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
