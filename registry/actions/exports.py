"""Exports leave the system, so that they leave an audit entry."""

from django.db import transaction
from django.db.models import QuerySet

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed
from registry.models import Area, Enterprise
from registry.policies import can_read_registry


@transaction.atomic
def export_enterprises(actor: Actor, enterprises: QuerySet[Enterprise], *, filters: str) -> int:
    """Records who exported how many rows under which filters (as in the address); returns the number. Raises NotAllowed."""
    if not can_read_registry(actor):
        raise NotAllowed
    count = enterprises.count()
    district = Area.objects.filter(parent=None).order_by("-valid_from").first()
    audit(actor, "registry.enterprises_exported", district or Area(), details={"rows": count, "filters": filters[:500]})
    return count
