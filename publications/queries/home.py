"""What this room adds to the home page and to the navigation of the staff frame."""

from datetime import datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.actor import REGULATOR, REVIEWER, Actor
from core.home import HomeTask, NavigationItem
from publications.models import Publication
from publications.policies import SEES
from publications.queries.staff import publications_for, rounds_to_correct, rounds_to_publish


def tasks_for(actor: Actor, now: datetime) -> list[HomeTask]:
    """Proposals that wait for this person, and graded rounds that wait to be proposed."""
    if not actor.has_role(REGULATOR, REVIEWER):
        return []
    return [*_decisions(actor, now), *_proposals(actor, now), *_corrections(actor)]


def navigation_for(actor: Actor) -> list[NavigationItem]:
    """The staff page of publications."""
    if not actor.authorities(*SEES):
        return []
    return [NavigationItem(_("公示"), _("成绩公示"), reverse("publications:list"), icon="megaphone", position=10)]


def _decisions(actor: Actor, now: datetime) -> list[HomeTask]:
    waiting = publications_for(actor).filter(state=Publication.State.PROPOSED, expires_at__gte=now)
    return [
        HomeTask(
            title=_("审批公示：%(round)s") % {"round": row.round.title},
            detail=_("由 %(person)s 提出，须由另一人审批。") % {"person": row.proposed_by or _("系统")},
            url=reverse("publications:detail", args=[row.public_id]),
            urgency="due",
            due_at=row.expires_at,
        )
        for row in waiting
        if row.proposed_by_id != actor.user_id and actor.has_role_at(row.round.authority_id, REGULATOR, REVIEWER)
    ]


def _proposals(actor: Actor, now: datetime) -> list[HomeTask]:
    if not actor.has_role(REGULATOR):
        return []
    today = timezone.localdate(now)
    return [
        HomeTask(
            title=_("提出公示：%(round)s") % {"round": item.round.title},
            detail=_("成绩已评定，应在规定的工作日内公示。"),
            url=reverse("publications:propose", args=[item.round.public_id]),
            urgency="overdue" if item.due_on and item.due_on < today else "due",
            due_at=timezone.make_aware(datetime.combine(item.due_on, time(23, 59))) if item.due_on else None,
        )
        for item in rounds_to_publish(actor)
        if actor.has_role_at(item.round.authority_id, REGULATOR)
    ]


def _corrections(actor: Actor) -> list[HomeTask]:
    return [
        HomeTask(
            title=_("提出更正公示：%(round)s") % {"round": exam_round.title},
            detail=_("公示之后成绩有变动（补考、复核或答案更正），公示页面应当更正。"),
            url=reverse("publications:correct", args=[exam_round.public_id]),
            urgency="due",
        )
        for exam_round in rounds_to_correct(actor)
    ]
