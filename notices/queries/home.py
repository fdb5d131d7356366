"""Unread notices, and texts that did not arrive."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from core.actor import Actor
from core.home import HomeTask, NavigationItem
from notices.models import Delivery
from notices.policies import can_read_ledger, can_retry_delivery
from notices.queries.ledger import deliveries_for
from notices.queries.notices import unread_count


def tasks_for(actor: Actor, now: datetime) -> list[HomeTask]:
    """Two queries at most."""
    tasks = []
    unread = unread_count(actor)
    if unread:
        tasks.append(
            HomeTask(
                title=_("查看 %(count)d 条未读通知") % {"count": unread},
                detail=_("考试安排、结果等通知。"),
                url=reverse("notices:mine"),
                urgency="info",
                count=unread,
            ),
        )
    failed = deliveries_for(actor).filter(state=Delivery.State.FAILED).count() if can_retry_delivery(actor) else 0
    if failed:
        tasks.append(
            HomeTask(
                title=_("处理 %(count)d 条没有送达的通知") % {"count": failed},
                detail=_("请核对手机号后重发，或电话告知本人。"),
                url=f"{reverse('notices:ledger')}?state=failed",
                count=failed,
            ),
        )
    return tasks


def navigation_for(actor: Actor) -> list[NavigationItem]:
    """The ledger, beside the rounds."""
    if not can_read_ledger(actor):
        return []
    return [NavigationItem("本季抽考", _("通知送达"), reverse("notices:ledger"), "send", 80)]
