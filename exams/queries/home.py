"""What must I do now, as far as exams go; and this room's entries of the staff navigation."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.actor import INVIGILATOR, REGULATOR, REVIEWER, TRAINER, Actor
from core.home import Found, HomeTask, NavigationItem
from exams.domain.access import Decision
from exams.domain.states import CandidateState, RoundState, SittingState, may_move_candidate
from exams.models import Extension, Incident, Round, Sitting
from exams.policies import can_see_rounds, reachable_rounds, works_on_rounds
from exams.queries.after import after_navigation, after_tasks
from exams.queries.alarms import alarm_tasks
from exams.queries.candidates import Candidacy, my_candidacies
from exams.queries.custody import custody_tasks
from exams.queries.rounds import rounds_for

_SOON = timedelta(days=3)
_MOST_FOUND = 10


def tasks_for(actor: Actor, now: datetime) -> list[HomeTask]:
    """The person's own exams first, then what waits at the actor's authorities. At most seventeen queries."""
    tasks = [task for candidacy in my_candidacies(actor, now) if (task := _own_task(candidacy)) is not None]
    if can_see_rounds(actor) and not actor.is_system:
        tasks += _staff_tasks(actor, now)
    if actor.is_staff:
        tasks += [*alarm_tasks(actor), *custody_tasks(actor, now), *after_tasks(actor, now)]
    return tasks


def navigation_for(actor: Actor) -> list[NavigationItem]:
    """抽考轮次 for those who see rounds at some authority, and what comes before and after the exam."""
    rounds = NavigationItem("本季抽考", _("抽考轮次"), reverse("exams:rounds"), icon="card-checklist", position=10)
    return [*([rounds] if works_on_rounds(actor) else []), *after_navigation(actor), *_desk_navigation(actor)]


def _desk_navigation(actor: Actor) -> list[NavigationItem]:
    """逢查必考 for those who inspect, reports of candidates for those who look after the bank."""
    spot = NavigationItem("本季抽考", _("逢查必考"), reverse("exams:spot_exams"), icon="qr-code-scan", position=46)
    faults = NavigationItem("题库", _("考生报告"), reverse("exams:faults"), icon="flag", position=60)
    holds = actor.has_role(REGULATOR, INVIGILATOR)
    return [*([spot] if holds else []), *([faults] if actor.has_role(TRAINER, REVIEWER) else [])]


def found_for(actor: Actor, text: str) -> list[Found]:
    """Rounds by title. One query."""
    rounds = rounds_for(actor).filter(title__icontains=text)[:_MOST_FOUND]
    return [
        Found(_("轮次"), row.title, row.authority.name, reverse("exams:round", args=[row.public_id])) for row in rounds
    ]


def _own_task(candidacy: Candidacy) -> HomeTask | None:
    access, sitting, candidate = candidacy.access, candidacy.sitting, candidacy.candidate
    if access is None or sitting is None:
        return None
    page = reverse("exams:my_exam", args=[candidate.public_id])
    title = candidate.round.title
    if access.decision is Decision.CONTINUE and candidacy.attempt is not None:
        minutes = access.remaining_seconds // 60
        url = reverse("exams:sitting", args=[candidacy.attempt.public_id])
        detail = _("正在作答，还剩 {minutes} 分钟").format(minutes=minutes)
        return HomeTask(
            _("继续作答：{title}").format(title=title), detail, url, "now", due_at=access.deadline, action=_("继续作答")
        )
    if access.decision is Decision.START:
        detail = _("现在可以进入考试，最晚入场 {time}").format(time=_clock(sitting.last_start_at))
        return HomeTask(
            _("进入考试：{title}").format(title=title),
            detail,
            page,
            "due",
            due_at=sitting.last_start_at,
            action=_("进入考试"),
        )
    if access.decision is not Decision.WAIT:
        return None
    detail = _("{start} 开始，时长 {minutes} 分钟").format(
        start=_clock(sitting.opens_at), minutes=candidate.round.minutes
    )
    if may_move_candidate(CandidateState(candidate.state), CandidateState.CONFIRMED):
        return HomeTask(_("确认参加：{title}").format(title=title), detail, page, "due", due_at=sitting.opens_at)
    return HomeTask(_("等待考试：{title}").format(title=title), detail, page, "info", due_at=sitting.opens_at)


def _staff_tasks(actor: Actor, now: datetime) -> list[HomeTask]:
    rounds = Round.objects.filter(reachable_rounds(actor))
    return [*_round_tasks(rounds), *_sitting_tasks(rounds, now), *_signature_tasks(rounds)]


def _round_tasks(rounds: QuerySet[Round]) -> list[HomeTask]:
    words = {
        RoundState.PLANNED: _("准备抽签：{title}"),
        RoundState.DRAWN: _("通知考生：{title}"),
    }
    waiting = rounds.filter(state__in=words)
    return [
        HomeTask(
            words[RoundState(row.state)].format(title=row.title),
            row.get_state_display(),
            reverse("exams:round", args=[row.public_id]),
            "due",
        )
        for row in waiting.exclude(state=RoundState.PLANNED, draw__isnull=False)
    ]


def _sitting_tasks(rounds: QuerySet[Round], now: datetime) -> list[HomeTask]:
    near = Sitting.objects.filter(round__in=rounds, opens_at__lt=now + _SOON, hard_end_at__gt=now)
    words = {SittingState.PLANNED: _("开场：{title}"), SittingState.OPEN: _("监考：{title}")}
    return [
        HomeTask(
            words[SittingState(row.state)].format(title=row.round.title),
            _("{start} 至 {end}").format(start=_clock(row.opens_at), end=_clock(row.hard_end_at)),
            reverse("exams:desk", args=[row.public_id]),
            "due" if row.state == SittingState.OPEN or row.opens_at <= now else "info",
            due_at=row.opens_at,
        )
        for row in near.filter(state__in=words, round__state__in=_OPENABLE).select_related("round")
    ]


def _signature_tasks(rounds: QuerySet[Round]) -> list[HomeTask]:
    extensions = Extension.objects.filter(sitting__round__in=rounds, sitting__state=SittingState.OPEN, approved_at=None)
    incidents = Incident.objects.filter(sitting__round__in=rounds, kind=Incident.Kind.MISCONDUCT, signed_at=None)
    waiting = (
        (_("批准延时申请"), [row.sitting for row in extensions.select_related("sitting__round")[:20]]),
        (_("签字认定违纪"), [row.sitting for row in incidents.select_related("sitting__round")[:20]]),
    )
    return [
        HomeTask(title, at[0].round.title, reverse("exams:desk", args=[at[0].public_id]), "due", count=len(at))
        for title, at in waiting
        if at
    ]


def _clock(moment: datetime) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M}"


_OPENABLE = (RoundState.NOTIFIED, RoundState.OPEN, RoundState.GRADED, RoundState.PUBLISHED)
