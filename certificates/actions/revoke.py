"""Taking a certificate back, and noting where its file is."""

from datetime import datetime

from django.db import transaction

from certificates.actions.issue import change_state
from certificates.domain.states import revocation_reason
from certificates.models import Certificate
from certificates.policies import can_revoke
from certificates.queries.certificates import lock_certificate
from core.actor import Actor
from core.audit import audit
from core.errors import ConfirmationMismatch, NotAllowed


@transaction.atomic
def revoke_certificate(
    actor: Actor, certificate_id: str, *, reason: str, confirmation: str, now: datetime
) -> Certificate:
    """Revokes for good, with a public reason of 5 to 300 characters. `confirmation` is the certificate's number.

    Raises NotFound, NotAllowed, CertificateNotValid, RevocationReasonMissing, ConfirmationMismatch.
    """
    certificate = lock_certificate(actor, certificate_id)
    if not can_revoke(actor, certificate):
        raise NotAllowed
    text = revocation_reason(certificate.state, reason)
    if confirmation.strip() != certificate.number:
        raise ConfirmationMismatch(expected=certificate.number)
    change_state(actor, certificate, Certificate.State.REVOKED, reason=text, now=now)
    return certificate


@transaction.atomic
def record_pdf(actor: Actor, certificate_id: int, *, pdf_name: str, sha256: str) -> None:
    """Notes the stored file of a certificate (primary key); the later of two runs wins, both wrote the same content."""
    certificate = Certificate.objects.select_for_update().get(pk=certificate_id)
    certificate.pdf_name = pdf_name
    certificate.save(update_fields=["pdf_name"])
    audit(actor, "certificates.rendered", certificate, details={"pdf_sha256": sha256})
