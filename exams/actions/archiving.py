"""The ends of a candidate and of a round: follow-up after the second failure, and the archive."""

from datetime import datetime
from functools import partial

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed, NotFound
from exams.domain.states import CandidateState, RoundState, advance_round, may_move_candidate, move_candidate
from exams.events import round_archived
from exams.models import Candidate, Round
from exams.policies import can_run_round
from exams.queries.rounds import closing_facts, lock_round


@transaction.atomic
def begin_follow_up(actor: Actor, candidate_pk: int, *, now: datetime) -> bool:
    """The second failure leads to follow-up; called by the room that opens its first step. May run twice."""
    candidate = Candidate.objects.select_for_update().filter(pk=candidate_pk).first()
    if candidate is None:
        raise NotFound
    state = CandidateState(candidate.state)
    if not may_move_candidate(state, CandidateState.FOLLOW_UP):
        return False
    candidate.state = move_candidate(state, CandidateState.FOLLOW_UP, sitting=candidate.sitting_number)
    candidate.state_changed_at = now
    candidate.save(update_fields=["state", "state_changed_at"])
    audit(actor, "exams.follow_up_begun", candidate, details={"from": state})
    return True


@transaction.atomic
def archive_round(actor: Actor, unsafe_round_id: str, *, open_follow_ups: int, now: datetime) -> Round:
    """Ends a round: sittings over, the time to dispute past, appeals answered, corrections applied, follow-ups done.

    Follow-ups are counted by the room above, which calls this. Raises NotFound, NotAllowed, and the first blocker:
    RoundNotInState, SittingsLeft, AppealTimeRunning, AppealsOpen, CorrectionsOpen, FollowUpsOpen.
    """
    exam_round = lock_round(actor, unsafe_round_id)
    if not can_run_round(actor, exam_round):
        raise NotAllowed
    facts = closing_facts(exam_round, now=now, open_follow_ups=open_follow_ups)
    exam_round.state = advance_round(facts, RoundState.ARCHIVED)
    exam_round.archived_at = now
    exam_round.save(update_fields=["state", "archived_at"])
    audit(actor, "exams.round_archived", exam_round, details={"candidates": facts.candidates})
    transaction.on_commit(partial(round_archived.send, sender=None, round_id=exam_round.pk))
    return exam_round
