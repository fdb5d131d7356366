"""What the invigilator's desk shows: who has not come, who writes, who is silent, what waits for a second signature."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from core.actor import Actor
from core.errors import NotFound
from exams.domain.states import MAY_SIT, AttemptState, CandidateState
from exams.models import AnswerEvent, Attempt, Candidate, Extension, Incident, Sitting
from exams.policies import reachable_candidates
from exams.queries.candidates import candidates_for

# A page that writes asks at least every 60 seconds for the time; twice that without an event is worth a look.
SILENT_AFTER_SECONDS = 120


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One person of a sitting. `silent_seconds` since the last event, None when nothing was saved or all is over."""

    candidate: Candidate
    attempt_id: str
    attempt_state: str
    deadline: datetime | None
    event_count: int
    silent_seconds: int | None

    @property
    def is_silent(self) -> bool:
        return self.silent_seconds is not None and self.silent_seconds > SILENT_AFTER_SECONDS


@dataclass(frozen=True, slots=True)
class Tally:
    """The heads of a sitting."""

    expected: int
    writing: int
    done: int
    silent: int


def desk_rows(actor: Actor, sitting: Sitting, now: datetime) -> list[DeskRow]:
    """Everybody of the sitting in reach, those who write first. One query."""
    live = Attempt.objects.filter(candidate=OuterRef("pk"), sitting=sitting).exclude(state=AttemptState.VOID)
    newest = AnswerEvent.objects.filter(attempt__candidate=OuterRef("pk"), attempt__sitting=sitting).order_by("-sseq")
    rows: QuerySet[Any] = (
        Candidate.objects.filter(reachable_candidates(actor), round_id=sitting.round_id)
        .filter(pk__in=_concerned(sitting).values("pk"))
        .select_related("person")
        .annotate(
            live_id=Subquery(live.values("public_id")[:1]),
            live_state=Subquery(live.values("state")[:1]),
            live_deadline=Subquery(live.values("deadline")[:1]),
            live_next=Subquery(live.values("next_sseq")[:1]),
            last_event_at=Subquery(newest.values("server_ts")[:1]),
        )
        .order_by("enterprise_name", "pk")
    )
    return sorted(
        (_row(candidate, now) for candidate in rows), key=lambda row: _ORDER.get(CandidateState(row.candidate.state), 9)
    )


def tally(rows: list[DeskRow]) -> Tally:
    """Counts of the rows."""
    writing = [row for row in rows if row.attempt_state == AttemptState.OPEN]
    return Tally(
        expected=sum(row.candidate.state in MAY_SIT for row in rows),
        writing=len(writing),
        done=sum(row.attempt_state in {AttemptState.SUBMITTED, AttemptState.TIMED_OUT} for row in rows),
        silent=sum(row.is_silent for row in writing),
    )


def waiting_extensions(sitting: Sitting) -> QuerySet[Extension]:
    """Extra time that a second person has yet to approve."""
    waiting = Extension.objects.filter(sitting=sitting, approved_at=None)
    return waiting.select_related("requested_by__person", "attempt__candidate__person")


def granted_extensions(sitting: Sitting) -> QuerySet[Extension]:
    """Extra time in force."""
    granted = Extension.objects.filter(sitting=sitting).exclude(approved_at=None)
    return granted.select_related("requested_by", "approved_by", "attempt__candidate__person")


def incidents_of(sitting: Sitting) -> QuerySet[Incident]:
    """What was recorded in a sitting, newest first."""
    return Incident.objects.filter(sitting=sitting).select_related(
        "candidate__person", "recorded_by__person", "signed_by"
    )


def incidents_of_candidate(candidate: Candidate) -> QuerySet[Incident]:
    """What was recorded about one candidate."""
    return candidate.incidents.select_related("recorded_by__person", "signed_by", "sitting")


def sitting_of_incident(actor: Actor, unsafe_incident_id: str) -> Sitting:
    """Where to return to after signing; raises NotFound."""
    reach = candidates_for(actor)
    found = Incident.objects.select_related("sitting").filter(public_id=unsafe_incident_id, candidate__in=reach).first()
    if found is None:
        raise NotFound
    return found.sitting


def attempts_of(candidate: Candidate) -> QuerySet[Attempt]:
    """All attempts of a candidate, voided ones too, with their papers and sittings."""
    return candidate.attempts.select_related("sitting", "paper").order_by("pk")


def _concerned(sitting: Sitting) -> QuerySet[Candidate]:
    due = Candidate.objects.filter(round_id=sitting.round_id, sitting_number=sitting.number)
    wrote = Candidate.objects.filter(attempts__sitting=sitting)
    return (due.exclude(state=CandidateState.DEFERRED) | wrote).distinct()


def _row(candidate: Any, now: datetime) -> DeskRow:
    writing = candidate.live_state == AttemptState.OPEN
    last = candidate.last_event_at
    return DeskRow(
        candidate=candidate,
        attempt_id=candidate.live_id or "",
        attempt_state=candidate.live_state or "",
        deadline=candidate.live_deadline,
        event_count=(candidate.live_next or 1) - 1,
        silent_seconds=max(0, int((now - last).total_seconds())) if writing and last else None,
    )


_ORDER = {
    CandidateState.SITTING: 0,
    CandidateState.CHECKED_IN: 1,
    CandidateState.CONFIRMED: 2,
    CandidateState.NOTIFIED: 3,
    CandidateState.MAKEUP: 3,
    CandidateState.SUBMITTED: 4,
    CandidateState.TIMED_OUT: 5,
}
