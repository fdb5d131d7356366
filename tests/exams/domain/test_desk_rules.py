"""Plain rules of the desk: entry codes, beats, reports, sheets of paper, drills."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from exams.domain.drills import (
    answers_of,
    practice_snapshot,
    ranges,
    tutorial_items,
    with_entries,
)
from exams.domain.entry import entry_code, is_entry_code, seconds_left
from exams.domain.journal import Entry
from exams.domain.sheets import agreed_reading, answers_of_entry, read_entry
from exams.domain.signals import Beat, FaultReport, Noticed, read_beat, read_fault
from exams.errors import EnvelopeMalformed, FaultReportWrong, PaperEntryWrong, PracticePoolEmpty
from question_bank.domain.kinds import kind_for

NOW = datetime(2026, 11, 23, 1, 1, 20, tzinfo=UTC)
SECRET = b"s" * 32


# Entry codes


def test_entry_code_is_good_while_it_is_on_the_wall_and_one_minute_after():
    code = entry_code(SECRET, "sitting", NOW)
    assert (len(code), code.isdecimal(), seconds_left(NOW)) == (6, True, 40)
    fits = [
        is_entry_code(SECRET, "sitting", f" {code} ", now=NOW + timedelta(seconds=after)) for after in (0, 39, 99, 101)
    ]
    assert fits == [True, True, True, False]


def test_entry_code_of_another_sitting_time_or_secret_is_refused():
    code = entry_code(SECRET, "sitting", NOW)
    assert not is_entry_code(SECRET, "other", code, now=NOW)
    assert not is_entry_code(b"t" * 32, "sitting", code, now=NOW)
    assert not is_entry_code(SECRET, "sitting", code, now=NOW - timedelta(minutes=1))
    assert not is_entry_code(SECRET, "sitting", "", now=NOW)
    assert not is_entry_code(SECRET, "sitting", "１２３", now=NOW)


# Beats and reports


def test_beat_keeps_what_makes_sense_and_drops_the_rest():
    beat = read_beat(
        {
            "noticed": [
                {"kind": "hidden", "seconds": 7.9, "item": "aa", "at": 5},
                {"kind": "hidden", "seconds": 10**9, "item": "ZZ", "at": -1},
                {"kind": "eaten"},
                "x",
            ],
            "dwell": {"aa": 12.5, "bb": 0, "zz!": 3, "cc": "x", "dd": True},
        }
    )
    assert beat == Beat((Noticed("hidden", 7, "aa", 5), Noticed("hidden", 6 * 3600, "", None)), {"aa": 12})


@pytest.mark.parametrize(
    "body",
    [None, [], "x", {"noticed": {}}, {"noticed": [{}] * 21}, {"dwell": []}, {"dwell": {str(n): 1 for n in range(501)}}],
)
def test_beat_of_another_shape_is_refused(body):
    with pytest.raises(EnvelopeMalformed):
        read_beat(body)


def test_fault_is_about_an_item_of_the_paper_and_says_something():
    items = {"aa": object()}
    good = {"ref": "r" * 32, "item": "aa", "text": "  选项重复 \x00"}
    assert read_fault(good, items) == FaultReport("r" * 32, "aa", "选项重复")
    for wrong in ({"ref": "x"}, {"item": "bb"}, {"item": None}):
        with pytest.raises(EnvelopeMalformed):
            read_fault({**good, **wrong}, items)
    for text in ("", " a ", "x" * 501, None, 5):
        with pytest.raises(FaultReportWrong):
            read_fault({**good, "text": text}, items)


# Sheets of paper

ITEMS = [
    {
        "number": number,
        "id": f"i{number}",
        "input": control,
        "options": [{"id": f"o{number}{label}", "label": label} for label in "ABC"],
    }
    for number, control in ((1, "radio"), (2, "checkbox"), (3, "radio"))
]


def test_sheet_is_read_whatever_the_spelling_and_mapped_to_opaque_answers():
    entry = read_entry(ITEMS, {1: " b ", 2: "c、A，a", 3: ""})
    assert entry == {"1": "B", "2": "AC"}
    assert answers_of_entry(ITEMS, entry) == {"i1": ["o1B"], "i2": ["o2A", "o2C"]}


@pytest.mark.parametrize(("number", "typed"), [(1, "AB"), (1, "D"), (2, "A1"), (3, "甲")])
def test_sheet_names_the_item_that_cannot_be(number, typed):
    with pytest.raises(PaperEntryWrong) as refusal:
        read_entry(ITEMS, {number: typed})
    assert refusal.value.params["number"] == number


def test_differences_are_named_by_number_blanks_included():
    assert agreed_reading([{"1": "A", "2": "AC"}, {"1": "A", "2": "AC"}]) == ({"1": "A", "2": "AC"}, [])
    assert agreed_reading([{"1": "A", "10": "B"}, {"1": "B", "2": "C"}]) == ({}, [1, 2, 10])
    assert agreed_reading([{"1": "A"}, {}]) == ({}, [1])


@pytest.mark.parametrize(
    ("letters", "agreed"),
    [
        (("A", "B", "A"), "A"),
        (("A", "", ""), ""),
        (("A", "B", "C"), None),
        (("A", "A", "B", "B"), None),
        (("A", "A", "B", "B", "B"), "B"),
    ],
)
def test_what_two_people_read_alike_counts_where_a_third_was_asked(letters, agreed):
    found, differing = agreed_reading([{"1": one} if one else {} for one in letters])
    assert (found.get("1", ""), differing) == (agreed or "", [1] if agreed is None else [])


# Drills


def test_tutorial_makes_a_full_paper_and_its_keys_are_valid():
    items = tutorial_items()
    snapshot = practice_snapshot(items)
    assert (snapshot.cells[0].count, snapshot.total_mark) == (5, Decimal(100))
    assert [problem for item in items for problem in kind_for(item.content.kind).validate(item.content)] == []
    with pytest.raises(PracticePoolEmpty):
        practice_snapshot(items[:2])


def _entry(seq: int, answer: object, *, epoch: int = 1, late: bool = False) -> Entry:
    return Entry(epoch, "c", seq, "i", answer, "", NOW, late, seq, "")


def test_latest_answer_counts_whatever_the_order_and_late_ones_do_not():
    kept = with_entries({}, [_entry(2, ["b"]), _entry(1, ["a"])])
    assert answers_of(kept) == {"i": ["b"]}
    assert answers_of(with_entries(kept, [_entry(3, ["c"], late=True)])) == {"i": ["b"]}
    assert answers_of(with_entries(kept, [_entry(1, ["d"], epoch=2)])) == {"i": ["d"]}
    assert answers_of(with_entries(kept, [_entry(3, None)])) == {}


def test_ranges_are_inclusive_and_without_gaps():
    assert ranges([5, 1, 2, 2, 3, 9]) == [[1, 3], [5, 5], [9, 9]]
    assert ranges([]) == []
