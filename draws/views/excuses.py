"""Counts of excuses and exclusions by month and reason: with approvers for staff, without for everybody."""

from collections.abc import Iterable

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_safe

from draws.forms import reason_text
from draws.queries import check_may_watch
from draws.queries.excuses import EXCUSED, ExcuseCount, excuse_counts, public_excuse_counts
from draws.views.requests import actor_of

_MINUTE = 60


@require_GET
def excuses(request: HttpRequest) -> HttpResponse:
    """For staff, with who approved."""
    actor = actor_of(request)
    check_may_watch(actor)
    return _page(request, "draws/excuses.html", excuse_counts(actor), with_approver=True)


@login_not_required
@require_safe
@cache_control(public=True, max_age=_MINUTE)
def public_excuses(request: HttpRequest) -> HttpResponse:
    """For everybody."""
    return _page(request, "draws/public_excuses.html", public_excuse_counts(), with_approver=False)


def _page(request: HttpRequest, template: str, counts: list[ExcuseCount], *, with_approver: bool) -> HttpResponse:
    page = Paginator(counts, 100).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "columns": _columns(with_approver=with_approver),
        "rows": list(_rows(page, with_approver=with_approver)),
    }
    return render(request, template, context)


def _columns(*, with_approver: bool) -> list[dict[str, object]]:
    names = [_("月份"), _("监管部门"), _("类别"), _("原因"), *([_("批准人")] if with_approver else [])]
    columns: list[dict[str, object]] = [{"label": name} for name in names]
    return [*columns, {"label": _("人数"), "numeric": True}]


def _rows(counts: Iterable[ExcuseCount], *, with_approver: bool) -> Iterable[list[dict[str, object]]]:
    for row in counts:
        kind = _("抽签后缓考") if row.kind == EXCUSED else _("抽签前不参加")
        approver: list[dict[str, object]] = [{"text": row.approver, "label": _("批准人")}] if with_approver else []
        yield [
            {"text": row.month},
            {"text": row.authority, "label": _("监管部门")},
            {"text": kind, "label": _("类别")},
            {"text": f"{row.code} {reason_text(row.code)}", "label": _("原因")},
            *approver,
            {"text": row.number, "numeric": True, "label": _("人数")},
        ]
