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
from exams.queries import recorded_candidates
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
class _Rows:
    """What the timeline is made of."""

    candidates: tuple[Candidate, ...]
    certificates: tuple[Certificate, ...]
    lectures: tuple[Lecture, ...]
    follow_ups: tuple[FollowUp, ...]


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
        all_appointments_for(actor)
        .filter(enterprise=enterprise)
        .select_related("person")
        .order_by("post", "-valid_from"),
    )
    serving = tuple(one for one in appointments if one.valid_to is None or one.valid_to >= today)
    candidates = tuple(
        recorded_candidates(actor).filter(enterprise=enterprise).order_by("-round__year", "-round__quarter", "pk"),
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
        timeline=_timeline(_Rows(candidates, certificates, lectures, follow_ups)),
    )


def _timeline(found: _Rows) -> tuple[Event, ...]:
    events = [Event(one.issued_at, "certificate", one.person.name, one.number) for one in found.certificates]
    events += [Event(one.recorded_at, "lecture", one.title) for one in found.lectures if one.recorded_at]
    for step in found.follow_ups:
        name, what = step.candidate.person.name, step.get_step_display()
        events.append(Event(step.opened_at, "follow_up_opened", name, what))
        if step.done_at:
            events.append(Event(step.done_at, "follow_up_done", name, f"{what}：{step.evidence}"))
    events += [
        Event(one.state_changed_at, "candidate", one.person.name, f"{one.round.title}：{one.get_state_display()}")
        for one in found.candidates
    ]
    return tuple(sorted(events, key=lambda event: event.when, reverse=True))
