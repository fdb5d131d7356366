"""Flags with their files, enlargements and minutes by the API: the same actions and reach as the pages."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from core.models import AuditEntry
from draws.actions import end_enlarging
from draws.jobs import task_print_minutes
from draws.models import Enlargement, Evidence, Minutes, Replacement, RosterFlag
from tests.factories.actors import api_client_of
from tests.factories.draws import AFTER_WINDOW, NOW, make_draft, make_drawn, make_population

PDF = b"%PDF-1.7 evidence"
REASON = {"reason": "发生一般事故", "evidence": "12 号通报"}


@pytest.fixture
def api(cast):
    return {name: api_client_of(User.objects.get(pk=getattr(cast, name).user_id)) for name in ("regulator", "reviewer")}


def pdf(name="通报.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def test_api_asks_for_a_must_sit_with_its_file_and_another_approves(cast, api, time_machine):
    time_machine.move_to(NOW)
    (appointment, *_) = make_population(cast, 3)
    draw = make_draft(cast)
    base = f"/api/v1/draws/{draw.public_id}/flags/"
    asked = {"person": appointment.person.public_id, "flag": "M:ACC", **REASON, "file": pdf()}
    made = api["regulator"].post(base, asked, format="multipart")
    assert made.status_code == 201
    assert (made.json()["flag"], made.json()["approved_at"]) == ("M:ACC", None)
    assert made.json()["files"][0]["file_name"] == "通报.pdf"
    with default_storage.open(Evidence.objects.get().stored_name) as stored:
        assert stored.read() == PDF
    approve = f"/api/v1/draws/flags/{made.json()['id']}/approval/"
    assert api["regulator"].post(approve).json()["code"] == "same_approver"
    assert api["reviewer"].post(approve).json()["approved_at"] is not None
    assert [row["id"] for row in api["reviewer"].get(base).json()] == [made.json()["id"]]
    withdraw = f"/api/v1/draws/flags/{made.json()['id']}/withdrawal/"
    assert api["reviewer"].post(withdraw, {"reason": "事故调查结论有变"}, format="json").status_code == 204
    assert not RosterFlag.objects.exists()


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (None, "evidence_file_missing"),
        (pdf(content=b""), "evidence_empty"),
        (pdf("通报.exe", b"MZ..."), "evidence_type_refused"),
        (pdf("通报.png"), "evidence_name_mismatch"),
    ],
)
def test_api_exclusion_without_a_fit_file_is_refused_and_keeps_nothing(cast, api, time_machine, file, code):
    time_machine.move_to(NOW)
    (appointment, *_) = make_population(cast, 1)
    base = f"/api/v1/draws/{make_draft(cast).public_id}/flags/"
    asked = {"person": appointment.person.public_id, "flag": "X:ILL", **REASON} | ({"file": file} if file else {})
    refused = api["regulator"].post(base, asked, format="multipart")
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert not RosterFlag.objects.exists()
    assert not Evidence.objects.exists()


def test_api_excuse_carries_its_evidence_file(cast, api, time_machine):
    time_machine.move_to(AFTER_WINDOW)
    make_population(cast, 5)
    draw = make_drawn(cast)
    pid = draw.places.get(status="S1").entry.pid
    asked = {"pid": pid, "reason_code": "ILL", "reason": "住院治疗", "evidence": "病历", "file": pdf("病历.pdf")}
    made = api["regulator"].post(f"/api/v1/draws/{draw.public_id}/replacements/", asked, format="multipart")
    assert made.status_code == 201
    assert Evidence.objects.get().replacement == Replacement.objects.get()


def test_api_enlarges_the_sample_by_two_people(cast, api, time_machine):
    time_machine.move_to(AFTER_WINDOW)
    make_population(cast, 9)
    draw = make_drawn(cast)
    base = f"/api/v1/draws/{draw.public_id}/enlargements/"
    nothing = api["regulator"].post(base, {"reason": "人数不足"}, format="json")
    assert (nothing.status_code, nothing.json()["code"]) == (400, "invalid")
    asked = api["regulator"].post(base, {"seats": 2, "reason": "人数不足"}, format="json")
    assert (asked.status_code, asked.json()["seats"]) == (201, {"BUILD-430602201-P": 2})
    decide = f"/api/v1/draws/enlargements/{asked.json()['id']}/decision/"
    assert api["regulator"].post(decide, {"approve": True}, format="json").json()["code"] == "same_approver"
    decided = api["reviewer"].post(decide, {"approve": True}, format="json").json()
    assert (decided["state"], decided["number"]) == ("approved", 1)
    assert [row["state"] for row in api["reviewer"].get(base).json()] == ["approved"]
    table = {"table": {"BUILD-430602201-P": 1}, "reason": "人数仍不足"}
    assert api["regulator"].post(base, table, format="json").json()["seats"] == {"BUILD-430602201-P": 1}


def test_api_enlargement_after_the_opening_is_refused(cast, api, time_machine):
    time_machine.move_to(AFTER_WINDOW)
    make_population(cast, 9)
    draw = make_drawn(cast)
    end_enlarging(cast.regulator, draw.pk, now=AFTER_WINDOW)
    asked = {"seats": 1, "reason": "人数不足"}
    refused = api["regulator"].post(f"/api/v1/draws/{draw.public_id}/enlargements/", asked, format="json")
    assert (refused.status_code, refused.json()["code"]) == (422, "enlarging_ended")
    assert "2026-11-26 18:01" in refused.json()["message"]
    assert not Enlargement.objects.exists()


def test_api_records_minutes_and_gives_the_pdf_once_it_is_printed(cast, api, time_machine):
    time_machine.move_to(AFTER_WINDOW)
    make_population(cast, 3)
    draw = make_drawn(cast)
    base = f"/api/v1/draws/{draw.public_id}/minutes/"
    assert api["regulator"].get(base).status_code == 404
    present = [{"name": "王监督", "capacity": "区纪委"}, {"name": "李群众", "capacity": "市民，自愿旁听"}]
    told = {"place": "区政务中心", "present": present, "remarks": "全程录像"}
    made = api["regulator"].post(base, told, format="json")
    assert made.status_code == 201
    assert (made.json()["number"], made.json()["present"], made.json()["pdf"]) == (1, present, None)
    assert api["reviewer"].post(base, told, format="json").status_code == 403
    assert Minutes.objects.count() == 1
    assert AuditEntry.objects.filter(action="draw.minutes_recorded").count() == 1
    task_print_minutes(draw_id=draw.pk)
    found = api["reviewer"].get(base).json()["pdf"]
    assert api["reviewer"].get(found["url"]).getvalue().startswith(b"%PDF")


@pytest.mark.parametrize(
    "present",
    [
        [],
        "王监督，区纪委",
        [{"name": "", "capacity": "区纪委"}],
        [{"name": "王\n李", "capacity": "x"}],
        [{"name": "王，李", "capacity": "x"}],
    ],
)
def test_api_minutes_of_a_wrong_shape_are_refused(cast, api, time_machine, present):
    time_machine.move_to(AFTER_WINDOW)
    make_population(cast, 3)
    base = f"/api/v1/draws/{make_drawn(cast).public_id}/minutes/"
    refused = api["regulator"].post(base, {"place": "区政务中心", "present": present}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    assert not Minutes.objects.exists()
