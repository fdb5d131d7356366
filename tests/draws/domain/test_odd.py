"""How usual a result looks: the figures that readers are given beside it."""

import math

import pytest

from draws.domain.odd import (
    Group,
    chance_of_at_least,
    chance_of_run,
    expected_overlap,
    expected_shared,
    hypergeometric,
    longest_run,
)


@pytest.mark.parametrize("group", [Group(10, 3, 4), Group(52, 4, 5), Group(6, 6, 2), Group(5, 2, 5)])
def test_hypergeometric_equals_counting(group):
    total = math.comb(group.people, group.drawn)
    for seen, chance in enumerate(hypergeometric(group)):
        ways = math.comb(group.marked, seen) * math.comb(group.people - group.marked, group.drawn - seen)
        assert chance == pytest.approx(ways / total, abs=1e-12)


def test_chance_of_at_least_sums_over_strata_and_ends_at_certainty():
    groups = [Group(10, 3, 4), Group(20, 5, 5)]
    assert chance_of_at_least(0, groups) == pytest.approx(1)
    assert chance_of_at_least(9, groups) == 0
    exact = [a * b for a in hypergeometric(groups[0])[:1] for b in hypergeometric(groups[1])[:1]]
    assert chance_of_at_least(1, groups) == pytest.approx(1 - exact[0])
    assert expected_overlap(groups) == pytest.approx(1.2 + 1.25)


def test_chance_of_at_least_of_very_many_is_near_the_exact_one():
    exact = chance_of_at_least(110, [Group(20_000, 2000, 1000)])
    assert chance_of_at_least(110, [Group(20_000, 2001, 1000)]) == pytest.approx(exact, abs=0.01)


def test_longest_run_and_its_chance():
    assert longest_run([True, True, False, True, True, True, False]) == 3
    assert longest_run([]) == 0
    assert chance_of_run(1, people=100, drawn=10) > 0.99
    assert chance_of_run(9, people=100, drawn=10) < 1e-6


def test_expected_shared_counts_enterprises_with_two_or_more():
    assert expected_shared([[0.5, 0.5], [1.0, 1.0, 0.0], [0.3]]) == pytest.approx(0.25 + 1)
