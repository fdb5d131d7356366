"""What anybody may read without login: landing, rounds, one round, its files. Made from snapshots alone."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from core import clock
from core.spreadsheets import write_csv
from publications.domain.reading import PublicRow, Rate, matching
from publications.domain.snapshot import POSTS, STATES
from publications.errors import RowsGone
from publications.forms import PAGE_SIZES, RowFilterForm
from publications.queries import PublicRound, PublicVersion, get_public_file, get_public_round, public_rounds
from publications.views.caching import public_file, public_page
from publications.views.charts import chart_of_rates, chart_of_scores
from publications.views.frames import address_of, of_authority
from publications.views.pictures import qr_address

_LATEST = 4
_TONES = {
    "passed": "good",
    "failed": "bad",
    "absent": "warn",
    "misconduct": "bad",
    "invalid": "idle",
    "deferred": "idle",
}
_DRAW_FILES = (
    ("plan.json", gettext_noop("抽签方案：名额、随机来源和名册摘要，抽签前公布")),
    ("roster.csv", gettext_noop("抽考名册：只有编号和分层，不含姓名")),
    ("sources.txt", gettext_noop("公开的随机来源")),
    ("result.csv", gettext_noop("抽签结果")),
)


@login_not_required
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """What this is, the latest rounds, and the two things that anybody can verify."""
    rounds = public_rounds(clock.today())
    context = {
        "rounds": [_card(found) for found in rounds[:_LATEST]],
        "more": len(rounds) > _LATEST,
        "draws_url": address_of("draws:public_list"),
        "look_up_url": address_of("certificates:public_lookup"),
    }
    return public_page(request, "public/landing.html", context)


@login_not_required
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What is published, what is not, and how to check it."""
    context = {
        "draws_url": address_of("draws:public_list"),
        "look_up_url": address_of("certificates:public_lookup"),
    }
    return public_page(request, "public/about.html", context)


@login_not_required
@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """All published rounds."""
    context = {"rounds": [_card(found) for found in public_rounds(clock.today())]}
    return public_page(request, "public/rounds.html", context)


@login_not_required
@require_safe
def round_page(request: HttpRequest, round_id: str) -> HttpResponse:
    """One round: totals, charts, rows with filters, files, hash, draw, corrections."""
    found = get_public_round(round_id, today=clock.today())
    response = public_page(request, "public/round.html", {**_round_context(found), **_table_context(request, found)})
    if found.shows_rows:
        response["X-Robots-Tag"] = "noindex, noarchive"
    return response


@login_not_required
@require_safe
def round_printed(request: HttpRequest, round_id: str) -> HttpResponse:
    """The official notice on A4, with all rows."""
    found = get_public_round(round_id, today=clock.today())
    rows = [_shown(row) for row in found.current.snapshot.rows] if found.shows_rows else []
    response = public_page(request, "public/round_printed.html", {**_round_context(found), "rows": rows})
    response["X-Robots-Tag"] = "noindex, noarchive"
    return response


@login_not_required
@require_safe
def scores_json(request: HttpRequest, round_id: str, version: int) -> HttpResponse:
    """The snapshot itself, byte for byte: its SHA-256 is the hash on the page."""
    try:
        found = get_public_file(round_id, version=version, today=clock.today())
    except RowsGone as refusal:
        return _gone(request, round_id, refusal)
    content = found.publication.snapshot.content.encode()
    return public_file(request, content, content_type="application/json", file_name=_file_name(found, "json"))


@login_not_required
@require_safe
def scores_csv(request: HttpRequest, round_id: str, version: int) -> HttpResponse:
    """The rows as a table that Excel opens."""
    try:
        found = get_public_file(round_id, version=version, today=clock.today())
    except RowsGone as refusal:
        return _gone(request, round_id, refusal)
    return public_file(request, _csv(found), content_type="text/csv; charset=utf-8", file_name=_file_name(found, "csv"))


def _gone(request: HttpRequest, round_id: str, refusal: RowsGone) -> HttpResponse:
    context = {
        "message": _(refusal.message),
        "round_url": reverse("publications:public_round", args=[round_id]),
    }
    return render(request, "public/gone.html", context, status=refusal.status)


def _csv(found: PublicVersion) -> bytes:
    code = found.snapshot.round["code"]
    header = ["单位名称", "统一社会信用代码", "行业领域", "乡街", "姓名", "岗位", "成绩", "结果", "轮次", "备注"]
    rows = [
        [
            row.enterprise, row.uscc, row.industry, row.street, row.name, POSTS.get(row.post, row.post), row.score,
            STATES.get(row.state, row.state), code, "、".join(_remarks(row)),
        ]
        for row in found.snapshot.rows
    ]  # fmt: skip
    return write_csv(header, rows)


def _file_name(found: PublicVersion, ending: str) -> str:
    return f"scores-{found.snapshot.round['code']}-v{found.number}.{ending}"


def _remarks(row: PublicRow) -> list[str]:
    return [*([gettext_noop("必考")] if row.must_sit else []), *([gettext_noop("补考成绩")] if row.makeup else [])]


def _card(found: PublicRound) -> dict[str, Any]:
    snapshot = found.current.snapshot
    return {
        "title": snapshot.round["title"],
        "authority": snapshot.round["authority"],
        "code": snapshot.round["code"],
        "url": reverse("publications:public_round", args=[found.round_id]),
        "published_at": found.versions[-1].publication.decided_at,
        "totals": snapshot.totals,
        "is_corrected": len(found.versions) > 1,
        "is_withdrawn": found.current.is_withdrawn,
    }


def _round_context(found: PublicRound) -> dict[str, Any]:
    current, publication = found.current, found.current.publication
    snapshot = current.snapshot
    page_url = reverse("publications:public_round", args=[found.round_id])
    address = f"{settings.BASE_URL}{page_url}#sha256-{current.sha256}"
    charts = [chart_of_rates(snapshot, "industry"), chart_of_rates(snapshot, "street"), chart_of_scores(snapshot)]
    return {
        **of_authority(publication.round.authority),
        "found": found,
        "round": snapshot.round,
        "totals": snapshot.totals,
        "publication": publication,
        "published_at": found.versions[-1].publication.decided_at,
        "version": current.number,
        "sha256": current.sha256,
        "address": address.partition("#")[0],
        "qr": qr_address(address),
        "stats": [] if current.is_withdrawn else _stats(snapshot.totals),
        "charts": [] if current.is_withdrawn else [chart for chart in charts if chart],
        "posts_table": [] if current.is_withdrawn else _posts_table(snapshot.rates("post")),
        "versions": [_version(found, one) for one in found.versions],
        "draw": _draw(snapshot.content["draw"]),
        "name_basis": snapshot.content["full_name_basis"],
        "is_demo_draw": bool(publication.round.draw and publication.round.draw.is_demo),
    }


def _stats(totals: dict[str, Any]) -> list[dict[str, Any]]:
    states = totals["states"] or {}
    return [
        {
            "label": _("应考"),
            "value": totals["people"],
            "unit": _("人"),
            "note": _("%(count)s 家单位") % {"count": totals["enterprises"]},
        },
        {"label": _("合格"), "value": states.get("passed", "—"), "unit": _("人") if states else "", "tone": "good"},
        {"label": _("合格率"), "value": totals["pass_percent"] or "—", "unit": "%" if totals["pass_percent"] else ""},
        {"label": _("不合格"), "value": states.get("failed", "—"), "unit": _("人") if states else ""},
        {"label": _("缺考"), "value": states.get("absent", "—"), "unit": _("人") if states else ""},
        {"label": _("平均分"), "value": totals["average"] or "—", "unit": _("分") if totals["average"] else ""},
    ]


def _posts_table(rates: list[Rate]) -> list[dict[str, Any]]:
    return [{"post": _(POSTS.get(rate.name, rate.name)), "rate": rate} for rate in rates]


def _version(found: PublicRound, one: PublicVersion) -> dict[str, Any]:
    offered = found.shows_rows and not one.is_withdrawn
    arguments = [found.round_id, one.number]
    return {
        "number": one.number,
        "sha256": one.sha256,
        "at": one.publication.decided_at,
        "note": one.publication.correction_note,
        "is_current": one is found.current and not one.is_withdrawn,
        "withdrawn_at": one.publication.withdrawn_at,
        "withdrawn_note": one.publication.decision_note if one.is_withdrawn else "",
        "json_url": reverse("publications:public_json", args=arguments) if offered else "",
        "csv_url": reverse("publications:public_csv", args=arguments) if offered else "",
    }


def _draw(draw: dict[str, str] | None) -> dict[str, Any] | None:
    if draw is None:
        return None
    files = [
        {"name": name, "what": _(what), "url": address_of("draws:public_file", draw["id"], name)}
        for name, what in _DRAW_FILES
    ]
    return {
        "url": address_of("draws:public_detail", draw["id"]),
        "plan_sha256": draw["plan_sha256"],
        "files": files,
        "program_url": address_of("draws:public_file", draw["id"], "verify.py"),
    }


def _table_context(request: HttpRequest, found: PublicRound) -> dict[str, Any]:
    if not found.shows_rows:
        return {"form": None, "page": None}
    form = RowFilterForm(request.GET, snapshot=found.current.snapshot)
    rows = matching(found.current.snapshot.rows, form.wanted())
    size = request.GET.get("size", "")
    paginator = Paginator(
        rows, int(size) if size.isascii() and size.isdigit() and int(size) in PAGE_SIZES else PAGE_SIZES[0]
    )
    page = paginator.get_page(request.GET.get("page"))
    return {
        "form": form,
        "page": page,
        "rows": [_shown(row) for row in page.object_list],
        "sizes": PAGE_SIZES,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "matched": len(rows),
    }


def _shown(row: PublicRow) -> dict[str, Any]:
    return {
        "row": row,
        "post": _(POSTS.get(row.post, row.post)),
        "state": _(STATES.get(row.state, row.state)),
        "tone": _TONES.get(row.state, "idle"),
        "remarks": "、".join(_(remark) for remark in _remarks(row)),
    }
