"""What the home page and the navigation say about draws."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.queries import identity_of_user
from core.actor import AUDITOR, INVIGILATOR, REGULATOR, REVIEWER, Actor
from core.home import HomeTask, NavigationItem
from draws.models import Draw, DrawState
from draws.policies import can_conduct, can_prepare
from draws.queries.draws import draws_for
from draws.queries.results import waiting_replacements


def tasks_for(actor: Actor, now: datetime) -> list[HomeTask]:
    """Steps of draws that wait for this actor, at most one for each draw. Two queries."""
    if not actor.has_role(REGULATOR, REVIEWER):
        return []
    open_draws = draws_for(actor).filter(state__in=[DrawState.DRAFT, DrawState.FREEZE_PROPOSED, DrawState.FROZEN])
    tasks = [task for draw in open_draws if (task := _task(actor, draw, now)) is not None]
    waiting = list(waiting_replacements(actor).select_related("draw", "requested_by"))
    others = [
        row for row in waiting if row.requested_by is None or identity_of_user(row.requested_by) != actor.identity()
    ]
    if others:
        url = reverse("draws:places", args=[others[0].draw.public_id])
        detail = _("批准后由同一分层的下一名递补人员顶替，无人挑选。")
        tasks.append(HomeTask(_("审批缓考申请"), detail, url, "due", len(others)))
    return tasks


def navigation_for(actor: Actor) -> list[NavigationItem]:
    """The draws, for those who work with them."""
    if not actor.authorities(REGULATOR, REVIEWER, INVIGILATOR, AUDITOR):
        return []
    return [NavigationItem("本季抽考", _("抽签"), reverse("draws:list"), "shuffle", 20)]


def _task(actor: Actor, draw: Draw, now: datetime) -> HomeTask | None:
    url = reverse("draws:detail", args=[draw.public_id])
    name = f"{draw.authority.name} {draw.year}-{draw.quarter}"
    if draw.state == DrawState.DRAFT and can_prepare(actor, draw):
        return HomeTask(_("提出冻结抽考名册"), name, url, "info")
    if draw.state == DrawState.FREEZE_PROPOSED and can_conduct(actor, draw) and not _is_own(actor, draw):
        return HomeTask(_("审批抽考名册的冻结"), name, url, "due", due_at=draw.sources_from)
    if draw.state == DrawState.FROZEN and can_conduct(actor, draw) and draw.sources_from and draw.sources_from <= now:
        return HomeTask(_("录入开奖号码并抽签"), name, url, "due", due_at=draw.sources_from)
    return None


def _is_own(actor: Actor, draw: Draw) -> bool:
    return draw.proposed_by is not None and identity_of_user(draw.proposed_by) == actor.identity()
