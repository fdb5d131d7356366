"""Opening and closing a sitting; absence; the makeup list."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed
from core.queue import enqueue
from core.seeded import fresh_digits
from draws.actions import end_enlarging
from exams.actions.candidates import tell
from exams.actions.results import record_result
from exams.actions.rounds import reveal_paper_key
from exams.domain.results import Outcome, result_without_score
from exams.domain.states import (
    MAKEUP_SITTING,
    MAY_SIT,
    ROUND_LABELS,
    CandidateState,
    RoundState,
    SittingState,
    advance_round,
    may_move_candidate,
    move_candidate,
    require_sitting,
)
from exams.errors import KeyWithCustodians, RoundNotInState, SittingStillRunning, SittingWindowPassed
from exams.events import candidate_absent, makeup_failed
from exams.models import Attempt, AttemptState, Candidate, Round, Sitting
from exams.policies import can_invigilate, can_run_round
from exams.queries.bank import check_round_commitments
from exams.queries.candidates import extra_seconds_of
from exams.queries.custody import waits_for_shares
from exams.queries.readiness import LOAD_REHEARSED
from exams.queries.results import standing_of
from exams.queries.rounds import lock_round, lock_sitting, round_facts

CODE_DIGITS = 6
_MAKEUP_FROM = (RoundState.GRADED, RoundState.PUBLISHED)


@transaction.atomic
def open_sitting(actor: Actor, unsafe_sitting_id: str, *, rotates_code: bool = False, now: datetime) -> Sitting:
    """Opens the doors and makes the opening code that the invigilator reads out; it is part of every paper (PAPER/1).

    With `rotates_code` candidates type the code on the wall instead, which changes every minute.
    Raises NotAllowed, SittingNotInState, SittingWindowPassed, RoundNotInState, RoundEmpty, BankChanged,
    KeyWithCustodians.
    """
    sitting = lock_sitting(actor, unsafe_sitting_id)
    exam_round = Round.objects.select_for_update(of=("self",)).select_related("draw").get(pk=sitting.round_id)
    if not can_invigilate(actor, exam_round):
        raise NotAllowed
    require_sitting(SittingState(sitting.state), SittingState.PLANNED)
    if now >= sitting.hard_end_at:
        raise SittingWindowPassed(hard_end=f"{localtime(sitting.hard_end_at):%Y-%m-%d %H:%M}")
    if waits_for_shares(exam_round):
        raise KeyWithCustodians(missing=exam_round.key_shares.filter(opened_at=None).count())
    check_round_commitments(exam_round)
    if sitting.number == MAKEUP_SITTING:
        _require_makeup_time(exam_round)
    else:
        exam_round.state = advance_round(round_facts(exam_round), RoundState.OPEN)
        exam_round.save(update_fields=["state"])
        if exam_round.draw_id is not None:
            end_enlarging(actor, exam_round.draw_id, now=now)
    sitting.state, sitting.opening_code = SittingState.OPEN, fresh_digits(CODE_DIGITS)
    sitting.opened_by_id, sitting.opened_at = actor.user_id, now
    sitting.rotates_code = rotates_code and sitting.asks_code
    sitting.save(update_fields=["state", "opening_code", "opened_by", "opened_at", "rotates_code"])
    details = {"round": exam_round.code, "number": sitting.number, "rotates": sitting.rotates_code}
    audit(actor, "exams.sitting_opened", sitting, details=details)
    # Papers depend on the opening code; nobody shall wait for one to be built.
    enqueue("exams.build_papers", sitting_id=sitting.pk)
    return sitting


@transaction.atomic
def record_load_rehearsal(
    actor: Actor, unsafe_sitting_id: str, *, clients: int, p99_milliseconds: int, failures: int, lost: int
) -> Sitting:
    """Notes what a load rehearsal of this machine showed, for the readiness board. Raises NotFound, NotAllowed."""
    sitting = lock_sitting(actor, unsafe_sitting_id)
    if not can_invigilate(actor, sitting.round):
        raise NotAllowed
    details = {"clients": clients, "p99_milliseconds": p99_milliseconds, "failures": failures, "lost": lost}
    audit(actor, LOAD_REHEARSED, sitting, details=details)
    return sitting


@transaction.atomic
def close_sitting(actor: Actor, unsafe_sitting_id: str, *, now: datetime) -> Sitting:
    """Ends a sitting in which nobody can write or begin any more, and records who did not come.

    Raises NotAllowed, SittingNotInState, SittingStillRunning.
    """
    sitting = lock_sitting(actor, unsafe_sitting_id)
    exam_round = Round.objects.select_for_update().get(pk=sitting.round_id)
    if not can_invigilate(actor, exam_round):
        raise NotAllowed
    require_sitting(SittingState(sitting.state), SittingState.OPEN)
    _require_all_done(sitting, now)
    sitting.state, sitting.closed_at = SittingState.CLOSED, now
    sitting.save(update_fields=["state", "closed_at"])
    absent = _record_absences(actor, sitting, now)
    if sitting.number == MAKEUP_SITTING:
        reveal_paper_key(actor, exam_round, now=now)
    else:
        exam_round.state = advance_round(round_facts(exam_round), RoundState.CLOSED)
        exam_round.save(update_fields=["state"])
    audit(actor, "exams.sitting_closed", sitting, details={"absent": absent})
    enqueue("exams.finish_grading", round_id=exam_round.public_id)
    return sitting


@transaction.atomic
def create_makeup(actor: Actor, unsafe_round_id: str, *, now: datetime) -> int:
    """Puts everybody who failed or was absent on the list of the makeup, once, and tells them; returns how many.

    Does nothing in a round without a makeup, or whose makeup has ended. Raises NotAllowed, RoundNotInState.
    """
    exam_round = lock_round(actor, unsafe_round_id)
    if not can_run_round(actor, exam_round):
        raise NotAllowed
    _require_makeup_time(exam_round)
    sitting = Sitting.objects.filter(round=exam_round, number=MAKEUP_SITTING).exclude(state=SittingState.CLOSED).first()
    if sitting is None:
        return 0
    called = [
        candidate
        for candidate in Candidate.objects.select_for_update(of=("self",))
        .filter(round=exam_round)
        .select_related("person")
        if candidate.sitting_number < MAKEUP_SITTING
        and may_move_candidate(CandidateState(candidate.state), CandidateState.MAKEUP)
    ]
    for candidate in called:
        candidate.state = move_candidate(CandidateState(candidate.state), CandidateState.MAKEUP)
        candidate.sitting_number = MAKEUP_SITTING
        candidate.state_changed_at = now
    Candidate.objects.bulk_update(called, ["state", "sitting_number", "state_changed_at"])
    tell(actor, exam_round, [candidate.person for candidate in called], sitting_number=MAKEUP_SITTING, now=now)
    if called:
        audit(actor, "exams.makeup_listed", exam_round, details={"number": len(called)})
    return len(called)


def _require_makeup_time(exam_round: Round) -> None:
    if exam_round.state not in _MAKEUP_FROM:
        raise RoundNotInState(
            state=ROUND_LABELS[RoundState(exam_round.state)],
            needed=ROUND_LABELS[RoundState.GRADED],
        )


def _require_all_done(sitting: Sitting, now: datetime) -> None:
    """Nobody writes; and either the hard end has passed, extra time included, or nobody is left who could begin."""
    writing = Attempt.objects.filter(sitting=sitting, state=AttemptState.OPEN).exists()
    over = (now - sitting.hard_end_at).total_seconds() > extra_seconds_of(sitting, None)
    if writing or not (over or now > sitting.last_start_at or not _expected(sitting).exists()):
        raise SittingStillRunning(hard_end=f"{localtime(sitting.hard_end_at):%Y-%m-%d %H:%M}")


def _expected(sitting: Sitting) -> QuerySet[Candidate]:
    return Candidate.objects.filter(round_id=sitting.round_id, sitting_number=sitting.number, state__in=MAY_SIT)


def _state_of_absent(candidate: Candidate, sitting: Sitting) -> CandidateState:
    """Absent; whoever has a score from the first sitting keeps it, and with it the state that it gave."""
    standing = standing_of(candidate) if sitting.number == MAKEUP_SITTING else None
    return CandidateState(standing.outcome) if standing else CandidateState.ABSENT


def _record_absences(actor: Actor, sitting: Sitting, now: datetime) -> int:
    absent = list(_expected(sitting).select_for_update())
    for candidate in absent:
        record_result(
            candidate,
            sitting,
            result_without_score(Outcome.ABSENT),
            grading=None,
            reason="not begun in time",
            now=now,
        )
        candidate.state = move_candidate(CandidateState(candidate.state), _state_of_absent(candidate, sitting))
        candidate.state_changed_at = now
        transaction.on_commit(partial(candidate_absent.send, sender=None, candidate_id=candidate.pk))
        if sitting.number == MAKEUP_SITTING:
            transaction.on_commit(partial(makeup_failed.send, sender=None, candidate_id=candidate.pk))
    Candidate.objects.bulk_update(absent, ["state", "state_changed_at"])
    return len(absent)
