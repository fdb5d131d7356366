"""Who reaches which regulated rows, and who may write them (house_style section 7)."""

from django.db.models import Q

from core.actor import ENTERPRISE_ADMIN, REGULATOR, REVIEWER, Actor, Region
from registry.models import Enterprise

_NOTHING = Q(pk__in=[])


def reachable_enterprises(actor: Actor, prefix: str = "") -> Q:
    """The enterprises in the actor's regions, and those that the actor administers.

    `prefix` leads from another model, e.g. `"enterprise__"`.
    """
    reach = _NOTHING
    for region in actor.reach.regions:
        reach |= _in_region(region, prefix)
    if actor.reach.enterprises:
        reach |= Q(**{f"{prefix}pk__in": actor.reach.enterprises})
    return reach


def reachable_people(actor: Actor) -> Q:
    """People with an appointment, past or present, at a reachable enterprise, and the actor's own person.

    Joins: use it inside `pk__in`, or rows come twice.
    """
    if any(region.areas is None and region.industries is None for region in actor.reach.regions):
        return Q()
    reach = reachable_enterprises(actor, "appointments__enterprise__")
    if actor.reach.person is not None:
        reach |= Q(pk=actor.reach.person)
    return reach


def can_read_registry(actor: Actor) -> bool:
    """Lists of enterprises and people: regulators, reviewers (the second pair of eyes), and enterprises for themselves."""
    return actor.is_system or actor.has_role(REGULATOR, REVIEWER, ENTERPRISE_ADMIN)


def can_register_at(actor: Actor, area_id: int, industry_id: int) -> bool:
    """Whether the actor is a regulator whose region covers that street and industry."""
    if actor.is_system:
        return True
    return any(
        grant.role == REGULATOR and grant.region is not None and _covers(grant.region, area_id, industry_id)
        for grant in actor.grants
    )


def can_register_enterprises(actor: Actor) -> bool:
    """Registering and importing is a regulator's work; where, `can_register_at` decides row by row."""
    return actor.is_system or actor.has_role(REGULATOR)


def can_change_enterprise(actor: Actor, enterprise: Enterprise) -> bool:
    """The facts of an enterprise belong to its regulators."""
    return can_register_at(actor, enterprise.area_id, enterprise.industry_id)


def can_keep_people(actor: Actor, enterprise: Enterprise) -> bool:
    """People and appointments: the enterprise's own administrator, and its regulators."""
    own = any(grant.role == ENTERPRISE_ADMIN and grant.enterprise_id == enterprise.pk for grant in actor.grants)
    return own or can_change_enterprise(actor, enterprise)


def can_load_reference_data(actor: Actor) -> bool:
    """Areas, industries and authorities come with the installation."""
    return actor.is_system


def _in_region(region: Region, prefix: str) -> Q:
    inside = Q()
    if region.areas is not None:
        inside &= Q(**{f"{prefix}area__in": region.areas})
    if region.industries is not None:
        inside &= Q(**{f"{prefix}industry__in": region.industries})
    return inside if inside else Q(**{f"{prefix}pk__isnull": False})


def _covers(region: Region, area_id: int, industry_id: int) -> bool:
    return (region.areas is None or area_id in region.areas) and (
        region.industries is None or industry_id in region.industries
    )
