"""What was granted before the exam happens on the page: questions are read aloud, print is larger."""

from typing import Any

import pytest
from playwright.sync_api import expect

from core import clock
from exams.models import Accommodation
from tests.factories.exams import Stage

SAVED = "#save-line[data-word=saved]"
# A browser whose voice only writes down what it was told to say.
RECORDING_VOICE = """
window.spoken = [];
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
Object.defineProperty(window, "speechSynthesis", { value: {
  cancel() { window.spoken.length = 0; },
  speak(words) { window.spoken.push([words.lang, words.text]); },
} });
"""
NO_VOICE = """
Object.defineProperty(window, "speechSynthesis", { value: undefined });
Object.defineProperty(window, "SpeechSynthesisUtterance", { value: undefined });
"""


@pytest.fixture
def granted(stage: Stage) -> Accommodation:
    """Reading aloud and larger print for the one candidate, decided before the start."""
    now = clock.now()
    return Accommodation.objects.create(
        candidate=stage.candidates[0],
        read_aloud=True,
        large_print=True,
        reason="视力残疾二级",
        state=Accommodation.State.GRANTED,
        requested_by=stage.user(),
        requested_at=now,
        decided_at=now,
    )


def _words(page: Any) -> str:
    stem = page.inner_text("#stem")
    labels = page.locator("#choices .cs-option").all()
    options = [f"{one.locator('b').inner_text()}。{one.locator('span').inner_text()}" for one in labels]
    return "。".join([stem, *options])


def test_question_is_read_aloud_with_its_options_one_at_a_time(granted, sit, phone_page):
    page = sit(phone_page, RECORDING_VOICE)
    expect(page.locator("#aloud-none")).to_be_hidden()
    page.click("#aloud")
    page.wait_for_function("window.spoken.length === 1")
    first = page.evaluate("window.spoken")
    assert first == [["zh-CN", _words(page)]]

    page.click("#next")
    expect(page.locator("#question-title")).to_contain_text("第 2 题")
    page.click("#aloud")
    page.wait_for_function("(before) => window.spoken.length === 1 && window.spoken[0][1] !== before", arg=first[0][1])
    assert page.evaluate("window.spoken") == [["zh-CN", _words(page)]]


def test_browser_without_a_voice_says_whom_to_ask_and_the_exam_goes_on(granted, sit, phone_page):
    page = sit(phone_page, NO_VOICE)
    expect(page.locator("#aloud")).to_be_hidden()
    expect(page.locator("#aloud-none")).to_contain_text("请告诉监考")
    page.locator("#choices input").first.click()
    page.wait_for_selector(SAVED)
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('#stem')).fontSize)") >= 24


def test_page_in_english_says_that_the_questions_stay_chinese(granted, sit, phone_page):
    granted.language = Accommodation.Language.ENGLISH
    granted.save(update_fields=["language"])
    page = sit(phone_page, RECORDING_VOICE)
    expect(page.locator("#language-note")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_page_of_a_candidate_without_accommodation_offers_no_voice(sit, phone_page):
    page = sit(phone_page, RECORDING_VOICE)
    expect(page.locator("#aloud")).to_be_hidden()
    expect(page.locator("#aloud-none")).to_be_hidden()
    expect(page.locator("#language-note")).to_have_count(0)
