"""Reads about rounds and sittings."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.utils.timezone import localtime

from core.actor import Actor
from core.errors import DomainError, NotFound
from exams.domain.appeals import OPEN_STATES
from exams.domain.states import ROUND_ROAD, RoundFacts, RoundState, next_round_state, round_blockers
from exams.models import (
    Appeal,
    Attempt,
    AttemptState,
    Candidate,
    CandidateState,
    Grading,
    KeyCorrection,
    Result,
    Round,
    Sitting,
)
from exams.policies import reachable_rounds


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of a round's road, for the stepper: `blockers` only where it comes next."""

    state: RoundState
    is_done: bool
    is_current: bool
    blockers: tuple[DomainError, ...] = ()


def rounds_for(actor: Actor) -> QuerySet[Round]:
    """Rounds in reach, newest first, with their authority."""
    rounds = Round.objects.filter(reachable_rounds(actor)).select_related("authority")
    return rounds.order_by("-year", "-quarter", "authority_id", "pk")


def annotate_counts(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Adds `candidate_count`, `done_count` (handed in or closed) and `passed_count`."""
    done = Q(candidates__state__in=[*_FINISHED, CandidateState.SUBMITTED, CandidateState.TIMED_OUT])
    return rounds.annotate(
        candidate_count=Count("candidates", distinct=True),
        done_count=Count("candidates", filter=done, distinct=True),
        passed_count=Count("candidates", filter=Q(candidates__state=CandidateState.PASSED), distinct=True),
    )


def get_round(actor: Actor, unsafe_round_id: str) -> Round:
    """The round of that public id; raises NotFound when absent or out of reach."""
    found = rounds_for(actor).select_related("authority", "blueprint", "draw").filter(public_id=unsafe_round_id).first()
    if found is None:
        raise NotFound
    return found


def lock_round(actor: Actor, unsafe_round_id: str) -> Round:
    """The round, locked until the end of the transaction; raises NotFound."""
    found = Round.objects.select_for_update().filter(reachable_rounds(actor), public_id=unsafe_round_id).first()
    if found is None:
        raise NotFound
    return found


def sittings_for(actor: Actor) -> QuerySet[Sitting]:
    """Sittings of rounds in reach."""
    return Sitting.objects.filter(round__in=Round.objects.filter(reachable_rounds(actor))).select_related(
        "round__authority",
    )


def get_sitting(actor: Actor, unsafe_sitting_id: str) -> Sitting:
    """The sitting of that public id, with its round; raises NotFound."""
    found = sittings_for(actor).filter(public_id=unsafe_sitting_id).first()
    if found is None:
        raise NotFound
    return found


def lock_sitting(actor: Actor, unsafe_sitting_id: str) -> Sitting:
    """The sitting, locked; its round is loaded and not locked. Raises NotFound."""
    found = sittings_for(actor).select_for_update(of=("self",)).filter(public_id=unsafe_sitting_id).first()
    if found is None:
        raise NotFound
    return found


def round_facts(exam_round: Round) -> RoundFacts:
    """What the next step depends on: three counts."""
    attempts = Attempt.objects.filter(sitting__round=exam_round, sitting__number=1)
    return RoundFacts(
        state=RoundState(exam_round.state),
        candidates=Candidate.objects.filter(round=exam_round).exclude(state=CandidateState.DEFERRED).count(),
        running=attempts.filter(state=AttemptState.OPEN).count(),
        ungraded=attempts.exclude(state__in=[AttemptState.OPEN, AttemptState.VOID]).filter(graded_at=None).count(),
    )


def closing_facts(exam_round: Round, *, now: datetime, open_follow_ups: int = 0) -> RoundFacts:
    """`round_facts` with what the end of a round depends on; follow-ups are counted by the room above."""
    facts = round_facts(exam_round)
    if facts.state is not RoundState.PUBLISHED or exam_round.published_at is None:
        return facts
    newest = Result.objects.filter(candidate__round=exam_round).aggregate(at=Max("recorded_at"))["at"]
    until = max(exam_round.published_at, newest or exam_round.published_at) + timedelta(days=exam_round.appeal_days)
    appeals = Appeal.objects.filter(candidate__round=exam_round, state__in=OPEN_STATES)
    corrections = exam_round.key_corrections.filter(
        Q(state=KeyCorrection.State.PROPOSED) | Q(state=KeyCorrection.State.APPROVED, applied_at=None)
    )
    return replace(
        facts,
        sittings_left=exam_round.sittings.exclude(state="closed").count(),
        appeals_until=f"{localtime(until):%Y-%m-%d}" if now <= until else "",
        open_appeals=appeals.count(),
        open_corrections=corrections.count(),
        open_follow_ups=open_follow_ups,
    )


def archive_blockers(exam_round: Round, *, now: datetime, open_follow_ups: int) -> tuple[DomainError, ...]:
    """Everything that keeps the round from the archive."""
    facts = closing_facts(exam_round, now=now, open_follow_ups=open_follow_ups)
    return round_blockers(facts, RoundState.ARCHIVED)


def round_steps(facts: RoundFacts) -> tuple[Step, ...]:
    """The road with what is done, where the round stands, and what blocks the next stop."""
    following = next_round_state(facts.state)
    place = ROUND_ROAD.index(facts.state) if facts.state in ROUND_ROAD else -1
    return tuple(
        Step(
            state=state,
            is_done=index <= place,
            is_current=index == place,
            blockers=round_blockers(facts, state) if state is following else (),
        )
        for index, state in enumerate(ROUND_ROAD)
    )


def state_counts(exam_round: Round, actor: Actor) -> Mapping[str, int]:
    """Candidate state → number of candidates of the round."""
    if not Round.objects.filter(reachable_rounds(actor), pk=exam_round.pk).exists():
        raise NotFound
    rows = Candidate.objects.filter(round=exam_round).values_list("state").annotate(number=Count("pk")).order_by()
    return {str(state): number for state, number in rows}


def sittings_past_hard_end(now: datetime) -> QuerySet[Sitting]:
    """Open sittings whose hard end has passed: what the sweeper closes."""
    return Sitting.objects.filter(state="open", hard_end_at__lt=now).select_related("round")


def latest_grading(attempt: Attempt) -> Grading | None:
    """The grading that counts."""
    return attempt.gradings.order_by("-number").first()


_FINISHED = (
    CandidateState.PASSED,
    CandidateState.FAILED,
    CandidateState.ABSENT,
    CandidateState.MISCONDUCT,
    CandidateState.INVALID,
    CandidateState.MAKEUP,
    CandidateState.FOLLOW_UP,
)
