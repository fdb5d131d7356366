"""Two connections at once on PostgreSQL: closing against saving, saving against saving, approving twice."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from core.actor import system_actor
from core.errors import DomainError
from exams.actions import close_overdue_attempt
from exams.domain.journal import first_broken, genesis
from exams.domain.states import AttemptState
from exams.models import AnswerEvent, Attempt
from exams.queries.journal import entries_of, lock_attempt
from tests.factories.exams import NOW, items_of, lease, make_attempt, make_stage, right_answers, send, wire

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def at_once(*tasks):
    """Runs the tasks in threads with connections of their own; returns what they returned or the refusal they raised."""
    barrier, outcomes = threading.Barrier(len(tasks)), [None] * len(tasks)

    def run(index, task):
        barrier.wait()
        try:
            outcomes[index] = task()
        except DomainError as refusal:
            outcomes[index] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index, task)) for index, task in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def test_saves_of_two_tabs_at_once_lose_nothing_and_keep_one_chain():
    attempt = make_attempt()
    items = items_of(attempt)

    def tab(first):
        return lambda: [send(attempt, wire(seq, items[seq % 7], None)) for seq in range(first, first + 30)]

    at_once(tab(1), tab(101), tab(201))
    attempt.refresh_from_db()
    entries = entries_of(attempt)
    assert [entry.sseq for entry in entries] == list(range(1, 91))
    assert (
        first_broken(entries, attempt=attempt.public_id, start=genesis(attempt.public_id, attempt.paper.sha256)) is None
    )
    assert (attempt.next_sseq, attempt.head) == (91, entries[-1].chain)


def test_same_event_from_two_flights_is_stored_once_with_one_receipt():
    attempt = make_attempt()
    item = items_of(attempt)[0]
    outcomes = at_once(*[lambda: send(attempt, wire(1, item, None)) for _ in range(4)])
    assert len({outcome.settlement.results[0].receipt for outcome in outcomes}) == 1
    assert AnswerEvent.objects.filter(attempt=attempt).count() == 1


def test_save_that_waits_for_the_closing_is_marked_late_and_not_counted():
    attempt = make_attempt()
    item = items_of(attempt)[0]
    closing, saved = threading.Event(), []

    def close():
        with transaction.atomic():
            lock_attempt(attempt.public_id)
            closing.set()
            threading.Event().wait(0.3)
            Attempt.objects.filter(pk=attempt.pk).update(state=AttemptState.TIMED_OUT)

    def save():
        closing.wait(5)
        saved.append(send(attempt, wire(1, item, right_answers(attempt)[item])))

    at_once(close, save)
    assert [result.status for result in saved[0].settlement.results] == ["late"]
    assert AnswerEvent.objects.get(attempt=attempt).late is True


def test_closing_twice_at_once_closes_once():
    attempt = make_attempt()
    after = attempt.deadline + timedelta(minutes=1)
    closed = at_once(*[lambda: close_overdue_attempt(system_actor("tests"), attempt.pk, now=after) for _ in range(4)])
    assert sorted(closed) == [False, False, False, True]
    assert attempt.gradings.count() == 1


def test_starting_twice_at_once_gives_one_attempt():
    stage = make_stage()
    stage.open()
    actor = stage.actor()
    assert actor.person_id is not None
    started = at_once(stage.start, stage.start, stage.start)
    assert len({attempt.pk for attempt in started}) == 1
    assert Attempt.objects.count() == 1


def test_taking_over_at_once_leaves_one_writer():
    attempt = make_attempt()
    epochs = at_once(*[lambda cid=cid: lease(attempt, cid * 32, takeover=True, now=NOW) for cid in "ef"])
    attempt.refresh_from_db()
    assert sorted(epochs) == [2, 3]
    assert attempt.epoch == 3
