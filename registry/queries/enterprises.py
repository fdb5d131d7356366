"""Enterprises within an actor's reach."""

from django.db.models import QuerySet

from core.actor import Actor
from core.errors import NotAllowed, NotFound
from registry.models import Enterprise
from registry.policies import can_read_registry, reachable_enterprises


def check_may_read(actor: Actor) -> None:
    """Raises NotAllowed for those who have no business with the registry's pages."""
    if not can_read_registry(actor):
        raise NotAllowed


def enterprises_for(actor: Actor) -> QuerySet[Enterprise]:
    """The enterprises that the actor reaches, with area, industry and authority."""
    return Enterprise.objects.filter(reachable_enterprises(actor)).select_related("area", "industry", "authority")


def get_enterprise(actor: Actor, enterprise_id: str) -> Enterprise:
    """One of `enterprises_for`, by public id. Raises NotFound."""
    try:
        return enterprises_for(actor).get(public_id=enterprise_id)
    except Enterprise.DoesNotExist:
        raise NotFound


def lock_enterprise(actor: Actor, enterprise_id: str) -> Enterprise:
    """The same, locked for update. Raises NotFound."""
    try:
        return Enterprise.objects.select_for_update().filter(reachable_enterprises(actor)).get(public_id=enterprise_id)
    except Enterprise.DoesNotExist:
        raise NotFound
