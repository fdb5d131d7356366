"""Before the day and during a visit, in a real Chromium: the device check, a rehearsal, an on-the-spot exam."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from core import clock
from exams.models import DeviceCheck, Drill, DrillFault, DrillState
from tests.factories.exams import Stage, make_practice_pool, make_stage
from tests.factories.registry import make_appointment
from tests.live import LiveSite

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def stage(live_site: LiveSite) -> Stage:
    """Somebody who is called for tomorrow."""
    made, tomorrow = make_stage(), clock.now() + timedelta(days=1)
    made.sitting.opens_at = tomorrow
    made.sitting.last_start_at = tomorrow + timedelta(minutes=30)
    made.sitting.hard_end_at = tomorrow + timedelta(minutes=90)
    made.sitting.save()
    return made


def _shoot(page: Any, name: str) -> None:
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def _without_violation(page: Any) -> None:
    page.evaluate(AXE.read_text())
    assert [one["id"] for one in page.evaluate("axe.run(document)")["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_device_is_checked_and_the_rehearsal_played_before_the_day(live_site, stage, new_page):
    page = new_page({"width": 360, "height": 760}, bypass_csp=True)
    live_site.sign_in(page.context, stage.user())
    page.goto("/my/device/")
    page.locator("#device-verdict").filter(has_text="可以参加考试").wait_for()
    _without_violation(page)
    _shoot(page, "9-device")
    assert DeviceCheck.objects.get().is_fit

    page.goto(f"/my/exams/{stage.candidates[0].public_id}/")
    page.get_by_role("button", name="开始模拟考试").click()
    page.wait_for_selector("#question:not([hidden])")
    expect(page.locator(".cs-stamp")).to_contain_text("不计成绩")
    page.locator("#choices input").first.click()
    page.wait_for_selector("#save-line[data-word=saved]")
    _without_violation(page)
    _shoot(page, "9-rehearsal")
    page.click("#report")
    page.fill("#fault-text", "看不懂这道题")
    page.click("#fault-send")
    expect(page.locator("#fault")).to_be_hidden()
    assert DrillFault.objects.get().description == "看不懂这道题"
    page.click("#card-button")
    page.click("#card-submit")
    page.get_by_role("button", name="确认交卷").click()
    page.wait_for_selector("#sitting[data-phase=finished]")
    page.get_by_role("link", name="查看交卷结果").click()
    page.get_by_text("模拟考试不计成绩").wait_for()
    _without_violation(page)
    _shoot(page, "9-rehearsal-done")
    assert Drill.objects.get().state == DrillState.DONE


def test_spot_exam_is_begun_from_the_board_and_explained_at_once(live_site, stage, new_desk, new_phone):
    make_practice_pool(stage.exam_round.authority)
    enterprise = stage.candidates[0].enterprise
    person = make_appointment(enterprise=enterprise).person
    desk, phone = new_desk(), new_phone()
    live_site.sign_in(desk.context, User.objects.get(pk=stage.regulator.user_id))
    desk.goto("/exams/spot/")
    desk.fill("#q", enterprise.name)
    desk.get_by_role("button", name="查找单位").click()
    desk.get_by_role("link", name=enterprise.name).first.click()
    desk.check(f"[value='{person.public_id}']")
    desk.fill("[name=occasion]", "节前安全检查")
    desk.get_by_role("button", name="生成试卷和二维码").click()
    desk.locator(".ck-qr img").wait_for()
    _shoot(desk, "10-spot-board")
    phone.goto(desk.locator("[data-address]").get_attribute("data-address"))
    phone.wait_for_selector("#question:not([hidden])")
    phone.locator("#choices input").first.click()
    phone.wait_for_selector("#save-line[data-word=saved]")
    phone.click("#card-button")
    phone.click("#card-submit")
    phone.get_by_role("button", name="确认交卷").click()
    phone.wait_for_selector("#sitting[data-phase=finished]")
    phone.get_by_role("link", name="查看交卷结果").click()
    phone.get_by_text("解析如下").wait_for()
    _shoot(phone, "10-spot-done")
    desk.goto("/exams/spot/")
    desk.get_by_role("link", name=person.name).first.click()
    desk.get_by_text("解析如下").wait_for()
    _shoot(desk, "10-spot-result")
