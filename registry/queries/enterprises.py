"""Enterprises within an actor's reach."""

from django.db.models import QuerySet
from django.utils import timezone

from core.actor import Actor
from core.errors import NotAllowed, NotFound
from registry.domain.flags import Flags, Raw, SizeRule, compute_flags, rule_on
from registry.models import Enterprise
from registry.policies import (
    can_change_enterprise,
    can_keep_people,
    can_read_registry,
    can_register_enterprises,
    reachable_enterprises,
)


def check_may_read(actor: Actor) -> None:
    """Raises NotAllowed for those who have no business with the registry's pages."""
    if not can_read_registry(actor):
        raise NotAllowed


def check_may_register(actor: Actor) -> None:
    """Raises NotAllowed for those who register no enterprises."""
    if not can_register_enterprises(actor):
        raise NotAllowed


def check_may_change(actor: Actor, enterprise: Enterprise) -> None:
    """Raises NotAllowed for those who see the enterprise but do not keep its facts."""
    if not can_change_enterprise(actor, enterprise):
        raise NotAllowed


def check_may_keep_people(actor: Actor, enterprise: Enterprise) -> None:
    """Raises NotAllowed for those who see the enterprise but do not keep its people."""
    if not can_keep_people(actor, enterprise):
        raise NotAllowed


def flags_of(enterprise: Enterprise) -> Flags:
    """The flags with their reasons, by the rule that the stored ones were computed with. Reads the tags."""
    settings = enterprise.authority.settings if enterprise.authority else None
    rule: SizeRule = rule_on(enterprise.flags_rule_date or timezone.localtime(enterprise.created_at).date(), settings)
    has_tag = any(tag.needs_safety_director for tag in enterprise.tags.all())
    raw = Raw(
        employees=enterprise.employees,
        revenue_10k=enterprise.revenue_10k,
        is_high_hazard_industry=enterprise.industry.is_high_hazard,
        is_director_industry_or_tag=enterprise.industry.needs_safety_director or has_tag,
    )
    return compute_flags(raw, rule)


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
