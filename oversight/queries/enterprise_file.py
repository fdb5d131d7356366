"""一企一档: everything that the system knows about one enterprise, from the rooms below."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from certificates.models import Certificate
from certificates.queries import certificates_for
from core.actor import Actor
from core.errors import NotAllowed
from courses.models import Lecture
from courses.queries import lectures_for
from exams.models import Candidate
from exams.queries import candidates_for
from oversight.models import FollowUp
from oversight.policies import can_see_enterprise_files
from oversight.queries.follow_ups import follow_ups_for
from oversight.queries.lectures import due_day, half_of, state_of
from registry.models import Appointment, Enterprise
from registry.queries import all_appointments_for, enterprises_for, get_enterprise


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline. `what` is a sentence in Chinese source text; `about` names person or thing."""

    when: datetime
    kind: str
    about: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class EnterpriseFile:
    """One enterprise's record. Lists are newest first."""

    enterprise: Enterprise
    tags: tuple[str, ...]
    serving: tuple[Appointment, ...]
    former: tuple[Appointment, ...]
    candidates: tuple[Candidate, ...]
    certificates: tuple[Certificate, ...]
    lectures: tuple[Lecture, ...]
    follow_ups: tuple[FollowUp, ...]
    lecture_state: str
    lecture_due: date
    timeline: tuple[Event, ...]


def files_for(actor: Actor) -> QuerySet[Enterprise]:
    """The enterprises whose file the actor may open; raises NotAllowed where files are not for them."""
    if not can_see_enterprise_files(actor):
        raise NotAllowed
    return enterprises_for(actor)


def enterprise_file(actor: Actor, unsafe_enterprise_id: str, *, today: date) -> EnterpriseFile:
    """One file; raises NotFound, NotAllowed. Eight queries."""
    enterprise = get_enterprise(actor, unsafe_enterprise_id)
    if not can_see_enterprise_files(actor):
        raise NotAllowed
    appointments = list(
        all_appointments_for(actor).filter(enterprise=enterprise).select_related("person").order_by("post", "-valid_from"),
    )
    serving = tuple(one for one in appointments if one.valid_to is None or one.valid_to >= today)
    candidates = tuple(
        candidates_for(actor).filter(enterprise=enterprise).order_by("-round__year", "-round__quarter", "pk"),
    )
    certificates = tuple(certificates_for(actor).filter(candidate__enterprise=enterprise))
    lectures = tuple(
        lectures_for(actor).filter(enterprise=enterprise).order_by("-year", "-half", "-pk"),
    )
    follow_ups = tuple(follow_ups_for(actor).filter(candidate__enterprise=enterprise).order_by("-opened_at"))
    return EnterpriseFile(
        enterprise=enterprise,
        tags=tuple(enterprise.tags.values_list("name", flat=True)),
        serving=serving,
        former=tuple(one for one in appointments if one not in serving),
        candidates=candidates,
        certificates=certificates,
        lectures=lectures,
        follow_ups=follow_ups,
        lecture_state=state_of(actor, enterprise.pk, today),
        lecture_due=due_day(*half_of(today)),
        timeline=_timeline(certificates, lectures, follow_ups, candidates),
    )


def _timeline(
    certificates: tuple[Certificate, ...],
    lectures: tuple[Lecture, ...],
    follow_ups: tuple[FollowUp, ...],
    candidates: tuple[Candidate, ...],
) -> tuple[Event, ...]:
    events = [Event(one.issued_at, "certificate", one.person.name, one.number) for one in certificates]
    events += [Event(one.recorded_at, "lecture", one.title, "") for one in lectures if one.recorded_at]
    events += [Event(one.opened_at, "follow_up_opened", one.candidate.person.name, one.get_step_display()) for one in follow_ups]
    events += [
        Event(one.done_at, "follow_up_done", one.candidate.person.name, f"{one.get_step_display()}：{one.evidence}")
        for one in follow_ups
        if one.done_at
    ]
    events += [Event(one.state_changed_at, "candidate", one.person.name, f"{one.round.title}：{one.get_state_display()}") for one in candidates]
    return tuple(sorted(events, key=lambda event: event.when, reverse=True))
