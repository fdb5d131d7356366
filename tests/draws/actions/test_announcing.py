"""What a draw says in the public log, step by step."""

import json

import pytest

from core.models import LogLeaf
from draws.actions import cancel_draw
from tests.factories.draws import NOW, Cast, make_cast, make_draft, make_drawn, make_frozen, make_population

pytestmark = pytest.mark.django_db


def _cast() -> Cast:
    cast = make_cast()
    make_population(cast, 5)
    return cast


def _said() -> list[dict[str, object]]:
    return [json.loads(text) for text in LogLeaf.objects.order_by("number").values_list("content", flat=True)]


def test_a_draft_says_nothing_and_a_cancelled_draft_neither():
    cast = _cast()
    draw = make_draft(cast)
    cancel_draw(cast.regulator, draw.public_id, reason="名额有变，重新准备", now=NOW)
    assert _said() == []


def test_freeze_and_draw_are_leaves_with_the_hashes_of_the_files():
    draw = make_drawn(_cast())
    hashes = dict(draw.files.filter(proposal=draw.proposal).values_list("name", "sha256"))
    frozen, drawn = _said()
    assert (frozen["kind"], frozen["plan_sha256"], frozen["roster_sha256"]) == (
        "draw.frozen", hashes["plan.json"], hashes["roster.csv"],
    )  # fmt: skip
    assert (drawn["kind"], drawn["seed"], drawn["sources_sha256"], drawn["result_sha256"]) == (
        "draw.drawn", draw.seed, hashes["sources.txt"], hashes["result.csv"],
    )  # fmt: skip
    assert {leaf["draw"] for leaf in (frozen, drawn)} == {draw.public_id}


def test_cancelling_a_frozen_plan_is_a_leaf_without_the_words_of_the_reason():
    cast = _cast()
    draw = make_frozen(cast)
    cancel_draw(cast.regulator, draw.public_id, reason="张小三来电要求", now=NOW)
    frozen, cancelled = _said()
    assert (cancelled["kind"], cancelled["plan_sha256"]) == ("draw.cancelled", frozen["plan_sha256"])
    assert "张小三" not in LogLeaf.objects.get(number=1).content
