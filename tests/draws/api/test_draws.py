import pytest
from rest_framework.test import APIClient

from accounts.models import User
from draws.models import Draw, Place
from tests.factories.actors import api_client_of
from tests.factories.draws import (
    AFTER_WINDOW,
    NOW,
    VALUES,
    make_draft,
    make_drawn,
    make_frozen,
    make_population,
    type_all,
)


@pytest.fixture
def api(cast):
    return {name: api_client_of(User.objects.get(pk=getattr(cast, name).user_id)) for name in ("regulator", "reviewer")}


def test_api_public_list_and_detail_need_no_login(cast):
    make_population(cast, 3)
    draw = make_drawn(cast)
    make_draft(cast, quarter=1)
    listed = APIClient().get("/api/v1/draws/").json()
    assert [each["id"] for each in listed["results"]] == [draw.public_id]
    detail = APIClient().get(f"/api/v1/draws/{draw.public_id}/").json()
    assert detail["seed"] == draw.seed
    assert [file["name"] for file in detail["files"]] == [
        "plan.json",
        "roster.csv",
        "verify.py",
        "sources.txt",
        "result.csv",
    ]


def test_api_carries_a_whole_draw(cast, api, time_machine):
    time_machine.move_to(NOW)
    make_population(cast, 5)
    draw = make_draft(cast)
    base = f"/api/v1/draws/{draw.public_id}"
    proposed = api["regulator"].post(f"{base}/proposal/").json()
    assert proposed["state"] == "freeze_proposed"
    approval = {"plan_sha256": proposed["plan_sha256"]}
    refused = api["regulator"].post(f"{base}/approval/", approval, format="json")
    assert (refused.status_code, refused.json()["code"]) == (422, "same_approver")
    assert api["reviewer"].post(f"{base}/approval/", approval, format="json").json()["state"] == "frozen"
    early = api["reviewer"].post(f"{base}/sources/", {"position": 0, "value": VALUES[0]}, format="json")
    assert (early.status_code, early.json()["code"]) == (422, "sources_too_early")
    time_machine.move_to(AFTER_WINDOW)
    for name in ("regulator", "reviewer"):
        for position, value in enumerate(VALUES):
            answer = api[name].post(f"{base}/sources/", {"position": position, "value": value}, format="json")
    assert [status["typists"] for status in answer.json()] == [2, 2, 2]
    drawn = api["regulator"].post(f"{base}/result/").json()
    assert drawn["state"] == "drawn"
    excuse = {
        "pid": Place.objects.get(status="S1").entry.pid,
        "reason_code": "ILL",
        "reason": "住院治疗",
        "evidence": "病历",
    }
    row = api["regulator"].post(f"{base}/replacements/", excuse, format="json").json()
    decided = api["reviewer"].post(
        f"/api/v1/draws/replacements/{row['id']}/decision/", {"approve": True}, format="json"
    )
    assert decided.json()["moved_up"] == Place.objects.get(status="R3").entry.pid


def test_api_sources_hide_what_the_other_person_typed(cast, api, time_machine):
    time_machine.move_to(AFTER_WINDOW)
    make_population(cast, 3)
    draw = make_frozen(cast)
    type_all(cast.regulator, draw)
    text = api["reviewer"].get(f"/api/v1/draws/{draw.public_id}/sources/").content.decode()
    assert not any(value in text for value in VALUES)


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("approval", {}),
        ("approval", {"plan_sha256": "A" * 64}),
        ("approval", {"plan_sha256": ["x"]}),
        ("approval", []),
        ("approval", "text"),
        ("return", {"reason": ""}),
        ("return", {"reason": "因" * 301}),
        ("cancellation", {"reason": None}),
        ("sources", {"position": -1, "value": "1"}),
        ("sources", {"position": "x", "value": "1"}),
        ("sources", {"position": 0}),
        ("replacements", {"pid": "0" * 64, "reason_code": "BUSY", "reason": "因为", "evidence": "证明"}),
    ],
)
def test_api_bad_input_is_400_and_changes_nothing(cast, api, step, body):
    draw = make_draft(cast)
    before = Draw.objects.values().get(pk=draw.pk)
    answer = api["regulator"].post(f"/api/v1/draws/{draw.public_id}/{step}/", body, format="json")
    assert answer.status_code == 400
    assert answer.json().keys() == {"code", "message", "params"}
    assert Draw.objects.values().get(pk=draw.pk) == before
