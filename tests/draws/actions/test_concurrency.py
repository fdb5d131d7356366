"""Many hands at once have one effect (PostgreSQL: real locks, one connection for each thread)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from core.audit import first_break
from core.errors import DomainError
from core.models import AuditEntry
from draws.actions import approve_freeze, cancel_draw, decide_replacement, propose_freeze, request_replacement, run_draw
from draws.models import Draw, DrawFile, Place, RosterEntry
from tests.factories.draws import (
    AFTER_WINDOW,
    NOW,
    make_cast,
    make_draft,
    make_drawn,
    make_frozen,
    make_population,
    make_proposed,
    type_all,
)

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def all_at_once(actions: list[Callable[[], object]]) -> list[str]:
    """Runs each action in its own thread and connection; "done" or the refusal's code of each."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[], object]) -> str:
        barrier.wait()
        try:
            action()
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(actions)) as threads:
        return sorted(threads.map(run, actions))


def test_eight_preparations_make_one_draw(cast):
    answers = all_at_once([lambda: make_draft(cast)] * 8)
    assert answers == ["done"] + ["draw_exists"] * 7
    assert Draw.objects.count() == 1


def test_eight_proposals_write_one_roster(cast):
    make_population(cast, 5)
    draw = make_draft(cast)
    answers = all_at_once([lambda: propose_freeze(cast.regulator, draw.public_id, now=NOW)] * 8)
    assert answers == ["done"] + ["wrong_draw_state"] * 7
    assert RosterEntry.objects.count() == 5
    assert DrawFile.objects.count() == 3


def test_eight_approvals_freeze_once(cast):
    make_population(cast, 3)
    draw = make_proposed(cast)
    approve = lambda: approve_freeze(cast.reviewer, draw.public_id, plan_sha256=draw.plan_sha256, now=NOW)  # noqa: E731
    assert all_at_once([approve] * 8) == ["done"] + ["wrong_draw_state"] * 7
    assert AuditEntry.objects.filter(action="draw.frozen").count() == 1


def test_eight_draws_have_one_result_and_a_cancellation_comes_before_or_never(cast):
    make_population(cast, 6)
    draw = make_frozen(cast)
    type_all(cast.regulator, draw)
    type_all(cast.reviewer, draw)
    actions = [lambda: run_draw(cast.regulator, draw.public_id, now=AFTER_WINDOW)] * 7
    actions.append(lambda: cancel_draw(cast.regulator, draw.public_id, reason="人员范围有误", now=AFTER_WINDOW))
    assert all_at_once(actions).count("done") == 1
    draw.refresh_from_db()
    assert Place.objects.filter(draw=draw).count() == (3 if draw.state == "drawn" else 0)
    assert first_break() is None


def test_excuses_decided_at_once_take_different_reserves(cast):
    make_population(cast, 8)
    draw = make_drawn(cast, seats=4, standby=4)
    excuse = {"reason_code": "ILL", "reason": "住院治疗", "evidence": "病历", "now": AFTER_WINDOW}
    rows = [
        request_replacement(cast.regulator, draw.public_id, pid=place.entry.pid, **excuse)
        for place in Place.objects.filter(draw=draw, status__startswith="S").select_related("entry")
    ]
    decide = lambda row: lambda: decide_replacement(cast.reviewer, row.public_id, approve=True, now=AFTER_WINDOW)  # noqa: E731
    assert all_at_once([decide(row) for row in rows] * 2) == ["already_decided"] * 4 + ["done"] * 4
    assert Place.objects.filter(draw=draw, state="moved_up").count() == 4
    assert Place.objects.filter(draw=draw, state="excused").count() == 4
