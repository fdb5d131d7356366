"""Alarms of the recomputation: of one round, and as something to do now."""

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core.actor import AUDITOR, REGULATOR, REVIEWER, Actor
from core.errors import NotFound
from core.home import HomeTask
from exams.models import PaperAlarm, Round
from exams.policies import reachable_alarms


def alarms_of(exam_round: Round) -> QuerySet[PaperAlarm]:
    """What was found in one round that was reached, in the order in which it was found."""
    return exam_round.paper_alarms.select_related(
        "paper__candidate__person", "paper__sitting", "handled_by__person"
    ).defer("paper__content", "paper__answer_key")


def lock_alarm(actor: Actor, unsafe_alarm_id: str) -> PaperAlarm:
    """One alarm of a round in reach, locked. Raises NotFound."""
    found = (
        PaperAlarm.objects.select_for_update(of=("self",))
        .select_related("round")
        .filter(reachable_alarms(actor), public_id=unsafe_alarm_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def alarm_tasks(actor: Actor) -> list[HomeTask]:
    """One task for each round with alarms that nobody has looked into: for those who run, review or audit it."""
    authorities = actor.authorities(REGULATOR, REVIEWER, AUDITOR)
    if not authorities:
        return []
    waiting = Round.objects.filter(authority__in=authorities, paper_alarms__isnull=False, paper_alarms__handled_at=None)
    return [
        HomeTask(
            _("查清试卷告警：{title}").format(title=row.title),
            _("密钥公开后重新计算，试卷与存档不一致。请停止使用这些成绩，查清原因并记录。"),
            reverse("exams:paper_alarms", args=[row.public_id]),
            "overdue",
            count=row.open_alarms,
        )
        for row in waiting.annotate(open_alarms=Count("paper_alarms"))
    ]
