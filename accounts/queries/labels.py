"""Roles and reach in words, as a person reads them."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import Role, RoleAssignment
from core.actor import Actor
from registry.models import Authority, Enterprise

_SHOWN = 2


def reach_label(actor: Actor) -> str:
    """`望岳路街道 · 建筑施工`; several places are joined, more than two are counted. Two queries at most."""
    grants = [grant for grant in actor.grants if grant.authority_id is not None or grant.enterprise_id is not None]
    authority_ids = {grant.authority_id for grant in grants if grant.authority_id is not None}
    labels: list[str] = []
    if authority_ids:
        rows = Authority.objects.filter(pk__in=authority_ids).select_related("area").prefetch_related("industries")
        labels += [reach_of_authority(row) for row in rows]
    enterprise_ids = {grant.enterprise_id for grant in grants if grant.enterprise_id is not None}
    if enterprise_ids:
        labels += list(Enterprise.objects.filter(pk__in=enterprise_ids).values_list("name", flat=True))
    if not labels and actor.person_id is not None:
        return _("本人")
    return _joined(dict.fromkeys(labels))


def reach_of_authority(authority: Authority) -> str:
    """Area and industries of an authority: `望岳路街道 · 建筑施工`, `岳阳楼区 · 全部行业`."""
    industries = [industry.name for industry in authority.industries.all()]
    shown = "、".join(industries[:_SHOWN])
    if len(industries) > _SHOWN:
        shown = _("%(names)s等 %(count)d 个行业") % {"names": shown, "count": len(industries)}
    every = _("全部行业")
    return f"{authority.area.name} · {shown or every}"


def role_label(actor: Actor) -> str:
    """The names of the actor's roles: `监管人员、审核人`; a person without roles is a candidate."""
    names = [str(Role(role).label) for role in Role.values if role in actor.roles]
    if not names and actor.person_id is not None:
        names = [_("考生")]
    return "、".join(names)


def place_of_role(row: RoleAssignment) -> str:
    """Where a role row holds, in words."""
    if row.enterprise is not None:
        return row.enterprise.name
    if row.authority is not None:
        return f"{row.authority.name}（{reach_of_authority(row.authority)}）"
    return _("本系统（不含监管数据）")


def _joined(labels: Iterable[str]) -> str:
    known = list(labels)
    text = "；".join(known[:_SHOWN])
    if len(known) > _SHOWN:
        return _("%(places)s等 %(count)d 处") % {"places": text, "count": len(known)}
    return text
