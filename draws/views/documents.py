"""Writing down who was present; the printed documents and the packed files, for everybody."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from core import clock
from core.errors import NotAllowed
from core.http import refusals_on
from draws.actions import record_minutes
from draws.domain.minutes import Present, write_present
from draws.forms import MinutesForm, title_of
from draws.models import Draw, DrawDocument
from draws.policies import can_prepare
from draws.queries import get_draw, typists_of
from draws.queries.documents import documents_of, latest_minutes, public_document
from draws.views.downloads import stored_file_response
from draws.views.requests import actor_of

NAMES = {
    "notice.pdf": (DrawDocument.Kind.NOTICE, "application/pdf"),
    "minutes.pdf": (DrawDocument.Kind.MINUTES, "application/pdf"),
    "bundle.zip": (DrawDocument.Kind.BUNDLE, "application/zip"),
}
_MINUTE = 60


def minutes(request: HttpRequest, draw_id: str) -> HttpResponse:
    """Who was present, for the minutes. Saving again corrects them."""
    actor = actor_of(request)
    draw = get_draw(actor, draw_id)
    if not can_prepare(actor, draw):
        raise NotAllowed
    form = MinutesForm(request.POST or None, initial=_initial(draw))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            record_minutes(actor, draw_id, now=clock.now(), **form.cleaned_data)
            messages.success(request, _("抽签记录已保存，正在生成文件，稍后可在公开页面下载。"))
            return redirect("draws:minutes", draw_id)
    context = {
        "draw": draw,
        "title": title_of(draw),
        "form": form,
        "latest": latest_minutes(draw),
        "documents": document_rows(draw),
    }
    return render(request, "draws/minutes.html", context)


@login_not_required
@require_safe
@cache_control(public=True, max_age=_MINUTE)
def document(request: HttpRequest, draw_id: str, name: str) -> FileResponse:
    """The newest notice, minutes or bundle of a public draw."""
    kind, content_type = NAMES.get(name, ("", ""))
    found = public_document(draw_id, kind)
    return stored_file_response(found.stored_name, file_name=name, content_type=content_type)


def document_rows(draw: Draw) -> list[dict[str, object]]:
    """What there is to download, in the order of its making."""
    made = documents_of(draw)
    labels = {"notice": _("公告（PDF）"), "minutes": _("抽签记录（PDF）"), "bundle": _("全部材料（ZIP）")}
    return [
        {
            "label": labels[kind],
            "url": reverse("draws:public_document", args=[draw.public_id, name]),
            "size": made[kind].size_bytes,
            "sha256": made[kind].sha256,
            "created_at": made[kind].created_at,
        }
        for name, (kind, _content_type) in NAMES.items()
        if kind in made
    ]


def _initial(draw: Draw) -> dict[str, str]:
    latest = latest_minutes(draw)
    if latest is None:
        typists = [Present(str(user), _("录入人")) for user in typists_of(draw)]
        return {"present": write_present(typists)}
    people = [Present(person["name"], person["capacity"]) for person in latest.present]
    return {"place": latest.place, "present": write_present(people), "remarks": latest.remarks}
