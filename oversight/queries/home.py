"""What this room adds to the home page and to the navigation of the staff frame."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.actor import ENTERPRISE_ADMIN, REGULATOR, Actor
from core.home import HomeTask, NavigationItem
from oversight.domain.ladder import DUE_SOON
from oversight.models import FollowUp
from oversight.policies import can_see_board, can_see_follow_ups, can_see_statistics
from oversight.queries.follow_ups import follow_ups_for
from registry.queries import enterprises_for


def tasks_for(actor: Actor, now: datetime) -> list[HomeTask]:
    """Follow-ups of the actor's authorities that are overdue, or due within a week. One query."""
    if not actor.has_role(REGULATOR):
        return []
    today = timezone.localdate(now)
    waiting = follow_ups_for(actor).filter(
        authority_id__in=actor.authorities(REGULATOR),
        state=FollowUp.State.OPEN,
        due_on__lte=today + DUE_SOON,
    )
    days = list(waiting.order_by().values_list("due_on", flat=True))
    late = sum(day < today for day in days)
    tasks = []
    if late:
        tasks.append(_task(_("办理逾期的处置事项"), "overdue", late))
    if len(days) > late:
        tasks.append(_task(_("办理即将到期的处置事项"), "soon", len(days) - late))
    return tasks


def navigation_for(actor: Actor) -> list[NavigationItem]:
    """Board, follow-ups, files."""
    items = []
    if can_see_board(actor):
        items.append(
            NavigationItem(_("统计"), _("监管看板"), reverse("oversight:board"), icon="speedometer2", position=10)
        )
        items.append(
            NavigationItem(_("单位与人员"), _("一企一档"), reverse("oversight:files"), icon="folder2-open", position=40)
        )
    if can_see_statistics(actor):
        items.append(
            NavigationItem(_("统计"), _("季度统计"), reverse("oversight:statistics"), icon="bar-chart", position=20)
        )
    if can_see_follow_ups(actor):
        items.append(
            NavigationItem(_("处置"), _("处置事项"), reverse("oversight:follow_ups"), icon="list-check", position=10)
        )
    if actor.has_role(ENTERPRISE_ADMIN) and not can_see_board(actor):
        items.extend(_own_files(actor))
    return items


def _own_files(actor: Actor) -> list[NavigationItem]:
    own = enterprises_for(actor).values_list("public_id", flat=True)[:1]
    return [
        NavigationItem(
            _("单位与人员"),
            _("本单位档案"),
            reverse("oversight:enterprise_file", args=[public_id]),
            icon="folder2-open",
            position=40,
        )
        for public_id in own
    ]


def _task(title: str, state: str, count: int) -> HomeTask:
    return HomeTask(
        title=title,
        detail=_("补考不合格人员的约谈、培训、整改和通报。"),
        url=f"{reverse('oversight:follow_ups')}?state={state}",
        urgency="overdue" if state == "overdue" else "due",
        count=count,
    )
