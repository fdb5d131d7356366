"""Every page that a role can click its way to in the demo: no broken link, no complaint, no sideways scrolling, axe content.

Both widths are looked at. What a page says and does is tested in its room.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from accounts.models import User
from tests.conftest import Complaints
from tests.live import ROOT, LiveSite

pytestmark = pytest.mark.slow

ROLES = ("planner", "approver", "street", "builder", "trainer", "examiner", "invigilator", "auditor", "system", "security",
         "candidate", "enterprise")  # fmt: skip
PAGES_FOR_EACH = 40
AXE = (ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text()
RUN_AXE = """async () => {
  const found = await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "best-practice"], resultTypes: ["violations"]});
  return found.violations.map(one => one.id + ": " + one.nodes.slice(0, 3).map(node => node.target.join(" ")).join(", "));
}"""
NEXT_FRAME = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
WIDTHS = {"phone": 390, "desk": 1280}


def route_of(path: str) -> str | None:
    """The pattern behind a path, so that one page of each kind is visited; None for what is not ours."""
    try:
        return resolve(path).route
    except Resolver404:
        return None


def links(page: Any, site: LiveSite) -> Iterator[str]:
    for address in page.eval_on_selector_all("a[href]:not([download])", "all => all.map(one => one.href)"):
        if address.startswith(f"{site.url}/"):
            parts = urlsplit(address)
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def findings(page: Any) -> list[str]:
    """What is wrong with the page as it stands: its width at both widths, its structure for a screen reader."""
    found = []
    for name, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(NEXT_FRAME)  # the page hears of its new width first
        scroll = page.evaluate("document.documentElement.scrollWidth")
        if scroll > width:
            found.append(f"{scroll - width} px too wide on a {name}")
    page.evaluate(AXE)
    return found + [f"axe: {violation}" for violation in page.evaluate(RUN_AXE)]


def crawl(page: Any, site: LiveSite, start: str, *, looked_at: set[str | None]) -> list[str]:
    """Ask for one page of each kind within reach of the start, and look closely at kinds that nobody has looked at."""
    waiting, known, troubles, visited = [start], {route_of(start)}, [], 0
    while waiting and visited < PAGES_FOR_EACH:
        address = waiting.pop(0)
        answer = page.context.request.get(address)
        if answer.status >= 400:
            troubles.append(f"{address} answered {answer.status}")
        if answer.status >= 400 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        visited += 1
        page.goto(address, wait_until="load")
        arrived = route_of(urlsplit(page.url).path)
        if arrived not in looked_at:
            looked_at.add(arrived)
            troubles += [f"{address}: {finding}" for finding in findings(page)]
        for link in links(page, site):
            route = route_of(urlsplit(link).path)
            if route not in known and "logout" not in link:
                known.add(route)
                waiting.append(link)
    assert visited > 1
    return troubles


@pytest.fixture(scope="module")
def looked_at() -> set[str | None]:
    """Routes that some role's walk has examined already; another role then only asks whether they answer."""
    return set()


@pytest.mark.parametrize("username", ROLES)
def test_every_page_a_role_can_click_to_is_sound(
    username: str, demo_site: LiveSite, new_desk: Any, complaints: Complaints, looked_at: set[str | None]
):
    page = new_desk()
    demo_site.sign_in(page.context, User.objects.get(username=username))
    assert "\n".join(crawl(page, demo_site, "/", looked_at=looked_at)) == ""


def test_every_page_the_public_can_click_to_is_sound(
    demo_site: LiveSite, new_desk: Any, complaints: Complaints, looked_at: set[str | None]
):
    assert "\n".join(crawl(new_desk(), demo_site, "/public/", looked_at=looked_at)) == ""


def test_pages_in_english_are_sound(
    demo_site: LiveSite, new_desk: Any, complaints: Complaints, looked_at: set[str | None]
):
    page = new_desk()
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": demo_site.url}])
    assert "\n".join(crawl(page, demo_site, "/public/", looked_at=set())) == ""
