"""The exam page loads once: a reload without network, all questions together, reports, extra time while writing."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from core import clock
from core.masking import mask_name
from exams.actions import approve_extension, request_extension
from exams.domain.journal import effective_answers
from exams.models import Incident, Presence, Signal
from exams.queries.journal import entries_of

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SAVED = "#save-line[data-word=saved]"
OFFLINE = "ERR_INTERNET_DISCONNECTED"
# Every store of the page's database as text, and every page that the worker keeps.
AT_REST = """async () => {
  const open = indexedDB.open('choukao-exam');
  const db = await new Promise((resolve) => { open.onsuccess = () => resolve(open.result); });
  const all = (name) => new Promise((resolve) => {
    const request = db.transaction(name).objectStore(name).getAll();
    request.onsuccess = () => resolve(request.result);
  });
  const found = { events: await all('events'), papers: await all('papers'), pages: [] };
  db.close();
  for (const name of (await caches.keys()).filter((name) => name.startsWith('choukao-sit-'))) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      if (request.url.endsWith('/')) found.pages.push(await (await cache.match(request)).text());
    }
  }
  return found;
}"""


def _until_at_rest(page: Any, *, papers: int) -> dict[str, Any]:
    """What the device keeps, once it keeps so many papers."""
    for _ in range(100):
        kept: dict[str, Any] = page.evaluate(AT_REST)
        if len(kept["pages"]) == len(kept["papers"]) == papers:
            return kept
        page.wait_for_timeout(100)
    pytest.fail(f"the device never kept {papers} papers")


def test_reload_without_network_goes_on_from_the_device_and_leaves_nothing_behind(
    sit, stage, attempt, phone_page, complaints
):
    complaints.expect(OFFLINE)
    page = sit(phone_page)
    first = page.locator("#choices input").first
    first.click()
    page.wait_for_selector(SAVED)
    _until_at_rest(page, papers=1)
    page.context.set_offline(True)
    page.reload()

    page.wait_for_selector("#question:not([hidden])")
    expect(page.locator("#notice")).to_contain_text("没有网络")
    expect(page.locator("#time")).to_have_text(re.compile("^约 "))
    expect(page.locator("#choices input").first).to_be_checked()
    page.click("#next")
    page.locator("#choices input").nth(1).click()
    page.wait_for_selector("#item-state[data-status=kept]")
    kept = page.evaluate(AT_REST)
    name = stage.candidates[0].person.name
    assert (len(kept["papers"]), len(kept["pages"]), len(kept["events"])) == (1, 1, 2)
    assert name not in str(kept)
    assert mask_name(name) not in str(kept)

    page.context.set_offline(False)
    page.wait_for_selector(SAVED, timeout=30_000)
    assert len(effective_answers(entries_of(attempt))) == 2
    page.click("#card-button")
    page.click("#card-submit")
    page.get_by_role("button", name="确认交卷").click()
    page.wait_for_selector("#sitting[data-phase=finished]", timeout=20_000)
    assert _until_at_rest(page, papers=0) == {"events": [], "papers": [], "pages": []}


def test_all_questions_together_and_a_report_that_waits_for_the_network(sit, attempt, new_page, complaints):
    complaints.expect(OFFLINE)
    page = sit(new_page({"width": 360, "height": 800}, bypass_csp=True))
    page.evaluate(AXE.read_text())
    page.click("#card-button")
    page.click("#together")
    items = page.locator(".cs-sheet-block")
    assert items.count() == page.locator(".cs-cell").count()
    items.nth(1).locator("input").first.click()
    page.wait_for_selector("#sheet-state-1[data-status=saved]")
    assert [one["id"] for one in page.evaluate("axe.run(document)")["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    items.nth(1).get_by_role("button", name="报告试题问题").click()
    page.fill("#fault-text", "两个选项的文字相同")
    page.context.set_offline(True)
    page.click("#fault-send")
    page.locator("#fault-state").filter(has_text="报告没有送出").wait_for()
    assert [one["id"] for one in page.evaluate("axe.run(document)")["violations"]] == []
    page.context.set_offline(False)
    page.click("#fault-send")
    page.locator("#fault").wait_for(state="hidden")

    fault = Incident.objects.get(candidate=attempt.candidate)
    assert (fault.kind, fault.description, fault.recorded_by) == ("fault", "两个选项的文字相同", None)
    assert fault.question_ref.count("@") == 1
    page.reload()
    page.wait_for_selector("#sheet:not([hidden])")
    expect(page.locator("#sheet-state-1")).to_have_attribute("data-status", "saved")


def test_extra_time_is_on_the_phone_within_five_seconds_and_absence_is_noticed(sit, stage, attempt, phone_page):
    page = sit(phone_page)
    page.locator("#mark text").wait_for(state="attached")
    expect(page.locator("#mark text").first).to_contain_text(mask_name(stage.candidates[0].person.name))
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.wait_for_timeout(1100)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    extension = request_extension(
        stage.invigilator, stage.sitting.public_id, unsafe_attempt_id=None, minutes=10, reason="停电", now=clock.now()
    )
    approve_extension(stage.regulator, extension.public_id, now=clock.now())

    page.get_by_text("您的作答时间已延长 10 分钟").first.wait_for(timeout=5_000)
    page.locator("#time").filter(has_text=re.compile(r"^1:0\d:")).wait_for()
    signal = Signal.objects.get(attempt=attempt)
    assert (signal.kind, signal.seconds) == (Signal.Kind.BLUR, 1)
    assert clock.now() - Presence.objects.get(attempt=attempt).seen_at < timedelta(seconds=15)
