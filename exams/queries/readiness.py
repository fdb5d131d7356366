"""What must be true before the day of a sitting, each with its figures: the readiness board."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import RoleAssignment
from core.actor import INVIGILATOR
from core.models import AuditEntry
from exams.domain.states import MAY_SIT, CandidateState
from exams.errors import BankChanged
from exams.models import Candidate, DeviceCheck, Drill, DrillMode, DrillState, Sitting
from exams.queries.bank import check_round_commitments
from exams.queries.custody import waits_for_shares
from notices.models import Delivery, Notice
from notices.queries import count_reached

LOAD_REHEARSED: Final = "exams.load_rehearsed"
GOOD, WARN, BAD = "good", "warn", "bad"
MOST_P99_MILLISECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the board. `tone` is good, warn or bad; `hint` says what to do when it is not good."""

    code: str
    title: str
    tone: str
    detail: str
    hint: str = ""


def readiness_of(sitting: Sitting) -> tuple[Check, ...]:
    """All lines of the board for a sitting that its reader may see; at most nine queries."""
    due = Candidate.objects.filter(round_id=sitting.round_id, sitting_number=sitting.number, state__in=MAY_SIT)
    people = list(due.values_list("person_id", flat=True))
    return (
        _papers(sitting),
        _candidates(due),
        _notices(sitting, people),
        _devices(people),
        _rehearsals(people),
        _invigilators(sitting),
        _load(sitting, len(people)),
    )


def is_ready(checks: tuple[Check, ...]) -> bool:
    """Nothing bad; what is only unfinished may still come."""
    return all(check.tone != BAD for check in checks)


def _papers(sitting: Sitting) -> Check:
    title = _("试卷与密钥")
    if waits_for_shares(sitting.round):
        hint = _("请两位保管人在开考前到“密钥保管”页面各自输入份额。")
        return Check("papers", title, BAD, _("组卷密钥由两人保管，尚未合成"), hint)
    try:
        check_round_commitments(sitting.round)
    except BankChanged:
        hint = _("题库快照或组卷密钥与公布的承诺不一致，不能开场。请通知审计人员。")
        return Check("papers", title, BAD, _("不一致"), hint)
    snapshot = sitting.round.bank_snapshot
    count = snapshot.item_count if snapshot else 0
    detail = _("题库快照 {count} 题、组卷密钥均与抽签方案的承诺一致；试卷在开场后按开考码生成").format(count=count)
    return Check("papers", title, GOOD, detail)


def _candidates(due: QuerySet[Candidate]) -> Check:
    counts = due.aggregate(
        all=Count("pk"),
        confirmed=Count("pk", filter=Q(state__in=[CandidateState.CONFIRMED, CandidateState.CHECKED_IN])),
    )
    detail = _("应考 {all} 人，已确认 {confirmed} 人").format(**counts)
    tone = BAD if not counts["all"] else GOOD if counts["confirmed"] == counts["all"] else WARN
    hint = "" if tone == GOOD else _("请联系尚未确认的考生。") if counts["all"] else _("名单上还没有考生。")
    return Check("candidates", _("考生确认"), tone, detail, hint)


def _notices(sitting: Sitting, people: list[int]) -> Check:
    dedupe = f"exams.called:{sitting.round.public_id}:{sitting.number}"
    told = Notice.objects.filter(person__in=people, dedupe_key__startswith=dedupe)
    reached = count_reached(told)
    failed = Delivery.objects.filter(notice__in=told, state=Delivery.State.FAILED).count()
    detail = _("已送达 {reached} / {all} 人，发送失败 {failed} 次").format(
        reached=reached, all=len(people), failed=failed
    )
    tone = GOOD if people and reached >= len(people) else WARN
    hint = "" if tone == GOOD else _("请在通知台账查看原因并重发，或电话通知。")
    return Check("notices", _("通知送达"), tone, detail, hint)


def _devices(people: list[int]) -> Check:
    newest: dict[int, bool] = dict(
        DeviceCheck.objects.filter(person__in=people).order_by("pk").values_list("person_id", "is_fit")
    )
    fit = sum(newest.values())
    detail = _("{fit} 人设备可用，{unfit} 人有问题，{none} 人未检查").format(
        fit=fit, unfit=len(newest) - fit, none=len(people) - len(newest)
    )
    tone = GOOD if people and fit == len(people) else WARN
    hint = "" if tone == GOOD else _("请提醒考生在“我的考试”中检查设备，现场准备备用手机。")
    return Check("devices", _("设备检查"), tone, detail, hint)


def _rehearsals(people: list[int]) -> Check:
    done = Drill.objects.filter(person__in=people, mode=DrillMode.REHEARSAL, state=DrillState.DONE)
    count = done.values("person").distinct().count()
    detail = _("{done} / {all} 人完成过模拟考试").format(done=count, all=len(people))
    tone = GOOD if people and count == len(people) else WARN
    return Check("rehearsals", _("模拟考试"), tone, detail, "" if tone == GOOD else _("模拟考试不计成绩，随时可做。"))


def _invigilators(sitting: Sitting) -> Check:
    held = RoleAssignment.objects.filter(role=INVIGILATOR, authority_id=sitting.round.authority_id)
    count = held.filter(valid_to=None, revoked_at=None).values("user").distinct().count()
    detail = _("{count} 名监考").format(count=count)
    tone = GOOD if count > 1 else WARN
    hint = "" if tone == GOOD else _("延时和违纪都需要第二个人签字，请安排至少两人在场。")
    return Check("invigilators", _("监考人员"), tone, detail, hint)


def _load(sitting: Sitting, people: int) -> Check:
    title = _("服务器负荷演练")
    entry = AuditEntry.objects.filter(action=LOAD_REHEARSED, object_id=sitting.public_id).order_by("-sequence").first()
    if entry is None:
        return Check("load", title, WARN, _("没有记录"), _("请在考前用 make rehearsal 演练，并在下方记录结果。"))
    figures = json.loads(entry.details)
    clients, p99 = int(figures["clients"]), int(figures["p99_milliseconds"])
    detail = _("{clients} 人同时，保存 p99 {p99} 毫秒，错误 {errors}，丢失 {lost}").format(
        clients=clients, p99=p99, errors=figures["failures"], lost=figures["lost"]
    )
    faulty = bool(figures["failures"] or figures["lost"])
    small = clients < people or p99 > MOST_P99_MILLISECONDS
    hint = _("演练有错误、人数不足或过慢，请排查后重做。") if faulty or small else ""
    return Check("load", title, BAD if faulty else WARN if small else GOOD, detail, hint)


def rehearsed_at(sitting: Sitting) -> datetime | None:
    """When the last load rehearsal was noted."""
    entries = AuditEntry.objects.filter(action=LOAD_REHEARSED, object_id=sitting.public_id)
    return entries.order_by("-sequence").values_list("at", flat=True).first()
