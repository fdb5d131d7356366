import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from draws.actions import request_replacement
from draws.models import Draw, Place, Replacement, RosterFlag, SourceEntry
from registry.models import Enterprise
from tests.factories.actors import client_of
from tests.factories.draws import (
    AFTER_WINDOW,
    NOW,
    VALUES,
    make_draft,
    make_drawn,
    make_frozen,
    make_population,
    make_proposed,
    type_all,
)


@pytest.fixture
def clients(cast):
    return {name: client_of(User.objects.get(pk=getattr(cast, name).user_id)) for name in ("regulator", "reviewer")}


@pytest.fixture
def after_window(time_machine):
    """The objection window is over. Asked for before `clients`, or their sessions would have expired."""
    time_machine.move_to(AFTER_WINDOW)


def page(client, name, *args, **data):
    return client.get(reverse(f"draws:{name}", args=args), data)


def post(client, name, *args, **data):
    return client.post(reverse(f"draws:{name}", args=args), data)


FORM = {
    "method": "hamilton",
    "seats": "2",
    "quotas": "",
    "standby": "1",
    "posts": ["P", "S"],
    "coverage_rounds": "0",
    "sources": "SSQ:2026136\nDLT:26136\nPL5:26313\n",
    "dice": "20",
    "fallback_days": "7",
    "objection_days": "3",
    "by_street": "on",
}


def test_new_draw_by_form_makes_a_draft(cast, clients):
    answer = post(clients["regulator"], "new", authority=cast.authority.public_id, year="2026", quarter="4", **FORM)
    draw = Draw.objects.get()
    assert answer.headers["Location"] == reverse("draws:detail", args=[draw.public_id])
    assert draw.parameters["sources"] == ["SSQ:2026136", "DLT:26136", "PL5:26313"]


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"sources": "BINGO:1"}, "不认识随机源 BINGO:1"),
        ({"sources": "<script>alert(1)</script>"}, "不认识随机源 &lt;script&gt;"),
        ({"seats": ""}, "请填写抽取人数"),
        ({"seats": "abc"}, "整数"),
        ({"method": "fixed"}, "请填写每个分层的名额"),
        ({"method": "fixed", "quotas": "BUILD 3"}, "第 1 行应为一个未重复的分层代码和人数"),
        ({"objection_days": "0"}, "不设异议期只能在演示环境使用"),
    ],
)
def test_new_draw_bad_form_says_why_and_makes_nothing(cast, clients, over, sentence):
    answer = post(
        clients["regulator"], "new", authority=cast.authority.public_id, year="2026", quarter="4", **FORM | over
    )
    assert sentence in answer.content.decode()
    assert not Draw.objects.exists()


def test_preview_counts_what_is_typed_and_saves_nothing(cast, clients):
    make_population(cast, 3)
    form = FORM | {"authority": cast.authority.public_id, "year": "2026", "quarter": "4"}
    text = post(clients["regulator"], "preview_new", **form).content.decode()
    assert "范围内 <strong>3</strong> 人，其中可抽 <strong>3</strong> 人，分成 1 个分层，抽 2 人" in text
    fixed = form | {"method": "fixed", "seats": "", "quotas": "BUILD-430602201-P 3", "coverage_rounds": "1"}
    text = post(clients["regulator"], "preview_new", **fixed).content.decode()
    assert '<th scope="col" class="num">固定名额</th>' in text
    assert "请改为至少 2 轮" in text
    assert not Draw.objects.exists()
    assert "请先选择监管部门" in post(clients["regulator"], "preview_new", **FORM).content.decode()


@pytest.mark.parametrize(
    "over", [{"employees_from": "many"}, {"posts": ["X"]}, {"seats": "-1"}, {"quotas": "??"}, {"size": "huge"}]
)
def test_preview_of_a_draft_with_hostile_input_counts_what_is_left(cast, clients, over):
    make_population(cast, 3)
    draw = make_draft(cast)
    answer = post(clients["regulator"], "preview", draw.public_id, **FORM | over)
    assert (answer.status_code, "其中可抽 <strong>3</strong> 人" in answer.content.decode()) == (200, True)
    assert Draw.objects.get().parameters == draw.parameters


def test_parameters_page_keeps_every_rule_that_is_saved(cast, clients):
    draw = make_draft(cast)
    rules = {
        "size": "large", "employees_from": "20", "employees_to": "300", "last_drawn": "never", "certificate_days": "60",
        "industry_column": "group", "by_size": "on", "enterprise_cap": "2",
    }  # fmt: skip
    post(clients["regulator"], "parameters", draw.public_id, **FORM | rules)
    kept = Draw.objects.get().parameters
    assert {name: kept[name] for name in (*rules, "never_drawn") if name in kept} == {
        "size": "large", "employees_from": 20, "employees_to": 300, "never_drawn": True, "certificate_days": 60,
        "industry_column": "group", "by_size": True, "enterprise_cap": 2,
    }  # fmt: skip
    text = page(clients["reviewer"], "detail", draw.public_id).content.decode()
    for said in (
        "单位规模 规模以上",
        "从业人数不少于 20",
        "上次抽到 从未抽到",
        "每家单位最多几人参加 2",
        "按单位规模分层",
    ):
        assert said in text
    shown = page(clients["regulator"], "parameters", draw.public_id).content.decode()
    assert 'value="never" selected' in shown
    assert 'name="employees_from" value="20"' in shown


def test_difference_page_shows_joined_and_left(cast, clients):
    make_population(cast, 2)
    make_drawn(cast, year=2026, quarter=3)
    fresh = make_population(cast, 1)[0].person
    draw = make_draft(cast)
    text = page(clients["reviewer"], "difference", draw.public_id).content.decode()
    assert fresh.name in text
    assert "2 人没有变化" in text
    assert fresh.name not in page(clients["reviewer"], "difference", draw.public_id, show="left").content.decode()


def test_new_draw_of_another_authority_is_refused(cast, clients, world):
    answer = post(clients["regulator"], "new", authority=world.authority.public_id, year="2026", quarter="4", **FORM)
    assert answer.status_code == 200
    assert not Draw.objects.exists()


def test_parameters_form_shows_and_saves(cast, clients):
    draw = make_draft(cast)
    assert "SSQ:2026136" in page(clients["regulator"], "parameters", draw.public_id).content.decode()
    post(clients["regulator"], "parameters", draw.public_id, **FORM | {"seats": "9"})
    draw.refresh_from_db()
    assert draw.parameters["seats"] == 9


def test_freeze_by_two_people_through_the_pages(cast, clients, time_machine):
    time_machine.move_to(NOW)
    make_population(cast, 4)
    draw = make_draft(cast)
    assert post(clients["regulator"], "propose", draw.public_id).status_code == 302
    draw.refresh_from_db()
    own = page(clients["regulator"], "detail", draw.public_id).content.decode()
    assert "提出人自己不能批准" in own
    assert "批准冻结名册" not in own
    other = page(clients["reviewer"], "detail", draw.public_id).content.decode()
    assert draw.plan_sha256 in other
    refused = post(clients["regulator"], "approve", draw.public_id, plan_sha256=draw.plan_sha256)
    assert refused.status_code == 422
    assert "必须是两个不同的人" in refused.content.decode()
    assert post(clients["reviewer"], "approve", draw.public_id, plan_sha256="zzz").status_code == 422
    assert post(clients["reviewer"], "approve", draw.public_id, plan_sha256=draw.plan_sha256).status_code == 302
    draw.refresh_from_db()
    assert draw.state == "frozen"


def test_propose_refused_shows_the_reason_on_the_page(cast, clients):
    draw = make_draft(cast)
    answer = post(clients["regulator"], "propose", draw.public_id)
    assert answer.status_code == 422
    assert "名册中没有人员" in answer.content.decode()


def test_sources_page_never_contains_the_other_persons_value(after_window, cast, clients):
    make_population(cast, 4)
    draw = make_frozen(cast)
    type_all(cast.regulator, draw)
    for name in ("sources", "ceremony", "detail"):
        text = page(clients["reviewer"], name, draw.public_id).content.decode()
        assert not any(value in text for value in VALUES), name
    assert VALUES[0] in page(clients["regulator"], "sources", draw.public_id).content.decode()


def test_sources_page_takes_a_value_and_refuses_a_wrong_one(after_window, cast, clients):
    make_population(cast, 4)
    draw = make_frozen(cast)
    answer = post(clients["reviewer"], "sources", draw.public_id, position="2", value="1099", source="PL5:26313")
    assert "排列5应为 5 个数字" in answer.content.decode()
    assert not SourceEntry.objects.exists()
    assert (
        post(
            clients["reviewer"], "sources", draw.public_id, position="2", value="10997", source="PL5:26313"
        ).status_code
        == 302
    )
    assert SourceEntry.objects.get().value == "1.0.9.9.7"


def test_ceremony_button_appears_when_two_agree_and_draws_once(after_window, cast, clients):
    make_population(cast, 4)
    draw = make_frozen(cast)
    run_url = reverse("draws:run", args=[draw.public_id])
    type_all(cast.regulator, draw)
    assert run_url not in page(clients["reviewer"], "ceremony", draw.public_id).content.decode()
    assert post(clients["reviewer"], "run", draw.public_id).status_code == 422
    type_all(cast.reviewer, draw)
    assert run_url in page(clients["reviewer"], "ceremony", draw.public_id).content.decode()
    assert post(clients["reviewer"], "run", draw.public_id).status_code == 302
    draw.refresh_from_db()
    text = page(clients["reviewer"], "ceremony", draw.public_id).content.decode()
    assert draw.seed in text
    assert "张*三" in text
    assert "张小三" not in text
    assert post(clients["regulator"], "run", draw.public_id).status_code == 422


def test_flag_through_the_pages(cast, clients):
    appointment = make_population(cast, 2)[0]
    draw = make_draft(cast)
    url = ("flag_new", draw.public_id, appointment.person.public_id)
    assert post(clients["regulator"], *url, kind_code="M:NONE", reason="原因", evidence="依据").status_code == 200
    assert post(clients["regulator"], *url, kind_code="X:MAT", reason="产假至明年", evidence="证明").status_code == 200
    proof = {"file": SimpleUploadedFile("证明.pdf", b"%PDF-1.7")}
    asked = post(clients["regulator"], *url, kind_code="X:MAT", reason="产假至明年", evidence="证明", **proof)
    assert asked.status_code == 302
    flag = RosterFlag.objects.get()
    assert "产假至明年" in page(clients["reviewer"], "detail", draw.public_id).content.decode()
    assert post(clients["regulator"], "flag_approve", flag.public_id).status_code == 422
    assert post(clients["reviewer"], "flag_approve", flag.public_id).status_code == 302
    assert "X:MAT" in page(clients["reviewer"], "population", draw.public_id).content.decode()
    opened = page(clients["reviewer"], "evidence", flag.files.get().public_id)
    assert (b"".join(opened.streaming_content), opened.headers["Content-Type"]) == (b"%PDF-1.7", "application/pdf")
    assert opened.headers["Content-Disposition"].startswith("attachment")
    assert post(clients["reviewer"], "flag_withdraw", flag.public_id, reason="").status_code == 422
    assert post(clients["reviewer"], "flag_withdraw", flag.public_id, reason="证据不足").status_code == 302
    assert not RosterFlag.objects.exists()


def test_cancel_asks_for_the_round_and_a_reason(cast, clients):
    draw = make_draft(cast)
    wrong = post(clients["regulator"], "cancel", draw.public_id, reason="人员范围有误", confirm_name="yes")
    assert "2026Q4" in wrong.content.decode()
    draw.refresh_from_db()
    assert draw.state == "draft"
    post(clients["regulator"], "cancel", draw.public_id, reason="人员范围有误", confirm_name="2026Q4")
    draw.refresh_from_db()
    assert (draw.state, draw.cancel_reason) == ("cancelled", "人员范围有误")


def test_flag_of_a_whole_enterprise_is_for_must_sits_only(cast, clients):
    appointment = make_population(cast, 1)[0]
    draw = make_draft(cast)
    url = ("flag_new", draw.public_id, appointment.person.public_id)
    form = {"reason": "一般事故", "evidence": "通报", "whole_enterprise": "on"}
    refused = post(clients["regulator"], *url, kind_code="X:MAT", file=SimpleUploadedFile("a.pdf", b"%PDF-1.7"), **form)
    assert "不参加只能逐人申请" in refused.content.decode()
    post(clients["regulator"], *url, kind_code="M:ACC", file=SimpleUploadedFile("a.pdf", b"%PDF-1.7"), **form)
    assert str(RosterFlag.objects.get()) == "M:ACC"


def test_replacement_through_the_pages(cast, clients):
    make_population(cast, 5)
    draw = make_drawn(cast)
    pid = Place.objects.get(draw=draw, status="S1").entry.pid
    form = {"reason_code": "ILL", "reason": "住院治疗", "evidence": "病历"}
    assert (
        post(clients["regulator"], "replacement_new", draw.public_id, pid, **form | {"evidence": ""}).status_code == 200
    )
    assert post(clients["regulator"], "replacement_new", draw.public_id, pid, **form).status_code == 200
    proof = {"file": SimpleUploadedFile("病历.pdf", b"%PDF-1.7")}
    assert post(clients["regulator"], "replacement_new", draw.public_id, pid, **form | proof).status_code == 302
    proof = {"file": SimpleUploadedFile("病历.pdf", b"%PDF-1.7")}
    again = post(clients["regulator"], "replacement_new", draw.public_id, pid, **form | proof)
    assert "不能重复申请" in again.content.decode()
    row = Replacement.objects.get()
    assert post(clients["reviewer"], "replacement_decide", row.public_id, decision="maybe").status_code == 404
    assert post(clients["reviewer"], "replacement_decide", row.public_id, decision="approve").status_code == 302
    assert Place.objects.get(draw=draw, status="R3").state == "moved_up"
    assert "住院治疗" in page(clients["reviewer"], "places", draw.public_id).content.decode()


def test_hostile_names_are_escaped_everywhere(cast, clients):
    appointment = make_population(cast, 3)[0]
    Enterprise.objects.filter(pk=appointment.enterprise_id).update(name="<script>alert(1)</script>")
    draw = make_drawn(cast, seats=3)
    request_replacement(
        cast.regulator,
        draw.public_id,
        pid=Place.objects.filter(draw=draw).first().entry.pid,
        reason_code="OTH",
        reason="<img src=x onerror=alert(1)>",
        evidence="'\"><b>",
        now=AFTER_WINDOW,
    )
    for name in ("places", "ceremony", "detail"):
        text = page(clients["regulator"], name, draw.public_id).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text


@pytest.mark.parametrize("query", [{"q": "%' OR 1=1 --"}, {"page": "-1"}, {"page": "x"}, {"state": "nonsense"}])
def test_lists_survive_hostile_queries(cast, clients, query):
    make_population(cast, 3)
    draw = make_drawn(cast)
    for name, args in (("places", [draw.public_id]), ("list", [])):
        assert page(clients["regulator"], name, *args, **query).status_code == 200


def _queries(client, name, *args):
    page(client, name, *args)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        page(client, name, *args)
    return len(caught)


def test_list_pages_cost_the_same_for_one_and_three_rows(cast, clients):
    make_population(cast, 9)
    make_drawn(cast, quarter=1)
    one = {name: _queries(clients["reviewer"], name) for name in ("list", "public_list")}
    make_drawn(cast, quarter=2)
    make_drawn(cast, quarter=3)
    assert {name: _queries(clients["reviewer"], name) for name in one} == one


def test_draw_pages_cost_the_same_for_few_and_many_people(cast, clients):
    make_population(cast, 2)
    small = make_drawn(cast, quarter=1)
    draft = make_draft(cast, quarter=4, year=2025)
    names = ("places", "detail", "ceremony", "public_detail")
    one = {name: _queries(clients["reviewer"], name, small.public_id) for name in names}
    pool = {name: _queries(clients["reviewer"], name, draft.public_id) for name in ("population", "detail")}
    make_population(cast, 8)
    large = make_drawn(cast, quarter=2, seats=6)
    assert {name: _queries(clients["reviewer"], name, large.public_id) for name in names} == one
    assert {name: _queries(clients["reviewer"], name, draft.public_id) for name in pool} == pool


def test_files_of_a_proposal_are_for_staff_to_the_byte(cast, clients):
    make_population(cast, 2)
    draw = make_proposed(cast)
    answer = page(clients["reviewer"], "file", draw.public_id, "plan.json")
    assert answer.content.startswith(b'{"alg":"CHOUKAO-DRAW/1"')
    assert answer.headers["Content-Disposition"] == 'attachment; filename="plan.json"'
    assert page(clients["reviewer"], "file", draw.public_id, "result.csv").status_code == 404
