"""A whole sitting in real browsers: ten candidates on phones, an invigilator and a second signature, the network cut.

Set SCREENSHOTS to a folder to look at it afterwards.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from core import clock
from exams.actions import offer_handover
from exams.domain.entry import entry_code
from exams.models import Attempt, AttemptState, Candidate, CandidateState, CheckIn, Incident, Signal, Sitting
from tests.factories.exams import Stage, make_stage
from tests.live import LiveSite

pytestmark = [pytest.mark.slow]
PEOPLE = 10
OFFLINE = "ERR_INTERNET_DISCONNECTED"
SAVED = "#save-line[data-word=saved]"


@pytest.fixture
def stage(live_site: LiveSite) -> Stage:
    """Ten people, called to a sitting that begins now."""
    made, now = make_stage(people=PEOPLE), clock.now()
    made.sitting.opens_at = now - timedelta(minutes=1)
    made.sitting.last_start_at = now + timedelta(minutes=30)
    made.sitting.hard_end_at = now + timedelta(minutes=75)
    made.sitting.save()
    return made


def _shoot(page: Any, name: str) -> None:
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_a_whole_sitting_of_ten_with_an_invigilator(live_site, stage, new_phone, new_desk, complaints):
    complaints.expect(OFFLINE)
    complaints.expect("409")  # the new device is told that another one writes
    desk, second = _staff(live_site, stage.invigilator, new_desk), _staff(live_site, stage.regulator, new_desk)
    _prepare_and_open(desk, stage)
    _check_in(desk, stage)
    phones = [_begin(live_site, stage, index, new_phone) for index in range(PEOPLE)]
    _shoot(phones[0], "1-question")
    for phone in phones:
        _answer(phone, 0)

    _cut_the_network(phones[:3])
    _reload_without_network(phones[0])
    _report_a_question(phones[3])
    _grant_extra_time(desk, second, stage, phones[4])
    phones[5] = _hand_over(desk, stage, phones[5], new_phone)
    _look_away(phones[6])
    for phone in phones[:3]:
        phone.context.set_offline(False)
    _watch(desk, stage)

    for number, phone in enumerate(phones):
        _submit(phone, SAVED if number < 8 else None)
    _shoot(phones[0], "7-finished")
    _close(desk, stage)

    attempts = {row.candidate_id: row for row in Attempt.objects.all()}
    assert {row.state for row in attempts.values()} == {AttemptState.SUBMITTED}
    answered = [len(attempts[candidate.pk].answers) for candidate in stage.candidates]
    assert answered == [2, 2, 2, 1, 1, 1, 1, 1, 1, 1]
    assert set(Candidate.objects.values_list("state", flat=True)) == {CandidateState.MAKEUP}
    assert Sitting.objects.get(pk=stage.sitting.pk).state == "closed"
    assert attempts[stage.candidates[5].pk].leases.count() == 2
    assert Signal.objects.filter(attempt=attempts[stage.candidates[6].pk]).exists()


def _staff(site: LiveSite, actor: Any, new_desk: Callable[[], Any]) -> Any:
    page = new_desk()
    site.sign_in(page.context, User.objects.get(pk=actor.user_id))
    return page


def _prepare_and_open(desk: Any, stage: Stage) -> None:
    desk.goto(f"/exams/sittings/{stage.sitting.public_id}/readiness/")
    desk.get_by_text("题库快照").wait_for()
    _shoot(desk, "0-readiness")
    desk.goto(f"/exams/sittings/{stage.sitting.public_id}/")
    desk.check("[name=rotates_code]")
    desk.get_by_role("button", name="开场").click()
    desk.get_by_text("入场码每分钟更换，请在考场内投影").wait_for()


def _check_in(desk: Any, stage: Stage) -> None:
    desk.get_by_role("link", name="签到").first.click()
    desk.fill("[name=seat]", "A1")
    desk.get_by_role("button", name="签到").click()
    desk.get_by_text("已签到").first.wait_for()
    assert CheckIn.objects.get().seat == "A1"
    desk.goto(f"/exams/sittings/{stage.sitting.public_id}/code/")
    _shoot(desk, "0-wall")


def _begin(site: LiveSite, stage: Stage, index: int, new_phone: Callable[[], Any]) -> Any:
    """Scans the code on the wall, signed in, and starts."""
    page = new_phone()
    site.sign_in(page.context, stage.user(index))
    page.goto(f"/my/enter/{stage.sitting.public_id}/?code={_code(stage)}")
    page.get_by_role("button", name="开始作答").click()
    page.wait_for_selector("#question:not([hidden])")
    return page


def _code(stage: Stage) -> str:
    return entry_code(settings.SECRET_KEY.encode(), stage.sitting.public_id, clock.now())


def _answer(page: Any, number: int) -> None:
    page.locator("#choices input").first.click()
    page.wait_for_selector(SAVED)


def _cut_the_network(phones: list[Any]) -> None:
    for phone in phones:
        phone.wait_for_function("() => caches.keys().then((names) => names.length > 0)")
        phone.context.set_offline(True)
        phone.click("#next")
        phone.locator("#choices input").first.click()
        phone.wait_for_selector("#item-state[data-status=kept]")
    _shoot(phones[1], "2-offline")


def _reload_without_network(phone: Any) -> None:
    phone.reload()
    phone.wait_for_selector("#question:not([hidden])")
    assert "没有网络" in phone.inner_text("#notice")
    _shoot(phone, "3-offline-reload")


def _report_a_question(phone: Any) -> None:
    phone.click("#report")
    phone.fill("#fault-text", "题干与选项不符")
    _shoot(phone, "4-report")
    phone.click("#fault-send")
    phone.locator("#fault").wait_for(state="hidden")
    assert Incident.objects.get().kind == "fault"


def _grant_extra_time(desk: Any, second: Any, stage: Stage, phone: Any) -> None:
    attempt = Attempt.objects.get(candidate=stage.candidates[4])
    desk.goto(f"/exams/sittings/{stage.sitting.public_id}/extend/?attempt={attempt.public_id}")
    desk.fill("[name=minutes]", "9")
    desk.fill("[name=reason]", "设备重启，补时九分钟")
    desk.locator("main form button.btn-primary").click()
    second.goto(f"/exams/sittings/{stage.sitting.public_id}/")
    second.get_by_role("button", name="批准延时").click()
    phone.get_by_text("您的作答时间已延长 9 分钟").first.wait_for(timeout=5_000)
    _shoot(phone, "5-extended")


def _hand_over(desk: Any, stage: Stage, old: Any, new_phone: Callable[[], Any]) -> Any:
    """The battery is empty: the invigilator's code opens the exam on another phone, without a login."""
    old.context.close()
    desk.goto(f"/exams/candidates/{stage.candidates[5].public_id}/")
    desk.get_by_role("button", name="换设备继续作答").click()
    desk.locator(".ck-qr img").wait_for()
    attempt, word = offer_handover(stage.invigilator, Attempt.objects.get(candidate=stage.candidates[5]).public_id)
    page = new_phone()
    page.goto(f"/sit/{attempt.public_id}/?handover={word}")
    page.get_by_role("button", name="在此继续作答").click()
    page.wait_for_selector("#question:not([hidden])")
    assert page.locator("#choices input").first.is_checked()
    return page


def _look_away(phone: Any) -> None:
    phone.evaluate("window.dispatchEvent(new Event('blur'))")
    phone.wait_for_timeout(1100)
    phone.evaluate("window.dispatchEvent(new Event('focus'))")


def _watch(desk: Any, stage: Stage) -> None:
    desk.goto(f"/exams/sittings/{stage.sitting.public_id}/")
    assert desk.locator("#desk-live tbody tr").count() == PEOPLE
    desk.get_by_text("题干与选项不符").wait_for()
    _shoot(desk, "6-desk")


def _submit(phone: Any, wait: str | None) -> None:
    if wait:
        phone.wait_for_selector(f"{wait}, #save-line[data-word=all_saved]", timeout=20_000)
    phone.click("#card-button")
    phone.click("#card-submit")
    phone.get_by_role("button", name="确认交卷").click()
    phone.wait_for_selector("#sitting[data-phase=finished]", timeout=20_000)


def _close(desk: Any, stage: Stage) -> None:
    desk.goto(f"/exams/sittings/{stage.sitting.public_id}/?show=done")
    assert desk.locator("#desk-live tbody tr").count() == PEOPLE
    desk.get_by_role("link", name="收场").click()
    desk.fill("#confirm-name", "收场")
    _shoot(desk, "8-close")
    desk.get_by_role("button", name="确认收场").click()
    desk.get_by_text("已收场").first.wait_for()
