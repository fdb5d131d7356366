"""Enlarging the sample: asked for, decided, and what came of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.queries import identity_of_user
from core import clock
from core.actor import Actor
from core.errors import NotAllowed, NotFound
from core.http import refusals_on
from draws.actions import decide_enlargement, request_enlargement
from draws.domain.enlargement import enlarge_file, enlarged_result_file
from draws.forms import DecisionForm, EnlargementForm, title_of
from draws.models import Draw, DrawState, Enlargement
from draws.policies import can_conduct, can_prepare, can_see_people
from draws.queries import get_draw
from draws.queries.enlargements import eligible_in, enlargements_of, last_taken
from draws.views.requests import actor_of

TONES = {"requested": "active", "approved": "good", "refused": "idle"}


def enlargements(request: HttpRequest, draw_id: str) -> HttpResponse:
    """What was asked for so far, and a new request."""
    actor = actor_of(request)
    draw = get_draw(actor, draw_id)
    if not can_see_people(actor, draw):
        raise NotAllowed
    form = EnlargementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            seats, reason = form.cleaned_data["seats"], form.cleaned_data["reason"]
            request_enlargement(
                actor, draw_id, seats=form.cleaned_data["table"] or seats, reason=reason, now=clock.now()
            )
            messages.success(request, _("扩大抽取申请已提交，等待另一位同事审批。"))
            return redirect("draws:enlargements", draw_id)
    rows = [_row(actor, row) for row in enlargements_of(draw)]
    may_still = draw.state == DrawState.DRAWN and draw.enlarging_ended_at is None
    is_open = any(row["is_open"] for row in rows)
    context = {
        "draw": draw,
        "title": title_of(draw),
        "form": form,
        "rows": rows,
        "may_decide": can_conduct(actor, draw),
        "may_request": can_prepare(actor, draw) and may_still and not is_open,
        "strata": _strata(draw) if may_still else [],
    }
    return render(request, "draws/enlargements.html", context, status=422 if form.errors else 200)


@require_POST
def decide(request: HttpRequest, enlargement_id: str) -> HttpResponse:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise NotFound
    approve = form.cleaned_data["decision"] == "approve"
    row = decide_enlargement(actor_of(request), enlargement_id, approve=approve, now=clock.now())
    messages.success(request, _("已批准，按原签号顺延抽取，名单和文件已公布。") if approve else _("未批准，名单不变。"))
    return redirect("draws:enlargements", row.draw.public_id)


def enlargement_rows(draw: Draw) -> list[dict[str, object]]:
    """The approved ones for the public page, with their two files."""
    return [
        {
            "number": row.number,
            "seats": sum(row.seats.values()),
            "strata": len(row.seats),
            "decided_at": row.decided_at,
            "files": [
                {"name": name, "url": reverse("draws:public_file", args=[draw.public_id, name])}
                for name in (enlarge_file(row.number or 0), enlarged_result_file(row.number or 0))
            ],
        }
        for row in enlargements_of(draw).filter(state=Enlargement.State.APPROVED)
    ]


def _row(actor: Actor, row: Enlargement) -> dict[str, object]:
    return {
        "id": row.public_id,
        "number": row.number,
        "total": sum(row.seats.values()),
        "table": sorted(row.seats.items()),
        "reason": row.reason,
        "state": row.get_state_display(),
        "tone": TONES[row.state],
        "is_open": row.state == Enlargement.State.REQUESTED,
        "requested_by": row.requested_by,
        "decided_by": row.decided_by,
        "is_own": row.requested_by is not None and identity_of_user(row.requested_by) == actor.identity(),
    }


def _strata(draw: Draw) -> list[dict[str, object]]:
    taken = last_taken(draw)
    people = sorted(eligible_in(draw).items())
    return [
        {"stratum": stratum, "eligible": count, "taken": taken.get(stratum, 0), "left": count - taken.get(stratum, 0)}
        for stratum, count in people
    ]
