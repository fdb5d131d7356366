"""The life of a round, of a sitting, of a candidate and of an attempt (product.md section 5), as plain tables.

A step that is not in a table is refused with what it would need, so that the page can say what blocks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.errors import DomainError, gettext_noop
from exams.errors import (
    AppealsOpen,
    AppealTimeRunning,
    AttemptsUnfinished,
    AttemptsUngraded,
    CandidateNotInState,
    CorrectionsOpen,
    FollowUpsOpen,
    MakeupUsed,
    RoundEmpty,
    RoundNotInState,
    SittingNotInState,
    SittingsLeft,
)


class RoundState(StrEnum):
    """Where a round stands."""

    PLANNED = "planned"
    FROZEN = "frozen"
    DRAWN = "drawn"
    NOTIFIED = "notified"
    OPEN = "open"
    CLOSED = "closed"
    GRADED = "graded"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


class SittingState(StrEnum):
    """Where a sitting stands."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class CandidateState(StrEnum):
    """Where a person stands in a round."""

    DRAWN = "drawn"
    MUST_SIT = "must_sit"
    NOTIFIED = "notified"
    CONFIRMED = "confirmed"
    DEFERRED = "deferred"
    CHECKED_IN = "checked_in"
    SITTING = "sitting"
    SUBMITTED = "submitted"
    TIMED_OUT = "timed_out"
    ABSENT = "absent"
    MISCONDUCT = "misconduct"
    INVALID = "invalid"
    PASSED = "passed"
    FAILED = "failed"
    MAKEUP = "makeup"
    FOLLOW_UP = "follow_up"


class AttemptState(StrEnum):
    """Where an attempt stands; whether it is graded is told by its grading entries, not here."""

    OPEN = "open"
    SUBMITTED = "submitted"
    TIMED_OUT = "timed_out"
    VOID = "void"


ROUND_LABELS = {
    RoundState.PLANNED: gettext_noop("已计划"),
    RoundState.FROZEN: gettext_noop("名册已冻结"),
    RoundState.DRAWN: gettext_noop("已抽签"),
    RoundState.NOTIFIED: gettext_noop("已通知"),
    RoundState.OPEN: gettext_noop("考试中"),
    RoundState.CLOSED: gettext_noop("考试结束"),
    RoundState.GRADED: gettext_noop("已评分"),
    RoundState.PUBLISHED: gettext_noop("已公示"),
    RoundState.ARCHIVED: gettext_noop("已归档"),
    RoundState.CANCELLED: gettext_noop("已取消"),
}
SITTING_LABELS = {
    SittingState.PLANNED: gettext_noop("未开始"),
    SittingState.OPEN: gettext_noop("进行中"),
    SittingState.CLOSED: gettext_noop("已结束"),
}
CANDIDATE_LABELS = {
    CandidateState.DRAWN: gettext_noop("已抽中"),
    CandidateState.MUST_SIT: gettext_noop("必考"),
    CandidateState.NOTIFIED: gettext_noop("已通知"),
    CandidateState.CONFIRMED: gettext_noop("已确认"),
    CandidateState.DEFERRED: gettext_noop("缓考"),
    CandidateState.CHECKED_IN: gettext_noop("已签到"),
    CandidateState.SITTING: gettext_noop("答题中"),
    CandidateState.SUBMITTED: gettext_noop("已交卷"),
    CandidateState.TIMED_OUT: gettext_noop("超时收卷"),
    CandidateState.ABSENT: gettext_noop("缺考"),
    CandidateState.MISCONDUCT: gettext_noop("违纪"),
    CandidateState.INVALID: gettext_noop("无效"),
    CandidateState.PASSED: gettext_noop("合格"),
    CandidateState.FAILED: gettext_noop("不合格"),
    CandidateState.MAKEUP: gettext_noop("待补考"),
    CandidateState.FOLLOW_UP: gettext_noop("待处置"),
}
ATTEMPT_LABELS = {
    AttemptState.OPEN: gettext_noop("答题中"),
    AttemptState.SUBMITTED: gettext_noop("已交卷"),
    AttemptState.TIMED_OUT: gettext_noop("超时收卷"),
    AttemptState.VOID: gettext_noop("作废"),
}

# The only road of a round. CANCELLED can be reached from every state before OPEN; a cancelled plan stays public.
ROUND_ROAD = (
    RoundState.PLANNED,
    RoundState.FROZEN,
    RoundState.DRAWN,
    RoundState.NOTIFIED,
    RoundState.OPEN,
    RoundState.CLOSED,
    RoundState.GRADED,
    RoundState.PUBLISHED,
    RoundState.ARCHIVED,
)
_CANCELLABLE = frozenset(ROUND_ROAD[: ROUND_ROAD.index(RoundState.OPEN)])

_C = CandidateState
CANDIDATE_MOVES: dict[CandidateState, frozenset[CandidateState]] = {
    _C.DRAWN: frozenset({_C.NOTIFIED, _C.DEFERRED}),
    _C.MUST_SIT: frozenset({_C.NOTIFIED, _C.DEFERRED}),
    _C.NOTIFIED: frozenset({_C.CONFIRMED, _C.DEFERRED, _C.CHECKED_IN, _C.SITTING, _C.ABSENT}),
    _C.CONFIRMED: frozenset({_C.DEFERRED, _C.CHECKED_IN, _C.SITTING, _C.ABSENT}),
    _C.CHECKED_IN: frozenset({_C.SITTING, _C.ABSENT, _C.FAILED}),
    _C.SITTING: frozenset({_C.SUBMITTED, _C.TIMED_OUT, _C.MISCONDUCT, _C.INVALID}),
    _C.SUBMITTED: frozenset({_C.PASSED, _C.FAILED, _C.MISCONDUCT, _C.INVALID}),
    _C.TIMED_OUT: frozenset({_C.PASSED, _C.FAILED, _C.MISCONDUCT, _C.INVALID}),
    # A regrade (late answers accepted, key corrected) can turn either way.
    _C.PASSED: frozenset({_C.FAILED, _C.MISCONDUCT, _C.INVALID}),
    _C.FAILED: frozenset({_C.PASSED, _C.MAKEUP, _C.FOLLOW_UP, _C.MISCONDUCT, _C.INVALID}),
    _C.ABSENT: frozenset({_C.MAKEUP, _C.FOLLOW_UP}),
    # Passed without sitting: a key correction can make the first sitting a pass. Failed: the makeup was missed, and
    # the score of the first sitting stands.
    _C.MAKEUP: frozenset({_C.CHECKED_IN, _C.SITTING, _C.ABSENT, _C.PASSED, _C.FAILED}),
    _C.MISCONDUCT: frozenset({_C.FOLLOW_UP}),
    _C.INVALID: frozenset({_C.MAKEUP, _C.FOLLOW_UP}),
    _C.DEFERRED: frozenset(),
    _C.FOLLOW_UP: frozenset({_C.PASSED, _C.MISCONDUCT, _C.INVALID}),
}
MAY_SIT = frozenset({_C.NOTIFIED, _C.CONFIRMED, _C.CHECKED_IN, _C.MAKEUP})
FIRST_SITTING = 1
MAKEUP_SITTING = 2


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What the next step of a round depends on. Counts are of candidates in reach of the sittings of the round.

    The last five are of the end: `appeals_until` is the day to which results can be disputed, empty once it is over;
    follow-ups are counted by the room above, which is why it archives.
    """

    state: RoundState
    candidates: int = 0
    running: int = 0
    ungraded: int = 0
    sittings_left: int = 0
    appeals_until: str = ""
    open_appeals: int = 0
    open_corrections: int = 0
    open_follow_ups: int = 0


def next_round_state(state: RoundState) -> RoundState | None:
    """The state after this one on the road, or None at its end."""
    if state not in ROUND_ROAD or state is ROUND_ROAD[-1]:
        return None
    return ROUND_ROAD[ROUND_ROAD.index(state) + 1]


def round_blockers(facts: RoundFacts, to: RoundState) -> tuple[DomainError, ...]:
    """Everything that keeps the round from `to`, empty when nothing does. The page lists them, the action raises one."""
    return tuple(_round_blockers(facts, to))


def advance_round(facts: RoundFacts, to: RoundState) -> RoundState:
    """The new state; raises the first blocker."""
    for blocker in _round_blockers(facts, to):
        raise blocker
    return to


def move_candidate(state: CandidateState, to: CandidateState, *, sitting: int = FIRST_SITTING) -> CandidateState:
    """The new state; raises CandidateNotInState, or MakeupUsed where a second makeup is asked for."""
    if to is CandidateState.MAKEUP and sitting >= MAKEUP_SITTING:
        raise MakeupUsed
    if to not in CANDIDATE_MOVES[state]:
        raise CandidateNotInState(state=CANDIDATE_LABELS[state])
    return to


def reopen_candidate(state: CandidateState) -> CandidateState:
    """Back to writing, because approved extra time reaches beyond now; raises CandidateNotInState."""
    if state not in {CandidateState.SITTING, CandidateState.TIMED_OUT, CandidateState.PASSED, CandidateState.FAILED}:
        raise CandidateNotInState(state=CANDIDATE_LABELS[state])
    return CandidateState.SITTING


def restore_candidate(state: CandidateState) -> CandidateState:
    """Back to handed in, because the misconduct was annulled on appeal; raises CandidateNotInState."""
    if state not in {CandidateState.MISCONDUCT, CandidateState.FOLLOW_UP}:
        raise CandidateNotInState(state=CANDIDATE_LABELS[state])
    return CandidateState.SUBMITTED


def may_move_candidate(state: CandidateState, to: CandidateState, *, sitting: int = FIRST_SITTING) -> bool:
    """Whether `move_candidate` would allow it."""
    return to in CANDIDATE_MOVES[state] and not (to is CandidateState.MAKEUP and sitting >= MAKEUP_SITTING)


def require_sitting(state: SittingState, needed: SittingState) -> None:
    """Raises SittingNotInState unless the sitting is in the needed state."""
    if state is not needed:
        raise SittingNotInState(state=SITTING_LABELS[state])


def _round_blockers(facts: RoundFacts, to: RoundState) -> Iterator[DomainError]:
    if to is RoundState.CANCELLED:
        if facts.state not in _CANCELLABLE:
            yield RoundNotInState(state=ROUND_LABELS[facts.state], needed=ROUND_LABELS[RoundState.NOTIFIED])
        return
    before = ROUND_ROAD[max(ROUND_ROAD.index(to) - 1, 0)]
    if facts.state is not before or to is RoundState.PLANNED:
        yield RoundNotInState(state=ROUND_LABELS[facts.state], needed=ROUND_LABELS[before])
    if to in {RoundState.NOTIFIED, RoundState.OPEN} and not facts.candidates:
        yield RoundEmpty()
    if to is RoundState.CLOSED and facts.running:
        yield AttemptsUnfinished(count=facts.running)
    if to is RoundState.GRADED and facts.ungraded:
        yield AttemptsUngraded(count=facts.ungraded)
    if to is RoundState.ARCHIVED:
        yield from _unfinished_business(facts)


def _unfinished_business(facts: RoundFacts) -> Iterator[DomainError]:
    if facts.sittings_left:
        yield SittingsLeft()
    if facts.appeals_until:
        yield AppealTimeRunning(until=facts.appeals_until)
    if facts.open_appeals:
        yield AppealsOpen(count=facts.open_appeals)
    if facts.open_corrections:
        yield CorrectionsOpen(count=facts.open_corrections)
    if facts.open_follow_ups:
        yield FollowUpsOpen(count=facts.open_follow_ups)
