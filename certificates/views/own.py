"""What the holder sees on the phone: all certificates, each as QR code and file."""

from typing import Any

import segno
from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from certificates.errors import PdfNotReady
from certificates.models import Certificate
from certificates.queries import certificates_of, get_certificate
from certificates.views.showing import shown
from core import clock
from core.actor import Actor


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The person's own certificates, newest first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    today = clock.today()
    cards = [
        _card(certificate, shown(certificate, today, with_full_name=True)) for certificate in certificates_of(actor)
    ]
    return render(request, "certificates/mine.html", {"cards": cards})


@require_safe
def pdf(request: HttpRequest, certificate_id: str) -> HttpResponse | FileResponse:
    """The file, for everybody who reaches the certificate. Raises PdfNotReady while it is being made."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    certificate = get_certificate(actor, certificate_id)
    if not certificate.pdf_name or not default_storage.exists(certificate.pdf_name):
        raise PdfNotReady
    stored = default_storage.open(certificate.pdf_name)
    return FileResponse(
        stored, as_attachment=True, filename=f"{certificate.number}.pdf", content_type="application/pdf"
    )


def _card(certificate: Certificate, item: dict[str, Any]) -> dict[str, Any]:
    address = settings.BASE_URL + reverse("certificates:public_certificate", args=[certificate.public_id])
    return {
        **item,
        "address": address,
        "qr": str(segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=2)),
    }
