"""What the home page and the navigation say about draws."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.queries import identity_of_user
from core.actor import AUDITOR, INVIGILATOR, REGULATOR, REVIEWER, Actor
from core.home import HomeTask, NavigationItem
from draws.models import Draw, DrawState, Enlargement, Replacement, RosterFlag
from draws.policies import awaits_sources, can_conduct, can_prepare
from draws.queries.draws import draws_for
from draws.queries.results import waiting_replacements

# So long after a cancellation its result is asked for on the home page.
_UNTOLD: Final = timedelta(days=60)


def tasks_for(actor: Actor, now: datetime) -> list[HomeTask]:
    """Steps of draws that wait for this actor, at most one of each kind for each draw. Four queries."""
    if not actor.has_role(REGULATOR, REVIEWER):
        return []
    open_draws = draws_for(actor).filter(
        Q(state__in=[DrawState.DRAFT, DrawState.FREEZE_PROPOSED, DrawState.FROZEN])
        | Q(state=DrawState.CANCELLED, seed="", sources_from__lte=now, cancelled_at__gt=now - _UNTOLD)
    )
    tasks = [task for draw in open_draws if (task := _task(actor, draw, now)) is not None]
    excuses = waiting_replacements(actor).select_related("draw", "requested_by")
    flags = RosterFlag.objects.filter(_decided_by(actor), approved_at=None, draw__state=DrawState.DRAFT)
    more = Enlargement.objects.filter(_decided_by(actor), state=Enlargement.State.REQUESTED)
    return [
        *tasks,
        *_waiting(actor, flags, "draws:detail", words=(_("审批必考和不参加申请"), _("核对原因和证明材料。"))),
        *_waiting(
            actor,
            excuses,
            "draws:places",
            words=(_("审批缓考申请"), _("批准后由同一分层的下一名递补人员顶替，无人挑选。")),
        ),
        *_waiting(
            actor, more, "draws:enlargements", words=(_("审批扩大抽取申请"), _("批准后按原签号顺延，无人挑选。"))
        ),
    ]


def navigation_for(actor: Actor) -> list[NavigationItem]:
    """The draws, for those who work with them."""
    if not actor.authorities(REGULATOR, REVIEWER, INVIGILATOR, AUDITOR):
        return []
    return [NavigationItem("本季抽考", _("抽签"), reverse("draws:list"), "shuffle", 20)]


def _decided_by(actor: Actor) -> Q:
    return Q(draw__authority__in=actor.authorities(REGULATOR, REVIEWER))


def _waiting(
    actor: Actor,
    rows: QuerySet[RosterFlag] | QuerySet[Replacement] | QuerySet[Enlargement],
    address: str,
    *,
    words: tuple[str, str],
) -> list[HomeTask]:
    # What somebody else asked for: nobody decides the own request.
    others = [
        row
        for row in rows.select_related("draw", "requested_by")
        if row.requested_by is None or identity_of_user(row.requested_by) != actor.identity()
    ]
    title, detail = words
    return (
        [HomeTask(title, detail, reverse(address, args=[others[0].draw.public_id]), "due", len(others))]
        if others
        else []
    )


def _task(actor: Actor, draw: Draw, now: datetime) -> HomeTask | None:
    url = reverse("draws:detail", args=[draw.public_id])
    name = f"{draw.authority.name} {draw.year}-{draw.quarter}"
    if draw.state == DrawState.DRAFT and can_prepare(actor, draw):
        return HomeTask(_("提出冻结抽考名册"), name, url, "info")
    if draw.state == DrawState.FREEZE_PROPOSED and can_conduct(actor, draw) and not _is_own(actor, draw):
        return HomeTask(_("审批抽考名册的冻结"), name, url, "due", due_at=draw.sources_from)
    if draw.state == DrawState.FROZEN and can_conduct(actor, draw) and draw.sources_from and draw.sources_from <= now:
        return HomeTask(_("录入开奖号码并抽签"), name, url, "due", due_at=draw.sources_from)
    if draw.state == DrawState.CANCELLED and can_conduct(actor, draw) and awaits_sources(draw):
        title = _("录入开奖号码，公布已取消方案本来的结果")
        return HomeTask(title, name, reverse("draws:sources", args=[draw.public_id]), "info")
    return None


def _is_own(actor: Actor, draw: Draw) -> bool:
    return draw.proposed_by is not None and identity_of_user(draw.proposed_by) == actor.identity()
