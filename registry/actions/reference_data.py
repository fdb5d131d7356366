"""Loading the district's reference data."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed
from registry.domain.reference_data import DISTRICT_CODE, INDUSTRIES, TAGS, area_rows, authority_rows
from registry.models import Area, Authority, HazardTag, Industry
from registry.policies import can_load_reference_data


@transaction.atomic
def load_reference_data(actor: Actor, now: datetime) -> int:
    """Adds the areas, industries, tags and authorities that are missing; what is there stays as it was changed since.

    Returns how many rows were added: 0 the second time. Raises NotAllowed.
    """
    if not can_load_reference_data(actor):
        raise NotAllowed
    added = _load_areas() + _load_industries() + _load_tags() + _load_authorities()
    if added:
        district = Area.objects.get(code=DISTRICT_CODE, valid_to=None)
        audit(actor, "registry.reference_data_loaded", district, details={"added": added, "at": now})
    return added


def _load_areas() -> int:
    added = 0
    for row in area_rows():
        parent = Area.objects.get(code=row.parent_code, valid_to=None) if row.parent_code else None
        same_period = Q(valid_from=row.valid_from) if row.valid_to else Q(valid_to=None)
        if Area.objects.filter(same_period, code=row.code).exists():
            continue
        Area.objects.create(
            code=row.code,
            name=row.name,
            parent=parent,
            path=f"{parent.path}/{row.code}" if parent else row.code,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        added += 1
    return added


def _load_industries() -> int:
    added = 0
    for position, row in enumerate(INDUSTRIES):
        parent = Industry.objects.get(code=row.parent_code) if row.parent_code else None
        _industry, created = Industry.objects.get_or_create(
            code=row.code,
            defaults={
                "name": row.name,
                "parent": parent,
                "is_high_hazard": row.is_high_hazard,
                "needs_safety_director": row.needs_safety_director,
                "position": position,
            },
        )
        added += created
    return added


def _load_tags() -> int:
    added = 0
    for position, row in enumerate(TAGS):
        _tag, created = HazardTag.objects.get_or_create(
            code=row.code,
            defaults={"name": row.name, "needs_safety_director": row.needs_safety_director, "position": position},
        )
        added += created
    return added


def _load_authorities() -> int:
    areas = {area.code: area for area in Area.objects.filter(valid_to=None)}
    industries = {industry.code: industry for industry in Industry.objects.all()}
    added = 0
    for row in authority_rows():
        authority, created = Authority.objects.get_or_create(
            code=row.code,
            defaults={"name": row.name, "kind": row.kind, "area": areas[row.area_code]},
        )
        if created:
            authority.industries.set(industries[code] for code in row.industry_codes)
        added += created
    return added
