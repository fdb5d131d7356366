"""Public verification of final receipts: no login, nothing stored, nothing looked up but our own public key."""

import base64
import io
from functools import lru_cache

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from core.http import refusals_on
from exams.actions.finalising import SIGNING_KID
from exams.domain.receipts import public_key_of, read_receipt_code, verify_final_receipt
from exams.forms import ReceiptForm


@lru_cache(maxsize=1)
def public_key_hex() -> str:
    """The key that final receipts are verified with, as 64 hex digits."""
    return public_key_of(settings.SIGNING_KEY).hex()


@require_http_methods(["GET", "POST"])
@login_not_required
def public_receipts(request: HttpRequest) -> HttpResponse:
    """Somebody shows a receipt: is it ours, and what does it say?"""
    data = request.POST if request.method == "POST" else request.GET if "code" in request.GET else None
    form = ReceiptForm(data)
    fields = None
    if data is not None and form.is_valid():
        with refusals_on(form):
            text = read_receipt_code(form.cleaned_data["code"])
            fields = verify_final_receipt(text, {SIGNING_KID: bytes.fromhex(public_key_hex())})
    context = {"form": form, "fields": fields, "public_key": public_key_hex()}
    return render(request, "exams/public_receipts.html", context)


@require_GET
@login_not_required
def public_receipt_key(request: HttpRequest) -> HttpResponse:
    """The raw Ed25519 public key in hex, for verifiers of third parties."""
    return HttpResponse(f"{public_key_hex()}\n", content_type="text/plain")


def qr_data(text: str) -> str:
    """A QR code of the text as an SVG data address."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", scale=4, border=2)
    return f"data:image/svg+xml;base64,{base64.b64encode(out.getvalue()).decode('ascii')}"
