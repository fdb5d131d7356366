"""The exam on paper, for those who cannot use a device: a printed form, an answer sheet, and entry by two people.

Two people read the sheet without seeing each other's entry. Where they read the same, the answers go into the journal as
any others do, marked `paper`; where they differ, a third person reads the sheet, and what two read alike counts.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext

from accounts.queries import identity_of_user
from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed, NotFound
from exams.actions.attempts import begin_writing
from exams.actions.extensions import cover_paper_entry
from exams.actions.finalising import finalise
from exams.actions.journal import Device, open_lease, save_events
from exams.domain.access import REASON_TEXTS, Decision, decide_access
from exams.domain.messages import MOST_EVENTS, Open, Save
from exams.domain.sheets import agreed_reading, answers_of_entry, read_entry
from exams.domain.states import AttemptState
from exams.errors import AccessRefused, AttemptFinished, PaperWritesElsewhere
from exams.models import Attempt, Candidate, PaperEntry, Sitting
from exams.policies import can_invigilate, is_own_candidacy
from exams.queries.candidates import candidates_for, case_of, extra_seconds_of, live_attempt, lock_candidate
from exams.queries.journal import lock_attempt

VIA_PAPER: Final = "paper"
CID_PREFIX: Final = "paper-"


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of an entry: the numbers that two people read differently, or the finished attempt."""

    entry: PaperEntry
    differing: tuple[int, ...]
    is_done: bool


@transaction.atomic
def start_on_paper(actor: Actor, unsafe_candidate_id: str, *, now: datetime) -> Attempt:
    """Begins the exam of a candidate who writes on paper: the time runs, and the form can be printed.

    Raises NotFound, NotAllowed, AccessRefused.
    """
    locked = lock_candidate(actor, unsafe_candidate_id)
    candidate = Candidate.objects.select_related("round__draw", "round__bank_snapshot").get(pk=locked.pk)
    if not can_invigilate(actor, candidate.round) or is_own_candidacy(actor, candidate):
        raise NotAllowed
    sitting = Sitting.objects.get(round_id=candidate.round_id, number=candidate.sitting_number)
    attempt = live_attempt(candidate, sitting)
    if attempt is not None:
        return attempt
    extra = extra_seconds_of(sitting, None, candidate_id=candidate.pk)
    access = decide_access(case_of(candidate, sitting, None, extra_seconds=extra), now=now)
    if access.decision is not Decision.START or access.deadline is None:
        raise AccessRefused(reason=access.reasons[0], text=gettext(REASON_TEXTS[access.reasons[0]]))
    attempt = begin_writing(candidate, sitting, deadline=access.deadline, now=now)
    audit(actor, "exams.paper_started", attempt, details={"paper": attempt.paper.sha256, "sitting": sitting.number})
    return attempt


def enter_paper(
    actor: Actor, unsafe_attempt_id: str, typed: Mapping[int, str], *, clock: Callable[[], datetime]
) -> Entered:
    """One person's reading of the sheet. Once two people read every item alike, the answers are stored and handed in.

    Raises NotFound, NotAllowed, PaperEntryWrong, PaperWritesElsewhere (a device has saved answers), AttemptFinished.
    """
    attempt = paper_attempt(actor, unsafe_attempt_id)
    if attempt.state not in {AttemptState.OPEN, AttemptState.TIMED_OUT}:
        raise AttemptFinished
    items = json.loads(attempt.paper.content)["items"]
    read = read_entry(items, typed)
    with transaction.atomic():
        entry = PaperEntry.objects.create(
            attempt=attempt, answers=read, entered_by_id=actor.user_id, entered_at=clock()
        )
        audit(actor, "exams.paper_entered", attempt, details={"entry": entry.public_id, "answered": len(read)})
    others = _other_readings(actor, attempt)
    if not others:
        return Entered(entry, (), is_done=False)
    agreed, differing = agreed_reading([read, *(other.answers for other in others)])
    if differing:
        return Entered(entry, tuple(differing), is_done=False)
    _store(actor, attempt, answers_of_entry(items, agreed), other=others[0], clock=clock)
    return Entered(entry, (), is_done=True)


def paper_attempt(actor: Actor, unsafe_attempt_id: str) -> Attempt:
    """An attempt that is written on paper, for those who invigilate; raises NotFound, NotAllowed, PaperWritesElsewhere."""
    attempt = (
        Attempt.objects.select_related("candidate__round__authority", "candidate__person", "sitting", "paper")
        .filter(public_id=unsafe_attempt_id, candidate__in=candidates_for(actor))
        .first()
    )
    if attempt is None:
        raise NotFound
    if not can_invigilate(actor, attempt.candidate.round) or is_own_candidacy(actor, attempt.candidate):
        raise NotAllowed
    if attempt.leases.exclude(cid__startswith=CID_PREFIX).exists():
        raise PaperWritesElsewhere
    return attempt


def _other_readings(actor: Actor, attempt: Attempt) -> list[PaperEntry]:
    """The latest entry of each other person, the newest first."""
    entries = PaperEntry.objects.filter(attempt=attempt).select_related("entered_by__person").order_by("-pk")
    latest: dict[str, PaperEntry] = {}
    for entry in entries:
        if entry.entered_by and identity_of_user(entry.entered_by) != actor.identity():
            latest.setdefault(identity_of_user(entry.entered_by), entry)
    return list(latest.values())


def _store(
    actor: Actor,
    attempt: Attempt,
    answers: Mapping[str, list[str]],
    *,
    other: PaperEntry,
    clock: Callable[[], datetime],
) -> None:
    cid = f"{CID_PREFIX}{other.public_id}"
    with transaction.atomic():
        # The sheet was collected in time; that two people typed it later must not make the answers late.
        cover_paper_entry(actor, attempt, other, now=clock())
    device = Device(actor.address, "paper, entered by two people")
    opened = open_lease(attempt.public_id, Open(cid, takeover=True), device=device, now=clock())
    wires = [
        {"seq": seq, "item": item, "answer": answer} for seq, (item, answer) in enumerate(sorted(answers.items()), 1)
    ]
    for start in range(0, len(wires), MOST_EVENTS):
        save = Save(opened.attempt.epoch, cid, tuple(wires[start : start + MOST_EVENTS]))
        save_events(attempt.public_id, save, clock=clock, via=VIA_PAPER)
    with transaction.atomic():
        locked = lock_attempt(attempt.public_id)
        if locked.state == AttemptState.OPEN:
            finalise(actor, locked, AttemptState.SUBMITTED, finished_at=clock())
