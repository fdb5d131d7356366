"""Areas, industries, authorities: reference data that everybody may read."""

from datetime import date

from django.db.models import Q, QuerySet

from core.actor import Actor, Region
from core.errors import NotFound
from registry.models import Area, Authority, HazardTag, Industry


def areas_in_subtree(root: Area) -> frozenset[int]:
    """Primary keys of the area and all below it, past rows too: an old enterprise keeps its street's old row."""
    below = Area.objects.filter(path__startswith=f"{root.path}/").values_list("pk", flat=True)
    same_code = Area.objects.filter(code=root.code).values_list("pk", flat=True)
    return frozenset([root.pk, *below, *same_code])


def region_of_authority(authority: Authority) -> Region:
    """The rectangle that the authority reaches: its area subtree × its industries with theirs below (none: all)."""
    chosen = frozenset(authority.industries.values_list("pk", flat=True))
    children = frozenset(authority.industries.values_list("children__pk", flat=True)) - {None}
    return Region(areas=areas_in_subtree(authority.area), industries=(chosen | children) or None)


def areas_in_force(on: date) -> QuerySet[Area]:
    """The areas valid on a day, districts before their streets."""
    return Area.objects.filter(Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on)))


def industries() -> QuerySet[Industry]:
    """All industries in their order, with their parents."""
    return Industry.objects.select_related("parent")


def hazard_tags() -> QuerySet[HazardTag]:
    """All hazard tags in their order."""
    return HazardTag.objects.all()


def all_authorities() -> QuerySet[Authority]:
    """Every authority: names are public, what they reach is not shown by this."""
    return Authority.objects.select_related("area")


def authorities_for(actor: Actor) -> QuerySet[Authority]:
    """The authorities at which the actor holds a role; all for the system."""
    if actor.is_system:
        return all_authorities()
    held = frozenset(grant.authority_id for grant in actor.grants if grant.authority_id is not None)
    return all_authorities().filter(pk__in=held)


def get_authority(actor: Actor, authority_id: str) -> Authority:
    """One of `authorities_for`, by public id. Raises NotFound."""
    try:
        return authorities_for(actor).get(public_id=authority_id)
    except Authority.DoesNotExist:
        raise NotFound


def authority_by_code(code: str) -> Authority:
    """By its code, for commands and settings. Raises NotFound."""
    try:
        return all_authorities().get(code=code)
    except Authority.DoesNotExist:
        raise NotFound
