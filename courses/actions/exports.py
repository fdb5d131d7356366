"""Exports leave the system, so that they leave an audit entry."""

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed
from courses.models import Lecture
from courses.policies import can_read_lectures


@transaction.atomic
def export_states(actor: Actor, *, rows: int, filters: str) -> None:
    """Records who exported how many rows of the table of states under which filters. Raises NotAllowed."""
    if not can_read_lectures(actor):
        raise NotAllowed
    audit(actor, "courses.states_exported", Lecture(title=""), details={"rows": rows, "filters": filters[:500]})
