"""What the registry adds to the navigation and to the home page."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from core.actor import ENTERPRISE_ADMIN, Actor
from core.home import Found, HomeTask, NavigationItem
from registry.models import EnterpriseImport, Post
from registry.policies import can_read_registry, can_register_enterprises
from registry.queries.enterprises import enterprises_for
from registry.queries.imports import imports_of
from registry.queries.people import appointments_for, people_for

_MOST_FOUND = 10


def navigation_for(actor: Actor) -> list[NavigationItem]:
    """单位与人员."""
    if not can_read_registry(actor) or actor.is_system:
        return []
    group = "单位与人员"
    is_only_enterprise = actor.has_role(ENTERPRISE_ADMIN) and not actor.reach.regions
    title = gettext("本单位") if is_only_enterprise else gettext("单位")
    items = [
        NavigationItem(group, title, reverse("registry:enterprise_list"), "building", 10),
        NavigationItem(group, gettext("人员"), reverse("registry:person_list"), "people", 20),
    ]
    if can_register_enterprises(actor):
        items.append(NavigationItem(group, gettext("导入"), reverse("registry:import_list"), "upload", 30))
    return items


def found_for(actor: Actor, text: str) -> list[Found]:
    """Enterprises by name or credit code, and people by name. Two queries."""
    if not can_read_registry(actor):
        return []
    enterprises = enterprises_for(actor).filter(Q(name__icontains=text) | Q(uscc__istartswith=text)).order_by("name")
    people = people_for(actor).filter(name__icontains=text).order_by("name_sort_key", "pk")
    return [
        *(
            Found(gettext("单位"), row.name, row.uscc, reverse("registry:enterprise_detail", args=[row.public_id]))
            for row in enterprises[:_MOST_FOUND]
        ),
        *(
            Found(
                gettext("人员"), row.name, row.id_number_masked, reverse("registry:person_detail", args=[row.public_id])
            )
            for row in people[:_MOST_FOUND]
        ),
    ]


def tasks_for(actor: Actor, now: datetime) -> list[HomeTask]:
    """Uploads not yet applied; for an enterprise: nobody in post as its principal."""
    tasks: list[HomeTask] = []
    if can_register_enterprises(actor) and not actor.is_system:
        waiting = imports_of(actor).filter(state=EnterpriseImport.State.PREVIEW).count()
        if waiting:
            tasks.append(
                HomeTask(
                    title=gettext("核对并确认导入"),
                    detail=gettext("有导入文件等待您核对；7天内未确认的会自动作废。"),
                    url=reverse("registry:import_list"),
                    count=waiting,
                )
            )
    if actor.has_role(ENTERPRISE_ADMIN):
        tasks.extend(_enterprises_without_principal(actor, now))
    return tasks


def _enterprises_without_principal(actor: Actor, now: datetime) -> list[HomeTask]:
    day = timezone.localtime(now).date()
    own = enterprises_for(actor).filter(pk__in=actor.reach.enterprises, is_active=True)
    led = appointments_for(actor, on=day).filter(post=Post.PRINCIPAL).values("enterprise")
    return [
        HomeTask(
            title=gettext("登记主要负责人"),
            detail=gettext("“{name}”没有在任的主要负责人，请添加人员和任职。").format(name=row.name),
            url=reverse("registry:employ", args=[row.public_id]),
        )
        for row in own.exclude(pk__in=led).order_by("pk")[:3]
    ]
