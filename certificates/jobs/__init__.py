"""Background work: issue after publication, make the PDF, find what was lost."""

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from certificates.actions import issue_certificates, record_pdf
from certificates.domain.content import read
from certificates.jobs.pdf import render_certificate
from certificates.queries.certificates import certificate_to_render, certificates_without_file
from core import clock
from core.actor import system_actor
from core.canonical import sha256_hex
from core.queue import enqueue, job, sweeper

_BATCH = 200


@job("certificates.issue_for_round")
def task_issue_for_round(round_id: int) -> int:
    """Certificates for the passers of a published round (primary key)."""
    return issue_certificates(system_actor("certificates.issue"), round_id, now=clock.now())


@job("certificates.render_pdf")
def task_render_pdf(certificate_id: int) -> str:
    """Renders outside any transaction, stores the file, then notes it."""
    certificate = certificate_to_render(certificate_id)
    address = settings.BASE_URL + reverse("certificates:public_certificate", args=[certificate.public_id])
    data = render_certificate(read(certificate.content), sha256=certificate.content_sha256, address=address)
    name = default_storage.save(f"certificates/{certificate.public_id}.pdf", ContentFile(data))
    record_pdf(system_actor("certificates.render"), certificate.pk, pdf_name=name, sha256=sha256_hex(data))
    return name


@sweeper("certificates.render_missing", every_seconds=300)
def task_render_missing() -> int:
    """Certificates whose file was never made."""
    waiting = list(certificates_without_file().values_list("pk", flat=True)[:_BATCH])
    for certificate_id in waiting:
        enqueue("certificates.render_pdf", certificate_id=certificate_id)
    return len(waiting)
