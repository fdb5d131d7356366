"""What a running exam page tells beside its answers: signs of life, what it noticed, reports of faulty questions."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from exams.domain.signals import Beat, FaultReport
from exams.errors import AttemptNotFound, TooManyReports
from exams.models import Attempt, Incident, Presence, Signal

# The page speaks every few seconds; the row is written more seldom. What the desk calls offline is longer than both.
WRITTEN_EVERY: Final = timedelta(seconds=10)
MOST_SIGNALS_PER_ATTEMPT: Final = 1000
MOST_REPORTS: Final = 30


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the page is told in return: enough to follow extra time, a hand-over and the end."""

    state: str
    epoch: int
    deadline: datetime


def record_beat(unsafe_attempt_id: str, beat: Beat, *, address: str, now: datetime) -> Pulse:
    """Notes that the page is there, and what it noticed. One read; a write each ten seconds or when there is news.

    Raises AttemptNotFound.
    """
    row = (
        Attempt.objects.filter(public_id=unsafe_attempt_id)
        .values_list("pk", "state", "epoch", "deadline", "presence__seen_at", "presence__address")
        .first()
    )
    if row is None:
        raise AttemptNotFound
    pk, state, epoch, deadline, seen_at, known_address = row
    moved = bool(known_address) and known_address != address
    if beat.noticed or moved:
        _keep(pk, beat, moved_from=known_address if moved else "", address=address, now=now)
    if seen_at is None:
        Presence.objects.get_or_create(
            attempt_id=pk, defaults={"seen_at": now, "address": address[:64], "dwell": dict(beat.dwell)}
        )
    elif moved or beat.dwell or now - seen_at >= WRITTEN_EVERY:
        fresh: dict[str, object] = {"seen_at": now, "address": address[:64]}
        if beat.dwell:
            fresh["dwell"] = dict(beat.dwell)
        Presence.objects.filter(attempt_id=pk).update(**fresh)
    return Pulse(state, epoch, deadline)


@transaction.atomic
def report_fault(holder: Actor, attempt: Attempt, report: FaultReport, *, now: datetime) -> Incident:
    """Records that the candidate takes a question for faulty; the same report sent again is recorded once.

    Nothing about the exam changes. Raises TooManyReports.
    """
    candidate = attempt.candidate
    known = Incident.objects.filter(candidate=candidate, client_ref=report.ref).first()
    if known is not None:
        return known
    if Incident.objects.filter(candidate=candidate, kind=Incident.Kind.FAULT).count() >= MOST_REPORTS:
        raise TooManyReports(most=MOST_REPORTS)
    key = json.loads(attempt.paper.answer_key)["items"][report.item]
    incident = Incident.objects.create(
        candidate=candidate,
        sitting=attempt.sitting,
        kind=Incident.Kind.FAULT,
        description=report.text,
        item=report.item,
        question_ref=f"{key['item']}@{key['version']}",
        client_ref=report.ref,
        recorded_at=now,
    )
    audit(holder, "exams.fault_reported", candidate, details={"incident": incident.public_id, "item": report.item})
    return incident


def _keep(attempt_pk: int, beat: Beat, *, moved_from: str, address: str, now: datetime) -> None:
    rows = [
        Signal(
            attempt_id=attempt_pk,
            kind=one.kind,
            seconds=one.seconds,
            item=one.item,
            client_ms=one.client_ms,
            server_ts=now,
        )
        for one in beat.noticed
    ]
    if moved_from:
        detail = f"{moved_from} → {address}"[:200]
        rows.append(Signal(attempt_id=attempt_pk, kind=Signal.Kind.ADDRESS, detail=detail, server_ts=now))
    room = MOST_SIGNALS_PER_ATTEMPT - Signal.objects.filter(attempt_id=attempt_pk).count()
    Signal.objects.bulk_create(rows[: max(0, room)])
