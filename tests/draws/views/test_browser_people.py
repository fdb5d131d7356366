"""In a real Chromium: the own row before the draw without telling anybody, and counts that follow the filters."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from draws.models import Draw
from draws.queries import my_roster_rows
from registry.models import Post
from tests.factories.actors import make_actor
from tests.factories.draws import Cast, make_cast, make_draft, make_frozen, make_population
from tests.live import LiveSite


@pytest.fixture(scope="module")
def cast(live_site: LiveSite) -> Cast:
    return make_cast()


@pytest.fixture(scope="module")
def frozen(cast: Cast) -> tuple[Draw, str]:
    """A frozen draw of twelve people, and the preimage that one of them sees on the own page."""
    person = make_population(cast, 12)[0].person
    make_population(cast, 3, post=Post.SAFETY_MANAGER)
    draw = make_frozen(cast)
    return draw, my_roster_rows(make_actor(person=person))[0].preimage


def test_own_row_is_found_before_the_draw_and_the_text_goes_nowhere(
    live_site: LiveSite, frozen: tuple[Draw, str], phone_page: Page
):
    draw, preimage = frozen
    phone_page.goto(reverse("draws:public_detail", args=[draw.public_id]))
    asked: list[str] = []
    phone_page.on("request", lambda request: asked.append(f"{request.method} {request.url} {request.post_data}"))
    answer = phone_page.locator("[data-own-answer]")
    phone_page.get_by_label("原文或签号标识").fill(preimage)
    phone_page.get_by_role("button", name="查找我的一行").click()
    expect(answer).to_contain_text("分层 BUILD-430602201-P，签数 1，可以抽到")
    phone_page.get_by_label("原文或签号标识").fill(preimage + "X")
    phone_page.get_by_role("button", name="查找我的一行").click()
    expect(answer).to_contain_text("名册中没有这一行")
    phone_page.get_by_label("原文或签号标识").fill("张三")
    phone_page.get_by_role("button", name="查找我的一行").click()
    expect(answer).to_contain_text("请粘贴以 pid/1| 开头的原文")
    roster = reverse("draws:public_file", args=[draw.public_id, "roster.csv"])
    sent = [line for line in asked if "/static/" not in line]
    assert sent == [f"GET {live_site.url}{roster} None"]


def test_counts_follow_the_filters_before_anything_is_saved(
    live_site: LiveSite, cast: Cast, frozen: tuple[Draw, str], desk_page: Page
):
    draft = make_draft(cast, year=2027, quarter=1)
    live_site.sign_in(desk_page.context, User.objects.get(pk=cast.regulator.user_id))
    desk_page.goto(reverse("draws:parameters", args=[draft.public_id]))
    counts = desk_page.locator("#preview")
    expect(counts).to_contain_text("其中可抽 15 人，分成 2 个分层")
    desk_page.get_by_label("安全管理人员").uncheck()
    expect(counts).to_contain_text("其中可抽 12 人，分成 1 个分层")
    desk_page.get_by_label("几轮之内每人至少抽到一次").fill("3")
    desk_page.get_by_label("几轮之内每人至少抽到一次").press("Tab")
    expect(counts).to_contain_text("请改为至少 12 轮")
    assert Draw.objects.get(pk=draft.pk).parameters == draft.parameters
