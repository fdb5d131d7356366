"""Pages and API of lectures through HTTP."""

import io
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.models import AuditEntry
from courses.models import Lecture, LectureEvidence
from registry.models import Enterprise
from tests.factories.actors import World
from tests.factories.courses import make_all_evidence, make_lecture, pdf, photo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _autumn() -> Any:
    with time_machine.travel(datetime(2026, 11, 23, 2, 0, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def hazard(world: World) -> World:
    Enterprise.objects.update(is_high_hazard=True)
    return world


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def files_of(kind: str, *files: tuple[str, bytes]) -> dict[str, Any]:
    return {
        "evidence-kind": kind,
        "evidence-uploads": [SimpleUploadedFile(name, content) for name, content in files],
    }


RECORD = {
    "held_at": "2026-11-20T09:00", "minutes": "45", "place": "三楼会议室", "title": "落实主体责任",
    "due_count": "30", "present_count": "28", "summary": "",
}  # fmt: skip


def test_administrator_plans_uploads_and_records_on_a_phone(hazard: World) -> None:
    client = hazard.client("enterprise_admin")
    lecturer = hazard.person.public_id
    plan = {"period": "2026-2", "lecturer_id": lecturer, "title": "落实主体责任", "planned_at": "2026-11-20T09:00"}
    client.post(reverse("courses:lecture_plan", args=[hazard.enterprise.public_id]), plan)
    lecture = Lecture.objects.get()
    record_url = reverse("courses:lecture_record", args=[lecture.public_id])
    evidence_url = reverse("courses:evidence_add", args=[lecture.public_id])

    assert "还缺少：提纲或课件、签到表、照片（还差 2 张）" in text_of(client.get(record_url))
    client.post(evidence_url, files_of("outline", ("提纲.pdf", pdf())))
    client.post(evidence_url, files_of("sign_in", ("签到.jpg", photo())))
    refused = text_of(client.post(record_url, {**RECORD, "lecturer_id": lecturer}))
    assert "缺少：照片（还差 2 张）" in refused
    assert 'value="三楼会议室"' in refused
    client.post(evidence_url, files_of("photo", ("1.jpg", photo()), ("2.jpg", photo())))
    done = client.post(record_url, {**RECORD, "lecturer_id": lecturer}, follow=True)

    page = text_of(done)
    assert "单位填报" in page
    assert "系统未在现场核实" in page
    lecture.refresh_from_db()
    assert (lecture.state, lecture.evidence.count()) == ("recorded", 4)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.svg", b"<svg onload=alert(1)>", "类型不能上传"),
        ("<img src=x onerror=alert(1)>.pdf", b"", "是空的"),
        ("a.jpg", b"\xff\xd8\xffx", "已损坏"),
    ],
)
def test_evidence_that_cannot_be_is_refused_beside_the_form(
    hazard: World, name: str, content: bytes, said: str
) -> None:
    lecture = make_lecture(enterprise=hazard.enterprise, lecturer=hazard.person)

    response = hazard.client("enterprise_admin").post(
        reverse("courses:evidence_add", args=[lecture.public_id]), files_of("outline", (name, content))
    )

    page = text_of(response)
    assert said in page
    assert "<img src=x" not in page
    assert LectureEvidence.objects.count() == 0


def test_evidence_is_streamed_as_a_download_to_those_in_reach(hazard: World) -> None:
    lecture = make_lecture(enterprise=hazard.enterprise, lecturer=hazard.person)
    content = pdf()
    hazard.client("enterprise_admin").post(
        reverse("courses:evidence_add", args=[lecture.public_id]), files_of("outline", ("提纲.pdf", content))
    )
    url = reverse("courses:evidence_download", args=[LectureEvidence.objects.get().public_id])

    response = hazard.client("regulator").get(url)

    assert b"".join(response.streaming_content) == content
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert hazard.client("other_regulator").get(url).status_code == 404


def test_table_shows_states_with_filters_and_export(hazard: World) -> None:
    lecture = make_lecture(
        enterprise=hazard.enterprise, lecturer=hazard.person, state="recorded", title="=1+1课",
        held_at=datetime(2026, 11, 1, tzinfo=UTC), due_count=9, present_count=9,
    )  # fmt: skip
    client = hazard.client("regulator")

    page = text_of(client.get(reverse("courses:lecture_states")))
    assert (hazard.enterprise.name in page, hazard.other_enterprise.name in page) == (True, False)
    assert lecture.title in page
    assert hazard.enterprise.name not in text_of(client.get(reverse("courses:lecture_states"), {"state": "overdue"}))
    assert hazard.enterprise.name in text_of(
        client.get(reverse("courses:lecture_states"), {"state": "overdue", "half": "1", "year": "2026"})
    )
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("courses:lecture_export")).content))
    cells = [[(cell.value, cell.data_type) for cell in row] for row in book.active.iter_rows(min_row=2)]
    assert len(cells) == 1
    assert cells[0][8] == ("=1+1课", "s")
    assert cells[0][7][0] == "张*三"
    assert AuditEntry.objects.filter(action="courses.states_exported").count() == 1


@pytest.mark.parametrize("query", ["year=abc", "year=1", "half=9", "state=x", "area=' OR 1=1", "page=zzz", "size=-1"])
def test_table_with_nonsense_in_the_address_answers(hazard: World, query: str) -> None:
    assert hazard.client("regulator").get(f"{reverse('courses:lecture_states')}?{query}").status_code == 200


def test_plan_page_without_a_principal_says_where_to_add_one(hazard: World) -> None:
    hazard.person.appointments.update(post="other")

    page = text_of(
        hazard.client("enterprise_admin").get(reverse("courses:lecture_plan", args=[hazard.enterprise.public_id]))
    )

    assert "还没有登记在任的主要负责人" in page


def test_api_lists_lectures_in_reach_with_the_lecturer_masked(hazard: World) -> None:
    lecture = make_lecture(enterprise=hazard.enterprise, lecturer=hazard.person)
    make_all_evidence(lecture)
    make_lecture(enterprise=hazard.other_enterprise, lecturer=hazard.other_person)

    body = hazard.api_client("regulator").get(reverse("api:lecture_list")).json()

    assert [(row["id"], row["lecturer_masked"], row["state"]) for row in body["results"]] == [
        (lecture.public_id, "张*三", "planned")
    ]


def test_api_plans_a_lecture_of_the_own_enterprise_only(hazard: World) -> None:
    body = {
        "enterprise_id": hazard.enterprise.public_id, "lecturer_id": hazard.person.public_id, "year": 2026, "half": 2,
        "title": "落实主体责任", "planned_at": "2026-12-01T09:00:00+08:00",
    }  # fmt: skip
    url = reverse("api:lecture_list")

    assert hazard.api_client("other_enterprise_admin").post(url, body, format="json").status_code == 404
    assert hazard.api_client("regulator").post(url, body, format="json").status_code == 403
    wrong = hazard.api_client("enterprise_admin").post(url, {**body, "half": 2, "year": 2001}, format="json")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "half_impossible")
    made = hazard.api_client("enterprise_admin").post(url, body, format="json")
    assert (made.status_code, made.json()["state"]) == (201, "planned")


def test_api_states_of_a_half(hazard: World) -> None:
    client = hazard.api_client("regulator")
    url = reverse("api:lecture_states")

    assert [row["state"] for row in client.get(url).json()] == ["due"]
    assert [row["state"] for row in client.get(url, {"half": 1}).json()] == ["overdue"]
    assert client.get(url, {"half": 5}).status_code == 400
