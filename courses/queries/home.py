"""What lectures add to the navigation and to the home page."""

from collections import Counter
from datetime import datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from core.actor import ENTERPRISE_ADMIN, REGULATOR, Actor
from core.home import HomeTask, NavigationItem
from courses.domain.halves import Half, half_of
from courses.models import Lecture
from courses.policies import can_read_lectures
from courses.queries.lectures import LectureState, enterprises_to_lecture, lecture_states, lectures_for


def navigation_for(actor: Actor) -> list[NavigationItem]:
    """课程与讲课."""
    if not can_read_lectures(actor) or actor.is_system:
        return []
    return [NavigationItem("课程与讲课", gettext("讲安全课"), reverse("courses:lecture_states"), "megaphone", 10)]


def tasks_for(actor: Actor, now: datetime) -> list[HomeTask]:
    """For an enterprise its own lectures; for a regulator how many enterprises are overdue or soon due."""
    if actor.has_role(ENTERPRISE_ADMIN):
        return _own_tasks(actor, now)
    return _supervision_tasks(actor, now) if actor.has_role(REGULATOR) else []


def _own_tasks(actor: Actor, now: datetime) -> list[HomeTask]:
    own = enterprises_to_lecture(actor).filter(pk__in=actor.reach.enterprises)
    unrecorded = lectures_for(actor).filter(
        enterprise__in=actor.reach.enterprises, state=Lecture.State.PLANNED, planned_at__lt=now
    )
    tasks = [
        HomeTask(
            title=gettext("记录讲安全课"),
            detail=gettext("“{title}”的计划时间已过，请填报讲课情况并上传证明材料。").format(title=lecture.title),
            url=reverse("courses:lecture_record", args=[lecture.public_id]),
            due_at=_end_of(Half(lecture.year, lecture.half)),
        )
        for lecture in unrecorded.order_by("planned_at")[:3]
    ]
    today = timezone.localtime(now).date()
    current = half_of(today)
    for half in (current.previous, current):
        for state in lecture_states(actor, half.year, half.half, today=today, enterprises=own):
            tasks.extend(_own_task(state))
    return tasks


def _own_task(state: LectureState) -> list[HomeTask]:
    if state.state not in ("due", "due_soon", "overdue") or state.lecture is not None:
        return []
    return [
        HomeTask(
            title=gettext("安排主要负责人讲安全课"),
            detail=gettext("{year} 年{half}的讲安全课还没有计划和记录。").format(
                year=state.half.year, half=gettext("上半年") if state.half.half == 1 else gettext("下半年")
            ),
            url=reverse("courses:lecture_plan", args=[state.enterprise.public_id]),
            urgency="overdue" if state.state == "overdue" else "due",
            due_at=_end_of(state.half),
        )
    ]


def _supervision_tasks(actor: Actor, now: datetime) -> list[HomeTask]:
    today = timezone.localtime(now).date()
    current = half_of(today)
    tasks = []
    for half in (current.previous, current):
        counts = Counter(state.state for state in lecture_states(actor, half.year, half.half, today=today))
        address = f"{reverse('courses:lecture_states')}?year={half.year}&half={half.half}"
        name = gettext("上半年") if half.half == 1 else gettext("下半年")
        if counts["overdue"]:
            tasks.append(
                HomeTask(
                    title=gettext("督促逾期的讲安全课"),
                    detail=gettext("{year} 年{half}仍未填报讲安全课的高危行业单位。").format(year=half.year, half=name),
                    url=f"{address}&state=overdue",
                    urgency="overdue",
                    count=counts["overdue"],
                    due_at=_end_of(half),
                )
            )
        if counts["due_soon"]:
            tasks.append(
                HomeTask(
                    title=gettext("提醒即将到期的讲安全课"),
                    detail=gettext("{year} 年{half}即将到期、还没有计划的高危行业单位。").format(
                        year=half.year, half=name
                    ),
                    url=f"{address}&state=due_soon",
                    count=counts["due_soon"],
                    due_at=_end_of(half),
                )
            )
    return tasks


def _end_of(half: Half) -> datetime:
    """The last moment of the half-year in the district's time zone."""
    return timezone.make_aware(datetime.combine(half.due_on, time(23, 59, 59)))
