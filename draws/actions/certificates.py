"""What the room of the certificates writes down here, so that a draw can filter by it without knowing certificates."""

from datetime import date

from django.db import transaction

from core.actor import Actor
from core.errors import NotAllowed
from draws.models import CertificateTerm


@transaction.atomic
def record_certificate_term(actor: Actor, person_pk: int, *, valid_until: date | None) -> None:
    """Until when the person's certificate is valid, None: there is none. Part of the caller's action, whose audit entry says why.

    Raises NotAllowed for anybody who acts as an enterprise or a candidate.
    """
    if not (actor.is_system or actor.is_staff):
        raise NotAllowed
    if valid_until is None:
        CertificateTerm.objects.filter(person_id=person_pk).delete()
    else:
        CertificateTerm.objects.update_or_create(person_id=person_pk, defaults={"valid_until": valid_until})
