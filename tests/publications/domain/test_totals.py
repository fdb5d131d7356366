"""Totals that tell nothing about a small group, not even by subtraction (A55)."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from publications.domain.totals import Counted, Group, average, banded, grouped, hidden_names, percent


def _rows(**sizes: int) -> list[Counted]:
    return [Counted(name, True, False) for name, size in sizes.items() for _ in range(size)]


def test_grouped_all_large_shows_everything() -> None:
    assert grouped(_rows(a=5, b=7)) == (Group("a", 5, 5, 0), Group("b", 7, 7, 0))


def test_grouped_one_small_hides_the_next_smallest_too() -> None:
    assert grouped(_rows(a=4, b=6, c=9)) == (
        Group("a", None, None, None),
        Group("b", None, None, None),
        Group("c", 9, 9, 0),
    )


def test_grouped_two_tiny_hides_a_third_because_together_they_are_too_few() -> None:
    assert {group.name for group in grouped(_rows(a=1, b=2, c=6, d=8)) if group.suppressed} == {"a", "b", "c"}


def test_grouped_two_small_with_enough_people_hides_only_those() -> None:
    assert {group.name for group in grouped(_rows(a=3, b=4, c=6)) if group.suppressed} == {"a", "b"}


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(1, 30), min_size=1, max_size=8))
def test_hidden_names_any_sizes_no_difference_gives_a_small_group_away(people: dict[str, int]) -> None:
    hidden = hidden_names(people)
    assert all(size >= 5 for name, size in people.items() if name not in hidden)
    if hidden:
        # what a reader can compute is the sum of the hidden ones: of several, or of everybody
        assert len(hidden) > 1 or len(people) == 1
        assert sum(people[name] for name in hidden) >= 5 or hidden == set(people)


def test_banded_small_band_is_joined_with_the_next() -> None:
    scores = [Decimal(score) for score in (50, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 100)]
    assert banded(scores, full_mark=Decimal(100)) == (("0—89", 6), ("90—100", 6))


def test_banded_small_last_band_is_joined_with_the_one_before() -> None:
    scores = [Decimal(score) for score in (50, 51, 52, 53, 54, 100)]
    assert banded(scores, full_mark=Decimal(100)) == (("0—100", 6),)


def test_banded_fewer_than_five_scores_tell_nothing() -> None:
    assert banded([Decimal(85)] * 4, full_mark=Decimal(100)) == (("0—100", None),)


@given(st.lists(st.integers(0, 100), max_size=40))
def test_banded_any_scores_every_shown_band_is_large_and_together_they_are_all(scores: list[int]) -> None:
    bands = banded([Decimal(score) for score in scores], full_mark=Decimal(100))
    shown = [count for _band, count in bands if count is not None]
    assert all(count == 0 or count >= 5 for count in shown)
    assert sum(shown) == len(scores) or (len(scores) < 5 and not any(shown))
    assert bands[0][0].startswith("0—")
    assert bands[-1][0].endswith("—100")


def test_banded_edges_belong_to_the_upper_band_and_the_full_mark_to_the_last() -> None:
    scores = [Decimal("59.99")] * 5 + [Decimal(60)] * 5 + [Decimal(100)] * 5
    assert dict(banded(scores, full_mark=Decimal(100))) == {"0—59": 5, "60—69": 5, "70—79": 0, "80—89": 0, "90—100": 5}


def test_average_of_four_is_not_told_and_of_five_is_exact() -> None:
    assert average([Decimal(80)] * 4) is None
    assert average([Decimal(80), Decimal(81), Decimal(81), Decimal(81), Decimal(81)]) == Decimal("80.80")


def test_percent_of_nothing_is_none() -> None:
    assert percent(0, 0) is None
    assert percent(2, 3) == Decimal("66.7")
