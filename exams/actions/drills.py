"""Exams that count for nothing: a candidate's rehearsal, and an inspector's on-the-spot exam (逢查必考)."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core.actor import Actor
from core.audit import audit
from core.canonical import canonical_json, canonical_sha256
from core.errors import NotFound
from core.seeded import fresh_token
from exams.actions.conduct import MOST_REPORTS
from exams.domain.drills import (
    FULL_MARK,
    GRACE_SECONDS,
    MINUTES,
    PASS_MARK,
    START_MINUTES,
    PracticeItem,
    answers_of,
    plain_heading,
    practice_snapshot,
    ranges,
    tutorial_items,
    with_entries,
)
from exams.domain.grading import grade_paper
from exams.domain.journal import Entry, Position, genesis, missing_seqs, timestamp
from exams.domain.messages import Open, Save, Submit, read_events
from exams.domain.papers import build_paper, item_shapes
from exams.domain.saving import Book, Settlement, settle
from exams.domain.signals import read_fault
from exams.domain.states import AttemptState
from exams.errors import (
    AttemptNotFound,
    DrillTooLate,
    LeaseHeld,
    MissingEvents,
    PeopleMissing,
    PracticePoolEmpty,
    TooManyDrills,
    TooManyReports,
    WritingElsewhere,
)
from exams.models import Drill, DrillFault, DrillMode, DrillState
from exams.queries.candidates import my_candidacy
from exams.queries.drills import people_of, practice_items, spot_authority
from registry.models import Authority, Person
from registry.queries import get_enterprise

MOST_REHEARSALS_A_DAY = 20


@dataclass(frozen=True, slots=True)
class DrillOpened:
    """The answer to OPEN."""

    drill: Drill
    answers: Mapping[str, object]


@transaction.atomic
def start_rehearsal(actor: Actor, unsafe_candidate_id: str, *, now: datetime) -> Drill:
    """A rehearsal for somebody who was called; as often as they like. Raises NotFound, TooManyDrills."""
    candidacy = my_candidacy(actor, unsafe_candidate_id, now)
    candidate = candidacy.candidate
    if candidate.notified_at is None:
        raise NotFound
    today = Drill.objects.filter(person=candidate.person_id, mode=DrillMode.REHEARSAL, created_at__gt=_day_before(now))
    if today.count() >= MOST_REHEARSALS_A_DAY:
        raise TooManyDrills(most=MOST_REHEARSALS_A_DAY)
    drill = _make(DrillMode.REHEARSAL, candidate.round.authority, candidate.person, now=now)
    drill.save(force_insert=True)
    audit(actor, "exams.rehearsal_started", drill)
    return drill


@transaction.atomic
def open_spot_exam(
    actor: Actor,
    unsafe_enterprise_id: str,
    *,
    unsafe_people: Sequence[str],
    occasion: str,
    now: datetime,
) -> list[Drill]:
    """One paper for each chosen person of an enterprise in reach, to be begun within the hour.

    Raises NotFound, NotAllowed, PeopleMissing, PracticePoolEmpty.
    """
    authority = spot_authority(actor)
    enterprise = get_enterprise(actor, unsafe_enterprise_id)
    chosen = {held.person.public_id: held for held in people_of(enterprise) if held.person.public_id in unsafe_people}
    if not chosen:
        raise PeopleMissing
    drills = []
    for held in chosen.values():
        drill = _make(DrillMode.SPOT, authority, held.person, now=now)
        drill.enterprise, drill.post, drill.occasion = enterprise, held.post, occasion.strip()[:120]
        drill.opened_by_id = actor.user_id
        drill.save(force_insert=True)
        drills.append(drill)
    details = {"drills": [drill.public_id for drill in drills], "paper": drills[0].sha256}
    audit(actor, "exams.spot_exam_opened", enterprise, details=details)
    return drills


@transaction.atomic
def open_drill(unsafe_drill_id: str, message: Open, *, now: datetime) -> DrillOpened:
    """Begins or goes on. The time runs from the first OPEN. Raises AttemptNotFound, DrillTooLate, LeaseHeld."""
    drill = _lock(unsafe_drill_id)
    if drill.state == DrillState.WAITING:
        if now > drill.start_until:
            raise DrillTooLate
        drill.state, drill.started_at = DrillState.OPEN, now
        drill.deadline = now + timedelta(minutes=drill.minutes)
    if drill.state == DrillState.OPEN and drill.cid != message.cid:
        if drill.cid and not message.takeover:
            raise LeaseHeld(since="")
        drill.cid, drill.epoch = message.cid, drill.epoch + 1
    drill.save(update_fields=["state", "started_at", "deadline", "cid", "epoch"])
    return DrillOpened(drill, answers_of(drill.answers))


@transaction.atomic
def save_drill_events(unsafe_drill_id: str, save: Save, *, clock: Callable[[], datetime]) -> tuple[Drill, Settlement]:
    """Keeps the latest answers; the results are those of the exam. Raises AttemptNotFound."""
    drill = _lock(unsafe_drill_id)
    now = clock()
    events = read_events(save, item_shapes(json.loads(drill.content)))
    settlement = settle(_book(drill, save, now), save, events, server_ts=now, keys=settings.RECEIPT_KEYS)
    entries: list[Entry] = [written.entry for written in settlement.written]
    drill.answers = with_entries(drill.answers, entries)
    arrived = set(drill.arrived.get(save.cid, [])) | {entry.seq for entry in entries}
    arrived |= {kept.seq for kept in settlement.kept if kept.seq is not None}
    drill.arrived = {**drill.arrived, save.cid: sorted(arrived)}
    drill.save(update_fields=["answers", "arrived"])
    return drill, settlement


@transaction.atomic
def submit_drill(unsafe_drill_id: str, message: Submit, *, now: datetime) -> Drill:
    """Ends and grades at once; repeated it changes nothing. Raises AttemptNotFound, WritingElsewhere, MissingEvents."""
    drill = _lock(unsafe_drill_id)
    if drill.state == DrillState.DONE:
        return drill
    if (drill.epoch, drill.cid) != (message.epoch, message.cid):
        raise WritingElsewhere
    missing = missing_seqs(drill.arrived.get(message.cid, []), message.last_seq)
    if missing:
        raise MissingEvents(count=len(missing), missing=missing[:200])
    _finish(drill, now=min(now, drill.deadline) if drill.deadline else now)
    return drill


@transaction.atomic
def close_overdue_drill(drill_pk: int, *, now: datetime) -> bool:
    """Grades what was left open past its time; False when somebody was quicker."""
    drill = Drill.objects.select_for_update().filter(pk=drill_pk, state=DrillState.OPEN).first()
    if drill is None or drill.deadline is None or now <= drill.deadline + timedelta(seconds=GRACE_SECONDS):
        return False
    _finish(drill, now=drill.deadline)
    return True


@transaction.atomic
def report_drill_fault(unsafe_drill_id: str, unsafe_body: object, *, now: datetime) -> DrillFault:
    """Somebody takes a practice question for faulty; the same report sent again is recorded once. Changes nothing else.

    Raises AttemptNotFound, EnvelopeMalformed, FaultReportWrong, TooManyReports.
    """
    drill = _lock(unsafe_drill_id)
    key = json.loads(drill.answer_key)["items"]
    report = read_fault(unsafe_body, key)
    known = drill.faults.filter(client_ref=report.ref).first()
    if known is not None:
        return known
    if drill.faults.count() >= MOST_REPORTS:
        raise TooManyReports(most=MOST_REPORTS)
    asked = key[report.item]
    # The drill's own cookie proved who it is; the login may have expired.
    holder = Actor(user_id=None, person_id=drill.person_id, label=f"drill:{drill.public_id[:8]}")
    row = DrillFault.objects.create(
        drill=drill,
        item=report.item,
        question_ref=f"{asked['item']}@{asked['version']}",
        description=report.text,
        client_ref=report.ref,
        recorded_at=now,
    )
    audit(holder, "exams.drill_fault_reported", drill, details={"fault": row.public_id, "item": report.item})
    return row


def have_of_drill(drill: Drill) -> dict[str, list[list[int]]]:
    """Client id → ranges of the numbers that arrived."""
    return {cid: ranges(numbers) for cid, numbers in drill.arrived.items()}


def paper_of_drill(drill: Drill) -> dict[str, object]:
    """The paper without its key."""
    body: dict[str, object] = json.loads(drill.content)
    return body


def slip_of(drill: Drill) -> str:
    """What the page is given instead of a final receipt: unsigned, and it says what it is."""
    finished = drill.finished_at
    return canonical_json(
        {
            "attempt": drill.public_id,
            "answers_root": canonical_sha256(answers_of(drill.answers)),
            "submitted_at": timestamp(finished) if finished else "",
            "type": f"choukao-{drill.mode}/1",
        }
    )


def _finish(drill: Drill, *, now: datetime) -> None:
    graded = grade_paper(json.loads(drill.answer_key), answers_of(drill.answers))
    drill.state, drill.finished_at, drill.score = DrillState.DONE, now, graded.score
    drill.item_marks = canonical_json({mark.id: mark.verdict for mark in graded.items})
    drill.save(update_fields=["state", "finished_at", "score", "item_marks"])


def _make(mode: DrillMode, authority: Authority, person: Person, *, now: datetime) -> Drill:
    items = _items(mode, authority)
    snapshot = practice_snapshot(items)
    titles = {DrillMode.REHEARSAL: _("模拟考试（不计成绩）"), DrillMode.SPOT: _("现场考试")}
    contents = {item.ref.ref: item.content for item in items}
    built = build_paper(fresh_token(32), snapshot, contents, heading=plain_heading(titles[mode]))
    return Drill(
        mode=mode,
        authority=authority,
        person=person,
        minutes=MINUTES,
        pass_mark=min(PASS_MARK, FULL_MARK),
        content=built.content,
        sha256=built.body_sha256,
        answer_key=canonical_json({**built.key, "notes": _notes(built.key, items)}),
        created_at=now,
        start_until=now + timedelta(minutes=START_MINUTES),
    )


def _items(mode: DrillMode, authority: Authority) -> Sequence[PracticeItem]:
    items = practice_items(authority)
    if mode is DrillMode.REHEARSAL and len(items) < len(tutorial_items()):
        return tutorial_items()
    if not items:
        raise PracticePoolEmpty(least=3)
    return items


def _notes(key: dict[str, object], items: Sequence[PracticeItem]) -> dict[str, object]:
    """What is explained after the end, beside the key: neither leaves the server before."""
    known = {item.ref.ref: item for item in items}
    own = key["items"]
    assert isinstance(own, dict), "made by build_paper"
    found = {opaque: known[f"{stored['item']}@{stored['version']}"] for opaque, stored in own.items()}
    return {
        opaque: {"explanation": item.content.explanation, "law": item.law_reference} for opaque, item in found.items()
    }


def _book(drill: Drill, save: Save, now: datetime) -> Book:
    start = genesis(drill.public_id, drill.sha256)
    return Book(
        attempt=drill.public_id,
        state=AttemptState.OPEN if drill.state == DrillState.OPEN else AttemptState.SUBMITTED,
        epoch=drill.epoch,
        lease_cid=save.cid if save.cid == drill.cid or save.cid in drill.arrived else None,
        deadline=drill.deadline or now,
        grace_seconds=GRACE_SECONDS,
        position=Position(start.head, 1 + sum(len(numbers) for numbers in drill.arrived.values())),
        known={},
    )


def _lock(unsafe_drill_id: str) -> Drill:
    found = Drill.objects.select_for_update().filter(public_id=unsafe_drill_id).first()
    if found is None:
        raise AttemptNotFound
    return found


def _day_before(now: datetime) -> datetime:
    return now - timedelta(days=1)
