from datetime import UTC, date, datetime, timedelta

import pytest

from draws.domain.sources import Fallback, Source
from draws.domain.timing import add_working_days, check_fallback_may_count, check_sources_may_exist
from draws.errors import FallbackTooEarly, SourcesTooEarly

MONDAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "days", "closed", "end"),
    [
        (MONDAY, 0, (), MONDAY),
        (MONDAY, 3, (), date(2026, 11, 26)),
        (date(2026, 11, 27), 1, (), date(2026, 11, 30)),
        (date(2026, 11, 28), 3, (), date(2026, 12, 2)),
        (date(2026, 9, 30), 3, [date(2026, 10, day) for day in range(1, 8)], date(2026, 10, 12)),
    ],
)
def test_add_working_days_skips_weekends_and_closed_days(start, days, closed, end):
    assert add_working_days(start, days, closed=closed) == end


def test_check_sources_may_exist_at_the_moment_not_before():
    check_sources_may_exist(NOON, not_before=NOON)
    with pytest.raises(SourcesTooEarly):
        check_sources_may_exist(NOON - timedelta(microseconds=1), not_before=NOON)


PLANNED, DICE = Source("SSQ", "2026023"), Source("DICE", "1")


@pytest.mark.parametrize("entered", [PLANNED, PLANNED.next_issue])
def test_check_fallback_lottery_issue_may_count_at_once(entered):
    assert (
        check_fallback_may_count(NOON, not_before=NOON, planned=PLANNED, entered=entered, fallback=Fallback(7, 20))
        is None
    )


def test_check_fallback_dice_wait_for_the_planned_days():
    def check(now: datetime) -> None:
        check_fallback_may_count(now, not_before=NOON, planned=PLANNED, entered=DICE, fallback=Fallback(7, 20))

    check(NOON + timedelta(days=7))
    with pytest.raises(FallbackTooEarly):
        check(NOON + timedelta(days=7, microseconds=-1))


def test_next_issue_keeps_the_width():
    assert Source("DLT", "26009").next_issue == Source("DLT", "26010")
    assert Source("SSQ", "2026099").next_issue == Source("SSQ", "2026100")
