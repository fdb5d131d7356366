"""Pages of staff and candidates: what they show, what they never show, and how many queries they cost."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core.canonical import canonical_sha256
from core.seeded import fresh_token
from exams.actions import confirm_attendance
from exams.domain.receipts import receipt_code
from exams.forms import RoundForm
from exams.models import AnswerEvent, Extension, Incident, Round
from exams.queries.home import tasks_for
from question_bank.models import Blueprint, QuestionVersion
from registry.models import Authority
from tests.exams.submitting import submit
from tests.factories.actors import api_client_of, client_of
from tests.factories.exams import (
    CID,
    NOW,
    PAPER_KEY,
    items_of,
    lease,
    make_candidate,
    make_round,
    make_sitting,
    make_stage,
    right_answers,
    send,
    wire,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def stage(db):
    return make_stage(people=2)


def staff(stage, who="regulator"):
    return client_of(User.objects.get(pk=getattr(stage, who).user_id))


def queries_of(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# What a candidate must never see


def test_nothing_that_a_candidate_can_fetch_holds_a_key_before_release(stage, django_capture_on_commit_callbacks):
    stage.open()
    attempt = stage.start()
    lease(attempt)
    right, items = right_answers(attempt), items_of(attempt)
    with django_capture_on_commit_callbacks(execute=True):
        send(attempt, *(wire(seq, item, right[item]) for seq, item in enumerate(items, start=1)))
    candidate = stage.candidates[0]
    client, api = client_of(stage.user()), api_client_of(stage.user())
    headers = {"X-Choukao": "1"}
    base = f"/sit/{attempt.public_id}/"

    def post(end, body):
        return client.post(f"{base}{end}", json.dumps(body), content_type="application/json", headers=headers)

    answers = [
        client.get(base),
        post("open", {"cid": CID}),
        post("events", {"epoch": 1, "cid": CID, "events": [wire(8, items[0], right[items[0]]), {"seq": 9}]}),
        client.get(f"{base}have"),
        post("submit", {"epoch": 1, "cid": CID, "last_seq": 99, "items": {}}),
        client.get(reverse("exams:my_exams")),
        client.get(reverse("exams:my_exam", args=[candidate.public_id])),
        api.get("/api/v1/my/exams/"),
        api.get(f"/api/v1/my/exams/{candidate.public_id}/"),
        api.get(f"/api/v1/candidates/{candidate.public_id}/"),
        client.get(reverse("exams:rounds")),
        client.get(reverse("exams:desk", args=[stage.sitting.public_id])),
        client.get(reverse("exams:candidate", args=[candidate.public_id])),
    ]
    with django_capture_on_commit_callbacks(execute=True):
        submit(attempt, right, last_seq=8)
    answers += [client.get(f"{base}done"), client.get(reverse("exams:my_exam", args=[candidate.public_id]))]

    told = "\n".join(answer.content.decode() + str(dict(answer.headers)) for answer in answers)
    secrets = [PAPER_KEY.hex(), "CANARY-KEY", stage.exam_round.draw.seed, "answer_key", "difficulty"]
    secrets += list(QuestionVersion.objects.values_list("content_sha256", flat=True))
    secrets += list(QuestionVersion.objects.values_list("question__public_id", flat=True))
    assert "CANARY-KEY" in str(list(QuestionVersion.objects.values_list("content", flat=True)))
    assert items[0] in told
    assert [secret for secret in secrets if f'"{secret}"' in told or (len(secret) > 8 and secret in told)] == []


def test_score_is_shown_alone_and_without_the_paper(stage, django_capture_on_commit_callbacks):
    stage.open()
    attempt = stage.start()
    lease(attempt)
    with django_capture_on_commit_callbacks(execute=True):
        submit(attempt, {}, last_seq=0)
    page = client_of(stage.user()).get(reverse("exams:my_exam", args=[stage.candidates[0].public_id])).text
    assert "不合格" in page
    assert "题干" not in page


# Query counts: the same number for one row and for three


def test_list_of_rounds_costs_the_same_for_one_and_for_three(stage):
    url, client = reverse("exams:rounds"), staff(stage)
    one = queries_of(client, url)
    for quarter in (1, 2):
        make_round(authority=stage.exam_round.authority, quarter=quarter)
    assert queries_of(client, url) == one <= 12


def test_list_of_candidates_costs_the_same_for_two_and_for_four(stage):
    url, client = reverse("exams:round_candidates", args=[stage.exam_round.public_id]), staff(stage)
    two = queries_of(client, url)
    for candidate in list(stage.candidates):
        make_candidate(stage.exam_round, enterprise=candidate.enterprise)
    assert queries_of(client, url) == two <= 14


def test_desk_costs_the_same_whoever_writes_and_nothing_is_sent_when_nothing_happened(stage):
    stage.open()
    client, live = staff(stage, "invigilator"), reverse("exams:desk_live", args=[stage.sitting.public_id])
    before = queries_of(client, live)
    for index in (0, 1):
        attempt = stage.start(index)
        lease(attempt)
        send(attempt, wire(1, items_of(attempt)[0], None))
    assert queries_of(client, live) == before <= 13
    version = client.get(live).context["version"]
    with CaptureQueriesContext(connection) as captured:
        again = client.get(live, {"v": version})
    assert (again.status_code, again.content) == (204, b"")
    assert len(captured) == before - 2
    send(attempt, wire(2, items_of(attempt)[1], None))
    assert client.get(live, {"v": version}).status_code == 200


def test_own_exams_cost_the_same_for_one_and_for_three(stage):
    client, url = client_of(stage.user()), reverse("exams:my_exams")
    one = queries_of(client, url)
    for quarter in (1, 2):
        other = make_round(authority=stage.exam_round.authority, quarter=quarter)
        make_sitting(other)
        make_candidate(other, person=stage.candidates[0].person)
    assert queries_of(client, url) == one <= 10


# What they show


def test_round_page_says_what_blocks_the_next_step(stage):
    stage.open()
    stage.start()
    page = staff(stage).get(reverse("exams:round", args=[stage.exam_round.public_id])).text
    assert "还有 1 名考生正在作答" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "notified"}, 2),
        ({"state": "passed"}, 0),
        ({"source": "must_sit"}, 0),
        ({"source": "drawn"}, 2),
        ({"q": "没有这个人"}, 0),
    ],
)
def test_candidates_are_filtered_by_what_the_address_says(stage, query, found):
    answer = staff(stage).get(reverse("exams:round_candidates", args=[stage.exam_round.public_id]), query)
    assert answer.context["count"] == found


@pytest.mark.parametrize(
    "query",
    [
        {"order": "person__phone"},
        {"order": "-"},
        {"order": "' OR 1=1"},
        {"page": "9999"},
        {"page": "x"},
        {"size": "1000000"},
        {"state": "x"},
        {"q": "a" * 10_000},
    ],
)
def test_hostile_queries_are_answered_in_order(stage, query):
    answer = staff(stage).get(reverse("exams:round_candidates", args=[stage.exam_round.public_id]), query)
    assert answer.status_code == 200
    assert len(answer.context["rows"]) in {0, 2}


def test_hostile_name_is_shown_and_not_run(stage):
    person = stage.candidates[0].person
    person.name = '<script>alert("x")</script>'
    person.save()
    for url in (
        reverse("exams:round_candidates", args=[stage.exam_round.public_id]),
        reverse("exams:candidate", args=[stage.candidates[0].public_id]),
        reverse("exams:desk", args=[stage.sitting.public_id]),
    ):
        page = staff(stage).get(url).text
        assert "&lt;script&gt;alert" in page
        assert '<script>alert("x")' not in page


def test_desk_shows_the_code_to_staff_only(stage):
    code = stage.open().opening_code
    board = reverse("exams:code_board", args=[stage.sitting.public_id])
    assert code in staff(stage, "invigilator").get(board).text
    assert client_of(stage.user()).get(board).status_code == 404
    assert code not in client_of(stage.user()).get(reverse("exams:my_exam", args=[stage.candidates[0].public_id])).text


def test_extension_is_asked_and_approved_on_the_desk_by_two_people(stage):
    stage.open()
    extend = reverse("exams:sitting_extend", args=[stage.sitting.public_id])
    assert staff(stage, "invigilator").post(extend, {"minutes": 500, "reason": "停电"}).status_code == 422
    assert staff(stage, "invigilator").post(extend, {"minutes": 5, "reason": "停电五分钟"}).status_code == 302
    approve = reverse("exams:extension_approve", args=[Extension.objects.get().public_id])
    assert staff(stage, "invigilator").post(approve).status_code == 422
    assert staff(stage).post(approve).status_code == 302
    assert Extension.objects.get().approved_at == NOW


def test_incident_is_written_and_signed_by_two_people(stage):
    stage.open()
    stage.start()
    url = reverse("exams:incident", args=[stage.candidates[0].public_id])
    staff(stage, "invigilator").post(url, {"kind": "misconduct", "description": "使用夹带材料"})
    sign = reverse("exams:incident_sign", args=[Incident.objects.get().public_id])
    assert staff(stage, "invigilator").post(sign).status_code == 422
    assert staff(stage).post(sign).status_code == 302
    stage.candidates[0].refresh_from_db()
    assert stage.candidates[0].state == "misconduct"


def test_rescue_file_is_uploaded_on_the_candidates_page(stage, tmp_path):
    stage.open()
    attempt = stage.start()
    lease(attempt)
    file = tmp_path / "rescue.json"
    events = [{"cid": CID, "epoch": 1, **wire(1, items_of(attempt)[0], None)}]
    file.write_text(json.dumps({"format": "CHOUKAO-RESCUE/1", "attempt": attempt.public_id, "events": events}))
    url = reverse("exams:rescue", args=[attempt.public_id])
    with file.open("rb") as handle:
        assert staff(stage, "invigilator").post(url, {"file": handle}).status_code == 302
    assert AnswerEvent.objects.get().via == "file"
    file.write_text("{}")
    with file.open("rb") as handle:
        refused = staff(stage, "invigilator").post(url, {"file": handle})
    assert (refused.status_code, "不是这名考生" in refused.text) == (422, True)


def test_round_is_planned_by_the_form_and_nothing_typed_is_lost_when_it_is_refused(stage):
    blueprint = Blueprint.objects.get()
    data = {
        "authority": stage.exam_round.authority.public_id,
        "year": 2027,
        "quarter": 1,
        "title": "2027 年第 1 季度抽考",
        "blueprint": blueprint.public_id,
        "minutes": 60,
        "pass_mark": "99",
        "grace_seconds": 30,
        "place": "",
        "asks_code": "on",
        "opens_at": "2027-01-10T09:00",
        "last_start_at": "2027-01-10T09:30",
        "hard_end_at": "2027-01-10T10:30",
    }
    refused = staff(stage).post(reverse("exams:round_new"), data)
    assert ("合格分须大于" in refused.text, "2027 年第 1 季度抽考" in refused.text) == (True, True)
    half = staff(stage).post(
        reverse("exams:round_new"), data | {"pass_mark": "6", "makeup_opens_at": "2027-02-01T09:00"}
    )
    assert "要么都填" in half.text
    assert staff(stage).post(reverse("exams:round_new"), data | {"pass_mark": "6"}).status_code == 302
    assert Round.objects.filter(year=2027).count() == 1


def test_form_offers_only_authorities_and_blueprints_in_reach():
    stranger = Authority.objects.none()
    form = RoundForm({"authority": fresh_token(16)}, authorities=stranger, blueprints=Blueprint.objects.none())
    assert {"authority", "blueprint"} <= set(form.errors)


# Home


def test_home_tells_the_candidate_to_confirm_then_to_come_in_then_to_go_on(stage, clock):
    clock.move_to(stage.sitting.opens_at.replace(hour=0), tick=False)
    early = stage.sitting.opens_at.replace(hour=0)
    assert [task.title[:4] for task in tasks_for(stage.actor(), early)] == ["确认参加"]
    confirm_attendance(stage.actor(), stage.candidates[0].public_id, now=early)
    assert [task.title[:4] for task in tasks_for(stage.actor(), early)] == ["等待考试"]
    stage.open()
    assert [task.title[:4] for task in tasks_for(stage.actor(), NOW)] == ["进入考试"]
    stage.start()
    assert [task.title[:4] for task in tasks_for(stage.actor(), NOW)] == ["继续作答"]


def test_home_tells_staff_what_waits(stage):
    assert [task.title[:2] for task in tasks_for(stage.invigilator, NOW)] == ["开场"]
    stage.open()
    assert [task.title[:2] for task in tasks_for(stage.invigilator, NOW)] == ["监考"]
    assert tasks_for(stage.actor(1), NOW) != []


# Receipts in public


def test_public_page_verifies_a_receipt_and_refuses_an_altered_one(stage, client):
    stage.open()
    attempt = stage.start()
    lease(attempt)
    text = submit(attempt, {}, last_seq=0).final_receipt
    url = reverse("exams:public_receipts")
    assert "回执有效" in client.get(url, {"code": receipt_code(text)}).text
    assert "回执有效" in client.post(url, {"code": text}).text
    altered = text.replace('"events":0', '"events":1')
    assert altered != text
    for bad in (altered, "x", "{}", "密" * 100, canonical_sha256(text)):
        answer = client.post(url, {"code": bad})
        assert (answer.status_code, "回执有效" in answer.text, "回执无法通过验证" in answer.text) == (200, False, True)
