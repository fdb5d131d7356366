"""The ladder and the table of streets × industries."""

from datetime import date

import pytest

from oversight.domain.ladder import due_on, evidence, next_step, urgency
from oversight.domain.matrix import Tally, matrix
from oversight.errors import EvidenceMissing, FollowUpClosed, LastStep

OPENED = date(2026, 12, 1)


def test_ladder_goes_talk_training_rectification_circular_and_ends() -> None:
    assert [next_step(step) for step in ("talk", "training", "rectification")] == [
        "training",
        "rectification",
        "circular",
    ]
    with pytest.raises(LastStep):
        next_step("circular")


def test_due_on_takes_the_authoritys_days_and_else_the_default() -> None:
    assert due_on("talk", OPENED) == date(2026, 12, 16)
    assert due_on("talk", OPENED, days={"talk": 5}) == date(2026, 12, 6)
    assert due_on("rectification", OPENED, days={"talk": 5}) == date(2026, 12, 31)


def test_evidence_is_cleaned_asked_for_and_only_taken_while_open() -> None:
    assert evidence(" 约谈笔录\n第12号 ", is_open=True) == "约谈笔录 第12号"
    for text in ("", "已谈", "长" * 301):
        with pytest.raises(EvidenceMissing):
            evidence(text, is_open=True)
    with pytest.raises(FollowUpClosed):
        evidence("约谈笔录第12号", is_open=False)


@pytest.mark.parametrize(
    ("today", "is_open", "expected"),
    [
        (date(2026, 12, 1), True, "open"),
        (date(2026, 12, 9), True, "soon"),
        (date(2026, 12, 16), True, "soon"),
        (date(2026, 12, 17), True, "overdue"),
        (date(2026, 12, 17), False, "done"),
    ],
)
def test_urgency_by_day(today: date, is_open: bool, expected: str) -> None:
    assert urgency(date(2026, 12, 16), today, is_open=is_open) == expected


def test_matrix_adds_cells_rows_columns_and_all() -> None:
    found = matrix([("乙街", "化工", Tally(1, 2)), ("甲街", "建筑", Tally(0, 1)), ("乙街", "化工", Tally(1, 1))])
    assert found.streets == ("乙街", "甲街")
    assert found.industries == ("化工", "建筑")
    assert found.cells == ((Tally(2, 3), Tally()), (Tally(), Tally(0, 1)))
    assert found.row_sums == (Tally(2, 3), Tally(0, 1))
    assert found.column_sums == (Tally(2, 3), Tally(0, 1))
    assert found.total == Tally(2, 4)
    assert (found.total.percent, Tally().percent) == (50, None)


def test_matrix_of_nothing_is_empty() -> None:
    assert matrix([]).cells == ()
