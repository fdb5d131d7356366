"""Saving: idempotent, ordered, never refused for being late, never silently dropped."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError
from django.test.utils import CaptureQueriesContext

from core.actor import system_actor
from core.canonical import canonical_json, canonical_sha256
from exams.actions import close_overdue_attempt, open_lease, save_events
from exams.domain.journal import append, effective_answers, first_broken, genesis
from exams.domain.messages import Event, Open, Save
from exams.domain.receipts import MacKey, event_receipt, verify_event_receipt
from exams.errors import AttemptNotFound, LeaseHeld
from exams.models import AnswerEvent, Attempt, ConflictEvent, Lease
from exams.queries import journal
from exams.queries.journal import entries_of, have_of
from tests.factories.exams import CID, DEVICE, NOW, OTHER_CID, items_of, lease, make_attempt, right_answers, send, wire

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(db) -> Attempt:
    return make_attempt()


def statuses(saved):
    return [(result.seq, result.status, result.code) for result in saved.settlement.results]


def fold(attempt):
    attempt.refresh_from_db()
    return effective_answers(entries_of(attempt))


def test_save_stores_the_event_and_a_receipt_that_verifies(attempt, settings):
    item = items_of(attempt)[0]
    answer = right_answers(attempt)[item]
    saved = send(attempt, wire(1, item, answer))
    row = AnswerEvent.objects.get(attempt=attempt)
    assert statuses(saved) == [(1, "stored", "")]
    assert (row.cid, row.seq, row.epoch, row.item, json.loads(row.answer), row.late, row.sseq, row.via) == (
        CID,
        1,
        1,
        item,
        answer,
        False,
        1,
        "page",
    )
    fields = verify_event_receipt(row.receipt, settings.RECEIPT_KEYS)
    assert (fields["answer_sha256"], fields["chain"]) == (canonical_sha256(answer), row.chain)
    attempt.refresh_from_db()
    assert (attempt.head, attempt.next_sseq) == (row.chain, 2)


def test_save_repeated_returns_the_stored_receipt_byte_for_byte(attempt):
    item = items_of(attempt)[0]
    first = send(attempt, wire(1, item, None))
    again = send(attempt, wire(1, item, None), now=NOW + timedelta(minutes=10))
    assert [result.receipt for result in again.settlement.results] == [
        result.receipt for result in first.settlement.results
    ]
    assert AnswerEvent.objects.filter(attempt=attempt).count() == 1


def test_save_of_the_same_event_twice_in_one_batch_is_stored_once(attempt):
    item = items_of(attempt)[0]
    saved = send(attempt, wire(1, item, None), wire(1, item, None))
    assert len({result.receipt for result in saved.settlement.results}) == 1
    assert AnswerEvent.objects.filter(attempt=attempt).count() == 1


def test_save_of_another_answer_under_a_used_number_is_kept_as_conflict(attempt):
    item = items_of(attempt)[0]
    answer = right_answers(attempt)[item]
    send(attempt, wire(1, item, answer))
    saved = send(attempt, wire(1, item, None))
    assert statuses(saved) == [(1, "conflict", "seq_reused")]
    assert fold(attempt) == {item: answer}
    assert ConflictEvent.objects.get(attempt=attempt).code == "seq_reused"


def test_save_with_one_broken_event_stores_the_good_ones_around_it(attempt):
    item = items_of(attempt)[0]
    saved = send(attempt, wire(1, item, None), {"seq": 2, "item": "nowhere", "answer": None}, wire(3, item, None), "x")
    assert statuses(saved) == [
        (1, "stored", ""),
        (2, "conflict", "item_unknown"),
        (3, "stored", ""),
        (None, "conflict", "event_malformed"),
    ]
    assert have_of(attempt) == {CID: [[1, 3]]}


@pytest.mark.parametrize(
    ("cid", "epoch"),
    [(OTHER_CID, 1), (CID, 2), (CID, 9000)],
)
def test_save_without_the_lease_of_that_epoch_is_kept_as_conflict(attempt, cid, epoch):
    saved = send(attempt, wire(1, items_of(attempt)[0], None), cid=cid, epoch=epoch)
    assert statuses(saved) == [(1, "conflict", "lease_unknown")]
    assert not AnswerEvent.objects.filter(attempt=attempt).exists()
    assert ConflictEvent.objects.filter(attempt=attempt).count() == 1


@pytest.mark.parametrize(("second", "late"), [(0, False), (30, False), (31, True)])
def test_save_after_the_deadline_counts_within_the_grace_and_is_marked_late_after_it(attempt, second, late):
    item = items_of(attempt)[0]
    saved = send(attempt, wire(1, item, right_answers(attempt)[item]), now=attempt.deadline + timedelta(seconds=second))
    assert statuses(saved) == [(1, "late" if late else "stored", "")]
    assert bool(fold(attempt)) is not late


def given(attempt, item, answer, /, **over):
    """The receipt of an event that a restore took away: given in time, stored nowhere."""
    event = Event(1, item, answer, canonical_json(answer), canonical_sha256(answer))
    said = {"attempt": attempt.public_id, "epoch": 1, "cid": CID, "server_ts": NOW, "late": False, **over}
    entry, _position = append(genesis(attempt.public_id, attempt.paper.sha256), event, **said)
    return event_receipt(entry, attempt=said["attempt"], key=MacKey(*next(iter(settings.RECEIPT_KEYS.items()))))


def test_late_answer_with_our_own_receipt_was_lost_in_a_restore_and_counts(attempt):
    item = items_of(attempt)[0]
    answer = right_answers(attempt)[item]
    proof = given(attempt, item, answer)
    after = attempt.deadline + timedelta(hours=1)
    saved = send(attempt, {**wire(1, item, answer), "receipt": proof}, wire(2, items_of(attempt)[1], None), now=after)
    assert statuses(saved) == [(1, "stored", ""), (2, "late", "")]
    assert fold(attempt) == {item: answer}


def test_proven_answer_after_the_closing_is_folded_and_graded_anew(attempt, django_capture_on_commit_callbacks):
    item = items_of(attempt)[0]
    answer = right_answers(attempt)[item]
    after = attempt.deadline + timedelta(hours=1)
    with django_capture_on_commit_callbacks(execute=True):
        assert close_overdue_attempt(system_actor("tests"), attempt.pk, now=after)
    attempt.refresh_from_db()
    before = (attempt.answers, attempt.gradings.count(), attempt.final_receipt)
    with django_capture_on_commit_callbacks(execute=True):
        send(attempt, {**wire(1, item, answer), "receipt": given(attempt, item, answer)}, now=after)
    attempt.refresh_from_db()
    assert before[:2] == ({}, 1)
    assert (attempt.answers, attempt.gradings.count()) == ({item: answer}, 2)
    assert attempt.final_receipt != before[2]
    assert attempt.finished_at == attempt.deadline


def test_folding_that_a_crash_cut_off_is_made_up_for_when_the_device_comes_again(attempt, monkeypatch):
    item = items_of(attempt)[0]
    answer = right_answers(attempt)[item]
    after = attempt.deadline + timedelta(hours=1)
    assert close_overdue_attempt(system_actor("tests"), attempt.pk, now=after)
    proven = {**wire(1, item, answer), "receipt": given(attempt, item, answer)}
    with monkeypatch.context() as crash:
        crash.setattr("exams.actions.journal.refold", lambda *_: None)
        send(attempt, proven, now=after)
    send(attempt, proven, now=after)
    attempt.refresh_from_db()
    assert attempt.answers == {item: answer}


@pytest.mark.parametrize(
    "over",
    [{"late": True}, {"attempt": "e" * 32}, {"cid": OTHER_CID}, "another answer", "forged", "{", 7, "x" * 5000],
)
def test_late_answer_with_a_proof_of_something_else_stays_late(attempt, over):
    item = items_of(attempt)[0]
    answer = right_answers(attempt)[item]
    if isinstance(over, dict):
        proof = given(attempt, item, answer, **over)
    elif over == "another answer":
        proof = given(attempt, item, None)
    else:
        proof = given(attempt, item, answer).replace('"seq":1', '"seq":01') if over == "forged" else over
    saved = send(attempt, {**wire(1, item, answer), "receipt": proof}, now=attempt.deadline + timedelta(hours=1))
    assert statuses(saved) == [(1, "late", "")]
    assert fold(attempt) == {}


def test_answers_of_the_older_device_arrive_and_lose_to_the_newer_one(attempt):
    one, two = items_of(attempt)[:2]
    answers = right_answers(attempt)
    assert lease(attempt, OTHER_CID, takeover=True) == 2
    send(attempt, wire(1, one, None), cid=OTHER_CID, epoch=2)
    saved = send(attempt, wire(7, one, answers[one]), wire(8, two, answers[two]))
    assert statuses(saved) == [(7, "stale_epoch", ""), (8, "stale_epoch", "")]
    assert all(result.receipt for result in saved.settlement.results)
    assert fold(attempt) == {two: answers[two]}


def test_open_by_another_device_needs_a_take_over_and_leaves_a_trace(attempt):
    with pytest.raises(LeaseHeld):
        lease(attempt, OTHER_CID)
    assert lease(attempt, CID) == 1
    assert lease(attempt, OTHER_CID, takeover=True) == 2
    assert list(Lease.objects.filter(attempt=attempt).values_list("epoch", "cid", "address")) == [
        (1, CID, DEVICE.address),
        (2, OTHER_CID, DEVICE.address),
    ]


def test_open_on_a_new_device_hands_over_the_answers_so_far(attempt):
    item = items_of(attempt)[0]
    answer = right_answers(attempt)[item]
    send(attempt, wire(1, item, answer))
    opened = open_lease(attempt.public_id, Open(OTHER_CID, takeover=True), device=DEVICE, now=NOW)
    assert (opened.answers, opened.have) == ({item: answer}, {CID: [[1, 1]]})
    assert "answer_key" not in opened.paper


def test_save_to_an_attempt_that_does_not_exist_is_not_found():
    with pytest.raises(AttemptNotFound):
        save_events("0" * 32, Save(1, CID, ({},)), clock=lambda: NOW)


def test_chain_verifies_after_batches_repeats_and_hand_overs(attempt):
    one, two = items_of(attempt)[:2]
    send(attempt, wire(2, one, None), wire(1, two, None))
    send(attempt, wire(1, two, None), wire(3, two, right_answers(attempt)[two]))
    lease(attempt, OTHER_CID, takeover=True)
    send(attempt, wire(1, one, right_answers(attempt)[one]), cid=OTHER_CID, epoch=2)
    entries = entries_of(attempt)
    assert len(entries) == 4
    assert (
        first_broken(entries, attempt=attempt.public_id, start=genesis(attempt.public_id, attempt.paper.sha256)) is None
    )


@pytest.mark.parametrize("model", [AnswerEvent, Lease])
@pytest.mark.parametrize("change", ["update", "delete"])
def test_logs_refuse_to_be_changed(attempt, model, change):
    send(attempt, wire(1, items_of(attempt)[0], None))
    rows = model.objects.filter(attempt=attempt)
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        rows.update(cid="x") if change == "update" else rows._raw_delete("default")
    assert rows.count() == 1


def statements_of(call):
    with CaptureQueriesContext(connection) as captured:
        call()
    return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]


@pytest.mark.parametrize("forgotten", ["nothing", "the client", "everything"])
def test_save_takes_at_most_two_statements_on_postgresql(attempt, monkeypatch, forgotten):
    item = items_of(attempt)[0]
    answer = right_answers(attempt)[item]
    send(attempt, wire(1, item, None))
    if forgotten != "nothing":
        monkeypatch.setattr(journal, "_recent", {})
    if forgotten == "everything":
        monkeypatch.setattr(journal, "_shapes", {})
    saved = statements_of(lambda: send(attempt, wire(2, item, answer)))
    repeated = statements_of(lambda: send(attempt, wire(2, item, answer)))
    if connection.vendor == "postgresql":
        assert (len(saved), len(repeated)) == (1 if forgotten == "nothing" else 2, 1), (saved, repeated)
    else:
        assert len(saved) <= 7, saved


def test_save_by_the_other_process_in_turn_takes_two_statements_on_postgresql(attempt, monkeypatch):
    item = items_of(attempt)[0]
    memories = [{}, {}]
    for seq in range(1, 5):
        monkeypatch.setattr(journal, "_recent", memories[seq % 2])
        saved = statements_of(lambda seq=seq: send(attempt, wire(seq, item, None)))
        assert connection.vendor != "postgresql" or len(saved) == 2, saved
    assert [entry.seq for entry in entries_of(attempt)] == [1, 2, 3, 4]


def test_save_of_a_repeat_after_numbers_that_came_in_another_order_gets_its_receipt(attempt, monkeypatch):
    item = items_of(attempt)[0]
    first = send(attempt, wire(5, item, None))
    # Another process knows nothing of number 5, and stores what came before it.
    monkeypatch.setattr(journal, "_recent", {})
    send(attempt, wire(3, item, None), wire(4, item, None))
    send(attempt, wire(2, item, None))
    again = send(attempt, wire(5, item, None), wire(6, item, None))
    assert statuses(again) == [(5, "stored", ""), (6, "stored", "")]
    assert again.settlement.results[0].receipt == first.settlement.results[0].receipt
    assert [entry.seq for entry in entries_of(attempt)] == [5, 3, 4, 2, 6]


def test_save_into_an_attempt_that_a_restore_took_away_is_not_acknowledged(attempt):
    item = items_of(attempt)[0]
    send(attempt, wire(1, item, None))
    # The process still remembers the attempt; in the database another one has got its number.
    Attempt.objects.filter(pk=attempt.pk).update(public_id="f" * 32, head="0" * 64)
    with pytest.raises(AttemptNotFound):
        send(attempt, wire(2, item, None))
    assert AnswerEvent.objects.count() == 1


def test_save_by_a_process_whose_memory_is_out_of_date_is_decided_again(attempt):
    item = items_of(attempt)[0]
    answer = right_answers(attempt)[item]
    send(attempt, wire(1, item, answer))
    # Another process grants extra time; this one still remembers the old deadline.
    old = attempt.deadline
    Attempt.objects.filter(pk=attempt.pk).update(deadline=old + timedelta(minutes=10))
    saved = send(attempt, wire(2, item, None), now=old + timedelta(minutes=1))
    assert statuses(saved) == [(2, "stored", "")]
    # And closes the attempt; what comes then is late.
    Attempt.objects.filter(pk=attempt.pk).update(state="timed_out")
    late = send(attempt, wire(3, item, answer), now=old + timedelta(minutes=11))
    assert statuses(late) == [(3, "late", "")]
    assert fold(attempt) == {}


@pytest.mark.parametrize("payload", [["\ud800"], ["\x00"], {"deep": [[[[]]]]}, float("nan"), "x" * 1000])
def test_hostile_events_are_kept_as_text_that_the_database_takes(attempt, payload):
    saved = send(attempt, {"seq": 1, "item": items_of(attempt)[0], "answer": payload})
    assert statuses(saved) == [(1, "conflict", "answer_malformed")]
    assert ConflictEvent.objects.get(attempt=attempt).payload.isascii()
