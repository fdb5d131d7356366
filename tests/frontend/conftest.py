"""What the browser tests of the exam page share: a sitting that is open now, one candidate, and the way into the page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from exams.models import Attempt
from tests.factories.exams import Stage, make_stage
from tests.live import LiveSite


@pytest.fixture
def stage(live_site: LiveSite) -> Stage:
    """One candidate in a sitting that is open now."""
    made = make_stage()
    now = clock.now()
    made.sitting.opens_at = now - timedelta(minutes=1)
    made.sitting.last_start_at = now + timedelta(minutes=30)
    made.sitting.hard_end_at = now + timedelta(minutes=75)
    made.sitting.save()
    made.open(now)
    return made


@pytest.fixture
def attempt(stage: Stage) -> Attempt:
    """The candidate has begun."""
    return stage.start(0, clock.now())


@pytest.fixture
def sit(live_site: LiveSite, stage: Stage, attempt: Attempt) -> Callable[..., Any]:
    """Signs the candidate in and opens the exam until its first question is there.

    `script` runs before the page's own; `wait` False leaves the page as it comes, where it may ask something first.
    """

    def open_exam(page: Any, script: str = "", *, wait: bool = True) -> Any:
        live_site.sign_in(page.context, stage.user())
        if script:
            page.add_init_script(script)
        page.goto(f"/sit/{attempt.public_id}/")
        if wait:
            # Where nothing can be kept the page says so before it begins.
            warned = page.get_by_role("button", name="我知道了，在这里作答")
            page.locator("#question:not([hidden])").or_(warned).first.wait_for()
            if warned.is_visible():
                warned.click()
            page.wait_for_selector("#question:not([hidden])")
        return page

    return open_exam
