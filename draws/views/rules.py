"""The page of a draw's rules with live counts, and the roster against the last round's."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.actor import REGULATOR, Actor
from core.errors import NotAllowed
from core.http import message_of
from draws.domain.parameters import DrawParameters
from draws.forms import NewDrawForm, ParametersForm, reason_text, title_of
from draws.models import Draw
from draws.policies import can_prepare, can_see_people
from draws.queries import Change, Preview, difference_of, get_draw, parameters_of, preview_of
from draws.views.requests import actor_of
from registry.queries import areas_in_force, authorities_for, hazard_tags, industries

GROUPS = ("joined", "left", "moved", "reflagged")


def rules_page(request: HttpRequest, form: ParametersForm, draw: Draw | None, *, saved: DrawParameters) -> HttpResponse:
    """The form in sections, and beside it the counts for what is in it now."""
    back_url = reverse("draws:detail", args=[draw.public_id]) if draw else reverse("draws:list")
    context = {
        "form": form,
        "groups": form.grouped(),
        "draw": draw,
        "title": title_of(draw) if draw else "",
        "back_url": back_url,
        "preview_url": reverse("draws:preview", args=[draw.public_id]) if draw else reverse("draws:preview_new"),
        **_counts(actor_of(request), form, draw, saved=saved),
    }
    return render(request, "draws/parameters.html", context)


@require_POST
def preview_new(request: HttpRequest) -> HttpResponse:
    """Counts for the rules of a draw that does not exist yet. Nothing is saved."""
    actor = actor_of(request)
    if not actor.has_role(REGULATOR):
        raise NotAllowed
    held = authorities_for(actor).filter(pk__in=actor.authorities(REGULATOR))
    form = NewDrawForm(request.POST, authorities=held, **rule_choices())
    form.is_valid()
    context = _counts(actor, form, None, saved=DrawParameters(seats=40, sources=()))
    return render(request, "draws/_preview.html", context)


@require_POST
def preview(request: HttpRequest, draw_id: str) -> HttpResponse:
    """The same for a draft. Nothing is saved."""
    actor = actor_of(request)
    draw = get_draw(actor, draw_id)
    if not can_prepare(actor, draw):
        raise NotAllowed
    form = ParametersForm(request.POST, **rule_choices())
    form.is_valid()
    return render(request, "draws/_preview.html", _counts(actor, form, draw, saved=parameters_of(draw)))


@require_GET
def difference(request: HttpRequest, draw_id: str) -> HttpResponse:
    """Who joined, left or moved since the last round: to be looked at before the freeze."""
    actor = actor_of(request)
    draw = get_draw(actor, draw_id)
    if not can_see_people(actor, draw):
        raise NotAllowed
    found = difference_of(actor, draw, on=clock.today())
    wanted = request.GET.get("show", "")
    wanted = wanted if wanted in GROUPS else GROUPS[0]
    labels = {"joined": _("新进"), "left": _("退出"), "moved": _("换了分层"), "reflagged": _("标记有变")}
    page = Paginator(getattr(found, wanted), 50).get_page(request.GET.get("page"))
    tabs = [
        {"title": labels[name], "url": f"?show={name}", "active": name == wanted, "count": len(getattr(found, name))}
        for name in GROUPS
    ]
    context = {
        "draw": draw,
        "title": title_of(draw),
        "last_title": title_of(found.last) if found.last else "",
        "found": found,
        "tabs": tabs,
        "wanted": wanted,
        "page": page,
        "rows": [_change_row(change) for change in page],
    }
    return render(request, "draws/difference.html", context)


def rule_choices() -> dict[str, Any]:
    """What the form offers: industries, areas in force today, hazard tags."""
    return {"industries": industries(), "areas": areas_in_force(clock.today()), "tags": hazard_tags()}


def _counts(actor: Actor, form: ParametersForm, draw: Draw | None, *, saved: DrawParameters) -> dict[str, Any]:
    table = None if isinstance(saved.seats, int) else dict(saved.seats)
    parameters, fixed = form.preview(saved) if form.is_bound else (saved, table)
    subject = draw or _unsaved(form)
    if subject is None:
        return {"preview": None}
    counted = preview_of(actor, subject, parameters, fixed=fixed, on=clock.today())
    return {
        "preview": counted,
        "seats": parameters.total_seats,
        "is_fixed_shown": fixed is not None,
        "people": sum(row.eligible + row.must_sit + row.excluded for row in counted.strata),
        "eligible": sum(row.eligible for row in counted.strata),
        "refusals": [message_of(refusal) for refusal in counted.refusals],
        "flag_rows": _flag_rows(counted),
    }


def _unsaved(form: ParametersForm) -> Draw | None:
    # A new draw is counted as soon as its authority and quarter are known.
    values = form.cleaned_data if form.is_bound else form.initial
    authority, year, quarter = (values.get(name) for name in ("authority", "year", "quarter"))
    if isinstance(authority, str):
        authority = form.fields["authority"].queryset.filter(public_id=authority).first()  # type: ignore[attr-defined]
    if not (authority and year and quarter):
        return None
    return Draw(authority=authority, year=int(year), quarter=int(quarter))


def _flag_rows(counted: Preview) -> list[dict[str, object]]:
    return [{"flag": flag, "text": reason_text(flag), "people": people} for flag, people in counted.flags.items()]


def _change_row(change: Change) -> dict[str, object]:
    return {
        "name": change.person.name,
        "number": change.person.id_number_masked,
        "enterprise": change.enterprise,
        "before": change.before,
        "after": change.after,
        "flag_before": change.flag_before,
        "flag_after": change.flag_after,
        "flag_before_text": reason_text(change.flag_before) if change.flag_before else "",
        "flag_after_text": reason_text(change.flag_after) if change.flag_after else "",
        "still_appointed": change.still_appointed,
    }
