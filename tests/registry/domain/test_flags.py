"""Computed flags and the dated rule."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from registry.domain.flags import Flags, Raw, SizeRule, compute_flags, rule_on

RULE = SizeRule(date(2021, 1, 1), employees=100, revenue_10k=Decimal(2000))
SMALL = Raw(
    employees=99, revenue_10k=Decimal("1999.99"), is_high_hazard_industry=False, is_director_industry_or_tag=True
)


def test_compute_flags_just_below_both_numbers_is_small() -> None:
    assert compute_flags(SMALL, RULE) == Flags(False, False, False, RULE, ())


@pytest.mark.parametrize(
    ("raw", "reasons"),
    [
        (replace(SMALL, employees=100), ("employees",)),
        (replace(SMALL, revenue_10k=Decimal(2000)), ("revenue",)),
        (replace(SMALL, employees=100, revenue_10k=Decimal(2000)), ("employees", "revenue")),
    ],
)
def test_compute_flags_at_either_number_needs_a_director(raw: Raw, reasons: tuple[str, ...]) -> None:
    assert compute_flags(raw, RULE) == Flags(True, False, True, RULE, reasons)


def test_compute_flags_large_in_another_industry_needs_no_director() -> None:
    raw = replace(SMALL, employees=5000, is_director_industry_or_tag=False, is_high_hazard_industry=True)

    assert compute_flags(raw, RULE) == Flags(True, True, False, RULE, ("employees",))


def test_compute_flags_of_unknown_numbers_is_small() -> None:
    assert not compute_flags(replace(SMALL, employees=None, revenue_10k=None), RULE).is_large_scale


def test_rule_on_a_day_takes_the_authoritys_own_rule_of_that_day() -> None:
    settings = {
        "size_rules": [
            {"from": "2027-01-01", "employees": 50, "revenue_10k": "1000"},
            {"from": "2024-01-01", "employees": 200, "revenue_10k": "4000"},
        ]
    }

    assert rule_on(date(2026, 11, 23), settings) == SizeRule(date(2024, 1, 1), 200, Decimal(4000))
    assert rule_on(date(2027, 1, 1), settings) == SizeRule(date(2027, 1, 1), 50, Decimal(1000))
    assert rule_on(date(2026, 11, 23), {}) == RULE


def test_rule_on_with_a_broken_setting_names_it() -> None:
    with pytest.raises(ValueError, match="size_rules entry"):
        rule_on(date(2026, 11, 23), {"size_rules": [{"from": "soon"}]})
