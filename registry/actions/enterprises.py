"""Registering and changing enterprises."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed
from registry.domain.drafts import EnterpriseDraft, checked_enterprise
from registry.domain.flags import Flags, Raw, compute_flags, rule_on
from registry.errors import (
    EnterpriseExists,
    EnterpriseStateSame,
    OutsideReach,
    UnknownArea,
    UnknownAuthority,
    UnknownIndustry,
    UnknownTag,
)
from registry.models import Area, Authority, Enterprise, HazardTag, Industry
from registry.policies import can_change_enterprise, can_register_at, can_register_enterprises
from registry.queries import areas_in_force, get_enterprise, lock_enterprise


@transaction.atomic
def register_enterprise(actor: Actor, draft: EnterpriseDraft, now: datetime) -> Enterprise:
    """A new enterprise within the actor's reach, its flags computed.

    Raises NotAllowed, OutsideReach, EnterpriseExists, UnknownArea and its like, and the refusals of `checked_enterprise`.
    """
    if not can_register_enterprises(actor):
        raise NotAllowed
    draft = checked_enterprise(draft)
    if Enterprise.objects.filter(uscc=draft.uscc).exists():
        raise EnterpriseExists
    enterprise = Enterprise(uscc=draft.uscc, created_at=now)
    tags = _fill(enterprise, draft, now)
    if not can_register_at(actor, enterprise.area_id, enterprise.industry_id):
        raise OutsideReach
    enterprise.save(force_insert=True)
    enterprise.tags.set(tags)
    audit(actor, "registry.enterprise_registered", enterprise, details=facts_of(draft))
    return enterprise


@transaction.atomic
def change_enterprise(actor: Actor, enterprise_id: str, draft: EnterpriseDraft, *, now: datetime) -> Enterprise:
    """New facts for an enterprise; it must stay within the actor's reach. Its credit code may be corrected.

    Raises NotFound, NotAllowed, OutsideReach, EnterpriseExists, UnknownArea and its like, and what `checked_enterprise` refuses.
    """
    enterprise = lock_enterprise(actor, enterprise_id)
    if not can_change_enterprise(actor, enterprise):
        raise NotAllowed
    before = facts_of(draft_of(enterprise))
    draft = checked_enterprise(draft)
    if Enterprise.objects.filter(uscc=draft.uscc).exclude(pk=enterprise.pk).exists():
        raise EnterpriseExists
    enterprise.uscc = draft.uscc
    tags = _fill(enterprise, draft, now)
    if not can_change_enterprise(actor, enterprise):
        raise OutsideReach
    enterprise.save()
    enterprise.tags.set(tags)
    after = facts_of(draft)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    audit(actor, "registry.enterprise_changed", enterprise, details=changed)
    return get_enterprise(actor, enterprise_id)


@transaction.atomic
def set_enterprise_active(
    actor: Actor, enterprise_id: str, *, is_active: bool, reason: str, now: datetime
) -> Enterprise:
    """Takes an enterprise that closed or moved away out of rosters and lecture duties, or back in. Its file stays.

    Raises NotFound, NotAllowed, EnterpriseStateSame.
    """
    enterprise = lock_enterprise(actor, enterprise_id)
    if not can_change_enterprise(actor, enterprise):
        raise NotAllowed
    if enterprise.is_active == is_active:
        raise EnterpriseStateSame
    enterprise.is_active = is_active
    enterprise.updated_at = now
    enterprise.save(update_fields=["is_active", "updated_at"])
    action = "registry.enterprise_activated" if is_active else "registry.enterprise_deactivated"
    audit(actor, action, enterprise, reason=reason.strip()[:300])
    return enterprise


def draft_of(enterprise: Enterprise) -> EnterpriseDraft:
    """The enterprise as somebody would type it now."""
    return EnterpriseDraft(
        name=enterprise.name,
        uscc=enterprise.uscc,
        area_code=enterprise.area.code,
        industry_code=enterprise.industry.code,
        tag_codes=tuple(sorted(enterprise.tags.values_list("code", flat=True))),
        authority_code=enterprise.authority.code if enterprise.authority else "",
        employees=enterprise.employees,
        revenue_10k=enterprise.revenue_10k,
    )


def facts_of(draft: EnterpriseDraft) -> dict[str, object]:
    """The draft for an audit entry: nothing of it is private."""
    return {
        "name": draft.name,
        "uscc": draft.uscc,
        "area": draft.area_code,
        "industry": draft.industry_code,
        "tags": sorted(draft.tag_codes),
        "authority": draft.authority_code,
        "employees": draft.employees,
        # The database gives 1800.00 for a typed 1800: the same figure.
        "revenue_10k": None if draft.revenue_10k is None else f"{draft.revenue_10k:.2f}",
    }


def set_flags(enterprise: Enterprise, tags: list[HazardTag], *, on: date) -> Flags:
    """Computes the three flags and their rule's date onto the row, which the caller saves."""
    authority = enterprise.authority
    industry = enterprise.industry
    flags = compute_flags(
        Raw(
            employees=enterprise.employees,
            revenue_10k=enterprise.revenue_10k,
            is_high_hazard_industry=industry.is_high_hazard,
            is_director_industry_or_tag=industry.needs_safety_director
            or any(tag.needs_safety_director for tag in tags),
        ),
        rule_on(on, authority.settings if authority else None),
    )
    enterprise.is_large_scale = flags.is_large_scale
    enterprise.is_high_hazard = flags.is_high_hazard
    enterprise.needs_safety_director = flags.needs_safety_director
    enterprise.flags_rule_date = flags.rule.valid_from
    return flags


def _fill(enterprise: Enterprise, draft: EnterpriseDraft, now: datetime) -> list[HazardTag]:
    """Sets every column from the draft; returns the tags, which need a saved row."""
    today = timezone.localtime(now).date()
    tags = _tags(draft.tag_codes)
    enterprise.name = draft.name
    enterprise.area = _area(enterprise, draft.area_code, today)
    enterprise.industry = _industry(draft.industry_code)
    enterprise.authority = _authority(draft.authority_code)
    enterprise.employees = draft.employees
    enterprise.revenue_10k = draft.revenue_10k
    enterprise.updated_at = now
    set_flags(enterprise, tags, on=today)
    return tags


def _area(enterprise: Enterprise, code: str, today: date) -> Area:
    # An enterprise registered in a street that has since merged keeps its old row until somebody moves it.
    if not enterprise._state.adding and enterprise.area.code == code:
        return enterprise.area
    area = areas_in_force(today).filter(code=code, parent__isnull=False).first()
    if area is None:
        raise UnknownArea(value=code)
    return area


def _industry(code: str) -> Industry:
    industry = Industry.objects.filter(code=code).first()
    if industry is None:
        raise UnknownIndustry(value=code)
    return industry


def _authority(code: str) -> Authority | None:
    if not code:
        return None
    authority = Authority.objects.filter(code=code).first()
    if authority is None:
        raise UnknownAuthority(value=code)
    return authority


def _tags(codes: tuple[str, ...]) -> list[HazardTag]:
    if not codes:
        return []
    tags = list(HazardTag.objects.filter(code__in=codes))
    unknown = sorted(set(codes) - {tag.code for tag in tags})
    if unknown:
        raise UnknownTag(value="、".join(unknown))
    return tags
