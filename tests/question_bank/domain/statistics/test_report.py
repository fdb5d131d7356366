"""Rules of our own, and the tables that come out; the textbook figures are compared in test_published_examples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.domain.content import Content, Option
from question_bank.domain.kinds.base import PROPORTIONAL, SUBSET, MarkingRule
from question_bank.domain.kinds.true_false import OPTIONS as TRUE_FALSE
from question_bank.domain.statistics.bounds import correlation_below, tail_of_guessing, upper_lower_below
from question_bank.domain.statistics.choices import beating_distractor, chance_fraction, option_figures
from question_bank.domain.statistics.classical import drawn_reliability, tail_weights, upper_lower
from question_bank.domain.statistics.dif import mantel_haenszel, tables_by_level
from question_bank.domain.statistics.rasch import rasch
from question_bank.domain.statistics.report import (
    BELOW_CHANCE,
    KEY_BEATEN,
    NEGATIVE,
    WATCH_CHANCE,
    WATCH_NEGATIVE,
    ItemFigures,
    analyse,
    flags_of,
)
from question_bank.domain.statistics.table import Response, response_table
from tests.question_bank.domain.statistics.lsat6 import responses

FOUR = tuple(Option(name, f"选项{name}") for name in "abcd")
SINGLE = Content("single_choice", "题", FOUR, ["b"])
MULTIPLE = Content("multiple_choice", "题", FOUR, ["a", "c"])


class TestUpperLower:
    def test_by_hand(self):
        # Ten people, 2.7 at each end: 2 and .7 of the next. Top: 1 1 (1), bottom: 0 0 (1).
        scores = np.arange(10.0)
        fraction = np.array([0, 0, 1, 0, 1, 1, 0, 1, 1, 1], dtype=float)

        assert upper_lower(fraction, scores) == pytest.approx(1 - 0.7 / 2.7)

    def test_people_level_at_the_cut_count_in_equal_part(self):
        upper, lower = tail_weights(np.array([1.0, 1.0, 1.0, 0.0]), 0.5)

        assert upper.tolist() == pytest.approx([2 / 3, 2 / 3, 2 / 3, 0])
        assert lower.tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1])

    def test_equal_scores_discriminate_nothing(self):
        assert upper_lower(np.ones(5), np.ones(5)) is None


class TestChance:
    @pytest.mark.parametrize(
        ("content", "rule", "expected"),
        [
            (SINGLE, MarkingRule(), 1 / 4),
            (Content("true_false", "题", TRUE_FALSE, ["t"]), MarkingRule(), 1 / 2),
            (MULTIPLE, MarkingRule(), 1 / 15),
            # Of 15 sets of ticks, the key earns 1 and its two single options half each.
            (MULTIPLE, MarkingRule(SUBSET), 2 / 15),
            # a, c: ½ each; ac: 1; abc, acd: ½ each; all other sets at most as many wrong as right.
            (MULTIPLE, MarkingRule(PROPORTIONAL), 3 / 15),
        ],
    )
    def test_blind_guessing(self, content, rule, expected):
        assert chance_fraction(content, rule) == pytest.approx(expected)


class TestOptions:
    def test_table_and_a_distractor_that_beats_the_key(self):
        answers = [["b"]] * 10 + [["d"]] * 10
        scores = np.arange(20) / 20

        found = {option.id: option for option in option_figures(SINGLE, answers, scores)}

        assert (found["b"].chosen, found["d"].chosen, found["a"].chosen, found[""].chosen) == (10, 10, 0, 0)
        assert (found["b"].upper, found["b"].lower) == (0, 1)
        assert found["d"].correlation > 0.8
        assert found["d"].trace == (0, 0, 0.5, 1, 1)
        assert beating_distractor(tuple(found.values())) == "d"

    def test_a_good_item_has_no_suspect(self):
        answers = [["d"]] * 10 + [["b"]] * 10

        assert beating_distractor(option_figures(SINGLE, answers, np.arange(20) / 20)) is None

    def test_blank_answers_are_a_row_of_their_own(self):
        found = option_figures(SINGLE, [None, [], ["b"]], np.array([0.1, 0.2, 0.9]))

        assert {option.id: option.chosen for option in found} == {"a": 0, "b": 1, "c": 0, "d": 0, "": 2}


def figures(responses_=30, **over):
    plain = {
        "facility": 0.5, "chance": 0.25, "by_chance": 1.0, "beaten_by": None,
        "item_total": 0.2, "item_total_below": 0.5, "discrimination": 0.3, "discrimination_below": 0.6,
    } | over  # fmt: skip
    return ItemFigures("i@1", responses_, options=(), rasch=None, groups=(), flags=(), **plain)


class TestFlags:
    @pytest.mark.parametrize(
        ("item", "expected"),
        [
            (figures(), ()),
            # One sign suffices when it is beyond chance …
            (figures(item_total=-0.4, item_total_below=-0.01), (NEGATIVE,)),
            (figures(discrimination=-0.4, discrimination_below=-0.01), (NEGATIVE,)),
            (figures(discrimination=-0.4, discrimination_below=-0.01, item_total=None, item_total_below=None), (NEGATIVE,)),
            (figures(facility=0.1, by_chance=0.049), (BELOW_CHANCE,)),
            # … and is watched when it is not, both together too.
            (figures(item_total=-0.01), (WATCH_NEGATIVE,)),
            (figures(discrimination=-0.1), (WATCH_NEGATIVE,)),
            (figures(item_total=-0.01, discrimination=-0.1), (WATCH_NEGATIVE,)),
            (figures(facility=0.24, by_chance=0.05), (WATCH_CHANCE,)),
            (figures(facility=0.25, by_chance=0.01), ()),
            (figures(facility=0.1, by_chance=0.01, item_total=-0.01), (WATCH_NEGATIVE, BELOW_CHANCE)),
            (figures(beaten_by="a"), (KEY_BEATEN,)),
            (figures(10, item_total=-0.9, item_total_below=-0.6), (NEGATIVE,)),
            (figures(9, facility=0.1, by_chance=0, item_total=-1, item_total_below=-1), ()),
        ],
    )  # fmt: skip
    def test_which_figures_act(self, item, expected):
        assert flags_of(item) == expected

    @pytest.mark.parametrize(
        ("answers", "expected"),
        [
            # The abler half wrong: beyond chance. Nobody knows, one of four by luck: neither.
            ([1] * 10 + [0] * 10, (NEGATIVE,)),
            ([0, 0, 0, 1] * 5, ()),
            # Half of them by luck on the wrong side.
            ([1, 0, 1, 1, 0, 1, 0, 0, 1, 0] * 2, (WATCH_NEGATIVE,)),
            # None of twenty: guessers would have had five. Two of twenty: nine times of a hundred by luck.
            ([0] * 20, (BELOW_CHANCE,)),
            ([0] * 8 + [1] + [0] * 10 + [1], (WATCH_CHANCE,)),
        ],
    )
    def test_answers_of_twenty_people_of_rising_ability(self, answers, expected):
        others = [
            Response(f"p{n:02d}", f"o{item}", float(n > item), 1.0) for n in range(20) for item in range(0, 19, 2)
        ]
        own = [Response(f"p{n:02d}", "x", float(mark), 1.0, ["b" if mark else "a"]) for n, mark in enumerate(answers)]

        report = analyse(others + own, {"x": SINGLE}, MarkingRule())

        assert next(item.flags for item in report.items if item.item == "x") == expected


class TestBounds:
    def test_correlation_by_hand(self):
        # Fisher: atanh(-.5) = -.549306; 1.644854 / sqrt(25) = .328971; tanh(-.220335) = -.216837.
        assert correlation_below(-0.5, 28) == pytest.approx(-0.216837, abs=1e-6)
        assert correlation_below(-1.0, 10) < -0.99
        assert correlation_below(None, 28) is None
        assert correlation_below(-1.0, 3) is None

    def test_upper_lower_by_hand(self):
        # 100 people, 27 at each end, none of the best and all of the worst: shares 1/29 and 28/29 with one added of each;
        # D = -27/29, error sqrt(2 · 28/29² / 29) = .047920.
        scores = np.arange(100.0)

        found = upper_lower_below(np.array([1.0] * 50 + [0.0] * 50), scores)

        assert found == pytest.approx(-27 / 29 + 1.644854 * 0.047920, abs=1e-5)
        assert upper_lower_below(np.ones(4), np.ones(4)) is None

    def test_guessing_by_hand(self):
        # Two of eight or fewer, at one of four: .75^8 + 8 · .25 · .75^7 + 28 · .0625 · .75^6 = .678543.
        fraction = np.array([1, 1, 0, 0, 0, 0, 0, 0], dtype=float)

        assert tail_of_guessing(fraction, 0.25) == pytest.approx(0.678543, abs=1e-6)
        assert tail_of_guessing(np.array([0.5, 0.5, 0.5]), 0.5) == pytest.approx(7 / 8)
        assert tail_of_guessing(np.zeros(5), 0.0) == 1

    def test_questions_without_discrimination_are_held_back_as_seldom_as_stated(self):
        random = np.random.default_rng(11)
        beyond = 0
        for _ in range(4000):
            ability, answer = random.normal(size=40), random.random(40) < 0.6
            beyond += correlation_below(float(np.corrcoef(ability, answer)[0, 1]), 40) < 0

        assert 0.04 < beyond / 4000 < 0.06


class TestDrawnPapers:
    def test_error_is_that_of_the_binomial_for_right_and_wrong(self):
        # Two people, four items of their own each, 3 and 1 right: the variance of marks is 4/3 (¾ · ¼) · 4 = ¼ · 4.
        answers = [Response("a", f"a{n}", float(n < 3), 1.0) for n in range(4)]
        answers += [Response("b", f"b{n}", float(n < 1), 1.0) for n in range(4)]

        found = drawn_reliability(response_table(answers))

        # Error variance 1; totals 3 and 1, variance 2: 1 - 1/2.
        assert (found.method, found.coefficient, found.error) == ("drawn", pytest.approx(0.5), pytest.approx(1.0))

    def test_simulated_papers_give_back_what_they_were_made_of(self):
        random = np.random.default_rng(7)
        abilities = random.normal(0, 1, 400)
        difficulties = random.normal(0, 0.8, 120)
        answers = []
        for person, ability in enumerate(abilities):
            for item in random.choice(120, 40, replace=False):
                right = random.random() < 1 / (1 + np.exp(-(ability - difficulties[item])))
                answers.append(Response(f"p{person:03d}", f"i{item:03d}", float(right), 1.0))
        table = response_table(answers)

        scale = rasch(table.person, table.item, table.fraction)

        found = np.array([item.difficulty for item in scale.items])
        assert np.corrcoef(found, difficulties)[0, 1] > 0.94
        assert np.sqrt(np.mean((found - difficulties) ** 2)) < 0.3
        assert scale.ability_sd == pytest.approx(1.0, abs=0.12)
        assert 0.95 < np.mean([item.infit for item in scale.items]) < 1.05
        assert 0.8 < drawn_reliability(table).coefficient < 0.95


class TestGroups:
    def test_a_group_that_finds_an_item_harder_is_told_apart_from_a_weaker_group(self):
        random = np.random.default_rng(3)
        focal = (np.arange(600) % 2).astype(int)
        ability = random.normal(0, 1, 600) - 0.8 * focal
        fair = (random.random(600) < 1 / (1 + np.exp(-ability))).astype(float)
        unfair = (random.random(600) < 1 / (1 + np.exp(-ability + 1.5 * focal))).astype(float)

        assert mantel_haenszel(tables_by_level(fair, focal, ability)).size == "A"
        found = mantel_haenszel(tables_by_level(unfair, focal, ability))
        assert found.size == "C"
        assert found.delta < 0

    def test_one_group_alone_says_nothing(self):
        assert mantel_haenszel([(5, 5, 0, 0), (3, 1, 0, 0)]) is None


def test_the_order_of_the_answers_changes_nothing():
    answers = responses()

    assert analyse(answers, {}, MarkingRule()) == analyse(list(reversed(answers)), {}, MarkingRule())


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 5), st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([1.0, 2.0])),
        min_size=1,
        max_size=60,
        unique_by=lambda row: row[:2],
    )
)
def test_any_small_exam_has_figures_in_their_ranges(rows):
    answers = [Response(f"p{p}", f"{i}", fraction, points, ["b"], "业") for p, i, fraction, points in rows]

    report = analyse(answers, {f"{n}": SINGLE for n in range(6)}, MarkingRule())

    assert report is not None
    assert 0 <= report.paper.mean <= 1
    assert sum(report.paper.histogram) == report.paper.people
    for item in report.items:
        assert 0 <= item.facility <= 1
        assert item.item_total is None or -1 <= item.item_total <= 1
        assert item.discrimination is None or -1.000001 <= item.discrimination <= 1.000001
        assert sum(option.chosen for option in item.options) == item.responses
