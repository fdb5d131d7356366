"""The exam page in a real Chromium before the real server: what a candidate was told is saved is saved."""

import json
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from exams.domain.journal import effective_answers
from exams.models import AnswerEvent, Attempt, AttemptState
from exams.queries.journal import entries_of

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SAVED = "#save-line[data-word=saved]"
QUESTION = "#question:not([hidden])"
OFFLINE = "ERR_INTERNET_DISCONNECTED"
# 400 kbit/s both ways and 400 ms, as the browser's own tools call it.
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}


def _kill(page: Any) -> None:
    """Kills the browser's page processes, as a phone short of memory does: no handler runs, no last breath goes out."""
    described = page.context.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    with page.expect_event("crash"):
        for process in described["processInfo"]:
            if process["type"] == "renderer":
                os.kill(process["id"], signal.SIGKILL)
    page.close()


def _answer(page: Any, option: int = 0) -> str:
    """Clicks an option of the question shown; its opaque id."""
    choice = page.locator("#choices input").nth(option)
    choice.click()
    return str(choice.input_value())


def _answers(attempt: Attempt) -> dict[str, Any]:
    """Item → effective answer, folded from the journal."""
    return effective_answers(entries_of(attempt))


def _until(page: Any, holds: Callable[[], bool], seconds: int = 20) -> None:
    """Waits for something only the server knows."""
    for _ in range(seconds * 5):
        if holds():
            return
        page.wait_for_timeout(200)
    pytest.fail("it never came true")


def _submit(page: Any) -> None:
    page.click("#card-button")
    page.click("#card-submit")
    page.get_by_role("button", name="确认交卷").click()


def test_sitting_page_network_cut_keeps_answers_and_delivers_them_afterwards(sit, attempt, phone_page, complaints):
    complaints.expect(OFFLINE)
    page = sit(phone_page)
    first = _answer(page)
    page.wait_for_selector(SAVED)
    page.context.set_offline(True)
    page.click("#next")
    second = _answer(page)
    page.wait_for_selector("#save-line[data-word=kept]")
    expect(page.locator("#save-line")).to_contain_text("1 个答案已存于本机")
    assert [option for (option,) in _answers(attempt).values()] == [first]

    page.context.set_offline(False)
    page.wait_for_selector(SAVED, timeout=30_000)

    assert sorted(option for (option,) in _answers(attempt).values()) == sorted([first, second])


def test_sitting_page_tab_killed_right_after_the_click_loses_nothing(sit, attempt, new_phone, complaints):
    complaints.expect(OFFLINE)
    # without a service worker, whose process would die with the tab's and leave the browser's driver waiting for it
    page = sit(new_phone(service_workers="block"))
    page.wait_for_load_state("networkidle")
    context = page.context
    context.set_offline(True)
    option = _answer(page, 1)
    page.wait_for_selector("#item-state[data-status=kept]")
    _kill(page)
    assert _answers(attempt) == {}

    context.set_offline(False)
    again = context.new_page()
    again.goto(f"/sit/{attempt.public_id}/")
    again.wait_for_selector(QUESTION)

    again.wait_for_selector(SAVED)
    assert list(_answers(attempt).values()) == [[option]]
    assert again.locator("#choices input").nth(1).is_checked()


def test_sitting_page_reload_resumes_question_time_and_answers(sit, attempt, phone_page):
    page = sit(phone_page)
    _answer(page)
    page.click("#next")
    page.wait_for_selector(SAVED)
    page.reload()
    page.wait_for_selector(QUESTION)
    expect(page.locator("#question-title")).to_have_text(re.compile("^第 2 题"))
    expect(page.locator(".cs-cell[data-status=saved]")).to_have_count(1)
    minutes = int(page.inner_text("#time").split(":")[0])
    assert minutes in {58, 59}


def test_sitting_page_second_tab_is_read_only_until_it_takes_over(sit, attempt, desk_page):
    first = sit(desk_page)
    _answer(first)
    first.wait_for_selector(SAVED)
    second = first.context.new_page()
    second.goto(f"/sit/{attempt.public_id}/")
    second.wait_for_selector("#sitting[data-phase=held]")
    second.get_by_role("button", name="在此继续作答").click()
    second.wait_for_selector(QUESTION)
    first.wait_for_selector("#sitting[data-phase=held]")
    second.click("#next")
    _answer(second)
    second.wait_for_selector(SAVED)
    assert len(_answers(attempt)) == 2
    assert set(AnswerEvent.objects.filter(attempt=attempt).values_list("epoch", flat=True)) == {1}


def test_sitting_page_second_device_takes_over_and_late_answers_of_the_first_still_count(
    sit, attempt, phone_page, new_desk, complaints
):
    complaints.expect(OFFLINE)
    complaints.expect("409")
    first = sit(phone_page)
    first.wait_for_load_state("networkidle")
    first.context.set_offline(True)
    _answer(first)
    first.wait_for_selector("#item-state[data-status=kept]")
    second = sit(new_desk(), wait=False)
    second.wait_for_selector("#sitting[data-phase=held]")
    second.get_by_role("button", name="在此继续作答").click()
    second.wait_for_selector(QUESTION)
    second.click("#next")
    _answer(second)
    second.wait_for_selector(SAVED)

    first.context.set_offline(False)
    first.wait_for_selector("#sitting[data-phase=held]", timeout=30_000)

    _until(first, lambda: len(_answers(attempt)) == 2)
    second.click("#card-submit")
    second.get_by_role("button", name="确认交卷").click()
    second.wait_for_selector("#review-body .cs-warn", timeout=15_000)
    second.get_by_role("button", name="确认交卷").click()
    second.wait_for_selector("#sitting[data-phase=finished]", timeout=15_000)
    assert Attempt.objects.get(pk=attempt.pk).state == AttemptState.SUBMITTED


def test_sitting_page_without_cookie_asks_to_sign_in_and_delivers_after_it(
    sit, live_site, stage, attempt, phone_page, complaints
):
    complaints.expect("401")
    page = sit(phone_page)
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies()
    option = _answer(page)
    page.wait_for_selector("#sign-in:not([hidden])")
    assert _answers(attempt) == {}
    page.get_by_role("button", name="先继续作答").click()
    expect(page.locator("#choices input").first).to_be_enabled()

    live_site.sign_in(page.context, stage.user())
    page.click("#notice-button")
    page.click("#sign-in-again")

    page.wait_for_selector(SAVED, timeout=30_000)
    assert list(_answers(attempt).values()) == [[option]]


def test_sitting_page_submits_and_shows_the_signed_receipt(sit, attempt, phone_page):
    page = sit(phone_page)
    _answer(page)
    page.wait_for_selector(SAVED)
    _submit(page)
    page.wait_for_selector("#sitting[data-phase=finished]", timeout=15_000)
    with page.expect_download() as download:
        page.get_by_role("button", name="保存交卷回执").click()
    stored = Attempt.objects.get(pk=attempt.pk)
    assert Path(download.value.path()).read_text() == stored.final_receipt
    assert json.loads(stored.final_receipt)["attempt"] == attempt.public_id


def test_sitting_page_rescue_file_carries_what_cannot_be_delivered(sit, attempt, phone_page, complaints):
    complaints.expect(OFFLINE)
    page = sit(phone_page)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    option = _answer(page)
    page.wait_for_selector("#save-line[data-word=kept]")
    page.click("#card-button")
    page.click("#card-submit")
    page.click(".cs-rescue summary")
    with page.expect_download() as download:
        page.get_by_role("button", name="保存救援文件").click()
    body = json.loads(Path(download.value.path()).read_text())
    assert (body["format"], body["attempt"]) == ("CHOUKAO-RESCUE/1", attempt.public_id)
    assert [(event["seq"], event["answer"]) for event in body["events"]] == [(1, [option])]


def test_sitting_page_is_there_and_saves_over_a_slow_mobile_line(sit, attempt, phone_page):
    line = phone_page.context.new_cdp_session(phone_page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_3G)
    page = sit(phone_page)
    option = _answer(page)
    page.wait_for_selector(SAVED)
    assert list(_answers(attempt).values()) == [[option]]


def test_sitting_page_works_by_keyboard_alone(sit, attempt, desk_page):
    page = sit(desk_page)
    _tab_to(page, "type", {"radio", "checkbox"})
    page.keyboard.press("Space")
    page.wait_for_selector(SAVED)
    _tab_to(page, "id", {"next"})
    page.keyboard.press("Enter")
    expect(page.locator("#question-title")).to_be_focused()
    expect(page.locator("#question-title")).to_have_text(re.compile("^第 2 题"))
    assert len(_answers(attempt)) == 1


def _tab_to(page: Any, attribute: str, values: set[str]) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.{attribute}") in values:
            return
    pytest.fail(f"the Tab key never reached {attribute} in {values}")


@pytest.mark.parametrize("width", [360, 1280])
def test_sitting_page_has_no_axe_violation_and_no_sideways_scrolling(sit, attempt, new_page, width):
    page = sit(new_page({"width": width, "height": 800}, bypass_csp=True))
    page.evaluate(AXE.read_text())
    for step in ("#flag", "#card-button" if width < 1000 else "#next"):
        page.click(step)
        violations = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [violation["id"] for violation in violations] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
