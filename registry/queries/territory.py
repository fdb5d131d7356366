"""Areas, industries, authorities: reference data that everybody may read."""

from core.actor import Region
from registry.models import Area, Authority


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
