"""The protocol over HTTP: who may speak, what is refused and how, and that nothing needs a login."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.canonical import canonical_sha256
from exams.actions import start_attempt
from exams.actions.papers import build_papers, built_paper
from exams.models import AnswerEvent, Candidate, ConflictEvent, Lease, Paper
from exams.queries.bank import bank_of, paper_key_of
from exams.views.protocol import cookie_name
from tests.factories.actors import client_of
from tests.factories.exams import CID, NOW, OTHER_CID, items_of, lease, make_stage, right_answers, wire

pytestmark = pytest.mark.django_db
HEADERS = {"X-Choukao": "1"}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def stage(db):
    stage = make_stage(people=2)
    stage.open()
    return stage


@pytest.fixture
def attempt(stage):
    attempt = stage.start()
    lease(attempt)
    return attempt


@pytest.fixture
def device(stage, attempt):
    """A browser that opened the page once, and whose login has since expired."""
    client = client_of(stage.user())
    assert client.get(page(attempt)).status_code == 200
    del client.cookies["sid"]
    return client


def page(attempt, end=""):
    return f"/sit/{attempt.public_id}/{end}"


def post(client, attempt, end, body, **headers):
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(page(attempt, end), text, content_type="application/json", headers={**HEADERS, **headers})


def a_save(attempt, *wires):
    return {"epoch": 1, "cid": CID, "events": list(wires) or [wire(1, items_of(attempt)[0], None)]}


def test_whole_exam_without_a_login_from_open_to_the_receipt(device, attempt, clock):
    opened = post(device, attempt, "open", {"cid": CID}).json()
    assert (opened["epoch"], opened["state"], opened["server_now"], opened["deadline"]) == (
        1,
        "open",
        "2026-11-23T01:01:00.000Z",
        "2026-11-23T02:01:00.000Z",
    )
    right = right_answers(attempt)
    assert [item["id"] for item in opened["paper"]["items"]] != []
    events = [wire(seq, item["id"], right[item["id"]]) for seq, item in enumerate(opened["paper"]["items"], start=1)]
    saved = post(device, attempt, "events", {"epoch": 1, "cid": CID, "events": events}).json()
    assert [result["status"] for result in saved["receipts"]] == ["stored"] * 7
    assert json.loads(saved["receipts"][0]["receipt"])["seq"] == 1
    have = device.get(page(attempt, "have")).json()
    assert (have["have"], have["state"], have["epoch"]) == ({CID: [[1, 7]]}, "open", 1)
    hashes = {item: canonical_sha256(answer) for item, answer in right.items()}
    handed_in = post(device, attempt, "submit", {"epoch": 1, "cid": CID, "last_seq": 7, "items": hashes})
    assert handed_in.status_code == 200
    assert handed_in.json()["state"] == "submitted"
    again = post(device, attempt, "submit", {"epoch": 1, "cid": CID, "last_seq": 7, "items": hashes})
    assert again.json() == handed_in.json()
    done = device.get(handed_in.json()["done_url"])
    assert attempt.public_id in done.text


def test_cookie_is_bound_to_its_attempt_strict_and_out_of_reach_of_scripts(stage, attempt):
    cookie = client_of(stage.user()).get(page(attempt)).cookies[cookie_name(attempt.public_id)]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", page(attempt))
    other = stage.start(1)
    thief = Client()
    thief.cookies[cookie_name(other.public_id)] = cookie.value
    assert post(thief, other, "events", a_save(other)).json()["code"] == "attempt_cookie_missing"


def test_cookie_ends_a_day_after_the_deadline(device, attempt, clock):
    clock.move_to(attempt.deadline + timedelta(hours=23, minutes=59), tick=False)
    assert post(device, attempt, "events", a_save(attempt)).json()["receipts"][0]["status"] == "late"
    clock.move_to(attempt.deadline + timedelta(hours=24), tick=False)
    assert post(device, attempt, "events", a_save(attempt)).status_code == 401


@pytest.mark.parametrize("end", ["open", "events", "submit"])
def test_without_cookie_nothing_is_stored_and_the_client_is_told_to_sign_in(attempt, end):
    answer = post(Client(), attempt, end, a_save(attempt))
    assert (answer.status_code, answer.json()["code"]) == (401, "attempt_cookie_missing")
    assert not AnswerEvent.objects.exists()
    assert not ConflictEvent.objects.exists()


def test_unknown_attempt_looks_the_same_as_one_without_cookie(attempt):
    absent = Client().get("/sit/" + "0" * 32 + "/have")
    present = Client().get(page(attempt, "have"))
    assert (absent.status_code, absent.json()) == (present.status_code, present.json())


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Choukao": ""},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_cross_site_post_is_refused_and_stores_nothing(device, attempt, headers):
    answer = post(device, attempt, "events", a_save(attempt), **headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_request")
    assert not AnswerEvent.objects.exists()


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_post_of_a_form_or_a_beacon_is_refused(device, attempt, content_type):
    answer = device.post(page(attempt, "events"), b"{}", content_type=content_type, headers=HEADERS)
    assert (answer.status_code, AnswerEvent.objects.count()) == (403, 0)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (" ", 422, "envelope_malformed"),
        ("{", 422, "envelope_malformed"),
        ("[]", 422, "envelope_malformed"),
        (b"\xff\xfe", 422, "envelope_malformed"),
        ("[" * 20_000, 422, "envelope_malformed"),
        ({"epoch": 1, "cid": CID, "events": []}, 422, "envelope_malformed"),
        ({"epoch": -1, "cid": CID, "events": [{}]}, 422, "envelope_malformed"),
        ({"epoch": 1, "cid": "x", "events": [{}]}, 422, "envelope_malformed"),
        ({"epoch": 1, "cid": CID, "events": [{}] * 51}, 413, "batch_too_large"),
        ({"epoch": 1, "cid": CID, "events": [{"seq": 1, "item": "i", "answer": "x" * 50_000}]}, 413, "batch_too_large"),
    ],
)
def test_senseless_save_is_refused_in_words_and_kept_as_conflict(device, attempt, body, status, code):
    answer = post(device, attempt, "events", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "{" not in answer.json()["message"]
    assert ConflictEvent.objects.get(attempt=attempt).code == code


def test_second_device_is_told_since_when_the_first_one_writes(device, attempt):
    answer = post(device, attempt, "open", {"cid": OTHER_CID})
    assert (answer.status_code, answer.json()["code"]) == (409, "lease_held")
    taken = post(device, attempt, "open", {"cid": OTHER_CID, "takeover": True})
    assert taken.json()["epoch"] == 2
    assert post(device, attempt, "events", a_save(attempt)).json()["receipts"][0]["status"] == "stale_epoch"
    refused = post(device, attempt, "submit", {"epoch": 1, "cid": CID, "last_seq": 1, "items": {}})
    assert (refused.status_code, refused.json()["code"]) == (409, "writing_elsewhere")


def test_submit_with_answers_under_way_lists_the_missing_numbers(device, attempt):
    post(device, attempt, "events", a_save(attempt))
    answer = post(device, attempt, "submit", {"epoch": 1, "cid": CID, "last_seq": 3, "items": {}})
    assert (answer.status_code, answer.json()["code"], answer.json()["params"]["missing"]) == (
        409,
        "missing_events",
        [2, 3],
    )


def test_no_answer_of_the_exam_may_be_kept_by_a_cache(device, attempt):
    answers = [
        device.get(page(attempt)),
        device.get(page(attempt, "have")),
        post(device, attempt, "events", a_save(attempt)),
    ]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store, private"}
    assert not any("ETag" in answer.headers for answer in answers)


def test_right_and_wrong_answers_are_answered_alike(device, attempt):
    item = items_of(attempt)[0]
    right = right_answers(attempt)[item]
    options = json.loads(attempt.paper.content)["items"]
    wrong = next(
        [option["id"]] for one in options if one["id"] == item for option in one["options"] if [option["id"]] != right
    )
    first = post(device, attempt, "events", a_save(attempt, wire(1, item, right)))
    second = post(device, attempt, "events", a_save(attempt, wire(2, item, wrong[: len(right)])))
    assert len(first.content) == len(second.content)
    assert set(first.json()) == set(second.json())


def test_page_of_somebody_else_is_not_found(stage, attempt):
    assert client_of(stage.user(1)).get(page(attempt)).status_code == 404
    assert Client().get(page(attempt)).status_code == 302


@pytest.mark.parametrize("end", ["open", "events", "submit"])
def test_other_methods_are_refused(device, attempt, end):
    assert device.get(page(attempt, end)).status_code == 405
    assert device.put(page(attempt, end)).status_code == 405


def test_save_over_http_takes_no_more_statements_than_the_action(stage, attempt):
    client = client_of(stage.user())
    client.get(page(attempt))
    post(client, attempt, "events", a_save(attempt))
    with CaptureQueriesContext(connection) as captured:
        saved = post(client, attempt, "events", a_save(attempt, wire(2, items_of(attempt)[0], None)))
    sql = [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert saved.json()["receipts"][0]["status"] == "stored"
    assert len(sql) == (1 if connection.vendor == "postgresql" else 6), sql


def test_start_takes_at_most_twelve_statements(stage):
    build_papers(stage.sitting.pk, now=NOW)
    stage.start(1)
    candidate, actor, code = stage.candidates[0], stage.actor(), stage.sitting.opening_code
    with CaptureQueriesContext(connection) as captured:
        start_attempt(actor, candidate.public_id, opening_code=code, now=NOW)
    sql = [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(sql) <= 12, sql


def test_start_over_http_adds_only_the_login(stage):
    build_papers(stage.sitting.pk, now=NOW)
    client = client_of(stage.user())
    url = reverse("exams:my_exam", args=[stage.candidates[0].public_id])
    client.get(url)
    stage.start(1)
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(url, {"opening_code": stage.sitting.opening_code})
    tables = [query["sql"] for query in captured if "exams_" in query["sql"] or "core_" in query["sql"]]
    assert answer.status_code == 302
    assert len(tables) == 6, tables


def test_papers_built_ahead_are_those_that_would_be_built_at_the_start(stage):
    first = stage.start(0)
    assert build_papers(stage.sitting.pk, now=NOW) == 1
    assert build_papers(stage.sitting.pk, now=NOW) == 0
    ahead = Paper.objects.get(candidate=stage.candidates[1])
    second = stage.start(1)
    assert (second.paper_id, first.paper_id != ahead.pk) == (ahead.pk, True)
    candidate = Candidate.objects.select_related("round__draw", "round__bank_snapshot").get(pk=stage.candidates[1].pk)
    bank, key = bank_of(candidate.round), paper_key_of(candidate.round)
    again = built_paper(candidate, stage.sitting, bank=bank, key=key, now=NOW)
    assert (again.content, again.answer_key) == (ahead.content, ahead.answer_key)


def test_open_writes_who_and_from_where(device, attempt):
    post(device, attempt, "open", {"cid": OTHER_CID, "takeover": True}, **{"User-Agent": "WeChat"})
    assert list(Lease.objects.filter(epoch=2).values_list("cid", "user_agent", "address")) == [
        (OTHER_CID, "WeChat", "127.0.0.1")
    ]
