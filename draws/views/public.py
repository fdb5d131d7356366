"""What everybody may see without signing in: every draw that was ever frozen, its files, and how to check it."""

import segno
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from core.errors import NotFound
from draws.domain.protocol import FILES
from draws.domain.roster import STRATUM
from draws.forms import RULE_REASONS, reason_text, title_of
from draws.models import Draw, DrawFile, DrawState, Replacement
from draws.queries import (
    PLACES_PER_PAGE,
    Oddities,
    StratumCount,
    files_of,
    get_public_draw,
    oddities_of,
    parameters_of,
    places_page,
    plan_of,
    public_draws,
    published_file,
    published_seats,
    published_strata,
    replacements_of,
)
from draws.queries.documents import commitment_text
from draws.views.documents import document_rows
from draws.views.downloads import published_file_response
from draws.views.enlargements import enlargement_rows
from draws.views.staff import TONES

_MINUTE = 60
_PER_PAGE = 50


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
    strata = published_strata(draw)
    shown, following = _strata_page(strata, after=request.GET.get("after", ""))
    seats = published_seats(draw)
    approved = replacements_of(draw).filter(state=Replacement.State.APPROVED)
    replaced = Paginator(approved, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "draw": draw,
        "title": title_of(draw),
        "tone": TONES[DrawState(draw.state)],
        "files": [_file_row(draw, file) for file in files_of(draw)],
        "strata": [_stratum_row(row, seats) for row in shown],
        "strata_count": len(strata),
        "strata_from": strata.index(shown[0]) + 1 if shown else 0,
        "strata_after": following,
        "people": sum(row.eligible + row.must_sit + row.excluded for row in strata),
        "parameters": parameters_of(draw),
        "page": replaced,
        "replacements": [_replacement_row(row) for row in replaced],
        "oddities": _oddity_rows(oddities_of(draw)),
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
def places(request: HttpRequest, draw_id: str) -> HttpResponse:
    """result.csv for reading: all places, or those of one stratum, a page at a time."""
    draw = get_public_draw(draw_id)
    stratum = request.GET.get("stratum", "")
    if stratum and not STRATUM.fullmatch(stratum):
        raise NotFound
    rows = places_page(draw, stratum=stratum, after=request.GET.get("after", ""))
    context = {
        "draw": draw,
        "title": title_of(draw),
        "stratum": stratum,
        "rows": rows[:PLACES_PER_PAGE],
        "after": rows[PLACES_PER_PAGE - 1].pid if len(rows) > PLACES_PER_PAGE else "",
        "is_first": "after" not in request.GET,
        "authority_name": draw.authority.name,
    }
    return render(request, "draws/public_places.html", context)


@login_not_required
@require_safe
@cache_control(public=True, max_age=_MINUTE)
def file(request: HttpRequest, draw_id: str, name: str) -> HttpResponseBase:
    found = published_file(get_public_draw(draw_id), name)
    return published_file_response(request, found, size=found.size)  # type: ignore[attr-defined]  # annotated


@login_not_required
@require_safe
@cache_control(public=True, max_age=_MINUTE)
def explained(request: HttpRequest) -> HttpResponse:
    return render(request, "draws/public_explained.html", {"rule_reasons": RULE_REASONS})


def _strata_page(strata: list[StratumCount], *, after: str) -> tuple[list[StratumCount], str]:
    """The strata behind a name, and the name behind which the next page begins (empty: this is the last)."""
    behind = [row for row in strata if row.stratum > after]
    shown = behind[:_PER_PAGE]
    return shown, shown[-1].stratum if len(behind) > len(shown) else ""


def _oddity_rows(odd: Oddities | None) -> list[dict[str, str]]:
    if odd is None:
        return []
    run = {"label": _("名册中相邻的人都抽中，最多连续"), "seen": _("%(count)s 人") % {"count": odd.run}}
    shared = {"label": _("有两人或更多人抽中的单位"), "seen": _("%(count)s 家") % {"count": odd.shared}}
    rows = [
        run | {"usual": _("这样长或更长，机会约 %(percent)s") % {"percent": _percent(odd.run_chance)}},
        shared | {"usual": _("平均约 %(mean)s 家") % {"mean": f"{odd.shared_expected:.1f}"}},
    ]
    if odd.overlap is not None:
        usual = _("平均约 %(mean)s 人；这么多或更多，机会约 %(percent)s") % {
            "mean": f"{odd.overlap.expected:.1f}",
            "percent": _percent(odd.overlap.chance),
        }
        seen = _("%(seen)s 人（上一轮抽中 %(before)s 人）") % {"seen": odd.overlap.seen, "before": odd.overlap.before}
        rows.append({"label": _("上一轮抽中、这一轮又抽中"), "seen": seen, "usual": usual})
    return rows


def _percent(share: float) -> str:
    if share < 0.0005:
        return "< 0.1%"
    return f"{share * 100:.1f}%"


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
