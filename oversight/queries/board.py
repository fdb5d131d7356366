"""The board of one authority: what is due, done, overdue, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from core.actor import REGULATOR, REVIEWER, Actor
from core.errors import NotAllowed, NotFound
from courses.queries import LectureState
from exams.models import Candidate, CandidateState, Round, RoundState
from exams.queries import candidates_of_round, rounds_for
from oversight.domain.ladder import DUE_SOON
from oversight.domain.matrix import Matrix, Tally, matrix
from oversight.models import FollowUp
from oversight.policies import can_see_board
from oversight.queries.follow_ups import follow_ups_for
from oversight.queries.lectures import LectureCounts, lecture_counts, this_half
from registry.models import Authority
from registry.queries import authorities_for

MEASURES = ("exam", "lectures", "follow_ups")
_WAITING = (
    CandidateState.DRAWN, CandidateState.MUST_SIT, CandidateState.NOTIFIED, CandidateState.CONFIRMED,
    CandidateState.CHECKED_IN, CandidateState.SITTING, CandidateState.SUBMITTED, CandidateState.TIMED_OUT,
)  # fmt: skip
_FAILED = (CandidateState.FAILED, CandidateState.MISCONDUCT, CandidateState.INVALID, CandidateState.FOLLOW_UP)


@dataclass(frozen=True, slots=True)
class ExamCounts:
    """Candidates of a round; deferred ones apart. The first is the sum of the others."""

    people: int
    waiting: int
    passed: int
    failed: int
    absent: int
    makeup: int
    deferred: int

    @property
    def pass_percent(self) -> int | None:
        """Of those who have a result."""
        known = self.people - self.waiting
        return round(100 * self.passed / known) if known else None


@dataclass(frozen=True, slots=True)
class FollowUpCounts:
    """Steps after failure by urgency."""

    open: int
    soon: int
    overdue: int
    done: int


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the page and the API show."""

    authority: Authority
    round: Round | None
    exam: ExamCounts | None
    follow_ups: FollowUpCounts
    lectures: LectureCounts
    measure: str
    matrix: Matrix


def board_authorities(actor: Actor) -> list[Authority]:
    """The authorities whose board the actor may open; raises NotAllowed where the board is not for them."""
    if not can_see_board(actor):
        raise NotAllowed
    held = actor.authorities(REGULATOR, REVIEWER)
    return [authority for authority in authorities_for(actor) if authority.pk in held]


def get_board_authority(actor: Actor, unsafe_authority_id: str) -> Authority:
    """The chosen authority, or the first one; raises NotFound, NotAllowed."""
    authorities = board_authorities(actor)
    found = [one for one in authorities if not unsafe_authority_id or one.public_id == unsafe_authority_id]
    if not found:
        raise NotFound
    return found[0]


def board_of(actor: Actor, authority: Authority, *, measure: str, today: date) -> Board:
    """About eight queries, however many rows there are. `measure` is one of MEASURES; anything else is the first."""
    chosen = measure if measure in MEASURES else MEASURES[0]
    exam_round = _round_to_show(actor, authority)
    candidates = candidates_of_round(actor, exam_round) if exam_round else None
    follow_ups = follow_ups_for(actor).filter(authority=authority)
    lectures = this_half(actor, today)
    return Board(
        authority=authority,
        round=exam_round,
        exam=_exam_counts(candidates) if candidates is not None else None,
        follow_ups=_follow_up_counts(follow_ups, today),
        lectures=lecture_counts(lectures),
        measure=chosen,
        matrix=matrix(
            {
                "exam": lambda: _exam_entries(candidates),
                "lectures": lambda: _lecture_entries(lectures),
                "follow_ups": lambda: _follow_up_entries(follow_ups),
            }[chosen](),
        ),
    )


def _round_to_show(actor: Actor, authority: Authority) -> Round | None:
    # A round that is only planned has nobody in it yet: until it is drawn, the one before is what matters.
    rounds = rounds_for(actor).filter(authority=authority).exclude(state=RoundState.CANCELLED)
    return rounds.exclude(state__in=[RoundState.PLANNED, RoundState.FROZEN]).first() or rounds.first()


def _exam_counts(candidates: QuerySet[Candidate]) -> ExamCounts:
    counts = dict(candidates.order_by().values_list("state").annotate(number=Count("pk")))
    deferred = counts.pop(CandidateState.DEFERRED, 0)
    return ExamCounts(
        people=sum(counts.values()),
        waiting=sum(counts.get(state, 0) for state in _WAITING),
        passed=counts.get(CandidateState.PASSED, 0),
        failed=sum(counts.get(state, 0) for state in _FAILED),
        absent=counts.get(CandidateState.ABSENT, 0),
        makeup=counts.get(CandidateState.MAKEUP, 0),
        deferred=deferred,
    )


def _follow_up_counts(follow_ups: QuerySet[FollowUp], today: date) -> FollowUpCounts:
    is_open = Q(state=FollowUp.State.OPEN)
    counted = follow_ups.order_by().aggregate(
        open=Count("pk", filter=is_open),
        soon=Count("pk", filter=is_open & Q(due_on__gte=today, due_on__lte=today + DUE_SOON)),
        overdue=Count("pk", filter=is_open & Q(due_on__lt=today)),
        done=Count("pk", filter=~is_open),
    )
    return FollowUpCounts(**counted)


def _exam_entries(candidates: QuerySet[Candidate] | None) -> Sequence[tuple[str, str, Tally]]:
    if candidates is None:
        return []
    rows = (
        candidates.exclude(state=CandidateState.DEFERRED)
        .order_by()
        .values_list("area__name", "industry__name")
        .annotate(passed=Count("pk", filter=Q(state=CandidateState.PASSED)), people=Count("pk"))
    )
    return [(street, industry, Tally(passed, people)) for street, industry, passed, people in rows]


def _lecture_entries(states: Sequence[LectureState]) -> Sequence[tuple[str, str, Tally]]:
    return [
        (one.enterprise.area.name, one.enterprise.industry.name, Tally(int(str(one.state) == "done"), 1))
        for one in states
    ]


def _follow_up_entries(follow_ups: QuerySet[FollowUp]) -> Sequence[tuple[str, str, Tally]]:
    rows = (
        follow_ups.order_by()
        .annotate(street=F("candidate__area__name"), branch=F("candidate__industry__name"))
        .values_list("street", "branch")
        .annotate(done=Count("pk", filter=Q(state=FollowUp.State.DONE)), people=Count("pk"))
    )
    return [(street, industry, Tally(done, people)) for street, industry, done, people in rows]
