"""Planning, recording and cancelling lectures."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.storage import default_storage

from core.actor import ENTERPRISE_ADMIN, REGULATOR, Actor, Grant, Reach, Region
from core.errors import EvidenceTypeRefused, NotAllowed, NotFound
from core.models import AuditEntry
from courses.actions import Upload, add_evidence, cancel_lecture, plan_lecture, record_lecture, remove_evidence
from courses.domain.records import LectureDraft, LectureRecord
from courses.errors import (
    CountsImpossible,
    EvidenceDuplicate,
    EvidenceMissing,
    HalfImpossible,
    HeldInFuture,
    LectureNotPlanned,
    LecturerNotPrincipal,
    PhotoNotImage,
    TooManyPhotos,
)
from courses.models import Lecture, LectureEvidence
from registry.models import Appointment, Enterprise
from tests.factories.courses import make_all_evidence, make_evidence, make_lecture, pdf, photo
from tests.factories.registry import make_appointment, make_enterprise

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
RECORD = LectureRecord(
    held_at=datetime(2026, 11, 20, 1, 0, tzinfo=UTC),
    place="三楼会议室",
    title="落实主体责任",
    minutes=45,
    due_count=30,
    present_count=28,
)
pytestmark = pytest.mark.django_db


def admin_of(enterprise: Enterprise) -> Actor:
    grant = Grant(ENTERPRISE_ADMIN, enterprise_id=enterprise.pk)
    reach = Reach(enterprises=frozenset([enterprise.pk]))
    return Actor(user_id=None, person_id=None, label="admin", grants=(grant,), reach=reach)


def officer_of(enterprise: Enterprise) -> Actor:
    region = Region(areas=frozenset([enterprise.area_id]), industries=None)
    grant = Grant(REGULATOR, authority_id=1, region=region)
    return Actor(user_id=None, person_id=None, label="officer", grants=(grant,), reach=Reach(regions=(region,)))


def draft(appointment: Appointment, **over: Any) -> LectureDraft:
    fields = {
        "lecturer_id": appointment.person.public_id,
        "year": 2026,
        "half": 2,
        "title": "落实主体责任",
        "planned_at": datetime(2026, 12, 1, 1, 0, tzinfo=UTC),
    }
    return LectureDraft(**{**fields, **over})


def all_uploads() -> list[Upload]:
    return [
        Upload("outline", "提纲.pdf", pdf()),
        Upload("sign_in", "签到表.jpg", photo()),
        Upload("photo", "1.jpg", photo()),
        Upload("photo", "2.png", photo("PNG")),
    ]


# --- plan ------------------------------------------------------------------------------------------------------------


def test_plan_lecture_by_the_own_administrator_leaves_one_entry() -> None:
    appointment = make_appointment()

    lecture = plan_lecture(
        admin_of(appointment.enterprise), appointment.enterprise.public_id, draft(appointment), now=NOW
    )

    assert (lecture.state, lecture.year, lecture.half, lecture.lecturer) == ("planned", 2026, 2, appointment.person)
    assert AuditEntry.objects.filter(action="courses.lecture_planned", object_id=lecture.public_id).count() == 1


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"half": 3}, HalfImpossible),
        ({"year": 1999}, HalfImpossible),
        ({"lecturer_id": "0" * 32}, LecturerNotPrincipal),
        ({"planned_at": datetime(2024, 12, 1, 1, 0, tzinfo=UTC)}, LecturerNotPrincipal),
    ],
)
def test_plan_lecture_that_cannot_be_is_refused(over: dict[str, Any], refusal: type[Exception]) -> None:
    appointment = make_appointment()

    with pytest.raises(refusal):
        plan_lecture(
            admin_of(appointment.enterprise), appointment.enterprise.public_id, draft(appointment, **over), now=NOW
        )
    assert Lecture.objects.count() == 0


def test_plan_lecture_by_a_safety_manager_is_refused() -> None:
    appointment = make_appointment(post="safety_manager")

    with pytest.raises(LecturerNotPrincipal):
        plan_lecture(admin_of(appointment.enterprise), appointment.enterprise.public_id, draft(appointment), now=NOW)


def test_plan_lecture_for_another_enterprise_is_not_found_and_by_a_regulator_not_allowed() -> None:
    appointment = make_appointment()

    with pytest.raises(NotFound):
        plan_lecture(admin_of(make_enterprise()), appointment.enterprise.public_id, draft(appointment), now=NOW)
    with pytest.raises(NotAllowed):
        plan_lecture(officer_of(appointment.enterprise), appointment.enterprise.public_id, draft(appointment), now=NOW)


# --- record ----------------------------------------------------------------------------------------------------------


def test_record_lecture_with_everything_keeps_facts_and_files() -> None:
    lecture = make_lecture()

    recorded = record_lecture(admin_of(lecture.enterprise), lecture.public_id, RECORD, files=all_uploads(), now=NOW)

    assert (recorded.state, recorded.held_at, recorded.present_count, recorded.recorded_at) == (
        "recorded", RECORD.held_at, 28, NOW,
    )  # fmt: skip
    rows = list(LectureEvidence.objects.order_by("pk"))
    assert [row.kind for row in rows] == ["outline", "sign_in", "photo", "photo"]
    for row in rows:
        assert "提纲" not in row.stored_name
        with default_storage.open(row.stored_name) as stored:
            assert len(stored.read()) == row.size_bytes
    assert AuditEntry.objects.filter(action="courses.lecture_recorded").count() == 1


def test_record_lecture_counts_files_uploaded_before() -> None:
    lecture = make_lecture()
    make_all_evidence(lecture)

    assert record_lecture(admin_of(lecture.enterprise), lecture.public_id, RECORD, now=NOW).state == "recorded"


def test_record_lecture_without_all_evidence_names_what_is_missing_and_keeps_nothing() -> None:
    lecture = make_lecture()
    make_evidence(lecture, "outline")
    before = set(default_storage.listdir("lectures")[1]) if default_storage.exists("lectures") else set()

    with pytest.raises(EvidenceMissing) as refused:
        record_lecture(
            admin_of(lecture.enterprise), lecture.public_id, RECORD, files=[Upload("photo", "1.jpg", photo())], now=NOW
        )

    assert refused.value.params == {"missing": "签到表、照片（还差 1 张）"}
    lecture.refresh_from_db()
    assert (lecture.state, lecture.held_at, lecture.evidence.count()) == ("planned", None, 1)
    assert set(default_storage.listdir("lectures")[1]) == before


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"held_at": datetime(2026, 11, 24, 1, 0, tzinfo=UTC)}, HeldInFuture),
        ({"present_count": 31}, CountsImpossible),
        ({"lecturer_id": "0" * 32}, LecturerNotPrincipal),
    ],
)
def test_record_lecture_that_cannot_be_is_refused(over: dict[str, Any], refusal: type[Exception]) -> None:
    lecture = make_lecture()
    make_all_evidence(lecture)

    with pytest.raises(refusal):
        record_lecture(admin_of(lecture.enterprise), lecture.public_id, replace(RECORD, **over), now=NOW)

    lecture.refresh_from_db()
    assert lecture.state == "planned"


def test_record_lecture_by_a_principal_who_left_before_is_refused() -> None:
    lecture = make_lecture()
    make_all_evidence(lecture)
    Appointment.objects.update(valid_to=date(2026, 11, 19))

    with pytest.raises(LecturerNotPrincipal):
        record_lecture(admin_of(lecture.enterprise), lecture.public_id, RECORD, now=NOW)


def test_record_lecture_by_another_principal_of_the_day_takes_that_name() -> None:
    lecture = make_lecture()
    make_all_evidence(lecture)
    other = make_appointment(enterprise=lecture.enterprise).person

    record_lecture(
        admin_of(lecture.enterprise), lecture.public_id, replace(RECORD, lecturer_id=other.public_id), now=NOW
    )

    lecture.refresh_from_db()
    assert lecture.lecturer == other


def test_record_lecture_twice_is_refused() -> None:
    lecture = make_lecture()
    make_all_evidence(lecture)
    record_lecture(admin_of(lecture.enterprise), lecture.public_id, RECORD, now=NOW)

    with pytest.raises(LectureNotPlanned):
        record_lecture(admin_of(lecture.enterprise), lecture.public_id, RECORD, now=NOW)


def test_record_lecture_of_another_enterprise_is_not_found() -> None:
    lecture = make_lecture()

    with pytest.raises(NotFound):
        record_lecture(admin_of(make_enterprise()), lecture.public_id, RECORD, now=NOW)


# --- evidence --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("uploads", "refusal"),
    [
        ([Upload("photo", "1.pdf", pdf())], PhotoNotImage),
        ([Upload("outline", "x.html", b"<script>")], EvidenceTypeRefused),
        ([Upload("photo", f"{number}.jpg", photo()) for number in range(4)], TooManyPhotos),
        ([Upload("outline", "a.pdf", b"%PDF-same"), Upload("sign_in", "b.pdf", b"%PDF-same")], EvidenceDuplicate),
    ],
)
def test_add_evidence_that_cannot_be_leaves_no_row_and_no_file(uploads: list[Upload], refusal: type[Exception]) -> None:
    lecture = make_lecture()
    before = set(default_storage.listdir("lectures")[1]) if default_storage.exists("lectures") else set()

    with pytest.raises(refusal):
        add_evidence(admin_of(lecture.enterprise), lecture.public_id, uploads, now=NOW)

    after = set(default_storage.listdir("lectures")[1]) if default_storage.exists("lectures") else set()
    assert (LectureEvidence.objects.count(), after) == (0, before)


def test_remove_evidence_takes_row_and_file_and_is_recorded(django_capture_on_commit_callbacks: Any) -> None:
    lecture = make_lecture()
    actor = admin_of(lecture.enterprise)
    row = add_evidence(actor, lecture.public_id, [Upload("outline", "a.pdf", pdf())], now=NOW)[0]

    with django_capture_on_commit_callbacks(execute=True):
        remove_evidence(actor, row.public_id, now=NOW)

    assert not default_storage.exists(row.stored_name)
    assert AuditEntry.objects.filter(action="courses.evidence_removed").count() == 1


def test_evidence_of_a_recorded_lecture_stays_as_it_is() -> None:
    lecture = make_lecture()
    rows = make_all_evidence(lecture)
    actor = admin_of(lecture.enterprise)
    record_lecture(actor, lecture.public_id, RECORD, now=NOW)

    with pytest.raises(LectureNotPlanned):
        remove_evidence(actor, rows[0].public_id, now=NOW)
    with pytest.raises(LectureNotPlanned):
        add_evidence(actor, lecture.public_id, [Upload("outline", "a.pdf", pdf())], now=NOW)
    assert LectureEvidence.objects.count() == 4


# --- cancel ----------------------------------------------------------------------------------------------------------


def test_cancel_lecture_keeps_the_reason() -> None:
    lecture = make_lecture()

    cancelled = cancel_lecture(admin_of(lecture.enterprise), lecture.public_id, reason="改期", now=NOW)

    assert cancelled.state == "cancelled"
    assert AuditEntry.objects.get(action="courses.lecture_cancelled").reason == "改期"
    with pytest.raises(LectureNotPlanned):
        record_lecture(admin_of(lecture.enterprise), lecture.public_id, RECORD, now=NOW)
