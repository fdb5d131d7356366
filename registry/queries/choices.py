"""What an actor may choose from in forms and filters: only what lies within the actor's regions."""

from datetime import date

from django.db.models import Q, QuerySet

from core.actor import Actor
from registry.models import Area, Industry
from registry.queries.territory import areas_in_force, industries


def streets_for(actor: Actor, *, on: date) -> QuerySet[Area]:
    """Streets in force that the actor's regions cover, and those of the actor's enterprises."""
    streets = areas_in_force(on).filter(parent__isnull=False)
    if any(region.areas is None for region in actor.reach.regions):
        return streets
    covered = frozenset().union(*(region.areas or frozenset() for region in actor.reach.regions))
    return streets.filter(Q(pk__in=covered) | Q(enterprises__in=actor.reach.enterprises)).distinct()


def industries_for(actor: Actor) -> QuerySet[Industry]:
    """Industries that the actor's regions cover, and those of the actor's enterprises."""
    if any(region.industries is None for region in actor.reach.regions):
        return industries()
    covered = frozenset().union(*(region.industries or frozenset() for region in actor.reach.regions))
    return industries().filter(Q(pk__in=covered) | Q(enterprises__in=actor.reach.enterprises)).distinct()
