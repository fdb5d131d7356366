"""What happened during one attempt, in order and with its context: evidence to be read by people, never a verdict."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from django.db.models import Q
from django.utils.translation import gettext as _

from core.actor import Actor
from core.errors import NotAllowed, NotFound
from exams.models import AnswerEvent, Attempt, Extension, Incident, Presence, Signal
from exams.policies import can_countersign, can_see_rounds
from exams.queries.candidates import candidates_for

# Leaving the page for less is a call that was refused, a notice that was swept away.
_SHORT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline. `tone` marks what deserves a look, not what is proved."""

    when: datetime
    what: str
    why: str = ""
    who: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class ItemTime:
    """How one item was worked on. `seconds` as the page counted; `usual` is the median of everybody's items here."""

    number: int
    seconds: int | None
    saves: int
    last_saved: datetime | None
    usual: int | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """The moments of an attempt, its items, and the sums."""

    attempt: Attempt
    moments: tuple[Moment, ...]
    items: tuple[ItemTime, ...]
    away_count: int
    away_seconds: int
    devices: int
    addresses: int


def get_timeline(actor: Actor, unsafe_attempt_id: str) -> Timeline:
    """The whole timeline of an attempt in reach, for staff of its authority; raises NotFound, NotAllowed."""
    attempt = (
        Attempt.objects.select_related("candidate__round", "candidate__person", "sitting", "paper")
        .filter(public_id=unsafe_attempt_id, candidate__in=candidates_for(actor))
        .first()
    )
    if attempt is None:
        raise NotFound
    if not can_see_rounds(actor) or not can_countersign(actor, attempt.candidate.round):
        raise NotAllowed
    signals = list(attempt.signals.all())
    away = [signal for signal in signals if signal.kind in {Signal.Kind.HIDDEN, Signal.Kind.BLUR}]
    numbers = {item["id"]: int(item["number"]) for item in json.loads(attempt.paper.content)["items"]}
    moments = [*_devices(attempt), *_noticed(signals, numbers), *_recorded(attempt, numbers), *_ends(attempt)]
    return Timeline(
        attempt=attempt,
        moments=tuple(sorted(moments, key=lambda moment: moment.when)),
        items=_items(attempt, numbers),
        away_count=len(away),
        away_seconds=sum(signal.seconds for signal in away),
        devices=attempt.leases.values("cid").distinct().count(),
        addresses=1 + sum(signal.kind == Signal.Kind.ADDRESS for signal in signals),
    )


def _devices(attempt: Attempt) -> Iterator[Moment]:
    for lease in attempt.leases.select_related("approved_by__person").order_by("epoch"):
        first = lease.epoch == 1
        approver = _("{who} 同意换设备").format(who=lease.approved_by) if lease.approved_by else ""
        yield Moment(
            lease.opened_at,
            _("开始作答") if first else _("换到另一台设备或页面"),
            f"{lease.address} · {lease.user_agent[:120]}",
            approver,
            tone="" if first or approver else "warn",
        )


def _noticed(signals: list[Signal], numbers: dict[str, int]) -> Iterator[Moment]:
    for signal in signals:
        place = _("当时在第 {number} 题").format(number=numbers[signal.item]) if signal.item in numbers else ""
        lasted = _("{seconds} 秒").format(seconds=signal.seconds) if signal.seconds else ""
        long = signal.seconds > _SHORT_SECONDS or signal.kind == Signal.Kind.ADDRESS
        why = "，".join(part for part in (lasted, place, signal.detail) if part)
        yield Moment(signal.server_ts, signal.get_kind_display(), why, tone="warn" if long else "")


def _recorded(attempt: Attempt, numbers: dict[str, int]) -> Iterator[Moment]:
    about = Incident.objects.filter(candidate=attempt.candidate_id, sitting=attempt.sitting_id)
    for incident in about.select_related("recorded_by"):
        place = _("第 {number} 题：").format(number=numbers[incident.item]) if incident.item in numbers else ""
        who = str(incident.recorded_by) if incident.recorded_by else _("考生报告")
        tone = "warn" if incident.kind == Incident.Kind.MISCONDUCT else ""
        yield Moment(incident.recorded_at, incident.get_kind_display(), place + incident.description, who, tone)
    granted = Extension.objects.filter(Q(attempt=attempt) | Q(attempt=None), sitting=attempt.sitting_id)
    for extension in granted.exclude(approved_at=None).select_related("approved_by"):
        minutes = _("延时 {minutes} 分钟").format(minutes=extension.seconds // 60)
        if extension.approved_at is not None:
            yield Moment(extension.approved_at, minutes, extension.reason, str(extension.approved_by))
    for conflict in attempt.conflicts.all()[:50]:
        yield Moment(conflict.server_ts, _("收到无法采用的数据"), conflict.code, tone="warn")


def _ends(attempt: Attempt) -> Iterator[Moment]:
    if attempt.finished_at is not None:
        yield Moment(attempt.finished_at, attempt.get_state_display())


def _items(attempt: Attempt, numbers: dict[str, int]) -> tuple[ItemTime, ...]:
    saves: Counter[str] = Counter()
    last: dict[str, datetime] = {}
    for item, server_ts in AnswerEvent.objects.filter(attempt=attempt).values_list("item", "server_ts"):
        saves[item] += 1
        last[item] = server_ts
    presence = Presence.objects.filter(attempt=attempt).first()
    dwell = presence.dwell if presence else {}
    usual = _usual_seconds(attempt)
    return tuple(
        ItemTime(number, dwell.get(item), saves[item], last.get(item), usual)
        for item, number in sorted(numbers.items(), key=lambda pair: pair[1])
    )


def _usual_seconds(attempt: Attempt) -> int | None:
    """The median over all items of all papers of the sitting, as the pages counted."""
    known = Presence.objects.filter(attempt__sitting=attempt.sitting_id).values_list("dwell", flat=True)
    seconds = [value for dwell in known for value in dwell.values()]
    return round(median(seconds)) if seconds else None
