"""密钥保管: the two shares of a round's paper key, taken before the draw and typed at the opening."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.errors import NotAllowed
from core.http import refusals_on
from core.seeded import fresh_token
from exams import actions
from exams.domain.custody import NUMBERS, OPENING_LEAD, share_text
from exams.forms import KeyShareForm, ReasonForm
from exams.models import RoundState
from exams.policies import can_keep_key
from exams.queries import get_round
from exams.queries.custody import custody_of


@require_GET
def custody(request: HttpRequest, round_id: str) -> HttpResponse:
    """What custodians have to know and to do now. The share offered here is kept nowhere until it is typed back."""
    return _page(request, round_id)


@require_POST
def give(request: HttpRequest, round_id: str) -> HttpResponse:
    form = KeyShareForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            share = actions.give_key_share(request.actor, round_id, typed=form.cleaned_data["share"], now=clock.now())
            words = {
                1: _("您已保管第 1 份。请另一位同事用自己的账号领取第 2 份。"),
                2: _("您已保管第 2 份。服务器上的两份都已删除，只留下承诺；现在可以准备抽签。"),
            }
            messages.success(request, words[share.number])
            return redirect("exams:custody", round_id=round_id)
    return _page(request, round_id, share_form=form)


@require_POST
def discard(request: HttpRequest, round_id: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.discard_key_shares(request.actor, round_id, reason=form.cleaned_data["reason"])
            messages.success(request, _("密钥份额已作废，原因已记录。"))
            return redirect("exams:custody", round_id=round_id)
    return _page(request, round_id, discard_form=form)


@require_POST
def open_share(request: HttpRequest, round_id: str) -> HttpResponse:
    form = KeyShareForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            typed = form.cleaned_data["share"]
            is_together = actions.open_key_share(request.actor, round_id, typed=typed, now=clock.now())
            done = _("两份都已输入，组卷密钥已合成，与公布的承诺一致；现在可以开场。")
            messages.success(request, done if is_together else _("已收到您的一份，请另一人输入另一份。"))
            return redirect("exams:custody", round_id=round_id)
    return _page(request, round_id, share_form=form)


def _page(
    request: HttpRequest, round_id: str, *, share_form: Form | None = None, discard_form: Form | None = None
) -> HttpResponse:
    exam_round = get_round(request.actor, round_id)
    if not can_keep_key(request.actor, exam_round):
        raise NotAllowed
    held = custody_of(request.actor, exam_round)
    may_take = held.may_give and not held.is_complete and not held.gave_one
    may_type = held.is_complete and not held.is_together and exam_round.state == RoundState.NOTIFIED
    context = {
        "round": exam_round,
        "custody": held,
        "number": len(held.shares) + 1,
        "total": len(NUMBERS),
        "lead_hours": int(OPENING_LEAD.total_seconds() // 3600),
        "may_take": may_take,
        "may_type": may_type and not held.typed_one,
        "offered": share_text(fresh_token(32)) if may_take else "",
        "share_form": share_form or KeyShareForm(),
        "discard_form": discard_form or ReasonForm(),
    }
    return render(request, "exams/custody.html", context, status=422 if share_form or discard_form else 200)
