"""What everybody may see without signing in: every draw that was ever frozen, its files, and how to check it."""

import segno
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from draws.domain.protocol import FILES
from draws.forms import RULE_REASONS, reason_text, title_of
from draws.models import Draw, DrawFile, DrawState, Replacement
from draws.queries import (
    StratumCount,
    files_of,
    get_public_draw,
    parameters_of,
    plan_of,
    public_draws,
    public_file,
    replacements_of,
    roster_strata,
    seats_of,
)
from draws.queries.documents import commitment_text
from draws.views.documents import document_rows
from draws.views.downloads import file_response
from draws.views.enlargements import enlargement_rows
from draws.views.staff import TONES

_MINUTE = 60


@login_not_required
@require_safe
@cache_control(public=True, max_age=_MINUTE)
def draw_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(public_draws(), 20).get_page(request.GET.get("page"))
    rows = [{"draw": draw, "title": title_of(draw), "tone": TONES[DrawState(draw.state)]} for draw in page]
    return render(request, "draws/public_list.html", {"page": page, "rows": rows})


@login_not_required
@require_safe
@cache_control(public=True, max_age=_MINUTE)
def detail(request: HttpRequest, draw_id: str) -> HttpResponse:
    draw = get_public_draw(draw_id)
    seats = seats_of(draw)
    strata = roster_strata(draw, parameters_of(draw))
    context = {
        "draw": draw,
        "title": title_of(draw),
        "tone": TONES[DrawState(draw.state)],
        "files": [_file_row(draw, file) for file in files_of(draw)],
        "strata": [_stratum_row(row, seats) for row in strata],
        "people": sum(row.eligible + row.must_sit + row.excluded for row in strata),
        "parameters": parameters_of(draw),
        "replacements": [
            _replacement_row(row) for row in replacements_of(draw).filter(state=Replacement.State.APPROVED)
        ],
        "enlargements": enlargement_rows(draw),
        "roster_url": reverse("draws:public_file", args=[draw.public_id, "roster.csv"]),
        "qr": _qr(draw),
        "documents": document_rows(draw),
        "authority_name": draw.authority.name,
        "objection_contact": draw.authority.contact,
    }
    return render(request, "draws/public_detail.html", context)


@login_not_required
@require_safe
def verify(request: HttpRequest, draw_id: str) -> HttpResponse:
    """The page that recomputes the draw in the visitor's own browser; the server does nothing for it but give the files."""
    draw = get_public_draw(draw_id)
    urls = {name: reverse("draws:public_file", args=[draw.public_id, name]) for name in FILES}
    context = {
        "draw": draw,
        "title": title_of(draw),
        "config": {"files": urls if draw.seed else {}, "worker": static("dist/verify-worker.js")},
        "people": plan_of(draw).rows,
        "authority_name": draw.authority.name,
    }
    return render(request, "draws/public_verify.html", context)


@login_not_required
@require_safe
@cache_control(public=True, max_age=_MINUTE)
def file(request: HttpRequest, draw_id: str, name: str) -> HttpResponse:
    return file_response(name, public_file(get_public_draw(draw_id), name))


@login_not_required
@require_safe
@cache_control(public=True, max_age=_MINUTE)
def explained(request: HttpRequest) -> HttpResponse:
    return render(request, "draws/public_explained.html", {"rule_reasons": RULE_REASONS})


def _qr(draw: Draw) -> str:
    # A QR for posting elsewhere: a commitment that is on our own server alone proves nothing.
    return str(segno.make(commitment_text(draw), error="m").svg_data_uri(scale=4, border=2))


def _file_row(draw: Draw, file: DrawFile) -> dict[str, object]:
    url = reverse("draws:public_file", args=[draw.public_id, file.name])
    return {"name": file.name, "sha256": file.sha256, "url": url, "created_at": file.created_at}


def _stratum_row(row: StratumCount, seats: dict[str, dict[str, int]]) -> dict[str, object]:
    placed = seats.get(row.stratum, {})
    return {"row": row, "drawn": placed.get("S", 0), "reserve": placed.get("R", 0), "must_sit": placed.get("M", 0)}


def _replacement_row(row: Replacement) -> dict[str, object]:
    return {
        "stratum": row.excused.entry.stratum,
        "excused": row.excused.status,
        "excused_pid": row.excused.entry.pid,
        "moved_up": row.moved_up.status if row.moved_up else "",
        "moved_up_pid": row.moved_up.entry.pid if row.moved_up else "",
        "code": row.reason_code,
        "reason": reason_text(row.reason_code),
        "decided_at": row.decided_at,
    }
