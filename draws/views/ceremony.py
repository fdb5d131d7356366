"""The ceremony: each typist's own page, the page for the projector, and the one button."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.actor import Actor
from core.http import refusals_on
from core.masking import mask_name
from draws.actions import compute_cancelled, run_draw, run_draw_later, type_source
from draws.domain.tickets import ticket_of
from draws.forms import SourceForm, title_of
from draws.models import Draw, DrawState, Place
from draws.policies import awaits_sources, can_conduct
from draws.queries import (
    SourceStatus,
    called_places,
    check_may_conduct,
    get_draw,
    is_large_roster,
    refusal_of_last_run,
    run_under_way,
    typists_of,
)
from draws.views.detail import ceremony_state
from draws.views.requests import actor_of

# A wall with thousands of names helps nobody: the public page has them all.
_MOST_SHOWN = 500


def sources(request: HttpRequest, draw_id: str) -> HttpResponse:
    """One small form for each source; what the other person typed is not in this page."""
    actor = actor_of(request)
    draw = get_draw(actor, draw_id)
    check_may_conduct(actor, draw)
    state = ceremony_state(actor, draw)
    forms = _source_forms(state["statuses"], request.POST if request.method == "POST" else None)  # type: ignore[arg-type]
    posted = next((form for form in forms if form.is_bound), None)
    if posted is not None and posted.is_valid():
        with refusals_on(posted):
            type_source(
                actor,
                draw_id,
                position=posted.cleaned_data["position"],
                source=posted.cleaned_data["source"],
                value=posted.cleaned_data["value"],
                now=clock.now(),
            )
            messages.success(request, _("已录入。"))
            return redirect("draws:sources", draw_id)
    is_open = awaits_sources(draw) and draw.sources_from is not None and draw.sources_from <= clock.now()
    context = {
        "draw": draw,
        "title": title_of(draw),
        "pairs": list(zip(state["statuses"], forms, strict=True)),  # type: ignore[call-overload]
        "is_open": is_open,
        **state,
    }
    return render(request, "draws/sources.html", context, status=422 if posted is not None else 200)


@require_GET
def ceremony(request: HttpRequest, draw_id: str) -> HttpResponse:
    """For the wall: the countdown, the hashes, who has typed, then seed and result."""
    actor = actor_of(request)
    return _ceremony(request, actor, get_draw(actor, draw_id))


@require_POST
def run(request: HttpRequest, draw_id: str) -> HttpResponse:
    actor = actor_of(request)
    form = Form(request.POST)
    if form.is_valid():
        with refusals_on(form):
            if get_draw(actor, draw_id).state == DrawState.CANCELLED:
                compute_cancelled(actor, draw_id, now=clock.now())
            elif is_large_roster(get_draw(actor, draw_id)):
                run_draw_later(actor, draw_id, now=clock.now())
            else:
                run_draw(actor, draw_id, now=clock.now())
            return redirect("draws:ceremony", draw_id)
    return _ceremony(request, actor, get_draw(actor, draw_id), refused=form)


def _ceremony(request: HttpRequest, actor: Actor, draw: Draw, *, refused: Form | None = None) -> HttpResponse:
    now = clock.now()
    is_open = draw.sources_from is not None and draw.sources_from <= now
    context = {
        "draw": draw,
        "title": title_of(draw),
        "authority_name": draw.authority.name,
        "may_conduct": can_conduct(actor, draw),
        "is_open": is_open,
        "seconds_left": max(0, int((draw.sources_from - now).total_seconds())) if draw.sources_from else 0,
        "typists": typists_of(draw),
        "called": called_places(draw).count() if draw.state == DrawState.DRAWN else 0,
        "winners": [_winner(place, draw.seed) for place in called_places(draw)[:_MOST_SHOWN]]
        if draw.state == DrawState.DRAWN
        else [],
        "refused": refused,
        "run": run_under_way(draw),
        "last_refusal": refusal_of_last_run(draw, now),
        **ceremony_state(actor, draw),
    }
    return render(request, "draws/ceremony.html", context, status=422 if refused is not None else 200)


def _source_forms(statuses: list[SourceStatus], data: object) -> list[SourceForm]:
    forms = []
    for status in statuses:
        allowed = [str(source) for source in status.allowed]
        mine = data if isinstance(data, dict) and data.get("position") == str(status.position) else None
        initial = {"position": status.position, "value": status.own.rpartition(":")[2]}
        forms.append(SourceForm(mine, allowed=allowed, initial=initial, auto_id=f"source-{status.position}-%s"))
    return forms


def _winner(place: Place, seed: str) -> dict[str, object]:
    entry = place.entry
    return {
        "stratum": entry.stratum,
        "status": place.status,
        "pid": entry.pid[:8],
        "ticket": ticket_of(entry.pid, entry.lots, seed=seed)[:8] if place.rank else "",
        "name": mask_name(entry.person.name),
        "enterprise": entry.enterprise.name,
        "post": entry.get_post_display(),
    }
