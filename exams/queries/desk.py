"""What the invigilator's desk shows: who has not come, who writes, who is silent, what waits for a second signature."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from core.actor import Actor
from core.canonical import canonical_sha256
from core.errors import NotFound
from exams.domain.states import ATTEMPT_LABELS, MAY_SIT, AttemptState, CandidateState
from exams.models import Attempt, Candidate, CheckIn, Extension, Incident, IncidentFile, Sitting
from exams.policies import can_invigilate, can_see_rounds, reachable_candidates
from exams.queries.candidates import candidates_for

# A page that writes speaks every few seconds and is noted at least every fifteen: twice that is worth a look.
OFFLINE_AFTER_SECONDS: Final = 30
# Offline times are shown in steps, so that a list in which nothing happened stays the same.
_STEP_SECONDS: Final = 15
ROWS_PER_PAGE: Final = 50

EXPECTED, CHECKED_IN, WRITING, OFFLINE, DONE, OTHER = "expected", "checked_in", "writing", "offline", "done", "other"
STATUS_LABELS: Final = {
    EXPECTED: gettext_noop("未到"),
    CHECKED_IN: gettext_noop("已签到"),
    WRITING: gettext_noop("答题中"),
    OFFLINE: gettext_noop("离线"),
    DONE: gettext_noop("已交卷"),
    OTHER: gettext_noop("其他"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one candidate stands in a sitting, by primary key; plain facts, cheap for thousands."""

    candidate_pk: int
    status: str
    candidate_state: str
    attempt_id: str = ""
    attempt_state: str = ""
    deadline: datetime | None = None
    event_count: int = 0
    silent_seconds: int | None = None
    devices: int = 0


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One person of a sitting as the list shows them. `silent_seconds` only of those who write."""

    candidate: Candidate
    standing: Standing
    seat: str

    @property
    def is_offline(self) -> bool:
        return self.standing.status == OFFLINE

    @property
    def done_label(self) -> str:
        """How the writing ended. What it was worth is nobody's business in the hall, before the publication."""
        return ATTEMPT_LABELS[AttemptState(self.standing.attempt_state)]

    @property
    def status_label(self) -> str:
        return STATUS_LABELS[self.standing.status]


@dataclass(frozen=True, slots=True)
class Tally:
    """The heads of a sitting by status."""

    expected: int
    checked_in: int
    writing: int
    offline: int
    done: int
    other: int

    @property
    def all(self) -> int:
        return self.expected + self.checked_in + self.writing + self.offline + self.done + self.other


@dataclass(frozen=True, slots=True)
class Live:
    """The desk at one moment: the tally of everybody, one page of rows, and a digest that changes when they do."""

    tally: Tally
    rows: tuple[DeskRow, ...]
    page: int
    pages: int
    version: str


def live_desk(actor: Actor, sitting: Sitting, *, show: str, page: int, known: str = "", now: datetime) -> Live:
    """Everybody of the sitting in reach who is in status `show` (empty: all), those who need a look first.

    Two queries of plain values, whether there are twenty candidates or two thousand; the page of people is read only
    when it is not what the reader already shows (`known`).
    """
    standings = sorted(_standings(actor, sitting, now), key=lambda one: _ORDER[one.status])
    wanted = [one for one in standings if not show or one.status == show]
    pages = max(1, -(-len(wanted) // ROWS_PER_PAGE))
    page = min(max(1, page), pages)
    here = wanted[(page - 1) * ROWS_PER_PAGE : page * ROWS_PER_PAGE]
    heads = _tally(standings)
    version = canonical_sha256([[show, page, pages, *astuple(heads)], *(_facts(one) for one in here)])[:16]
    rows = _rows(here, sitting) if version != known else ()
    return Live(heads, rows, page, pages, version)


def _standings(actor: Actor, sitting: Sitting, now: datetime) -> list[Standing]:
    attempts = {
        row[0]: row
        for row in Attempt.objects.filter(sitting=sitting)
        .exclude(state=AttemptState.VOID)
        .values_list(
            "candidate_id", "public_id", "state", "deadline", "next_sseq", "opened_at", "epoch", "presence__seen_at"
        )
    }
    people = (
        Candidate.objects.filter(reachable_candidates(actor), round_id=sitting.round_id)
        .exclude(state=CandidateState.DEFERRED)
        .order_by("enterprise_name", "pk")
        .values_list("pk", "state", "sitting_number")
    )
    return [
        _standing(pk, state, attempts.get(pk), now=now)
        for pk, state, number in people
        if number == sitting.number or pk in attempts
    ]


def _standing(pk: int, state: str, attempt: tuple[Any, ...] | None, *, now: datetime) -> Standing:
    if attempt is None:
        known = CHECKED_IN if state == CandidateState.CHECKED_IN else EXPECTED if state in MAY_SIT else OTHER
        return Standing(pk, known, state)
    _, public_id, attempt_state, deadline, next_sseq, opened_at, epoch, seen_at = attempt
    silent = max(0, int((now - (seen_at or opened_at)).total_seconds()))
    is_open = attempt_state == AttemptState.OPEN
    status = DONE if not is_open else OFFLINE if silent > OFFLINE_AFTER_SECONDS else WRITING
    return Standing(
        candidate_pk=pk,
        status=status,
        candidate_state=state,
        attempt_id=public_id,
        attempt_state=attempt_state,
        deadline=deadline,
        event_count=next_sseq - 1,
        silent_seconds=silent // _STEP_SECONDS * _STEP_SECONDS if status == OFFLINE else None,
        devices=epoch,
    )


def _rows(standings: Iterable[Standing], sitting: Sitting) -> tuple[DeskRow, ...]:
    wanted = list(standings)
    keys = [one.candidate_pk for one in wanted]
    people = Candidate.objects.filter(pk__in=keys).select_related("person").in_bulk()
    seats = dict(
        CheckIn.objects.filter(candidate__in=keys, sitting=sitting).order_by("pk").values_list("candidate_id", "seat")
    )
    return tuple(DeskRow(people[one.candidate_pk], one, seats.get(one.candidate_pk, "")) for one in wanted)


def _facts(one: Standing) -> list[object]:
    deadline = one.deadline.isoformat() if one.deadline else ""
    return [
        one.candidate_pk,
        one.status,
        one.candidate_state,
        one.event_count,
        one.silent_seconds,
        deadline,
        one.devices,
    ]


def _tally(standings: Iterable[Standing]) -> Tally:
    counts = dict.fromkeys(STATUS_LABELS, 0)
    for one in standings:
        counts[one.status] += 1
    return Tally(**counts)


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
    found = Incident.objects.filter(sitting=sitting).select_related(
        "candidate__person", "recorded_by__person", "signed_by"
    )
    return found.prefetch_related("files", "annulments")


def incidents_of_candidate(candidate: Candidate) -> QuerySet[Incident]:
    """What was recorded about one candidate."""
    return candidate.incidents.select_related("recorded_by__person", "signed_by", "sitting").prefetch_related(
        "files", "annulments"
    )


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


_ORDER = {OFFLINE: 0, WRITING: 1, CHECKED_IN: 2, EXPECTED: 3, DONE: 4, OTHER: 5}


def name_of_attempt(actor: Actor, sitting: Sitting, unsafe_attempt_id: str) -> str:
    """Whose attempt it is, for the heading of a form; raises NotFound."""
    found = (
        Attempt.objects.filter(sitting=sitting, public_id=unsafe_attempt_id, candidate__in=candidates_for(actor))
        .values_list("candidate__person__name", flat=True)
        .first()
    )
    if found is None:
        raise NotFound
    return str(found)


def get_incident_file(actor: Actor, unsafe_file_id: str) -> IncidentFile:
    """A file of an incident of somebody in reach, for staff; raises NotFound."""
    reach = candidates_for(actor)
    found = IncidentFile.objects.filter(public_id=unsafe_file_id, incident__candidate__in=reach).first()
    if found is None or not can_see_rounds(actor):
        raise NotFound
    return found


def get_check_in_photo(actor: Actor, unsafe_check_in_id: str) -> CheckIn:
    """A check-in that has a photo, of somebody in reach, for those who invigilate there; raises NotFound."""
    found = (
        CheckIn.objects.select_related("candidate__round")
        .filter(public_id=unsafe_check_in_id, candidate__in=candidates_for(actor))
        .exclude(photo_stored_name="")
        .filter(erasure=None)
        .first()
    )
    if found is None or not can_invigilate(actor, found.candidate.round):
        raise NotFound
    return found


def check_ins_of(candidate: Candidate) -> QuerySet[CheckIn]:
    """How the identity was checked, newest first."""
    return candidate.check_ins.select_related("checked_by", "sitting", "erasure")


def photos_of(candidate: Candidate) -> QuerySet[CheckIn]:
    """Check-ins of the candidate whose photo is still kept."""
    return candidate.check_ins.exclude(photo_stored_name="").filter(erasure=None)
