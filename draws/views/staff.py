"""Staff pages: the list, one draw with its next step, its rules, the freeze, cancelling."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.actor import REGULATOR
from core.errors import ConfirmationMismatch, NotAllowed
from core.http import message_of, refusals_on
from draws.actions import (
    approve_freeze,
    cancel_draw,
    change_parameters,
    prepare_draw,
    propose_freeze,
    propose_freeze_later,
    send_back,
)
from draws.domain.parameters import DrawParameters
from draws.forms import DrawFilterForm, HashForm, NewDrawForm, ParametersForm, ReasonForm, initial_of, title_of
from draws.models import Draw, DrawState
from draws.policies import can_prepare
from draws.queries import (
    check_may_watch,
    content_of,
    draws_for,
    get_draw,
    is_large_population,
    is_writing,
    parameters_of,
    refusal_of_last_run,
    run_under_way,
)
from draws.views.detail import detail_context, moment
from draws.views.downloads import file_response
from draws.views.requests import actor_of
from draws.views.rules import rule_choices, rules_page
from registry.queries import authorities_for

TONES = {
    DrawState.DRAFT: "idle",
    DrawState.FREEZE_PROPOSED: "warn",
    DrawState.FROZEN: "active",
    DrawState.DRAWN: "good",
    DrawState.CANCELLED: "bad",
}


@require_GET
def draw_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    check_may_watch(actor)
    form = DrawFilterForm(request.GET)
    page = Paginator(form.narrow(draws_for(actor)), 20).get_page(request.GET.get("page"))
    rows = [_list_row(draw) for draw in page]
    may_prepare = actor.has_role(REGULATOR)
    context = {"page": page, "rows": rows, "columns": _columns(), "filter_form": form, "may_prepare": may_prepare}
    return render(request, "draws/list.html", context)


def new_draw(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if not actor.has_role(REGULATOR):
        raise NotAllowed
    now = clock.now()
    held = authorities_for(actor).filter(pk__in=actor.authorities(REGULATOR))
    initial = initial_of(DrawParameters(seats=40, sources=(), objection_days=3)) | _next_quarter(now.year, now.month)
    if len(held) == 1:
        initial["authority"] = held[0].public_id
    form = NewDrawForm(request.POST or None, initial=initial, authorities=held, **rule_choices())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            draw = prepare_draw(
                actor,
                authority_id=form.cleaned_data["authority"].pk,
                year=form.cleaned_data["year"],
                quarter=int(form.cleaned_data["quarter"]),
                parameters=form.parameters(),
                now=now,
            )
            return redirect("draws:detail", draw.public_id)
    return rules_page(request, form, None, saved=DrawParameters(seats=40, sources=()))


@require_GET
def detail(request: HttpRequest, draw_id: str) -> HttpResponse:
    return _detail(request, get_draw(actor_of(request), draw_id))


def parameters(request: HttpRequest, draw_id: str) -> HttpResponse:
    actor = actor_of(request)
    draw = get_draw(actor, draw_id)
    if not can_prepare(actor, draw):
        raise NotAllowed
    form = ParametersForm(request.POST or None, initial=initial_of(parameters_of(draw)), **rule_choices())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            change_parameters(actor, draw_id, parameters=form.parameters(), now=clock.now())
            messages.success(request, _("抽签规则已保存。"))
            return redirect("draws:detail", draw_id)
    return rules_page(request, form, draw, saved=parameters_of(draw))


@require_POST
def propose(request: HttpRequest, draw_id: str) -> HttpResponse:
    form = Form(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actor = actor_of(request)
            if is_large_population(actor, get_draw(actor, draw_id), on=clock.today()):
                propose_freeze_later(actor, draw_id)
            else:
                propose_freeze(actor, draw_id, now=clock.now())
                messages.success(request, _("已提出冻结。请由另一位同事核对哈希后批准。"))
            return redirect("draws:detail", draw_id)
    return _detail(request, get_draw(actor_of(request), draw_id), refused=form)


@require_POST
def approve(request: HttpRequest, draw_id: str) -> HttpResponse:
    form = HashForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            approve_freeze(actor_of(request), draw_id, plan_sha256=form.cleaned_data["plan_sha256"], now=clock.now())
            messages.success(request, _("名册已冻结，方案和名册的哈希已公布。"))
            return redirect("draws:detail", draw_id)
    return _detail(request, get_draw(actor_of(request), draw_id), refused=form)


@require_POST
def return_proposal(request: HttpRequest, draw_id: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            send_back(actor_of(request), draw_id, reason=form.cleaned_data["reason"], now=clock.now())
            messages.success(request, _("已退回修改，原因已记入审计记录。"))
            return redirect("draws:detail", draw_id)
    return _detail(request, get_draw(actor_of(request), draw_id), refused=form)


def cancel(request: HttpRequest, draw_id: str) -> HttpResponse:
    actor = actor_of(request)
    draw = get_draw(actor, draw_id)
    if not can_prepare(actor, draw):
        raise NotAllowed
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if request.POST.get("confirm_name", "").strip() != draw.round_code:
            form.add_error(None, message_of(ConfirmationMismatch(expected=draw.round_code)))
        else:
            with refusals_on(form):
                cancel_draw(actor, draw_id, reason=form.cleaned_data["reason"], now=clock.now())
                messages.success(request, _("抽签已取消。"))
                return redirect("draws:detail", draw_id)
    return render(request, "draws/cancel.html", {"form": form, "draw": draw, "title": title_of(draw)})


@require_GET
def file(request: HttpRequest, draw_id: str, name: str) -> HttpResponse:
    """A file of the current proposal for those who prepare or approve it; public once frozen."""
    draw = get_draw(actor_of(request), draw_id)
    return file_response(name, content_of(draw, name))


def _detail(request: HttpRequest, draw: Draw, refused: Form | None = None) -> HttpResponse:
    if (run := run_under_way(draw)) is not None:
        working = {"draw": draw, "title": title_of(draw), "run": run, "is_writing": is_writing(draw, run)}
        return render(request, "draws/working.html", working)
    now = clock.now()
    context = detail_context(actor_of(request), draw, now) | {"refused": refused}
    context["last_refusal"] = refusal_of_last_run(draw, now)
    status = 422 if refused is not None else 200
    return render(request, "draws/detail.html", context, status=status)


def _next_quarter(year: int, month: int) -> dict[str, int]:
    return {"year": year, "quarter": (month - 1) // 3 + 1}


def _columns() -> list[dict[str, object]]:
    names = [_("抽签"), _("监管部门"), _("状态"), _("抽取人数"), _("冻结时间"), _("抽签时间")]
    return [{"label": name, "numeric": name == _("抽取人数")} for name in names]


def _list_row(draw: Draw) -> list[dict[str, object]]:
    seats = draw.parameters.get("seats")
    name = _("%(year)s 年第 %(quarter)s 季度") % {"year": draw.year, "quarter": draw.quarter}
    return [
        {
            "text": name,
            "url": reverse("draws:detail", args=[draw.public_id]),
            "sub": _("第 %(serial)s 次方案") % {"serial": draw.serial} if draw.serial > 1 else "",
        },
        {"text": draw.authority.name, "label": _("监管部门")},
        {"state": draw.get_state_display(), "tone": TONES[DrawState(draw.state)], "label": _("状态")},
        {"text": sum(seats.values()) if isinstance(seats, dict) else seats, "numeric": True, "label": _("抽取人数")},
        {"text": moment(draw.frozen_at), "label": _("冻结时间")},
        {"text": moment(draw.drawn_at), "label": _("抽签时间")},
    ]
