"""The desk's pages and the exams that count for nothing, over HTTP."""

import json
from datetime import timedelta
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from exams.actions import offer_handover, open_sitting, start_on_paper
from exams.domain.entry import entry_code
from exams.models import CheckIn, DeviceCheck, Drill, DrillState, Incident, PaperEntry, Presence, Sitting
from tests.exams.after import hand_in, right_answers
from tests.factories.actors import client_of
from tests.factories.exams import (
    CID,
    NOW,
    OTHER_CID,
    items_of,
    lease,
    make_practice_pool,
    make_stage,
)
from tests.factories.registry import make_appointment

pytestmark = pytest.mark.django_db
HEADERS = {"X-Choukao": "1"}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def stage(db):
    return make_stage(people=2)


def staff(stage, who="invigilator"):
    return client_of(User.objects.get(pk=getattr(stage, who).user_id))


def post_json(client, address, body, **headers):
    return client.post(address, json.dumps(body), content_type="application/json", headers={**HEADERS, **headers})


# The desk


def test_check_in_form_keeps_seat_and_photo_and_says_what_is_missing(stage):
    client, address = staff(stage), reverse("exams:check_in", args=[stage.candidates[0].public_id])
    buffer = BytesIO()
    Image.new("RGB", (20, 20)).save(buffer, "PNG")
    told = {"method": "document", "seat": "B7", "photo": SimpleUploadedFile("a.png", buffer.getvalue())}
    refused = client.post(address, told)
    assert (refused.status_code, "单独同意" in refused.text) == (422, True)
    told["photo"] = SimpleUploadedFile("a.png", buffer.getvalue())
    assert client.post(address, {**told, "has_consent": "on"}).status_code == 302
    row = CheckIn.objects.get()
    photo = client.get(reverse("exams:check_in_photo", args=[row.public_id]))
    assert (photo.status_code, photo["Content-Disposition"]) == (200, 'attachment; filename="check-in.png"')
    assert b"".join(photo.streaming_content).startswith(b"\x89PNG")
    assert client_of(stage.user()).get(reverse("exams:check_in_photo", args=[row.public_id])).status_code == 404
    assert "座位" in client.get(reverse("exams:desk", args=[stage.sitting.public_id])).text


def test_sitting_is_closed_only_after_its_word_was_typed(stage):
    stage.open()
    client, address = staff(stage), reverse("exams:sitting_close", args=[stage.sitting.public_id])
    assert "未开始作答的 2 人记为缺考" in client.get(address).text
    assert client.post(address, {"confirm_name": "close"}).status_code == 422
    assert Sitting.objects.get(pk=stage.sitting.pk).state == "open"


def test_wall_shows_the_rotating_code_and_never_the_opening_code(stage, clock):
    sitting = open_sitting(stage.invigilator, stage.sitting.public_id, rotates_code=True, now=NOW)
    address = reverse("exams:code_board", args=[sitting.public_id])
    page = staff(stage).get(address).text
    assert entry_code(settings.SECRET_KEY.encode(), sitting.public_id, NOW) in page
    assert sitting.opening_code not in page
    clock.shift(60)
    assert entry_code(settings.SECRET_KEY.encode(), sitting.public_id, NOW) not in staff(stage).get(address).text


def test_code_on_the_wall_leads_to_the_own_exam_with_the_code_filled_in(stage):
    stage.open()
    client = client_of(stage.user())
    answer = client.get(reverse("exams:enter", args=[stage.sitting.public_id]), {"code": "123456"})
    assert answer.url == f"/my/exams/{stage.candidates[0].public_id}/?code=123456"
    assert 'value="123456"' in client.get(answer.url).text


def test_guessed_codes_are_counted_and_said(stage):
    stage.open()
    client, address = client_of(stage.user()), reverse("exams:my_exam", args=[stage.candidates[0].public_id])
    pages = [client.post(address, {"opening_code": "000000x"}).text for _ in range(6)]
    assert ["开考码不正确" in page for page in pages] == [True] * 5 + [False]
    assert "连续输错次数过多" in pages[5]


def test_incident_form_takes_files_and_gives_them_as_downloads(stage):
    client, candidate = staff(stage), stage.candidates[0]
    files = [SimpleUploadedFile("a.pdf", b"%PDF-1.4 a"), SimpleUploadedFile("b.pdf", b"%PDF-1.4 b")]
    told = {"kind": "note", "description": "手机响铃", "uploads": files}
    assert client.post(reverse("exams:incident", args=[candidate.public_id]), told).status_code == 302
    incident = Incident.objects.get()
    assert [file.file_name for file in incident.files.all()] == ["a.pdf", "b.pdf"]
    answer = client.get(reverse("exams:incident_file", args=[incident.files.first().public_id]))
    assert (b"".join(answer.streaming_content), answer["X-Content-Type-Options"]) == (b"%PDF-1.4 a", "nosniff")


def test_handover_code_gives_another_browser_the_cookie_and_a_clean_address(stage):
    stage.open()
    attempt = stage.start()
    lease(attempt)
    page = staff(stage).post(reverse("exams:handover", args=[attempt.public_id]))
    assert "data:image/svg+xml" in page.text
    _, word = offer_handover(stage.invigilator, attempt.public_id)
    other = Client()
    answer = other.get(reverse("exams:sitting", args=[attempt.public_id]), {"handover": word})
    assert answer.url == f"/sit/{attempt.public_id}/"
    assert other.get(answer.url).status_code == 200
    assert Client().get(answer.url, {"handover": "x"}).status_code == 422

    opened = post_json(other, f"{answer.url}open", {"cid": OTHER_CID, "takeover": True})
    assert opened.status_code == 200
    assert attempt.leases.get(epoch=2).approved_by_id == stage.invigilator.user_id
    invigilator = attempt.leases.get(epoch=2).approved_by
    shown = staff(stage).get(reverse("exams:timeline", args=[attempt.public_id])).text
    assert f"{invigilator} 同意换设备" in shown
    # the word was for one hand-over: a third device that the candidate brings alone has no approver
    post_json(other, f"{answer.url}open", {"cid": "e" * 32, "takeover": True})
    assert attempt.leases.get(epoch=3).approved_by is None


# Beats and reports


def test_beat_and_report_need_the_cookie_and_our_own_page(stage):
    stage.open()
    attempt = stage.start()
    lease(attempt)
    base, client = f"/sit/{attempt.public_id}/", client_of(stage.user())
    assert post_json(client, f"{base}beat", {}).status_code == 401
    client.get(base)
    told = post_json(client, f"{base}beat", {"noticed": [], "dwell": {}}).json()
    assert (told["state"], told["epoch"]) == ("open", 1)
    assert Presence.objects.count() == 1
    assert client.post(f"{base}beat", "{}", content_type="application/json").status_code == 403
    assert post_json(client, f"{base}beat", {}, Origin="https://elsewhere.example").status_code == 403
    assert post_json(client, f"{base}beat", {"noticed": 5}).status_code == 422
    report = {"ref": "r" * 16, "item": items_of(attempt)[0], "text": "看不清图"}
    assert post_json(client, f"{base}fault", report).status_code == 200
    assert post_json(client, f"{base}fault", {**report, "text": "x"}).json()["code"] == "fault_report_wrong"
    assert Incident.objects.count() == 1


def test_page_at_rest_carries_no_name(stage):
    stage.open()
    attempt = stage.start()
    client, base = client_of(stage.user()), f"/sit/{attempt.public_id}/"
    assert "张*" in client.get(base).text
    assert "张" not in client.get(base, {"at_rest": "1"}).text


# Exams that count for nothing


def _sit(client, drill: Drill) -> dict:
    """The whole protocol, every item answered rightly."""
    base = f"/sit/drill/{drill.public_id}/"
    opened = post_json(client, f"{base}open", {"cid": CID}).json()
    key = json.loads(drill.answer_key)["items"]
    events = [
        {
            "seq": seq,
            "item": item["id"],
            "answer": [
                one["id"] for one in item["options"] if key[item["id"]]["options"][one["id"]] in key[item["id"]]["key"]
            ],
            "ms": 1,
            "mono": 1,
        }
        for seq, item in enumerate(opened["paper"]["items"], start=1)
    ]
    saved = post_json(client, f"{base}events", {"epoch": 1, "cid": CID, "events": events}).json()
    assert {one["status"] for one in saved["receipts"]} == {"stored"}
    assert client.get(f"{base}have").json()["have"] == {CID: [[1, len(events)]]}
    assert post_json(client, f"{base}beat", {}).json()["state"] == "open"
    submit = {"epoch": 1, "cid": CID, "last_seq": len(events), "items": {}}
    return post_json(client, f"{base}submit", submit).json()


def test_rehearsal_over_http_from_the_own_page_to_the_explained_score(stage):
    client, candidate = client_of(stage.user()), stage.candidates[0]
    assert "开始模拟考试" in client.get(reverse("exams:my_exam", args=[candidate.public_id])).text
    answer = client.post(reverse("exams:rehearsal", args=[candidate.public_id]))
    page = client.get(answer.url)
    assert "模拟考试" in page.text
    drill = Drill.objects.get()
    told = _sit(client, drill)
    assert json.loads(told["final_receipt"])["type"] == "choukao-rehearsal/1"
    assert "signature" not in told["final_receipt"]
    done = client.get(told["done_url"]).text
    assert "全部答对" in done
    assert "模拟考试" in client.get(reverse("exams:my_exams")).text
    other = client_of(stage.user(1))
    assert other.get(f"/sit/drill/{drill.public_id}/").status_code == 404
    assert post_json(other, f"/sit/drill/{drill.public_id}/open", {"cid": CID}).status_code == 401


def test_spot_exam_begins_by_the_code_alone_and_the_inspector_sees_the_result(stage, clock):
    enterprise = stage.candidates[0].enterprise
    person = make_appointment(enterprise=enterprise).person
    make_practice_pool(stage.exam_round.authority)
    inspector = staff(stage, "regulator")
    found = inspector.get(reverse("exams:spot_exams"), {"q": enterprise.name})
    assert reverse("exams:spot_new", args=[enterprise.public_id]) in found.text
    asked = {"people": [person.public_id], "occasion": "节前检查"}
    answer = inspector.post(reverse("exams:spot_new", args=[enterprise.public_id]), asked)
    board = inspector.get(answer.url)
    assert "data:image/svg+xml" in board.text
    drill = Drill.objects.get()
    phone = Client()
    assert phone.get(f"/sit/drill/{drill.public_id}/").status_code == 302
    key = parse_qs(urlsplit(board.context["cards"][0]["address"]).query)["key"][0]
    assert phone.get(f"/sit/drill/{drill.public_id}/", {"key": key}).status_code == 302
    assert "现场考试" in phone.get(f"/sit/drill/{drill.public_id}/").text
    _sit(phone, drill)
    drill.refresh_from_db()
    assert (drill.state, drill.score) == (DrillState.DONE, 100)
    result = inspector.get(reverse("exams:spot_result", args=[drill.public_id])).text
    assert (person.name in result, "全部答对" in result) == (True, True)
    assert "100" in inspector.get(reverse("exams:spot_new", args=[enterprise.public_id])).text
    clock.shift(3601)
    assert Client().get(f"/sit/drill/{drill.public_id}/", {"key": key}).status_code == 422


def test_device_check_is_kept_and_nonsense_is_refused(stage):
    client, address = client_of(stage.user()), reverse("exams:my_device")
    assert "server_now" in client.get(address, {"now": "1"}).json()
    marks = {"storage": "bad", "clock": "ok", "network": "warn", "browser": "ok"}
    assert client.post(address, marks).json() == {"fit": False}
    assert DeviceCheck.objects.get().findings == marks
    assert client.post(address, {**marks, "clock": "great"}).status_code == 422


# Paper


def test_paper_is_printed_with_its_sheet_and_entered_by_two(stage):
    stage.open()
    attempt = start_on_paper(stage.invigilator, stage.candidates[0].public_id, now=NOW)
    first, second = staff(stage), staff(stage, "regulator")
    printed = first.get(reverse("exams:paper_pdf", args=[attempt.public_id]))
    assert (printed["Content-Type"], printed.content[:5]) == ("application/pdf", b"%PDF-")
    address = reverse("exams:paper", args=[attempt.public_id])
    wrong = first.post(address, {"n1": "Z"})
    assert (wrong.status_code, "第 1 题只能填写" in wrong.text) == (422, True)
    assert first.post(address, {"n1": "A"}).status_code == 302
    differs = second.post(address, {"n1": "B"})
    assert (differs.status_code, "第 1 题" in differs.text) == (422, True)
    assert second.post(address, {"n1": "a"}).status_code == 302
    assert PaperEntry.objects.count() == 3
    assert "这份答卷已经交卷" in first.get(address).text


def test_late_entry_needs_an_open_sitting(stage, clock):
    stage.open()
    attempt = start_on_paper(stage.invigilator, stage.candidates[0].public_id, now=NOW)
    Sitting.objects.filter(pk=stage.sitting.pk).update(state="closed")
    clock.move_to(attempt.deadline + timedelta(minutes=1))
    address = reverse("exams:paper", args=[attempt.public_id])
    staff(stage).post(address, {"n1": "A"})
    refused = staff(stage, "regulator").post(address, {"n1": "A"})
    assert (refused.status_code, "已结束" in refused.text) == (422, True)


def test_enterprise_without_practice_items_is_told_so(stage):
    enterprise = stage.candidates[0].enterprise
    person = make_appointment(enterprise=enterprise).person
    answer = staff(stage).post(reverse("exams:spot_new", args=[enterprise.public_id]), {"people": [person.public_id]})
    assert (answer.status_code, "练习题库" in answer.text) == (422, True)


def test_desk_says_how_the_writing_ended_and_never_what_it_was_worth(stage, django_capture_on_commit_callbacks):
    stage.open()
    attempt = stage.start()
    with django_capture_on_commit_callbacks(execute=True):
        hand_in(attempt, right_answers(attempt))
    candidate = stage.candidates[0]
    candidate.refresh_from_db()
    assert candidate.state == "passed"
    page = staff(stage, "invigilator").get(reverse("exams:desk", args=[stage.sitting.public_id])).text
    row = page.partition(f"/exams/candidates/{candidate.public_id}/")[2].partition("</tr>")[0]
    assert "已交卷" in row
    assert "合格" not in row


def test_misconduct_that_waits_for_a_signature_stands_at_the_head_of_the_desk(stage):
    stage.open()
    stage.start()
    candidate = stage.candidates[0].public_id
    desk = reverse("exams:desk", args=[stage.sitting.public_id])
    told = {"kind": "misconduct", "description": "桌上有纸条"}
    assert staff(stage, "invigilator").post(reverse("exams:incident", args=[candidate]), told).status_code == 302
    second = staff(stage, "regulator")
    assert "待签字的违纪" in second.get(desk).text.partition("desk-live")[0]
    sign = reverse("exams:incident_sign", args=[Incident.objects.get().public_id])
    assert second.post(sign).status_code == 302
    shown = second.get(desk).text
    assert "待签字的违纪" not in shown
    assert "已签字" in shown
