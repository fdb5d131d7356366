"""Records of lectures."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from courses.domain.halves import Half
from courses.domain.records import LectureRecord, Term, check_lecturer, check_record, missing_evidence
from courses.errors import (
    CountsImpossible,
    HeldBeforeHalf,
    HeldInFuture,
    LecturerNotPrincipal,
    MinutesImpossible,
    TextMissing,
)

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
RECORD = LectureRecord(
    held_at=datetime(2026, 11, 20, 1, 0, tzinfo=UTC),
    place="三楼会议室",
    title="落实主体责任",
    minutes=45,
    due_count=30,
    present_count=28,
)


def check(record: LectureRecord) -> None:
    check_record(record, half=Half(2026, 2), held_on=record.held_at.date(), now=NOW)


def test_check_record_that_is_right_passes() -> None:
    check(RECORD)
    check(replace(RECORD, present_count=30, held_at=NOW))


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"title": " "}, TextMissing),
        ({"place": ""}, TextMissing),
        ({"title": "题" * 121}, TextMissing),
        ({"held_at": datetime(2026, 11, 23, 2, 1, tzinfo=UTC)}, HeldInFuture),
        ({"held_at": datetime(2026, 6, 30, 2, 1, tzinfo=UTC)}, HeldBeforeHalf),
        ({"minutes": 4}, MinutesImpossible),
        ({"minutes": 601}, MinutesImpossible),
        ({"present_count": 0}, CountsImpossible),
        ({"present_count": 31}, CountsImpossible),
        ({"due_count": -1, "present_count": -1}, CountsImpossible),
    ],
)
def test_check_record_that_cannot_be_right_is_refused(over: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check(replace(RECORD, **over))


@pytest.mark.parametrize("on", [date(2026, 1, 1), date(2026, 6, 30)])
def test_check_lecturer_in_post_on_both_ends_passes(on: date) -> None:
    check_lecturer([Term(date(2020, 1, 1), date(2020, 2, 1)), Term(date(2026, 1, 1), date(2026, 6, 30))], on=on)


@pytest.mark.parametrize("terms", [[], [Term(date(2026, 1, 1), date(2026, 6, 30))], [Term(date(2026, 7, 2), None)]])
def test_check_lecturer_out_of_post_is_refused(terms: list[Term]) -> None:
    with pytest.raises(LecturerNotPrincipal):
        check_lecturer(terms, on=date(2026, 7, 1))


@pytest.mark.parametrize(
    ("kinds", "missing"),
    [
        ([], (("outline", 1), ("sign_in", 1), ("photo", 2))),
        (["photo", "other", "outline"], (("sign_in", 1), ("photo", 1))),
        (["outline", "sign_in", "photo", "photo"], ()),
        (["outline", "outline", "sign_in", "photo", "photo", "photo"], ()),
    ],
)
def test_missing_evidence_names_what_is_wanted(kinds: list[str], missing: tuple[tuple[str, int], ...]) -> None:
    assert missing_evidence(kinds) == missing
