"""Lectures within reach, and how enterprises stand in a half-year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from core.actor import Actor
from core.errors import NotAllowed, NotFound
from courses.domain.halves import Half, LectureFacts, Standing, standing_in
from courses.domain.records import Term
from courses.models import Lecture, LectureEvidence
from courses.policies import can_keep_lectures, can_read_lectures
from registry.models import Enterprise, Person, Post
from registry.queries import all_appointments_for, appointments_for, enterprises_for


@dataclass(frozen=True, slots=True)
class LectureState:
    """How one enterprise stands in one half-year; `lecture` is the one that decides, when there is one."""

    enterprise: Enterprise
    half: Half
    state: Standing
    due_on: date
    lecture: Lecture | None


def check_may_read(actor: Actor) -> None:
    """Raises NotAllowed for those who have no business with lectures."""
    if not can_read_lectures(actor):
        raise NotAllowed


def check_may_keep(actor: Actor, enterprise_id: int) -> None:
    """Raises NotAllowed for those who see the enterprise's lectures but do not keep them."""
    if not can_keep_lectures(actor, enterprise_id):
        raise NotAllowed


def lectures_for(actor: Actor) -> QuerySet[Lecture]:
    """Lectures of the enterprises in reach, with enterprise and lecturer."""
    return Lecture.objects.filter(enterprise__in=enterprises_for(actor).order_by().values("pk")).select_related(
        "enterprise__area", "enterprise__industry", "lecturer", "recorded_by"
    )


def get_lecture(actor: Actor, lecture_id: str) -> Lecture:
    """One of `lectures_for`, by public id. Raises NotFound."""
    try:
        return lectures_for(actor).get(public_id=lecture_id)
    except Lecture.DoesNotExist:
        raise NotFound


def lock_lecture(actor: Actor, lecture_id: str) -> Lecture:
    """The same, locked for update. Raises NotFound."""
    try:
        return lectures_for(actor).select_for_update(of=("self",)).get(public_id=lecture_id)
    except Lecture.DoesNotExist:
        raise NotFound


def get_evidence(actor: Actor, evidence_id: str) -> LectureEvidence:
    """A file of a lecture in reach. Raises NotFound."""
    try:
        return (
            LectureEvidence.objects.filter(lecture__in=lectures_for(actor).order_by().values("pk"))
            .select_related("lecture__enterprise")
            .get(public_id=evidence_id)
        )
    except LectureEvidence.DoesNotExist:
        raise NotFound


def evidence_of(lecture: Lecture) -> list[LectureEvidence]:
    """The files of a lecture that the caller reached, in the order of their kinds."""
    order = list(LectureEvidence.Kind.values)
    return sorted(lecture.evidence.select_related("uploaded_by"), key=lambda row: (order.index(row.kind), row.pk))


def principals_of(actor: Actor, enterprise: Enterprise, *, on: date) -> list[Person]:
    """The principals in post on a day, by name."""
    rows = appointments_for(actor, on=on).filter(enterprise=enterprise, post=Post.PRINCIPAL)
    people = {row.person_id: row.person for row in rows}
    return sorted(people.values(), key=lambda person: (person.name_sort_key, person.pk))


def terms_as_principal(actor: Actor, enterprise: Enterprise, person_id: str) -> list[Term]:
    """The person's appointments as principal of the enterprise; the person by public id."""
    rows = all_appointments_for(actor).filter(enterprise=enterprise, person__public_id=person_id, post=Post.PRINCIPAL)
    return [Term(row.valid_from, row.valid_to) for row in rows]


def enterprises_to_lecture(actor: Actor) -> QuerySet[Enterprise]:
    """Active high-hazard enterprises in reach: their principals owe two lectures a year."""
    return enterprises_for(actor).filter(is_active=True, is_high_hazard=True)


def lecture_states(
    actor: Actor, year: int, half: int, *, today: date, enterprises: QuerySet[Enterprise] | None = None
) -> list[LectureState]:
    """How each high-hazard enterprise in reach stands, in the order of `enterprises` (by default by name). Two queries."""
    rows = list(enterprises_to_lecture(actor) if enterprises is None else enterprises)
    period = Half(year, half)
    lectures: dict[int, list[Lecture]] = {}
    found = lectures_for(actor).filter(year=year, half=half, enterprise__in=[row.pk for row in rows])
    for lecture in found.exclude(state=Lecture.State.CANCELLED).order_by("planned_at", "pk"):
        lectures.setdefault(lecture.enterprise_id, []).append(lecture)
    return [_state(row, period, lectures.get(row.pk, ()), today=today) for row in rows]


def facts_of(lecture: Lecture) -> LectureFacts:
    """What the domain needs to know, days in the district's time zone."""
    return LectureFacts(
        state=lecture.state,
        planned_on=timezone.localtime(lecture.planned_at).date(),
        held_on=timezone.localtime(lecture.held_at).date() if lecture.held_at else None,
    )


def _state(enterprise: Enterprise, half: Half, lectures: Sequence[Lecture], *, today: date) -> LectureState:
    standing = standing_in(half, [facts_of(lecture) for lecture in lectures], today=today)
    recorded = next((lecture for lecture in lectures if lecture.state == Lecture.State.RECORDED), None)
    decisive = recorded or (lectures[-1] if lectures else None)
    return LectureState(enterprise, half, standing, half.due_on, decisive)


def missing_text(missing: Sequence[tuple[str, int]]) -> str:
    """What is missing in words: 签到表、照片（还差 2 张）."""
    words = []
    for kind, wanted in missing:
        label = str(LectureEvidence.Kind(kind).label)
        is_counted = kind == LectureEvidence.Kind.PHOTO
        words.append(gettext("{kind}（还差 {count} 张）").format(kind=label, count=wanted) if is_counted else label)
    return "、".join(words)
