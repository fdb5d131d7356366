"""What waits for whom before and after the exam: tasks of the home page, links of a round, requests of a candidate."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from core.actor import REGULATOR, REVIEWER, Actor
from core.home import HomeTask, NavigationItem
from exams.domain.appeals import OPEN_STATES
from exams.models import Accommodation, Candidate, Deferral, KeyCorrection, Round, RoundState
from exams.policies import can_run_round, can_see_appeals, can_see_corrections, can_see_marking
from exams.queries.appeals import appeals_for, open_appeals_of
from exams.queries.corrections import corrections_for
from exams.queries.marking import waiting_for
from exams.queries.requests import accommodations_for, deferrals_for

_ENDING = (RoundState.PUBLISHED, RoundState.ARCHIVED)
_TONES = {"requested": "warn", "recommended": "warn", "granted": "good"}


def after_tasks(actor: Actor, now: datetime) -> list[HomeTask]:
    """Corrections, appeals, requests and texts that wait for this person. Five queries at most."""
    tasks = _marking_tasks(actor) if can_see_marking(actor) else []
    if actor.has_role(REGULATOR, REVIEWER):
        tasks += [*_correction_tasks(actor, now), *_appeal_tasks(actor, now), *_request_tasks(actor)]
    return tasks


def after_navigation(actor: Actor) -> list[NavigationItem]:
    """Appeals, requests and the marking desk for those whom they concern."""
    group, items = "本季抽考", []
    if can_see_appeals(actor):
        items.append(NavigationItem(group, _("成绩复核"), reverse("exams:appeals"), icon="chat-left-text", position=40))
        items.append(NavigationItem(group, _("缓考与便利安排"), reverse("exams:requests"), icon="inbox", position=42))
    if can_see_marking(actor):
        items.append(
            NavigationItem(group, _("主观题评阅"), reverse("exams:marking"), icon="pencil-square", position=44)
        )
    return items


def after_links(actor: Actor, exam_round: Round) -> list[dict[str, object]]:
    """What belongs to one round, with how much of it waits."""
    if not can_see_corrections(actor, exam_round):
        return []
    corrections = KeyCorrection.objects.filter(round=exam_round, state=KeyCorrection.State.PROPOSED).count()
    # The page of the archive belongs to the room above, so its address is written out, as the draw's is.
    archive = {"title": _("归档"), "url": f"/oversight/rounds/{exam_round.public_id}/archive/", "count": 0}
    return [
        {
            "title": _("答案更正"),
            "url": reverse("exams:corrections", args=[exam_round.public_id]),
            "count": corrections,
        },
        {"title": _("成绩复核"), "url": reverse("exams:appeals"), "count": open_appeals_of(exam_round.pk)},
        {"title": _("缓考与便利安排"), "url": reverse("exams:requests"), "count": _open_requests(exam_round)},
        *([_recomputation(exam_round)] if exam_round.paper_key_revealed else []),
        *([archive] if exam_round.state in _ENDING else []),
    ]


def _recomputation(exam_round: Round) -> dict[str, object]:
    waiting = exam_round.paper_alarms.filter(handled_at=None).count()
    return {"title": _("试卷重算"), "url": reverse("exams:paper_alarms", args=[exam_round.public_id]), "count": waiting}


def candidate_requests(candidate: Candidate) -> list[dict[str, object]]:
    """Everything that was asked for one candidate, newest first."""
    rows: list[tuple[Deferral | Accommodation, str, str]] = [
        (row, reverse("exams:deferral", args=[row.public_id]), _("缓考")) for row in candidate.deferrals.all()
    ]
    rows += [
        (row, reverse("exams:accommodation", args=[row.public_id]), _("便利安排"))
        for row in candidate.accommodations.all()
    ]
    rows.sort(key=lambda one: one[0].requested_at, reverse=True)
    return [
        {"title": title, "url": url, "state": row.get_state_display(), "tone": _TONES.get(row.state, "")}
        for row, url, title in rows
    ]


def may_request_for(actor: Actor, candidate: Candidate) -> bool:
    """Whether the actor may ask on behalf of the candidate."""
    return can_run_round(actor, candidate.round) and actor.user_id is not None


def _open_requests(exam_round: Round) -> int:
    deferrals = Deferral.objects.filter(candidate__round=exam_round, state__in=["requested", "recommended"])
    accommodations = Accommodation.objects.filter(candidate__round=exam_round, state="requested")
    return deferrals.count() + accommodations.count()


def _correction_tasks(actor: Actor, now: datetime) -> list[HomeTask]:
    waiting = corrections_for(actor).filter(state=KeyCorrection.State.PROPOSED, expires_at__gte=now)
    return [
        HomeTask(
            title=_("审批答案更正：{title}").format(title=row.round.title),
            detail=_("由 {person} 提出，须由另一人审批。").format(person=row.proposed_by or _("系统")),
            url=reverse("exams:correction", args=[row.public_id]),
            urgency="due",
            due_at=row.expires_at,
        )
        for row in waiting
        if row.proposed_by_id != actor.user_id and actor.has_role_at(row.round.authority_id, REGULATOR, REVIEWER)
    ]


def _appeal_tasks(actor: Actor, now: datetime) -> list[HomeTask]:
    waiting = [
        row
        for row in appeals_for(actor).filter(state__in=OPEN_STATES)
        if row.taken_by_id in {None, actor.user_id}
        and actor.has_role_at(row.candidate.round.authority_id, REGULATOR, REVIEWER)
    ]
    if not waiting:
        return []
    first = min(row.due_at for row in waiting)
    return [
        HomeTask(
            title=_("处理成绩复核"),
            detail=_("考生对成绩有异议，须由未参与评分的人员答复。"),
            url=reverse("exams:appeals"),
            urgency="overdue" if first < now else "due",
            count=len(waiting),
            due_at=first,
        )
    ]


def _request_tasks(actor: Actor) -> list[HomeTask]:
    deferrals = deferrals_for(actor).filter(state__in=["requested", "recommended"])
    accommodations = accommodations_for(actor).filter(state="requested")
    own = {actor.user_id}
    asked = [(row.candidate.round, {row.requested_by_id, row.recommended_by_id}) for row in deferrals]
    asked += [(row.candidate.round, {row.requested_by_id}) for row in accommodations]
    waiting = [
        exam_round
        for exam_round, people in asked
        if not own & people and actor.has_role_at(exam_round.authority_id, REGULATOR, REVIEWER)
    ]
    if not waiting:
        return []
    return [
        HomeTask(
            title=_("审批缓考与便利安排"),
            detail=_("考生在考前提出的申请，请在开考前办理。"),
            url=reverse("exams:requests"),
            urgency="due",
            count=len(waiting),
        )
    ]


def _marking_tasks(actor: Actor) -> list[HomeTask]:
    number = waiting_for(actor).count()
    if not number:
        return []
    return [
        HomeTask(
            title=_("评阅主观题"),
            detail=_("两人分别评阅，评完后自动计算成绩。"),
            url=reverse("exams:marking"),
            urgency="due",
            count=number,
        )
    ]
