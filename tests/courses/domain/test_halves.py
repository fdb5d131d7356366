"""Half-years and standings."""

from datetime import date

import pytest

from courses.domain.halves import Half, LectureFacts, checked_half, half_of, is_late, standing_in
from courses.errors import HalfImpossible

FIRST = Half(2026, 1)
PLANNED = LectureFacts("planned", date(2026, 6, 10))
RECORDED = LectureFacts("recorded", date(2026, 6, 10), date(2026, 6, 10))
CANCELLED = LectureFacts("cancelled", date(2026, 6, 10))


def test_half_has_its_first_and_last_day_and_the_one_before() -> None:
    second = Half(2026, 2)

    assert (FIRST.first_day, FIRST.due_on, FIRST.previous) == (date(2026, 1, 1), date(2026, 6, 30), Half(2025, 2))
    assert (second.first_day, second.due_on, second.previous) == (date(2026, 7, 1), date(2026, 12, 31), FIRST)


@pytest.mark.parametrize(
    ("day", "half"),
    [(date(2026, 1, 1), 1), (date(2026, 6, 30), 1), (date(2026, 7, 1), 2), (date(2026, 12, 31), 2)],
)
def test_half_of_a_day(day: date, half: int) -> None:
    assert half_of(day) == Half(2026, half)


@pytest.mark.parametrize(
    ("lectures", "today", "standing"),
    [
        ([], date(2026, 1, 1), "due"),
        ([], date(2026, 5, 30), "due"),
        ([], date(2026, 5, 31), "due_soon"),
        ([], date(2026, 6, 30), "due_soon"),
        ([], date(2026, 7, 1), "overdue"),
        ([PLANNED], date(2026, 6, 9), "planned"),
        ([PLANNED], date(2026, 6, 10), "planned"),
        ([PLANNED], date(2026, 6, 11), "due_soon"),
        ([PLANNED], date(2026, 7, 1), "overdue"),
        ([CANCELLED], date(2026, 6, 9), "due_soon"),
        ([RECORDED], date(2026, 6, 10), "done"),
        ([RECORDED], date(2027, 6, 10), "done"),
        ([CANCELLED, PLANNED, RECORDED], date(2026, 8, 1), "done"),
    ],
)
def test_standing_in_a_half(lectures: list[LectureFacts], today: date, standing: str) -> None:
    assert standing_in(FIRST, lectures, today=today) == standing


def test_is_late_after_the_due_date_only() -> None:
    assert (is_late(FIRST, date(2026, 6, 30)), is_late(FIRST, date(2026, 7, 1))) == (False, True)


@pytest.mark.parametrize(("year", "half"), [(2026, 0), (2026, 3), (2023, 1), (2028, 1), (-1, 1)])
def test_checked_half_far_away_or_of_no_half_is_refused(year: int, half: int) -> None:
    with pytest.raises(HalfImpossible):
        checked_half(year, half, today=date(2026, 11, 23))
