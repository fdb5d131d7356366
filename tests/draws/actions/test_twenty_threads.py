"""Twenty threads freezing, drawing and replacing at once have one effect, on either database, each with its own connection."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.test import override_settings

from core.audit import first_break
from core.errors import DomainError
from core.models import AuditEntry, LogLeaf
from draws.actions import approve_freeze, decide_replacement, propose_freeze, request_replacement, run_draw
from draws.models import Draw, DrawFile, Place, Replacement, RosterEntry
from tests.factories.draws import AFTER_WINDOW, NOW, Cast, make_cast, make_draft, make_population, type_all
from tests.live import TemplateDatabases, connected_to

THREADS = 20
PEOPLE = 6


@pytest.fixture
def database(template_databases: TemplateDatabases, django_db_setup: None, django_db_blocker) -> Iterator[str]:
    """The address of a database of this test alone, that every thread can reach; Django here uses it too."""
    url = template_databases.copy("empty", "ck_twenty_threads")
    try:
        with django_db_blocker.unblock(), connected_to(url), override_settings(QUEUE="immediate"):
            yield url
    finally:
        template_databases.drop(url)


def at_once(url: str, action: Callable[[], object]) -> Counter[str]:
    """Twenty threads do the same at the same moment; how often it was done, and how often refused with which code."""
    barrier = Barrier(THREADS)

    def run(_number: int) -> str:
        with connected_to(url):
            barrier.wait()
            try:
                action()
            except DomainError as refusal:
                return refusal.code
        return "done"

    with ThreadPoolExecutor(THREADS) as threads:
        return Counter(threads.map(run, range(THREADS)))


def excuse(cast: Cast, draw: Draw) -> Replacement:
    place = Place.objects.select_related("entry").get(draw=draw, status="S1")
    return request_replacement(
        cast.regulator,
        draw.public_id,
        pid=place.entry.pid,
        reason_code="ILL",
        reason="住院治疗",
        evidence="病历",
        now=AFTER_WINDOW,
    )


def test_twenty_threads_have_one_effect_at_every_step(database):
    cast = make_cast()
    make_population(cast, PEOPLE)
    draft = make_draft(cast, seats=2, standby=3)
    once = lambda refusal: Counter({"done": 1, refusal: THREADS - 1})  # noqa: E731

    assert at_once(database, lambda: propose_freeze(cast.regulator, draft.public_id, now=NOW)) == once(
        "wrong_draw_state"
    )
    draw = Draw.objects.get(pk=draft.pk)
    assert (draw.proposal, RosterEntry.objects.count(), DrawFile.objects.count()) == (1, PEOPLE, 3)

    approve = lambda: approve_freeze(cast.reviewer, draw.public_id, plan_sha256=draw.plan_sha256, now=NOW)  # noqa: E731
    assert at_once(database, approve) == once("wrong_draw_state")

    type_all(cast.regulator, draw)
    type_all(cast.reviewer, draw)
    assert at_once(database, lambda: run_draw(cast.regulator, draw.public_id, now=AFTER_WINDOW)) == once(
        "wrong_draw_state"
    )
    assert (Place.objects.count(), DrawFile.objects.count()) == (5, 5)

    row = excuse(cast, draw)
    decide = lambda: decide_replacement(cast.reviewer, row.public_id, approve=True, now=AFTER_WINDOW)  # noqa: E731
    assert at_once(database, decide) == once("already_decided")
    assert Counter(Place.objects.values_list("state", flat=True)) == {
        "called": 1,
        "excused": 1,
        "moved_up": 1,
        "standby": 2,
    }

    said = list(LogLeaf.objects.order_by("number").values_list("number", "kind"))
    assert said == [(0, "draw.frozen"), (1, "draw.drawn"), (2, "draw.replaced")]
    written = Counter(AuditEntry.objects.filter(action__startswith="draw.").values_list("action", flat=True))
    assert {written[action] for action in ("draw.freeze_proposed", "draw.frozen", "draw.completed")} == {1}
    assert first_break() is None
