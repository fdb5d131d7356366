"""The production server as it is deployed, seen through a real browser."""

import urllib.request

import pytest
from django.db import connection

from tests.live import LiveSite


def get(url: str) -> tuple[int, dict[str, str]]:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=10) as answer:
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}


def test_health_endpoints_answer_from_the_real_server(live_site: LiveSite):
    assert get(f"{live_site.url}/livez")[0] == 200
    assert get(f"{live_site.url}/readyz")[0] == 200


def test_pages_carry_a_strict_policy(live_site: LiveSite):
    _, headers = get(f"{live_site.url}/accounts/login/")
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy


def test_this_process_and_the_server_share_one_database(live_site: LiveSite):
    assert connection.settings_dict["NAME"] in live_site.env["DATABASE_URL"]
    assert live_site.manage("audit", "verify")


@pytest.mark.parametrize("kind", ["phone", "desk"])
def test_sign_in_page_opens_without_a_complaint(kind: str, request: pytest.FixtureRequest, live_site: LiveSite):
    page = request.getfixturevalue(f"{kind}_page")
    page.goto("/accounts/login/")
    assert page.locator("form input[type=password]").count() == 1
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]


def test_violation_of_the_policy_is_noticed(desk_page, live_site: LiveSite, complaints):
    desk_page.goto("/accounts/login/")
    desk_page.evaluate(
        "document.body.appendChild(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))"
    )
    assert desk_page.evaluate("window.ran") is None
    assert any("Content Security Policy" in one for one in complaints.found)
    complaints.expect("Content Security Policy")


def test_page_of_the_api_schema_works_under_the_policy(live_site, desk_page):
    desk_page.goto("/api/v1/docs/")
    desk_page.get_by_text("/api/v1/scores/", exact=True).first.wait_for()
