"""The people in the pool, and the flags that are asked for, approved and taken back."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.errors import NotAllowed
from core.http import refusals_on
from draws.actions import approve_flag, request_enterprise_flags, request_flag, withdraw_flag
from draws.forms import FlagForm, ReasonForm, reason_text, title_of
from draws.models import DrawState
from draws.policies import can_prepare, can_see_people
from draws.queries import PoolMember, acting_for, get_draw, get_evidence, pool_of
from draws.views.downloads import read_upload, stored_file_response
from draws.views.requests import actor_of
from registry.queries import get_person


@require_GET
def population(request: HttpRequest, draw_id: str) -> HttpResponse:
    """Who would be in the roster today; names are for those who run the draw."""
    actor = actor_of(request)
    draw = get_draw(actor, draw_id)
    if not can_see_people(actor, draw):
        raise NotAllowed
    words = request.GET.get("q", "").strip()[:60]
    members = [member for member in pool_of(actor, draw, on=clock.today()) if _matches(member, words)]
    page = Paginator(members, 50).get_page(request.GET.get("page"))
    may_flag = can_prepare(actor, draw) and draw.state == DrawState.DRAFT
    context = {
        "draw": draw,
        "title": title_of(draw),
        "page": page,
        "rows": [_row(member) for member in page],
        "words": words,
        "may_flag": may_flag,
    }
    return render(request, "draws/population.html", context)


def new_flag(request: HttpRequest, draw_id: str, person_id: str) -> HttpResponse:
    actor = actor_of(request)
    draw = get_draw(actor, draw_id)
    if not can_prepare(actor, draw):
        raise NotAllowed
    person = get_person(acting_for(actor, draw.authority), person_id)
    form = FlagForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        kind, _colon, code = form.cleaned_data["kind_code"].partition(":")
        asked: dict[str, Any] = {"person_id": person_id, "code": code, "now": clock.now()}
        asked |= {name: form.cleaned_data[name] for name in ("reason", "evidence")}
        asked["file"] = read_upload(form.cleaned_data["file"])
        with refusals_on(form):
            if form.cleaned_data["whole_enterprise"]:
                request_enterprise_flags(actor, draw_id, **asked)
            else:
                request_flag(actor, draw_id, kind=kind, **asked)
            messages.success(request, _("申请已提交，等待另一位同事审批。"))
            return redirect("draws:detail", draw_id)
    back_url = reverse("draws:population", args=[draw_id])
    return render(request, "draws/flag.html", {"form": form, "draw": draw, "person": person, "back_url": back_url})


@require_POST
def approve(request: HttpRequest, flag_id: str) -> HttpResponse:
    flag = approve_flag(actor_of(request), flag_id, now=clock.now())
    messages.success(request, _("已批准。"))
    return redirect("draws:detail", flag.draw.public_id)


@require_POST
def withdraw(request: HttpRequest, flag_id: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    draw = withdraw_flag(actor_of(request), flag_id, reason=reason, now=clock.now())
    messages.success(request, _("已撤回，原因已记入审计记录。"))
    return redirect("draws:detail", draw.public_id)


@require_GET
def evidence(request: HttpRequest, evidence_id: str) -> FileResponse:
    """The file behind a flag or an excuse, always as a download: nothing of it runs on our pages."""
    row = get_evidence(actor_of(request), evidence_id)
    response = stored_file_response(row.stored_name, file_name=row.file_name, content_type=row.content_type)
    response["Cache-Control"] = "no-store, private"
    return response


def _matches(member: PoolMember, words: str) -> bool:
    appointment = member.appointment
    return not words or any(
        words in text for text in (appointment.person.name, appointment.enterprise.name, member.stratum, member.flag)
    )


def _row(member: PoolMember) -> dict[str, object]:
    appointment = member.appointment
    return {
        "person_id": appointment.person.public_id,
        "name": appointment.person.name,
        "number": appointment.person.id_number_masked,
        "enterprise": appointment.enterprise.name,
        "post": appointment.get_post_display(),
        "stratum": member.stratum,
        "flag": member.flag,
        "flag_text": reason_text(member.flag) if member.flag else "",
        "must_sit": member.flag.startswith("M"),
    }
