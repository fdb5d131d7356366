"""The search box of the staff frame."""

import pytest

from config.views.search import MAX_TEXT
from exams.models import RoundState
from tests.factories.actors import World, make_world
from tests.factories.exams import make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def _links(world: World, who: str, text: str) -> list[str]:
    answer = world.client(who).get("/search/", {"q": text})
    assert answer.status_code == 200
    return [found.url for found in answer.context["found"]]


def test_search_finds_enterprise_person_and_round(world: World):
    exam_round = make_round(authority=world.authority, state=RoundState.PLANNED, title="望岳路街道抽考")
    assert _links(world, "regulator", "望岳路") == [
        f"/exams/rounds/{exam_round.public_id}/",
        f"/registry/enterprises/{world.enterprise.public_id}/",
    ]
    assert _links(world, "regulator", "小三") == [f"/registry/people/{world.person.public_id}/"]
    assert _links(world, "regulator", world.enterprise.uscc[:9]) == [
        f"/registry/enterprises/{world.enterprise.public_id}/"
    ]


def test_search_finds_nothing_out_of_reach(world: World):
    make_round(authority=world.authority, state=RoundState.PLANNED, title="望岳路街道抽考")
    assert _links(world, "other_regulator", "望岳路") == []
    assert _links(world, "other_regulator", "小三") == []


@pytest.mark.parametrize("text", ["", "   ", "%", "_", "'; DROP TABLE registry_person; --", "<script>", "甲" * 5000])
def test_search_of_nothing_or_of_hostile_text_finds_nothing(world: World, text: str):
    answer = world.client("regulator").get("/search/", {"q": text})
    assert answer.context["found"] == []
    assert len(answer.context["search_text"]) <= MAX_TEXT
    assert b"<script>" not in answer.content.replace(b'<script src="', b"")


def test_search_box_is_shown_to_those_who_reach_something(world: World):
    assert b'action="/search/"' in world.client("regulator").get("/").content
    assert b'action="/search/"' not in world.client("security_admin").get("/").content
