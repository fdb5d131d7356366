"""The draw recomputed in a real Chromium, on a phone: accepted as published, rejected after one changed character."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from draws.domain.protocol import FILES
from draws.models import Draw
from draws.queries import content_of, my_roster_rows
from tests.draws.test_sql import by_sql
from tests.factories.actors import make_actor
from tests.factories.draws import make_cast, make_drawn, make_population
from tests.live import LiveSite


@pytest.fixture(scope="module")
def drawn(live_site: LiveSite) -> tuple[Draw, str]:
    """A draw of twelve people, and the preimage that one of them sees on the own page."""
    cast = make_cast()
    person = make_population(cast, 12)[0].person
    draw = make_drawn(cast, seats=4)
    return draw, my_roster_rows(make_actor(person=person))[0].preimage


def open_verify(page: Page, draw: Draw) -> None:
    page.goto(reverse("draws:public_verify", args=[draw.public_id]))


def test_browser_accepts_the_published_files_and_finds_the_own_row_without_telling(
    live_site: LiveSite, drawn: tuple[Draw, str], phone_page: Page
):
    draw, preimage = drawn
    open_verify(phone_page, draw)
    phone_page.get_by_role("button", name="开始验证").click()
    outcome = phone_page.locator("[data-verify-outcome]")
    expect(outcome).to_contain_text("验证通过")
    expect(outcome).to_contain_text(draw.seed)
    asked: list[str] = []
    phone_page.on("request", lambda request: asked.append(request.url))
    phone_page.get_by_label("原文或签号标识").fill(preimage)
    expect(phone_page.locator("[data-verify-row]")).to_contain_text("BUILD-430602201-P")
    assert asked == []


def test_stranger_reproduces_the_result_in_three_independent_ways_from_the_published_files(
    live_site: LiveSite, drawn: tuple[Draw, str], phone_page: Page, tmp_path: Path
):
    """The published program, a database, and the visitor's own browser; nothing but what the public pages give."""
    draw, _preimage = drawn
    published = {}
    for name in (*FILES, "verify.py"):
        published[name] = phone_page.request.get(reverse("draws:public_file", args=[draw.public_id, name])).body()
        (tmp_path / name).write_bytes(published[name])
    plan, roster, sources, result = (published[name] for name in FILES)

    program = subprocess.run(
        [sys.executable, "-I", "verify.py", "."], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (program.returncode, "ACCEPTED: 5 places recomputed from 12 rows." in program.stdout) == (0, True)
    assert by_sql(plan, roster, sources) == result
    open_verify(phone_page, draw)
    phone_page.get_by_role("button", name="开始验证").click()
    expect(phone_page.locator("[data-verify-outcome]")).to_contain_text("验证通过")


@pytest.mark.parametrize("name", FILES)
def test_browser_rejects_one_changed_character(
    live_site: LiveSite, drawn: tuple[Draw, str], phone_page: Page, name: str
):
    draw, _preimage = drawn
    data = bytearray(content_of(draw, name))
    data[-9] ^= 1

    def damaged(route: Route) -> None:
        route.fulfill(status=200, body=bytes(data))

    phone_page.route(re.compile(rf"/files/{re.escape(name)}$"), damaged)
    open_verify(phone_page, draw)
    phone_page.get_by_role("button", name="开始验证").click()
    outcome = phone_page.locator("[data-verify-outcome]")
    expect(outcome).to_contain_text("验证不通过")
    expect(outcome).not_to_contain_text("验证通过")


def test_browser_verifies_files_that_the_visitor_kept(live_site: LiveSite, drawn: tuple[Draw, str], phone_page: Page):
    draw, _preimage = drawn
    open_verify(phone_page, draw)
    phone_page.get_by_text("改用您自己保存的文件").click()
    kept = [{"name": name, "mimeType": "text/plain", "buffer": content_of(draw, name)} for name in FILES]
    phone_page.locator("[data-verify-files]").set_input_files(kept)
    expect(phone_page.locator("[data-verify-outcome]")).to_contain_text("验证通过")


@pytest.mark.parametrize("name", ["public_list", "public_explained"])
def test_public_pages_fit_a_phone(live_site: LiveSite, drawn: tuple[Draw, str], phone_page: Page, name: str):
    phone_page.goto(reverse(f"draws:{name}"))
    assert phone_page.evaluate("document.documentElement.scrollWidth") <= phone_page.viewport_size["width"]
