"""How long a visitor's browser needs to recompute a draw of 100,000 people on a phone-class processor (CPU throttled four times).

Chromium throttles a page, not the worker beside it. So the figure that has the budget is of the page that computes by
itself, as a browser without workers does; the figure of the worker is taken as well, unthrottled.
"""

import os
import re
import shutil
from collections.abc import Iterator

from django.test import override_settings
from django.urls import reverse
from playwright.sync_api import Page, Route, sync_playwright

from bench.measure_draw import SOURCES, make_plan, make_roster
from bench.registry import Figure, measurement
from bench.served import served
from draws.domain.protocol import FILES, compute
from draws.models import Draw
from tests.factories.draws import make_cast, make_drawn, make_population

PEOPLE = 100_000
STRATA = 120
THROTTLE = 4
BUDGET_SECONDS = 10.0
WAIT_MS = 300_000


@measurement("verify")
def measure_verify() -> Iterator[Figure]:
    """The public verification page, from the press of the button to its verdict; the download is from this machine."""
    # Playwright keeps an event loop in this thread, where Django would refuse to speak to the database.
    with override_settings(QUEUE="immediate"):
        draw = _draw()
    files = _files(PEOPLE, STRATA)
    address = reverse("draws:public_verify", args=[draw.public_id])
    with served("config.wsgi:application", QUEUE="immediate") as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox", "--disable-gpu"])
        for name, workers, throttle in (("page alone", False, THROTTLE), ("worker", True, 1)):
            page = browser.new_page(viewport={"width": 390, "height": 844}, base_url=f"http://127.0.0.1:{site.port}")
            if not workers:
                page.add_init_script("delete window.Worker")
            seconds = _seconds(page, address, files, throttle=throttle)
            budget = (f"budget, CPU throttled x{throttle}", BUDGET_SECONDS) if throttle > 1 else ("", None)
            yield Figure(f"verify {PEOPLE} people, {name}", seconds, "s", *budget)
            page.close()
        browser.close()


def _seconds(page: Page, address: str, files: dict[str, bytes], *, throttle: int) -> float:
    def answer(route: Route) -> None:
        route.fulfill(status=200, body=files[route.request.url.rpartition("/")[2]])

    page.route(re.compile(r"/files/[a-z]+\.[a-z]+$"), answer)
    answered = page.goto(address)
    if answered is None or answered.status != 200:
        raise RuntimeError(f"{address} answered {answered and answered.status}: {page.inner_text('body')}")
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": throttle})
    took: float = page.evaluate(
        """async () => {
          const began = performance.now();
          document.querySelector("[data-verify-start]").click();
          const verdict = document.querySelector("[data-verify-outcome]");
          await new Promise((seen) => new MutationObserver(() => verdict.hidden || seen()).observe(verdict, { attributes: true }));
          return (performance.now() - began) / 1000;
        }"""
    )
    verdict = page.locator("[data-verify-outcome]").inner_text(timeout=WAIT_MS)
    if "✓" not in verdict:
        raise RuntimeError(f"the browser refused the draw: {verdict}")
    return took


def _files(people: int, strata: int) -> dict[str, bytes]:
    roster = make_roster(people, strata)
    plan = make_plan(roster, people, picked=people // 20)
    return dict(zip(FILES, (plan, roster, SOURCES, compute(plan, roster, SOURCES).result), strict=True))


def _draw() -> Draw:
    cast = make_cast()
    make_population(cast, 4)
    return make_drawn(cast)


def _chromium() -> str:
    found = os.environ.get("CHROMIUM_PATH") or next(
        filter(None, map(shutil.which, ("chromium", "google-chrome-stable", "google-chrome", "chromium-browser"))), None
    )
    if found is None:
        raise RuntimeError("no Chromium found: set CHROMIUM_PATH")
    return found
