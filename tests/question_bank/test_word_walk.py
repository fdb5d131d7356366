"""A trainer brings a Word file with twenty flawed questions into the bank, in a real browser, without a manual."""

import io
import json
import os
from pathlib import Path

import openpyxl
import pytest

from question_bank.models import Picture, Question, QuestionImport
from tests.factories.actors import make_world
from tests.factories.word import FLAWED_QUESTIONS, GOOD_QUESTIONS, flawed_file

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = os.environ.get("SHOTS", "")


def shot(page, name):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def faults_of(page):
    page.add_script_tag(content=AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found["violations"]]


@pytest.fixture(scope="module")
def world(live_site):
    return make_world()


def upload(page, live_site, world, data, name):
    page.goto("/question-bank/imports/new/")
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": data})
    page.click("form[enctype] button.btn-primary")
    page.wait_for_selector("h1")


@pytest.mark.parametrize("width", [1280, 390])
def test_word_file_is_checked_repaired_and_imported(live_site, world, new_page, width):
    Question.objects.exists()
    page = new_page({"width": width, "height": 900}, bypass_csp=True)
    live_site.sign_in(page.context, world.users["trainer"])
    before = Question.objects.count()
    upload(page, live_site, world, flawed_file(), f"试题{width}.docx")
    shot(page, f"preview-{width}")
    row = QuestionImport.objects.order_by("-pk").first()

    assert (row.state, row.file_format) == ("preview", "docx")
    faulty = {problem["row"] for problem in row.report["rejected"]}
    if width == 1280:
        assert (row.report["accepted"], len(faulty)) == (GOOD_QUESTIONS + 1, FLAWED_QUESTIONS)
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    with page.expect_download() as waiting:
        page.click("a:has-text('下载错误清单')")
    listed = openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes())).active
    assert listed.max_row == len(faulty) + 1

    if width == 390:
        return
    page.check("#skip-faulty")
    page.click("button.btn-primary")
    page.wait_for_selector("text=查看草稿并提交审核")
    shot(page, f"applied-{width}")

    drafts = Question.objects.count() - before
    assert drafts == GOOD_QUESTIONS + 1
    assert Picture.objects.count() == 1
    pictured = Question.objects.get(current__stem__contains="[图]")
    page.goto(f"/question-bank/questions/{pictured.public_id}/")
    shown = page.locator("img.ck-question-picture").first
    shown.scroll_into_view_if_needed()
    shown.evaluate("one => one.decode()")
    assert shown.evaluate("one => one.naturalWidth") == 120
    shot(page, "picture")
    formula = Question.objects.get(current__stem__contains="式中的压强")
    page.goto(f"/question-bank/questions/{formula.public_id}/")
    assert page.locator("math mfrac").count() == 1
    assert json.dumps(formula.current.content).count("<math>") == 1


def test_picture_is_not_for_strangers(live_site, world, new_page):
    picture = Picture.objects.get()
    page = new_page({"width": 800, "height": 600})
    live_site.sign_in(page.context, world.users["other_regulator"])

    assert page.request.get(f"{live_site.url}/question-bank/pictures/{picture.public_id}/").status == 404
