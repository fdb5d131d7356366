"""Figures of quarters, by hand-counted cases."""

from decimal import Decimal

from oversight.domain.statistics import GroupFigures, Standing, distribution, figures_by


def _standing(outcome="passed", score="90", quarter="2026Q3", industry="工贸", street="梅溪街道", total=100):
    return Standing(quarter, industry, street, outcome, None if score is None else Decimal(score), Decimal(total))


def test_figures_count_absence_as_not_passed_and_leave_it_out_of_the_mean():
    standings = [
        _standing(score="90"),
        _standing(score="80"),
        _standing("failed", "55.5"),
        _standing("absent", None),
        _standing("absent", None, industry="建筑施工"),
    ]
    assert figures_by(standings, "industry") == [
        GroupFigures("工贸", due=4, sat=3, passed=2, pass_rate=Decimal("50.0"), mean=Decimal("75.2")),
        GroupFigures("建筑施工", due=1, sat=0, passed=0, pass_rate=Decimal("0.0"), mean=None),
    ]


def test_figures_are_in_order_of_quarters_and_out_of_a_hundred():
    standings = [_standing(quarter="2026Q4", score="40", total=50), _standing(quarter="2026Q3", score="100")]
    assert [(row.name, row.mean) for row in figures_by(standings, "quarter")] == [
        ("2026Q3", Decimal("100.0")),
        ("2026Q4", Decimal("80.0")),
    ]


def test_distribution_puts_borders_into_the_upper_band_and_full_marks_into_the_last():
    scores = ["0", "59.99", "60", "79.5", "80", "89.99", "90", "100"]
    standings = [*(_standing(score=score) for score in scores), _standing("absent", None)]
    assert distribution(standings) == [("0–59", 2), ("60–69", 1), ("70–79", 1), ("80–89", 2), ("90–100", 2)]


def test_nothing_to_count_gives_no_groups_and_empty_bands():
    assert figures_by([], "street") == []
    assert [heads for _, heads in distribution([])] == [0, 0, 0, 0, 0]
