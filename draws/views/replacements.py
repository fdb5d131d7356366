"""Who was drawn, and the excuses after the draw."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.queries import identity_of_user
from core import clock
from core.actor import Actor
from core.errors import NotAllowed, NotFound
from core.http import refusals_on
from draws.actions import decide_replacement, request_replacement
from draws.forms import DecisionForm, ReplacementForm, reason_text, title_of
from draws.models import DrawState, Place, PlaceState, Replacement
from draws.policies import can_conduct, can_prepare, can_see_people
from draws.queries import CALLED_STATES, get_draw, get_place, places_of, replacements_of
from draws.views.downloads import read_upload
from draws.views.requests import actor_of

TONES = {
    PlaceState.CALLED: "active",
    PlaceState.STANDBY: "idle",
    PlaceState.MOVED_UP: "good",
    PlaceState.ENLARGED: "good",
    PlaceState.EXCUSED: "warn",
}


@require_GET
def places(request: HttpRequest, draw_id: str) -> HttpResponse:
    actor = actor_of(request)
    draw = get_draw(actor, draw_id)
    if not can_see_people(actor, draw):
        raise NotAllowed
    wanted = request.GET.get("state", "")
    words = request.GET.get("q", "").strip()[:60]
    chosen = places_of(draw)
    if wanted in PlaceState.values:
        chosen = chosen.filter(state=wanted)
    if words:
        chosen = chosen.filter(entry__person__name__contains=words) | chosen.filter(
            entry__enterprise__name__contains=words
        )
    page = Paginator(chosen, 50).get_page(request.GET.get("page"))
    may_request = can_prepare(actor, draw) and draw.state == DrawState.DRAWN
    context = {
        "draw": draw,
        "title": title_of(draw),
        "page": page,
        "rows": [_row(place) for place in page],
        "states": PlaceState.choices,
        "wanted": wanted,
        "words": words,
        "may_request": may_request,
        "replacements": _replacement_rows(actor, replacements_of(draw)),
        "may_decide": can_conduct(actor, draw),
    }
    return render(request, "draws/places.html", context)


def request_one(request: HttpRequest, draw_id: str, pid: str) -> HttpResponse:
    actor = actor_of(request)
    draw = get_draw(actor, draw_id)
    if not can_prepare(actor, draw):
        raise NotAllowed
    place = get_place(draw, pid)
    form = ReplacementForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            values = form.cleaned_data | {"file": read_upload(form.cleaned_data["file"])}
            request_replacement(actor, draw_id, pid=pid, now=clock.now(), **values)
            messages.success(request, _("缓考申请已提交，等待另一位同事审批。"))
            return redirect("draws:places", draw_id)
    back_url = reverse("draws:places", args=[draw_id])
    context = {"form": form, "draw": draw, "place": _row(place), "back_url": back_url}
    return render(request, "draws/replacement.html", context)


@require_POST
def decide(request: HttpRequest, replacement_id: str) -> HttpResponse:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise NotFound
    approve = form.cleaned_data["decision"] == "approve"
    row = decide_replacement(actor_of(request), replacement_id, approve=approve, now=clock.now())
    if not approve:
        messages.success(request, _("未批准，名单不变。"))
    elif row.moved_up is None:
        messages.success(request, _("已批准缓考，没有人员递补。"))
    else:
        messages.success(request, _("已批准缓考，同一分层的下一名递补人员已顶替。"))
    return redirect("draws:places", row.draw.public_id)


def _row(place: Place) -> dict[str, object]:
    entry = place.entry
    return {
        "pid": entry.pid,
        "status": place.status,
        "state": place.get_state_display(),
        "tone": TONES[PlaceState(place.state)],
        "stratum": entry.stratum,
        "name": entry.person.name,
        "number": entry.person.id_number_masked,
        "enterprise": entry.enterprise.name,
        "post": entry.get_post_display(),
        "flag_text": reason_text(entry.flag) if entry.flag else "",
        "may_be_excused": place.state in CALLED_STATES,
    }


def _replacement_rows(actor: Actor, rows: QuerySet[Replacement]) -> list[dict[str, object]]:
    return [
        {
            "id": row.public_id,
            "excused": row.excused.entry.person.name,
            "excused_status": row.excused.status,
            "moved_up": row.moved_up.entry.person.name if row.moved_up else "",
            "moved_up_status": row.moved_up.status if row.moved_up else "",
            "code": row.reason_code,
            "reason_text": reason_text(row.reason_code),
            "reason": row.reason,
            "evidence": row.evidence,
            "files": row.files.all(),
            "state": row.get_state_display(),
            "is_open": row.state == Replacement.State.REQUESTED,
            "requested_by": row.requested_by,
            "decided_by": row.decided_by,
            "is_own": row.requested_by is not None and identity_of_user(row.requested_by) == actor.identity(),
        }
        for row in rows
    ]
