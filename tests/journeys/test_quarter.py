"""One whole quarter in a real browser, as seven different people, from the clerk's Excel to the public score page."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.actions import grant_role
from accounts.models import Role, User
from certificates.models import Certificate
from core import clock
from core.actor import system_actor
from core.masking import mask_name
from exams.jobs import sweep_overdue, sweep_sittings, sweep_ungraded
from exams.models import Attempt, AttemptState, Candidate, CandidateState, Round
from tests.journeys.cast import BLUEPRINT, Cast, clerks_workbook, hire
from tests.live import LiveSite

SEED = "5e" * 32
pytestmark = [pytest.mark.slow]


@pytest.fixture(scope="module")
def cast(rehearsal_site: LiveSite) -> Cast:
    return hire(clock.now())


def test_a_whole_quarter_by_seven_people(rehearsal_site, cast, new_desk, new_phone, tmp_path):
    def desk_of(user: User) -> Any:
        page = new_desk()
        rehearsal_site.sign_in(page.context, user)
        return page

    planner, approver, invigilator = (desk_of(user) for user in (cast.planner, cast.approver, cast.invigilator))

    district = _import_enterprises(planner, tmp_path)
    _plan_round(planner)
    exam_round = Round.objects.get()
    _freeze_and_draw(planner, approver, exam_round)
    _notify(planner, rehearsal_site, exam_round)

    called = list(Candidate.objects.filter(round=exam_round).select_related("person__user").order_by("pk"))
    assert len(called) == 6
    diligent, dreamer = called[0], called[1]
    _open_sitting(invigilator, exam_round)
    code = exam_round.sittings.get(number=1).opening_code

    _sit_with_a_reload(new_phone(), rehearsal_site, diligent, code)
    _sit_and_never_submit(new_phone(), rehearsal_site, dreamer, code)
    _let_time_pass(exam_round)
    dreamer.refresh_from_db()
    assert Attempt.objects.get(candidate=dreamer).state == AttemptState.TIMED_OUT
    assert (dreamer.score, dreamer.state) == (10, CandidateState.FAILED)

    _propose_and_approve(planner, approver, exam_round)
    rehearsal_site.sweep()
    public = new_desk()
    _read_the_public_page(public, exam_round, diligent, dreamer)
    _verify_the_certificate(public, diligent)
    _record_a_lecture(new_phone(), rehearsal_site, diligent)
    assert {enterprise.uscc for enterprise in district} >= {candidate.uscc for candidate in called}


def _import_enterprises(page: Any, folder: Any) -> list[Any]:
    path, district = clerks_workbook(folder, clock.now())
    page.goto("/registry/imports/")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="上传并检查").click()
    page.get_by_role("button", name="确认导入").click()
    page.get_by_text("导入结果").wait_for()
    page.goto("/registry/enterprises/")
    assert "12 家" in page.inner_text("h1 >> xpath=..")
    return district


def _plan_round(page: Any) -> None:
    now = localtime(clock.now())
    page.goto("/exams/rounds/new/")
    page.fill("[name=year]", str(now.year))
    page.select_option("[name=quarter]", str((now.month - 1) // 3 + 1))
    page.fill("[name=title]", "演练抽考")
    page.select_option("[name=blueprint]", label=BLUEPRINT)
    page.fill("[name=minutes]", "60")
    page.fill("[name=pass_mark]", "80")
    page.fill("[name=place]", "区委党校机房")
    for name, minutes in (("opens_at", -5), ("last_start_at", 60), ("hard_end_at", 130)):
        page.fill(f"[name={name}]", f"{now + timedelta(minutes=minutes):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="计划").click()
    page.get_by_role("heading", name="演练抽考").wait_for()


def _freeze_and_draw(planner: Any, approver: Any, exam_round: Round) -> None:
    planner.get_by_role("link", name="准备抽签").click()
    planner.fill("[name=seats]", "6")
    planner.fill("[name=objection_days]", "0")
    planner.fill("[name=sources]", "LOCAL:1")
    planner.locator("main form button.btn-primary").first.click()
    exam_round.refresh_from_db()
    draw = f"/draws/{exam_round.draw.public_id}/"
    planner.goto(draw)
    planner.get_by_role("button", name="提出冻结名册").click()
    planner.get_by_text("等待另一位监管人员或审核人").wait_for()
    assert planner.get_by_role("button", name="批准冻结名册").count() == 0

    approver.goto(draw)
    approver.get_by_role("button", name="批准冻结名册").click()
    approver.get_by_role("link", name="录入开奖号码").wait_for()
    for page, value in ((planner, SEED), (approver, "ab" * 32)):
        page.goto(f"{draw}sources/")
        page.locator("main form input[type=text]").first.fill(value)
        page.get_by_role("button", name="录入号码").click()
    approver.get_by_text("两人录入不一致").wait_for()
    approver.locator("main form input[type=text]").first.fill(SEED)
    approver.get_by_role("button", name="更正我的录入").click()
    approver.get_by_text("两人录入一致").wait_for()
    approver.get_by_role("link", name="去抽签").click()
    approver.get_by_role("button", name="抽签").click()
    approver.goto(draw)
    approver.get_by_text("种子").first.wait_for()


def _notify(page: Any, site: LiveSite, exam_round: Round) -> None:
    site.sweep()
    page.goto(f"/exams/rounds/{exam_round.public_id}/")
    page.get_by_role("button", name="通知考生").click()
    page.get_by_text("已通知").first.wait_for()


def _open_sitting(page: Any, exam_round: Round) -> None:
    page.goto(f"/exams/sittings/{exam_round.sittings.get(number=1).public_id}/")
    page.get_by_role("button", name="开场").click()
    page.get_by_role("link", name="投影开考码").wait_for()


def _begin(page: Any, site: LiveSite, candidate: Candidate, code: str) -> Attempt:
    site.sign_in(page.context, candidate.person.user)
    page.goto("/")
    page.goto(f"/my/exams/{candidate.public_id}/")
    page.fill("[name=opening_code]", code)
    page.get_by_role("button", name="开始作答").click()
    page.locator("#choices input").first.wait_for()
    return Attempt.objects.select_related("paper").get(candidate=candidate)


def _answer(page: Any, attempt: Attempt, *, numbers: range) -> None:
    """Chooses the right options of these questions, 0-based, by going to each through the answer card."""
    key = json.loads(attempt.paper.answer_key)["items"]
    items = json.loads(attempt.paper.content)["items"]
    for number in numbers:
        item = items[number]
        if page.locator("#question-title").inner_text() != f"第 {number + 1} 题，共 {len(items)} 题":
            page.locator("#card-button").click()
            page.locator("#cells button").nth(number).click()
        right = set(key[item["id"]]["key"])
        for place, option in enumerate(item["options"]):
            if key[item["id"]]["options"][option["id"]] in right:
                page.locator("#choices input").nth(place).check(force=True)
        page.locator("#item-state").get_by_text("已保存").wait_for()


def _sit_with_a_reload(page: Any, site: LiveSite, candidate: Candidate, code: str) -> None:
    attempt = _begin(page, site, candidate, code)
    _answer(page, attempt, numbers=range(4))
    page.reload()
    page.locator("#choices input").first.wait_for()
    assert page.locator("#card-count").inner_text() == "4/8"
    _answer(page, attempt, numbers=range(4, 8))
    page.locator("#card-button").click()
    page.locator("#card-submit").click()
    page.get_by_role("button", name="确认交卷").click()
    page.get_by_role("heading", name="已交卷").wait_for()
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.SUBMITTED
    assert attempt.events.count() >= 8


def _sit_and_never_submit(page: Any, site: LiveSite, candidate: Candidate, code: str) -> None:
    attempt = _begin(page, site, candidate, code)
    _answer(page, attempt, numbers=range(1))
    page.context.close()


def _let_time_pass(exam_round: Round) -> None:
    """The evening: what must happen by itself, by the sweepers that the worker runs, at the time when it is due."""
    evening = exam_round.sittings.get(number=1).hard_end_at + timedelta(minutes=10)
    with clock.simulated(evening):
        assert sweep_overdue() == 1
        assert sweep_sittings() == 1
        sweep_ungraded()
    exam_round.refresh_from_db()
    assert exam_round.state == "graded"


def _propose_and_approve(planner: Any, approver: Any, exam_round: Round) -> None:
    planner.goto(f"/publications/rounds/{exam_round.public_id}/propose/")
    planner.get_by_role("button", name="提出公示").click()
    planner.get_by_text("等待另一人审批").wait_for()
    address = planner.url
    assert planner.get_by_role("button", name="批准公示").count() == 0
    approver.goto(address)
    approver.fill("#confirm-name", exam_round.code)
    approver.get_by_role("button", name="批准公示").click()
    approver.get_by_text("公示中").first.wait_for()


def _read_the_public_page(page: Any, exam_round: Round, diligent: Candidate, dreamer: Candidate) -> None:
    page.goto("/")
    page.get_by_role("link", name="演练抽考").first.click()
    text = page.inner_text("main")
    for candidate, words in ((diligent, ("100", "合格")), (dreamer, ("10", "不合格"))):
        assert candidate.enterprise_name in text
        assert mask_name(candidate.person.name) in text
        row = page.locator("tr", has_text=candidate.enterprise_name).filter(has_text=mask_name(candidate.person.name))
        for word in words:
            assert word in row.first.inner_text()
    assert text.count("缺考") >= 4
    body = page.content()
    for candidate in Candidate.objects.filter(round=exam_round).select_related("person"):
        assert candidate.person.name not in body
        assert candidate.person.phone[-8:] not in body


def _verify_the_certificate(page: Any, candidate: Candidate) -> None:
    certificate = Certificate.objects.get(candidate=candidate)
    page.goto(f"/public/certificates/{certificate.public_id}/")
    assert "有效" in page.inner_text("main")
    assert certificate.number in page.inner_text("main")
    assert Certificate.objects.count() == 1


def _record_a_lecture(page: Any, site: LiveSite, candidate: Candidate) -> None:
    administrator = candidate.person.user
    grant_role(
        system_actor("journey"), administrator.public_id, Role.ENTERPRISE_ADMIN.value, now=clock.now(),
        enterprise_id=candidate.enterprise.public_id,
    )  # fmt: skip
    site.sign_in(page.context, administrator)
    page.goto(f"/courses/enterprises/{candidate.enterprise.public_id}/lectures/")
    page.get_by_role("link", name="计划").first.click()
    page.fill("[name=title]", "有限空间作业的三条红线")
    page.fill("[name=planned_at]", f"{timezone.localtime() - timedelta(days=1):%Y-%m-%dT%H:%M}")
    page.locator("main form button.btn-primary").first.click()
    page.get_by_text("有限空间作业的三条红线").first.wait_for()
