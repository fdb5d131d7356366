"""Order and duplication of delivery cannot matter; the mutants at the end show that these tests would notice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.canonical import canonical_json, canonical_sha256
from exams.domain.journal import (
    BLANK_SHA256,
    Entry,
    answer_hashes,
    append,
    chain_hash,
    differing_items,
    effective_answers,
    effective_entries,
    first_broken,
    genesis,
    missing_seqs,
    timestamp,
)
from exams.domain.messages import Event

ATTEMPT = "a" * 32
PAPER = "b" * 64
T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ITEMS = ("i1", "i2", "i3")


def an_event(seq, item="i1", answer=("x",)):
    value = None if answer is None else list(answer)
    return Event(seq, item, value, canonical_json(value), canonical_sha256(value))


def a_journal(events, *, late_from=None):
    """Entries of (epoch, cid, event) in the order given, a second apart."""
    position, entries = genesis(ATTEMPT, PAPER), []
    for number, (epoch, cid, event) in enumerate(events):
        server_ts = T0 + timedelta(seconds=number)
        late = late_from is not None and number >= late_from
        entry, position = append(
            position,
            event,
            attempt=ATTEMPT,
            epoch=epoch,
            cid=cid,
            server_ts=server_ts,
            late=late,
        )
        entries.append(entry)
    return entries


SENT = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from(ITEMS),
        st.one_of(st.none(), st.lists(st.sampled_from("xyz"), unique=True)),
    ),
    min_size=1,
    max_size=25,
)


def numbered(sent):
    """What each epoch's client sent, with its own counter 1, 2, 3…"""
    counters, events = {}, []
    for epoch, item, answer in sent:
        counters[epoch] = counters.get(epoch, 0) + 1
        events.append((epoch, f"client-{epoch:04}", an_event(counters[epoch], item, answer)))
    return events


def expected_answers(events):
    """The specification in one line: the last of (epoch, seq) for each item."""
    last = {}
    for _epoch, _cid, event in sorted(events, key=lambda sent: (sent[0], sent[2].seq)):
        last[event.item] = event.answer
    return {item: answer for item, answer in last.items() if answer is not None}


@given(SENT, st.randoms(use_true_random=False))
def test_effective_answers_are_the_same_for_every_order_and_duplication_of_delivery(sent, shuffler):
    events = numbered(sent)
    delivered = list(events)
    shuffler.shuffle(delivered)
    entries = a_journal(delivered)
    shuffler.shuffle(entries)
    assert effective_answers([*entries, *entries[: len(entries) // 2]]) == expected_answers(events)


@given(SENT)
def test_chain_of_any_journal_verifies_and_counts_up_by_one(sent):
    entries = a_journal(numbered(sent))
    assert first_broken(entries, attempt=ATTEMPT, start=genesis(ATTEMPT, PAPER)) is None
    assert [entry.sseq for entry in entries] == list(range(1, len(entries) + 1))


@pytest.mark.parametrize(
    "change",
    [
        {"answer": ["y"], "answer_sha256": canonical_sha256(["y"])},
        {"answer": ["y"]},
        {"item": "i3"},
        {"seq": 9},
        {"epoch": 2},
        {"cid": "another-cid"},
        {"server_ts": T0 + timedelta(seconds=1, microseconds=1)},
        {"sseq": 5},
        {"chain": "0" * 64},
    ],
)
def test_chain_with_one_changed_field_names_the_entry(change):
    entries = a_journal([(1, "client-0001", an_event(seq)) for seq in (1, 2, 3)])
    entries[1] = replace(entries[1], **change)
    broken = first_broken(entries, attempt=ATTEMPT, start=genesis(ATTEMPT, PAPER))
    assert broken == (3 if change == {"sseq": 5} else 2)


def test_chain_with_a_removed_entry_names_the_gap():
    entries = a_journal([(1, "client-0001", an_event(seq)) for seq in (1, 2, 3)])
    assert first_broken([entries[0], entries[2]], attempt=ATTEMPT, start=genesis(ATTEMPT, PAPER)) == 3


def test_chain_of_another_attempt_or_paper_does_not_verify():
    entries = a_journal([(1, "client-0001", an_event(1))])
    assert first_broken(entries, attempt="c" * 32, start=genesis("c" * 32, PAPER)) == 1
    assert first_broken(entries, attempt=ATTEMPT, start=genesis(ATTEMPT, "d" * 64)) == 1


def test_chain_hash_is_the_documented_concatenation():
    entry = Entry(
        epoch=1,
        cid="client-0001",
        seq=2,
        item="i1",
        answer=["x"],
        answer_sha256=canonical_sha256(["x"]),
        server_ts=T0,
        late=False,
        sseq=7,
        chain="",
    )
    # printf '%s' "0…0|aa…|1|client-0001|2|i1|<sha256 of ["x"]>|7|2026-11-23T02:00:00.000000Z" | sha256sum
    assert chain_hash("0" * 64, ATTEMPT, entry) == ("5cdd18b6711b9d04872cc4bb55d45fb6327a8089717fbda11d0630c73cdc40c9")


def test_late_entries_do_not_count_until_a_decision_accepts_them():
    events = [(1, "client-0001", an_event(1, answer=("x",))), (1, "client-0001", an_event(2, answer=("y",)))]
    entries = a_journal(events, late_from=1)
    assert effective_answers(entries) == {"i1": ["x"]}
    assert effective_answers([entries[0], replace(entries[1], accepted=True)]) == {"i1": ["y"]}


def test_cleared_answer_is_absent_and_hashes_as_blank():
    entries = a_journal([(1, "client-0001", an_event(1)), (1, "client-0001", an_event(2, answer=None))])
    assert effective_answers(entries) == {}
    assert answer_hashes(entries, ITEMS) == dict.fromkeys(ITEMS, BLANK_SHA256)


def test_newer_device_wins_over_a_greater_number_of_the_older_one():
    events = [(2, "client-0002", an_event(1, answer=("y",))), (1, "client-0001", an_event(40, answer=("x",)))]
    assert effective_answers(a_journal(events)) == {"i1": ["y"]}


def test_timestamp_is_utc_with_microseconds_from_any_zone():
    shanghai = datetime(2026, 11, 23, 10, 31, 7, 42, tzinfo=timezone(timedelta(hours=8)))
    assert timestamp(shanghai) == "2026-11-23T02:31:07.000042Z"


def test_missing_seqs_are_the_gaps_up_to_the_claimed_last():
    assert missing_seqs([1, 2, 5, 9], 6) == [3, 4, 6]
    assert missing_seqs([], 0) == []


def test_differing_items_compare_blank_with_unclaimed():
    held = {"i1": canonical_sha256(["x"]), "i2": BLANK_SHA256}
    assert differing_items({"i1": canonical_sha256(["x"])}, held) == []
    assert differing_items({}, held) == ["i1"]
    assert differing_items({"i1": canonical_sha256(["x"]), "i2": canonical_sha256(["z"])}, held) == ["i2"]


# Mutants: wrong ways to fold, each of which the property above must be able to tell from the right one.


def last_arrival_wins(entries):
    return {entry.item: entry for entry in sorted(entries, key=lambda entry: entry.sseq)}


def ignores_the_epoch(entries):
    return {entry.item: entry for entry in sorted(entries, key=lambda entry: entry.seq)}


def counts_late_ones(entries):
    return effective_entries([replace(entry, late=False) for entry in entries])


REORDERED = [
    (1, "client-0001", an_event(2, answer=("y",))),
    (1, "client-0001", an_event(1, answer=("x",))),
]
HANDED_OVER = [
    (2, "client-0002", an_event(1, answer=("y",))),
    (1, "client-0001", an_event(2, answer=("x",))),
]
TOO_LATE = [(1, "client-0001", an_event(1)), (1, "client-0001", an_event(2, answer=("y",)))]


@pytest.mark.parametrize(
    ("mutant", "history", "late_from"),
    [(last_arrival_wins, REORDERED, None), (ignores_the_epoch, HANDED_OVER, None), (counts_late_ones, TOO_LATE, 1)],
)
def test_mutant_fold_is_told_from_the_right_one(mutant, history, late_from):
    entries = a_journal(history, late_from=late_from)
    assert mutant(entries) != effective_entries(entries)


def test_mutant_without_deduplication_is_told_by_the_chain():
    once = a_journal([(1, "client-0001", an_event(1))])
    twice = [*once, once[0]]
    assert first_broken(twice, attempt=ATTEMPT, start=genesis(ATTEMPT, PAPER)) == 1


def test_mutant_that_takes_the_time_before_the_lock_is_told_by_the_chain():
    position, entries = genesis(ATTEMPT, PAPER), []
    for seq, second in ((1, 5), (2, 4)):
        entry, position = append(
            position,
            an_event(seq),
            attempt=ATTEMPT,
            epoch=1,
            cid="client-0001",
            server_ts=T0 + timedelta(seconds=second),
            late=False,
        )
        entries.append(entry)
    assert first_broken(entries, attempt=ATTEMPT, start=genesis(ATTEMPT, PAPER)) == 2
