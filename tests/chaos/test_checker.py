"""The checker finds each kind of broken promise in a history that was made up for it, and none in an honest one."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.chaos.history import Closed, History, Row, Sent, Told, violations

ATTEMPT, CID, PAPER = "a" * 32, "c" * 32, "b" * 64
T0 = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def sha(answer):
    return hashlib.sha256(json.dumps(answer, separators=(",", ":")).encode()).hexdigest()


def journal(*answers, times=None):
    """Rows of one device for (seq, item, answer, late) in the order of arrival, with a chain that holds."""
    head = hashlib.sha256(f"genesis/1|{ATTEMPT}|{PAPER}".encode()).hexdigest()
    rows = []
    for sseq, (seq, item, answer, late) in enumerate(answers, start=1):
        moment = times[sseq - 1] if times else T0 + timedelta(seconds=sseq)
        stamp = moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        head = hashlib.sha256(
            f"{head}|{ATTEMPT}|1|{CID}|{seq}|{item}|{sha(answer)}|{sseq}|{stamp}".encode()
        ).hexdigest()
        receipt = json.dumps({"item": item, "answer_sha256": sha(answer), "sseq": sseq})
        text = json.dumps(answer, separators=(",", ":"))
        rows.append(Row(ATTEMPT, CID, seq, 1, item, text, sha(answer), moment, late, sseq, head, receipt))
    return rows


def history_of(rows):
    """What the device sent and was told, one request after the other."""
    history = History()
    for number, row in enumerate(rows):
        stored = json.loads(row.answer)
        history.sent[ATTEMPT, CID, row.seq] = Sent(ATTEMPT, CID, row.seq, row.item, tuple(stored) if stored else None)
        history.told.append(Told(ATTEMPT, CID, row.seq, row.receipt, float(number), number + 0.5))
    return history


def closed(rows, answers):
    return [Closed(ATTEMPT, PAPER, rows[-1].chain, len(rows) + 1, answers)]


HONEST = ((1, "i1", ["x"], False), (2, "i2", ["y"], False), (3, "i1", None, False), (4, "i2", ["z"], True))


def test_honest_history_breaks_no_rule():
    rows = journal(*HONEST)
    assert violations(history_of(rows), rows, closed(rows, {"i2": ["y"]})) == []


def test_acknowledged_answer_that_is_not_stored_is_a_loss():
    rows = journal(*HONEST)
    history = history_of(rows)
    kept = rows[:3]
    assert any("acknowledged and lost" in text for text in violations(history, kept, closed(kept, {"i2": ["y"]})))


def test_answer_acknowledged_in_time_that_counts_as_late_is_found():
    rows = journal(*HONEST)
    history = history_of(rows)
    history.told[3] = replace(history.told[3], receipt=json.dumps(json.loads(rows[3].receipt) | {"late": False}))
    assert any("counted late" in text for text in violations(history, rows, closed(rows, {"i2": ["y"]})))


def test_answer_stored_otherwise_than_acknowledged_is_found():
    rows = journal(*HONEST)
    history = history_of(rows)
    other = journal((1, "i1", ["w"], False), *HONEST[1:])
    assert any("stored otherwise" in text for text in violations(history, other, closed(other, {"i2": ["y"]})))


def test_stored_answer_that_nobody_sent_is_found():
    rows = journal(*HONEST, (5, "i1", ["x"], False))
    history = history_of(rows[:4])
    assert any("never sent" in text for text in violations(history, rows, closed(rows, {"i1": ["x"], "i2": ["y"]})))


def test_event_stored_twice_is_found():
    rows = journal((1, "i1", ["x"], False), (1, "i1", ["x"], False))
    assert any("stored 2 times" in text for text in violations(history_of(rows), rows, closed(rows, {"i1": ["x"]})))


@pytest.mark.parametrize(("restored", "found"), [(False, True), (True, False)])
def test_second_receipt_is_found_unless_a_restore_took_the_first_one_back(restored, found):
    rows = journal(*HONEST)
    history = history_of(rows)
    history.told.append(replace(history.told[0], receipt=rows[0].receipt.replace('"sseq": 1', '"sseq": 9')))
    if restored:
        history.rewound.append((0.0, 1.0))
    assert any("another receipt" in text for text in violations(history, rows, closed(rows, {"i2": ["y"]}))) is found


@pytest.mark.parametrize(("left_at", "told_at", "found"), [(0.9, 1.4, False), (1.1, 1.4, True), (-0.5, -0.1, True)])
def test_answer_is_forgotten_only_if_its_flight_touches_the_time_that_was_taken_back(left_at, told_at, found):
    rows = journal(*HONEST)
    history = history_of(rows)
    other = rows[0].receipt.replace('"sseq": 1', '"sseq": 9')
    history.told.append(replace(history.told[0], receipt=other, told_at=told_at, flew_at=left_at))
    history.rewound.append((0.0, 1.0))
    assert any("another receipt" in text for text in violations(history, rows, closed(rows, {"i2": ["y"]}))) is found


def test_order_against_real_time_is_found():
    rows = journal(*HONEST)
    history = history_of(rows)
    # The third answer had been acknowledged before the second one left the device.
    history.told[2] = replace(history.told[2], asked_at=0.6, told_at=0.8)
    assert any("was asked for after" in text for text in violations(history, rows, closed(rows, {"i2": ["y"]})))


def test_time_that_runs_backwards_is_found():
    rows = journal(*HONEST[:2], times=[T0 + timedelta(seconds=2), T0])
    answers = {"i1": ["x"], "i2": ["y"]}
    assert any("time runs backwards" in text for text in violations(history_of(rows), rows, closed(rows, answers)))


def test_broken_chain_and_foreign_head_are_found():
    rows = journal(*HONEST)
    history = history_of(rows)
    broken = [rows[0], replace(rows[1], chain="0" * 64), *rows[2:]]
    assert any("breaks at 2" in text for text in violations(history, broken, closed(rows, {"i2": ["y"]})))
    assert any("the head of" in text for text in violations(history, rows[:3], closed(rows, {"i2": ["y"]})))


@pytest.mark.parametrize("answers", [{"i1": ["x"], "i2": ["y"]}, {"i2": ["z"]}, {}])
def test_final_answers_that_are_not_the_effective_ones_are_found(answers):
    rows = journal(*HONEST)
    assert any("not the effective ones" in text for text in violations(history_of(rows), rows, closed(rows, answers)))
