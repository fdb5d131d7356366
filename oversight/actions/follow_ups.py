"""Opening and closing the steps after failure."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed
from exams.actions import begin_follow_up
from exams.models import Candidate, CandidateState
from oversight.domain.ladder import FIRST_STEP, LABELS, due_on, evidence, next_step
from oversight.errors import FollowUpNotDue, StepExists
from oversight.models import FollowUp
from oversight.policies import can_close
from oversight.queries.follow_ups import candidate_to_follow_up, days_by_step, lock_follow_up

PASSED_AFTER_ALL = "成绩更正后合格，处置终止"


@transaction.atomic
def open_follow_up(actor: Actor, candidate_id: int, *, now: datetime) -> FollowUp:
    """The first step for a candidate (primary key) who did not pass the makeup. Run twice, it returns the same step.

    Raises FollowUpNotDue.
    """
    candidate = candidate_to_follow_up(candidate_id)
    if candidate is None:
        raise FollowUpNotDue
    existing = candidate.follow_ups.filter(step=FIRST_STEP).first()
    if existing is not None:
        return existing
    begin_follow_up(actor, candidate.pk, now=now)
    return _open(actor, candidate, FIRST_STEP, now=now)


@transaction.atomic
def end_follow_ups(actor: Actor, candidate_id: int, *, now: datetime) -> int:
    """Closes what is open for a candidate (primary key) who passed after all; returns how many. Safe to run twice."""
    open_steps = FollowUp.objects.select_for_update(of=("self",)).filter(
        candidate_id=candidate_id, candidate__state=CandidateState.PASSED, state=FollowUp.State.OPEN
    )
    for row in open_steps:
        row.state, row.done_at, row.evidence = FollowUp.State.DONE, now, PASSED_AFTER_ALL
        row.save(update_fields=["evidence", "state", "done_at"])
        audit(actor, "oversight.follow_up_ended", row, details={"step": row.step})
    return len(open_steps)


@transaction.atomic
def close_follow_up(actor: Actor, follow_up_id: str, *, evidence_text: str, open_next: bool, now: datetime) -> FollowUp:
    """Closes a step with evidence of 5 to 300 characters; `open_next` opens the following step of the ladder.

    Raises NotFound, NotAllowed, FollowUpClosed, EvidenceMissing, LastStep, StepExists.
    """
    follow_up = lock_follow_up(actor, follow_up_id)
    if not can_close(actor, follow_up):
        raise NotAllowed
    follow_up.evidence = evidence(evidence_text, is_open=follow_up.state == FollowUp.State.OPEN)
    follow_up.state = FollowUp.State.DONE
    follow_up.done_at = now
    follow_up.done_by_id = actor.user_id
    follow_up.save(update_fields=["evidence", "state", "done_at", "done_by"])
    audit(actor, "oversight.follow_up_closed", follow_up, details={"step": follow_up.step})
    if open_next:
        _open_following(actor, follow_up, now=now)
    return follow_up


def _open_following(actor: Actor, follow_up: FollowUp, *, now: datetime) -> None:
    step = next_step(follow_up.step)
    if FollowUp.objects.filter(candidate=follow_up.candidate, step=step).exists():
        raise StepExists(step=LABELS[step])
    _open(actor, follow_up.candidate, step, now=now)


def _open(actor: Actor, candidate: Candidate, step: str, *, now: datetime) -> FollowUp:
    authority = candidate.round.authority
    row = FollowUp.objects.create(
        authority=authority,
        candidate=candidate,
        step=step,
        due_on=due_on(step, timezone.localdate(now), days=days_by_step(authority)),
        opened_at=now,
    )
    audit(actor, "oversight.follow_up_opened", row, details={"step": step, "due_on": row.due_on})
    return row
