"""What every test may use: the choice of database, a live site, and pages of a real Chromium."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection

from tests.live import LiveSite, TemplateDatabases, close_sessions_of, connected_to, is_postgresql, running_site

pytest_plugins = ["tests.factories.fixtures"]

hypothesis.settings.register_profile("house", deadline=None, derandomize="CI" in os.environ, database=None)
hypothesis.settings.load_profile("house")

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
LIVE_FIXTURES = {"live_site", "demo_site", "rehearsal_site", "page", "phone_page", "desk_page", "new_phone", "new_desk"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if LIVE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("postgresql") and not is_postgresql():
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL; the second half of `make test` runs it"))


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Rate limits and cached pages of one test must not meet the next."""
    yield
    cache.clear()


# --- live sites ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The plugin's test database; before it is dropped, no connection to it is left.

    A browser test runs in a context of its own, and what it connected there nobody else can close.
    """
    name = str(connection.settings_dict["NAME"])
    yield
    if is_postgresql():
        close_sessions_of(name)


@pytest.fixture(scope="session")
def template_databases(tmp_path_factory: pytest.TempPathFactory) -> TemplateDatabases:
    """Databases that all test processes of this run copy from."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "template-databases"
    folder.mkdir(exist_ok=True)
    return TemplateDatabases(folder)


def _site(template: str, request: Any, databases: TemplateDatabases, folder: Path, **extra: str) -> Iterator[LiveSite]:
    name = "ck_" + re.sub(
        r"\W+", "_", f"{template}_{request.module.__name__}_{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    )
    # PostgreSQL cuts names after 63 bytes; the end is what tells modules apart
    url = databases.copy(template, name if len(name) <= 60 else f"ck_{name[-57:]}")
    databases.copy_files(template, folder)
    blocker = request.getfixturevalue("django_db_blocker")
    try:
        with running_site(url, folder, **extra) as site, blocker.unblock(), connected_to(url):
            yield site
    finally:
        databases.drop(url)


@pytest.fixture(scope="module")
def live_site(
    request: pytest.FixtureRequest, template_databases: TemplateDatabases, tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
) -> Iterator[LiveSite]:  # fmt: skip
    """The production server on a migrated, empty database; one for each test module. Django here uses it too."""
    yield from _site("empty", request, template_databases, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def demo_site(
    request: pytest.FixtureRequest, template_databases: TemplateDatabases, tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
) -> Iterator[LiveSite]:  # fmt: skip
    """The production server on a copy of the demo district; one for each test module. Django here uses it too."""
    yield from _site("demo", request, template_databases, tmp_path_factory.mktemp("site"), DEMO="1")


@pytest.fixture(scope="module")
def rehearsal_site(
    request: pytest.FixtureRequest, template_databases: TemplateDatabases, tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
) -> Iterator[LiveSite]:  # fmt: skip
    """An empty database behind a server that allows what only the demo may: a LOCAL seed and no objection window."""
    yield from _site("empty", request, template_databases, tmp_path_factory.mktemp("site"), DEMO="1")


# --- pages of a real browser -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Complaints:
    """What browsers complained about: script errors, policy violations, requests to other hosts, failed requests."""

    found: list[str] = field(default_factory=list)
    _expected: list[str] = field(default_factory=list)

    def expect(self, text: str) -> None:
        """Announce a complaint that this test provokes on purpose: any that contains this text."""
        self._expected.append(text)

    @property
    def unexpected(self) -> list[str]:
        return [one for one in self.found if not any(text in one for text in self._expected)]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How pytest-playwright starts the system's Chromium: as root in a container, and without calling home."""
    names = ("chromium", "google-chrome-stable", "google-chrome", "chromium-browser")
    program = os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.fail("no Chromium found; `make test` installs one, or set CHROMIUM_PATH")
    return {
        "executable_path": program,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    }  # fmt: skip


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Fails the test at its end when a browser complained about something not announced by `expect`."""
    collected = Complaints()
    yield collected
    assert collected.unexpected == []


@pytest.fixture
def new_page(browser: Any, complaints: Complaints, request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Opens pages, each in a browser context of its own, as if by different people; `new_page(viewport, **options)`."""
    site = next(
        (
            request.getfixturevalue(name)
            for name in ("live_site", "demo_site", "rehearsal_site")
            if name in request.fixturenames
        ),
        None,
    )
    contexts = []

    def open_page(viewport: dict[str, int], **options: Any) -> Any:
        context = browser.new_context(
            viewport=viewport,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=site.url if site else None,
            **options,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        _listen(page, complaints, site.url if site else "")
        return page

    yield open_page
    for context in contexts:
        context.close()


def _listen(page: Any, complaints: Complaints, own: str) -> None:
    def on_console(message: Any) -> None:
        # violations of the content security policy are reported here as well
        if message.type == "error" and not message.location.get("url", "").endswith("/favicon.ico"):
            # (Chromium asks for that file by itself where a page names no icon, such as plain JSON)
            about = message.location.get("url", "")
            complaints.found.append(
                f"console on {page.url}: {message.text} {about if about != page.url else ''}".strip()
            )

    def on_request(asked: Any) -> None:
        if own and not asked.url.startswith((f"{own}/", "data:", "blob:", "about:")):
            complaints.found.append(f"request to another host on {page.url}: {asked.url}")

    def on_response(answer: Any) -> None:
        if answer.status >= 500:
            complaints.found.append(f"{answer.status} on {answer.request.method} {answer.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.found.append(f"script error on {page.url}: {error}"))
    page.on("request", on_request)
    page.on("response", on_response)


@pytest.fixture
def new_phone(new_page: Callable[..., Any]) -> Callable[..., Any]:
    """Opens a page as on a phone held upright: 390 × 844, touch; `new_phone(**options)` as of a browser context."""
    return lambda **options: new_page(PHONE, has_touch=True, is_mobile=True, device_scale_factor=2, **options)


@pytest.fixture
def new_desk(new_page: Callable[..., Any]) -> Callable[[], Any]:
    """Opens a page as on an office computer: 1280 × 900."""
    return lambda: new_page(DESK)


@pytest.fixture
def phone_page(new_phone: Callable[[], Any]) -> Any:
    """One page as on a phone."""
    return new_phone()


@pytest.fixture
def desk_page(new_desk: Callable[[], Any]) -> Any:
    """One page as on an office computer."""
    return new_desk()
