"""Planning, recording and cancelling lectures."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from core.actor import Actor
from core.audit import audit
from courses.actions.evidence import Upload, attach, lock_planned, stored
from courses.domain.halves import Half, checked_half
from courses.domain.records import (
    LectureDraft,
    LectureRecord,
    check_lecturer,
    check_record,
    check_texts,
    missing_evidence,
)
from courses.errors import EvidenceMissing
from courses.models import Lecture
from courses.queries import check_may_keep, get_lecture, missing_text, terms_as_principal
from registry.queries import get_enterprise, get_person


@transaction.atomic
def plan_lecture(actor: Actor, enterprise_id: str, draft: LectureDraft, *, now: datetime) -> Lecture:
    """A lecture to be given by a principal of the enterprise (public ids).

    Raises NotFound, NotAllowed, HalfImpossible, TextMissing, LecturerNotPrincipal.
    """
    enterprise = get_enterprise(actor, enterprise_id)
    check_may_keep(actor, enterprise.pk)
    half = checked_half(draft.year, draft.half, today=timezone.localtime(now).date())
    check_texts(draft.title, draft.place or "-")
    check_lecturer(
        terms_as_principal(actor, enterprise, draft.lecturer_id), on=timezone.localtime(draft.planned_at).date()
    )
    lecture = Lecture.objects.create(
        enterprise=enterprise,
        lecturer=get_person(actor, draft.lecturer_id),
        year=half.year,
        half=half.half,
        title=draft.title.strip(),
        place=draft.place.strip(),
        planned_at=draft.planned_at,
        created_at=now,
    )
    details = {"enterprise": enterprise.public_id, "year": half.year, "half": half.half, "planned_at": draft.planned_at}
    audit(actor, "courses.lecture_planned", lecture, details=details)
    return lecture


def record_lecture(
    actor: Actor, lecture_id: str, record: LectureRecord, *, files: Sequence[Upload] = (), now: datetime
) -> Lecture:
    """What the enterprise says happened, with its evidence complete: files added before and those given now.

    Raises NotFound, NotAllowed, LectureNotPlanned, LecturerNotPrincipal, EvidenceMissing, and the refusals of
    `check_record`, `attach` and `clean_file`; then nothing is kept.
    """
    check_may_keep(actor, get_lecture(actor, lecture_id).enterprise_id)
    with stored(files) as kept, transaction.atomic():
        lecture = lock_planned(actor, lecture_id)
        _fill(actor, lecture, record, now=now)
        attach(actor, lecture, kept, now=now)
        rows = list(lecture.evidence.all())
        missing = missing_evidence(row.kind for row in rows)
        if missing:
            raise EvidenceMissing(missing=missing_text(missing))
        lecture.state = Lecture.State.RECORDED
        lecture.recorded_by_id = actor.user_id
        lecture.recorded_at = now
        lecture.save()
        details = {
            "held_at": record.held_at,
            "due": record.due_count,
            "present": record.present_count,
            "evidence": sorted(row.sha256 for row in rows),
        }
        audit(actor, "courses.lecture_recorded", lecture, details=details)
        return lecture


@transaction.atomic
def cancel_lecture(actor: Actor, lecture_id: str, *, reason: str, now: datetime) -> Lecture:
    """A plan that will not happen; its files stay with it. Raises NotFound, NotAllowed, LectureNotPlanned."""
    lecture = lock_planned(actor, lecture_id)
    lecture.state = Lecture.State.CANCELLED
    lecture.save(update_fields=["state"])
    audit(actor, "courses.lecture_cancelled", lecture, details={"at": now}, reason=reason.strip()[:300])
    return lecture


def _fill(actor: Actor, lecture: Lecture, record: LectureRecord, *, now: datetime) -> None:
    held_on = timezone.localtime(record.held_at).date()
    check_record(record, half=Half(lecture.year, lecture.half), held_on=held_on, now=now)
    lecturer_id = record.lecturer_id or lecture.lecturer.public_id
    check_lecturer(terms_as_principal(actor, lecture.enterprise, lecturer_id), on=held_on)
    if lecturer_id != lecture.lecturer.public_id:
        lecture.lecturer = get_person(actor, lecturer_id)
    lecture.held_at = record.held_at
    lecture.place = record.place.strip()
    lecture.title = record.title.strip()
    lecture.minutes = record.minutes
    lecture.due_count = record.due_count
    lecture.present_count = record.present_count
    lecture.summary = record.summary.strip()
