"""One whole quarter in a real browser, as seven different people, from the clerk's Excel to the public score page."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils.timezone import localtime
from PIL import Image

from accounts.actions import grant_role
from accounts.models import Role, User
from certificates.models import Certificate
from core import clock
from core.actor import system_actor
from core.masking import mask_name
from courses.models import Lecture
from exams.jobs import sweep_overdue, sweep_sittings, sweep_ungraded
from exams.models import Attempt, AttemptState, Candidate, CandidateState, Round
from tests.journeys.cast import BLUEPRINT, Cast, clerks_workbook, hire, make_planned_round
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
    first_mark = Decimal(json.loads(Attempt.objects.get(candidate=dreamer).paper.content)["items"][0]["mark"])
    assert (dreamer.score, dreamer.state) == (first_mark, CandidateState.FAILED)

    _propose_and_approve(planner, approver, exam_round)
    rehearsal_site.sweep()
    public = new_desk()
    _read_the_public_page(public, exam_round, {diligent: ("100", "合格"), dreamer: (f"{first_mark:.0f}", "不合格")})
    _verify_the_certificate(public, diligent)
    _record_a_lecture(new_phone(), rehearsal_site, diligent, tmp_path)
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
    page.select_option("[name=authority]", label="区安委办")
    page.fill("[name=year]", str(now.year))
    page.select_option("[name=quarter]", str((now.month - 1) // 3 + 1))
    page.fill("[name=title]", "演练抽考")
    page.select_option("[name=blueprint]", label=BLUEPRINT)
    page.fill("[name=minutes]", "60")
    page.fill("[name=pass_mark]", "80")
    page.fill("[name=place]", "区委党校机房")
    for name, minutes in (("opens_at", -5), ("last_start_at", 60), ("hard_end_at", 130)):
        page.fill(f"[name={name}]", f"{now + timedelta(minutes=minutes):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="计划轮次").click()
    page.get_by_role("heading", name="演练抽考").wait_for()


def _freeze_and_draw(planner: Any, approver: Any, exam_round: Round) -> None:
    planner.get_by_role("link", name="准备抽签").click()
    planner.fill("[name=seats]", "6")
    planner.fill("[name=objection_days]", "0")
    planner.fill("[name=sources]", "LOCAL:1")
    planner.get_by_role("button", name="准备抽签").click()
    planner.get_by_text("2026").first.wait_for()
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
    approver.get_by_text("两人录入一致", exact=True).wait_for()
    approver.get_by_role("link", name="去抽签").click()
    approver.get_by_role("button", name="抽签", exact=True).click()
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


def _read_the_public_page(page: Any, exam_round: Round, expected: dict[Candidate, tuple[str, str]]) -> None:
    page.goto("/")
    page.get_by_role("link", name="演练抽考").first.click()
    text = page.inner_text("main")
    for candidate, words in expected.items():
        assert candidate.enterprise_name in text
        assert mask_name(candidate.person.name) in text
        row = page.locator("tr", has_text=candidate.enterprise_name).filter(has_text=mask_name(candidate.person.name))
        for word in words:
            assert word in row.first.inner_text()
    assert text.count("缺考") >= 4
    body = page.content()
    for candidate in Candidate.objects.filter(round=exam_round).select_related("person"):
        assert candidate.person.name not in body
        assert candidate.person.phone.removeprefix("+86") not in body


def _verify_the_certificate(page: Any, candidate: Candidate) -> None:
    certificate = Certificate.objects.get(candidate=candidate)
    page.goto(f"/public/certificates/{certificate.public_id}/")
    assert "有效" in page.inner_text("main")
    assert certificate.number in page.inner_text("main")
    assert Certificate.objects.count() == 1


def _record_a_lecture(page: Any, site: LiveSite, candidate: Candidate, folder: Path) -> None:
    administrator = candidate.person.user
    grant_role(
        system_actor("journey"), administrator.public_id, Role.ENTERPRISE_ADMIN.value, now=clock.now(),
        enterprise_id=candidate.enterprise.public_id,
    )  # fmt: skip
    site.sign_in(page.context, administrator)
    page.goto(f"/courses/enterprises/{candidate.enterprise.public_id}/lectures/plan/")
    page.fill("[name=title]", "有限空间作业的三条红线")
    page.fill("[name=planned_at]", f"{localtime(clock.now()):%Y-%m-%dT%H:%M}")
    page.locator("main form button.btn-primary").first.click()
    page.get_by_text("有限空间作业的三条红线").first.wait_for()
    lecture = Lecture.objects.get()
    page.goto(f"/courses/lectures/{lecture.public_id}/record/")
    for kind, files in _evidence(folder).items():
        page.select_option("[name=evidence-kind]", kind)
        page.set_input_files("[name=evidence-uploads]", files)
        page.get_by_role("button", name="上传材料").click()
        page.get_by_text("已上传证明材料").wait_for()
    day = localtime(clock.now()) - timedelta(minutes=30)
    for name, value in (
        ("held_at", f"{day:%Y-%m-%dT%H:%M}"), ("place", "一号车间"), ("title", "有限空间作业的三条红线"),
        ("due_count", "20"), ("present_count", "18"),
    ):  # fmt: skip
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name="提交讲课记录").click()
    page.get_by_text("已填报").first.wait_for()
    lecture.refresh_from_db()
    assert (lecture.state, lecture.present_count, lecture.evidence.count()) == ("recorded", 18, 4)


def _evidence(folder: Path) -> dict[str, list[Path]]:
    """An outline, a sign-in sheet and two photos, as a phone would send them."""
    pictures = []
    for number, colour in enumerate(("navy", "teal", "olive")):
        pictures.append(folder / f"photo{number}.jpg")
        Image.new("RGB", (640, 480), colour).save(pictures[-1])
    outline = folder / "outline.png"
    Image.new("RGB", (300, 400), "white").save(outline)
    return {"outline": [outline], "sign_in": pictures[:1], "photo": pictures[1:]}


def test_nobody_can_do_another_roles_step(rehearsal_site, cast, new_desk):
    def desk_of(user: User) -> Any:
        page = new_desk()
        rehearsal_site.sign_in(page.context, user)
        page.goto("/")
        return page

    planner, approver, invigilator, trainer = (
        desk_of(user) for user in (cast.planner, cast.approver, cast.invigilator, cast.trainer)
    )
    now = clock.now()
    people = {"invigilator": invigilator, "trainer": trainer}

    for page in people.values():
        assert _status(page, "/registry/imports/") == 403
        assert _status(page, "/exams/rounds/new/") == 403
    assert Round.objects.exclude(title="演练抽考").count() == 0

    exam_round = make_planned_round(cast, now=now)
    draw = f"/draws/{exam_round.draw.public_id}/"
    for page in people.values():
        assert _post(page, f"{draw}propose/") in (403, 404)
    assert _post(planner, f"{draw}propose/") < 400
    exam_round.draw.refresh_from_db()
    proposed = {"plan_sha256": exam_round.draw.plan_sha256}
    assert _post(planner, f"{draw}approve/", **proposed) in (200, 422)
    assert _post(invigilator, f"{draw}approve/", **proposed) in (403, 404)
    exam_round.draw.refresh_from_db()
    assert exam_round.draw.state == "freeze_proposed"
    assert _post(approver, f"{draw}approve/", **proposed) < 400
    exam_round.draw.refresh_from_db()
    assert exam_round.draw.state == "frozen"

    for _ in range(2):
        assert _post(planner, f"{draw}sources/", position="0", source="LOCAL:1", value=SEED) == 302
    assert exam_round.draw.source_entries.count() == 2
    _post(planner, f"{draw}run/")
    exam_round.draw.refresh_from_db()
    assert exam_round.draw.state == "frozen", "one person's numbers, typed twice, must not be enough"

    sitting = exam_round.sittings.get(number=1)
    assert _post(trainer, f"/exams/sittings/{sitting.public_id}/open/") in (403, 404)
    assert _post(trainer, f"/publications/rounds/{exam_round.public_id}/propose/") in (403, 404)
    assert _post(invigilator, f"/publications/rounds/{exam_round.public_id}/propose/") in (403, 404)
    sitting.refresh_from_db()
    assert sitting.state == "planned"

    done = Attempt.objects.select_related("candidate__person__user").order_by("pk")
    first, second = done[0], done[1]
    stranger = desk_of(second.candidate.person.user)
    assert _status(stranger, f"/my/exams/{first.candidate.public_id}/") == 404
    assert _status(stranger, f"/sit/{first.public_id}/") == 404
    assert _post(stranger, f"/my/exams/{first.candidate.public_id}/") == 404
    assert _status(stranger, f"/exams/rounds/{exam_round.public_id}/") in (403, 404)


def _status(page: Any, path: str) -> int:
    return int(page.request.get(path, max_redirects=0).status)


def _post(page: Any, path: str, **form: str) -> int:
    """The status of a form sent from this person's browser, with a right token: only the role can stop it."""
    token = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "csrf")
    headers = {"X-CSRFToken": token, "Referer": page.url}
    answer = page.request.post(path, form=form, headers=headers, max_redirects=0)
    return int(answer.status)
