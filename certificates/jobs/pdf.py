"""A certificate on A4, with the QR code of its verification page."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from core.pdf import qr_address, render_pdf


def render_certificate(content: dict[str, Any], *, sha256: str, address: str) -> bytes:
    """The PDF of a certificate's content; `address` of its verification page goes into the QR code."""
    context = {
        "content": content,
        "sha256": sha256,
        "address": address,
        "qr": qr_address(address),
        "is_demo": settings.DEMO,
    }
    return render_pdf(render_to_string("certificates/pdf.html", context), stylesheet="certificates/pdf.css")
