"""The public log as files: checkpoint, leaves by pages of 256, proofs, and the witness script (security.md section 3)."""

from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

import core
from core import merkle, public_log
from core.errors import NotFound
from core.models import LogLeaf
from publications.views.caching import public_page

_TEXT = "text/plain; charset=utf-8"
_LATEST = 20
# A full page of leaves never changes; everything else grows.
_FOREVER, _SHORT = "public, max-age=31536000, immutable", "public, max-age=30"


@login_not_required
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """What the log is, its checkpoint, and how to become a witness."""
    address = request.build_absolute_uri(reverse("publications:public_log"))
    context = {
        "checkpoint": public_log.signed_checkpoint(),
        "witness_url": reverse("publications:public_log_witness"),
        "command": f"python3 -I witness.py {address} '{public_log.log_verifier_key()}' seen.json",
        "columns": [{"label": _("编号"), "numeric": True}, {"label": _("时间")}, {"label": _("内容")}],
        "rows": [_row(leaf) for leaf in public_log.latest_leaves(_LATEST)],
    }
    return public_page(request, "public/log.html", context)


@login_not_required
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    return _file(public_log.signed_checkpoint(), _SHORT)


@login_not_required
@require_safe
def leaves(request: HttpRequest, page: int) -> HttpResponse:
    texts = public_log.leaves_page(page)
    if not texts and page:
        raise NotFound
    full = len(texts) == public_log.LEAVES_PER_PAGE
    return _file("".join(f"{text}\n" for text in texts), _FOREVER if full else _SHORT)


@login_not_required
@require_safe
def inclusion(request: HttpRequest, number: int) -> HttpResponse:
    """That leaf `number` is in the present tree (RFC 9162 section 2.1.3)."""
    hashes = public_log.leaf_hashes()
    if number >= len(hashes):
        raise NotFound
    return _proof(
        size=len(hashes), root=merkle.root(hashes), proof=merkle.inclusion_proof(hashes, number),
        number=number, leaf_hash=hashes[number].hex(),
    )  # fmt: skip


@login_not_required
@require_safe
def consistency(request: HttpRequest, old_size: int) -> HttpResponse:
    """That the present tree only appended to the one of `old_size` leaves (RFC 9162 section 2.1.4)."""
    hashes = public_log.leaf_hashes()
    if not 0 < old_size <= len(hashes):
        raise NotFound
    return _proof(
        size=len(hashes), root=merkle.root(hashes), proof=merkle.consistency_proof(hashes, old_size),
        old_size=old_size, old_root=merkle.root(hashes[:old_size]).hex(),
    )  # fmt: skip


@login_not_required
@require_safe
def witness(request: HttpRequest) -> HttpResponse:
    response = _file(Path(core.__file__).with_name("witness.py").read_text(), _SHORT)
    response["Content-Disposition"] = 'attachment; filename="witness.py"'
    return response


def _row(leaf: LogLeaf) -> list[dict[str, object]]:
    return [
        {"text": leaf.number, "numeric": True},
        {"text": f"{leaf.created_at:%Y-%m-%d %H:%M} UTC"},
        {"text": _kind(leaf.kind), "sub": f"{leaf.leaf_hash[:16]}…"},
    ]


def _kind(kind: str) -> str:
    return {
        "draw.frozen": _("抽签名册与方案冻结"),
        "draw.drawn": _("抽签完成"),
        "draw.cancelled": _("抽签取消"),
        "draw.replaced": _("缓考与递补"),
        "scores.published": _("成绩公示"),
        "scores.corrected": _("公示更正"),
        "scores.withdrawn": _("公示撤回"),
        "paper_key.revealed": _("试卷密钥公开"),
        "papers.recomputed": _("试卷全部重算核对"),
        "key.corrected": _("答案更正"),
    }.get(kind, kind)


def _file(text: str, cache_control: str) -> HttpResponse:
    response = HttpResponse(text, content_type=_TEXT)
    response["Cache-Control"] = cache_control
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _proof(*, size: int, root: bytes, proof: list[bytes], **more: object) -> HttpResponse:
    body = {"size": size, "root": root.hex(), "proof": [each.hex() for each in proof], **more}
    response = JsonResponse(body)
    response["Cache-Control"] = _SHORT
    return response
