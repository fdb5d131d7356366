"""Who may write now, and for how long: the one function that page, API, invigilator desk and sweeper all ask.

Three times are told apart (product.md section 6): *last start* closes the door for those who have not begun, *hard end*
stops everybody, the *deadline* is one attempt's own. Extra time moves the deadline and the hard end of that attempt, and
never the last start.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import gettext_noop
from exams.domain.states import MAY_SIT, AttemptState, CandidateState, SittingState
from exams.errors import DurationWrong, ExtensionWrong, WindowWrong

LEAST_MINUTES, MOST_MINUTES = 5, 240
MOST_GRACE_SECONDS = 600
LEAST_EXTENSION_MINUTES, MOST_EXTENSION_MINUTES = 1, 120


class Decision(StrEnum):
    """What the candidate can do at this moment."""

    START = "start"
    CONTINUE = "continue"
    WAIT = "wait"
    FINISHED = "finished"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why, as a stable code; `REASON_TEXTS` says it to people."""

    NOT_OPENED = "not_opened"
    TOO_EARLY = "too_early"
    LAST_START_PASSED = "last_start_passed"
    HARD_END_PASSED = "hard_end_passed"
    SITTING_ENDED = "sitting_ended"
    TIME_UP = "time_up"
    SUBMITTED = "submitted"
    TIMED_OUT = "timed_out"
    VOID = "void"
    DEFERRED = "deferred"
    NOT_NOTIFIED = "not_notified"
    OVER = "over"


REASON_TEXTS = {
    Reason.NOT_OPENED: gettext_noop("监考尚未开场，请稍候，页面会自动更新。"),
    Reason.TOO_EARLY: gettext_noop("还没有到开考时间。"),
    Reason.LAST_START_PASSED: gettext_noop("已过最晚入场时间。"),
    Reason.HARD_END_PASSED: gettext_noop("本场考试已结束。"),
    Reason.SITTING_ENDED: gettext_noop("监考已收场。"),
    Reason.TIME_UP: gettext_noop("作答时间已到，系统正在收卷，已送达的答案全部有效。"),
    Reason.SUBMITTED: gettext_noop("您已交卷。"),
    Reason.TIMED_OUT: gettext_noop("作答时间已到，系统已按最后送达的答案收卷。"),
    Reason.VOID: gettext_noop("这次作答已作废，请联系监考或监管部门。"),
    Reason.DEFERRED: gettext_noop("您已办理缓考，本轮次无需参加。"),
    Reason.NOT_NOTIFIED: gettext_noop("考试通知尚未发出，请等待通知。"),
    Reason.OVER: gettext_noop("您在本轮次的考试已经结束。"),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """How long one attempt lasts, and how many seconds after it events still count (time on the network)."""

    duration_seconds: int
    grace_seconds: int


@dataclass(frozen=True, slots=True)
class Window:
    """The times of a sitting and whether the invigilator opened it."""

    opens_at: datetime
    last_start: datetime
    hard_end: datetime
    state: SittingState


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """An attempt that exists."""

    state: AttemptState
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the decision depends on, except the time. `extra_seconds` sums accommodation and extensions in force."""

    candidate: CandidateState
    rules: Rules
    window: Window
    attempt: AttemptFacts | None = None
    extra_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Access:
    """The decision. `remaining_seconds` before the start is what one would have if one started now.

    `accepts_until` = deadline + grace: later events are stored and marked late. `next_change` is when to ask again.
    """

    decision: Decision
    reasons: tuple[Reason, ...] = ()
    deadline: datetime | None = None
    accepts_until: datetime | None = None
    remaining_seconds: int = 0
    next_change: datetime | None = None


def decide_access(case: Case, *, now: datetime) -> Access:
    """The one decision about writing an exam; pure, so that every caller gets the same answer for the same facts."""
    if case.attempt is not None:
        return _with_attempt(case, case.attempt, now)
    reasons = _refusals(case, now)
    if reasons:
        return Access(Decision.REFUSED, reasons)
    waits = _waits(case, now)
    if waits:
        return Access(Decision.WAIT, waits, next_change=_next(now, case.window.opens_at, case.window.last_start))
    deadline = deadline_of(case, opened_at=now)
    return Access(
        Decision.START,
        deadline=deadline,
        accepts_until=deadline + timedelta(seconds=case.rules.grace_seconds),
        remaining_seconds=_seconds(deadline - now),
        next_change=_next(now, case.window.last_start, hard_end_of(case)),
    )


def deadline_of(case: Case, *, opened_at: datetime) -> datetime:
    """min(start + duration, hard end) + extra time: the hard end cuts a late start, and never cuts extra time."""
    natural = opened_at + timedelta(seconds=case.rules.duration_seconds)
    return min(natural, case.window.hard_end) + timedelta(seconds=case.extra_seconds)


def hard_end_of(case: Case) -> datetime:
    """When this candidate's sitting is over for good."""
    return case.window.hard_end + timedelta(seconds=case.extra_seconds)


def is_late(server_ts: datetime, *, accepts_until: datetime, state: AttemptState) -> bool:
    """Late = after deadline + extensions + grace, or the attempt is not open. Late is stored and marked, never refused."""
    return state is not AttemptState.OPEN or server_ts > accepts_until


def is_absent(case: Case, *, now: datetime) -> bool:
    """Somebody who was due, never began, and cannot begin any more because the hard end has passed."""
    return case.attempt is None and case.candidate in MAY_SIT and now > hard_end_of(case)


def check_rules(rules: Rules, window: Window) -> None:
    """Refuses senseless settings before a round is planned; raises DurationWrong or WindowWrong."""
    minutes = rules.duration_seconds / 60
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES or not 0 <= rules.grace_seconds <= MOST_GRACE_SECONDS:
        raise DurationWrong(least=LEAST_MINUTES, most=MOST_MINUTES, grace=MOST_GRACE_SECONDS)
    ordered = window.opens_at < window.last_start <= window.hard_end
    if not ordered or window.hard_end - window.opens_at < timedelta(seconds=rules.duration_seconds):
        raise WindowWrong(minutes=rules.duration_seconds // 60)


def check_extension(seconds: int) -> None:
    """Refuses extra time below one minute or above two hours; raises ExtensionWrong."""
    if not LEAST_EXTENSION_MINUTES * 60 <= seconds <= MOST_EXTENSION_MINUTES * 60:
        raise ExtensionWrong(least=LEAST_EXTENSION_MINUTES, most=MOST_EXTENSION_MINUTES)


_CLOSED_REASONS = {
    AttemptState.SUBMITTED: Reason.SUBMITTED,
    AttemptState.TIMED_OUT: Reason.TIMED_OUT,
    AttemptState.VOID: Reason.VOID,
}


def _with_attempt(case: Case, attempt: AttemptFacts, now: datetime) -> Access:
    deadline = deadline_of(case, opened_at=attempt.opened_at)
    accepts_until = deadline + timedelta(seconds=case.rules.grace_seconds)
    if attempt.state is not AttemptState.OPEN:
        return Access(Decision.FINISHED, (_CLOSED_REASONS[attempt.state],), deadline, accepts_until)
    if now >= deadline:
        return Access(
            Decision.FINISHED,
            (Reason.TIME_UP,),
            deadline,
            accepts_until,
            next_change=_next(now, accepts_until),
        )
    return Access(
        Decision.CONTINUE,
        (),
        deadline,
        accepts_until,
        remaining_seconds=_seconds(deadline - now),
        next_change=deadline,
    )


def _refusals(case: Case, now: datetime) -> tuple[Reason, ...]:
    if case.candidate is CandidateState.DEFERRED:
        return (Reason.DEFERRED,)
    if case.candidate in {CandidateState.DRAWN, CandidateState.MUST_SIT}:
        return (Reason.NOT_NOTIFIED,)
    if case.candidate not in MAY_SIT:
        return (Reason.OVER,)
    if case.window.state is SittingState.CLOSED:
        return (Reason.SITTING_ENDED,)
    if now >= hard_end_of(case):
        return (Reason.HARD_END_PASSED,)
    if now > case.window.last_start:
        return (Reason.LAST_START_PASSED,)
    return ()


def _waits(case: Case, now: datetime) -> tuple[Reason, ...]:
    early = (Reason.TOO_EARLY,) if now < case.window.opens_at else ()
    closed = (Reason.NOT_OPENED,) if case.window.state is SittingState.PLANNED else ()
    return early + closed


def _next(now: datetime, *moments: datetime) -> datetime | None:
    return min((moment for moment in moments if moment > now), default=None)


def _seconds(span: timedelta) -> int:
    return max(0, int(span.total_seconds()))
