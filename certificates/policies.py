"""Who may see and revoke certificates."""

from django.db.models import Q

from certificates.models import Certificate
from core.actor import AUDITOR, ENTERPRISE_ADMIN, REGULATOR, REVIEWER, Actor, Region

SEES = (REGULATOR, REVIEWER, AUDITOR)
_NOTHING = Q(pk__in=[])


def reachable_certificates(actor: Actor) -> Q:
    """Those issued by the actor's authorities, of enterprises in the actor's regions, of the actor's enterprises, and
    the actor's own; the system's all.
    """
    if actor.is_system:
        return Q()
    reach = _NOTHING
    authorities = actor.authorities(*SEES)
    if authorities:
        reach |= Q(authority_id__in=authorities)
    for grant in actor.grants:
        if grant.role in (REGULATOR, REVIEWER) and grant.region is not None:
            reach |= _inside(grant.region)
    if actor.reach.enterprises:
        reach |= Q(candidate__enterprise_id__in=actor.reach.enterprises)
    if actor.person_id is not None:
        reach |= Q(person_id=actor.person_id)
    return reach


def can_list_certificates(actor: Actor) -> bool:
    """Whether the list page is for the actor."""
    return actor.has_role(*SEES, ENTERPRISE_ADMIN)


def can_revoke(actor: Actor, certificate: Certificate) -> bool:
    """The regulator of the authority that issued it."""
    return actor.is_system or actor.has_role_at(certificate.authority_id, REGULATOR)


def _inside(region: Region) -> Q:
    inside = Q()
    if region.areas is not None:
        inside &= Q(candidate__area_id__in=region.areas)
    if region.industries is not None:
        inside &= Q(candidate__industry_id__in=region.industries)
    return inside
