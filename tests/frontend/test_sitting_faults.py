"""The rows of the failure matrix that only a browser can show: its disk, its clock, its sleep, a deadline without network."""

from datetime import timedelta
from typing import Any

from core import clock
from exams.domain.journal import effective_answers
from exams.models import AnswerEvent, Attempt
from exams.queries.journal import entries_of

SAVED = "#save-line[data-word=saved]"
FULL_DISK = """
IDBObjectStore.prototype.put = () => { throw new DOMException("no room", "QuotaExceededError") };
"""
CLOCK_AN_HOUR_AHEAD = """
const real = Date.now.bind(Date);
let jump = 3600_000;
Date.now = () => real() + jump;
setInterval(() => { jump = -jump; }, 700);
"""


def _answer(page: Any, option: int = 0) -> str:
    choice = page.locator("#choices input").nth(option)
    choice.click()
    return str(choice.input_value())


def _answers(attempt: Attempt) -> list[Any]:
    return list(effective_answers(entries_of(Attempt.objects.get(pk=attempt.pk))).values())


def _minutes(page: Any) -> int:
    return int(page.inner_text("#time").split(":")[0])


def test_answer_travels_although_the_disk_of_the_browser_is_full(sit, attempt, phone_page):
    page = sit(phone_page, FULL_DISK)
    option = _answer(page)
    page.wait_for_selector(SAVED)
    assert _answers(attempt) == [[option]]


def test_clock_of_the_device_that_jumps_changes_neither_time_nor_order(sit, attempt, phone_page):
    page = sit(phone_page, CLOCK_AN_HOUR_AHEAD)
    _answer(page, 0)
    page.wait_for_timeout(800)
    last = _answer(page, 1)
    page.wait_for_timeout(800)
    page.wait_for_selector(SAVED)
    assert _minutes(page) in {58, 59}
    events = AnswerEvent.objects.filter(attempt=attempt).order_by("seq")
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert last in _answers(attempt)[0]


def test_laptop_that_slept_twenty_minutes_asks_the_server_for_the_time_and_goes_on(sit, attempt, desk_page):
    desk_page.clock.install()
    page = sit(desk_page)
    _answer(page)
    page.clock.run_for(2_000)
    page.wait_for_selector(SAVED)
    page.clock.fast_forward("20:00")
    page.clock.run_for(3_000)
    page.wait_for_timeout(500)
    page.clock.run_for(3_000)
    # The page slept; on the server less than a minute has passed, and only the server's time is shown.
    assert _minutes(page) in {57, 58, 59}
    page.click("#next")
    _answer(page)
    page.clock.run_for(3_000)
    page.wait_for_selector(SAVED)
    assert len(_answers(attempt)) == 2


def test_network_cut_over_the_deadline_delivers_late_and_marked(sit, attempt, phone_page, complaints):
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    complaints.expect("409")
    page = sit(phone_page)
    first = _answer(page)
    page.wait_for_selector(SAVED)
    page.context.set_offline(True)
    page.click("#next")
    _answer(page)
    page.wait_for_selector("#save-line[data-word=kept]")
    # Meanwhile the time ends.
    Attempt.objects.filter(pk=attempt.pk).update(deadline=clock.now() - timedelta(minutes=2))
    page.context.set_offline(False)
    for _ in range(100):
        if AnswerEvent.objects.filter(attempt=attempt).count() == 2:
            break
        page.wait_for_timeout(200)
    assert [event.late for event in AnswerEvent.objects.filter(attempt=attempt).order_by("sseq")] == [False, True]
    assert _answers(attempt) == [[first]]
