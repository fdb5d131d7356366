"""Our figures against figures that others published."""

import numpy as np
import pytest

from question_bank.domain.statistics.classical import alpha, corrected_item_total, facilities, reliability
from question_bank.domain.statistics.dif import mantel_haenszel
from question_bank.domain.statistics.rasch import rasch
from question_bank.domain.statistics.table import response_table
from tests.question_bank.domain.statistics.lsat6 import PATTERNS, responses

# Chalmers, R. P. (2012). mirt: A multidimensional item response theory package for the R environment. Journal of
# Statistical Software 48(6); its reference manual 1.45, page LSAT6, prints itemstats(expand.table(LSAT6)) and the
# Rasch model of the same table.
PEOPLE, ITEMS, MEAN, SD = 1000, 5, 3.819, 1.035
FACILITIES = [0.924, 0.709, 0.553, 0.763, 0.870]
CORRELATIONS_WITHOUT_THE_ITEM = [0.113, 0.153, 0.173, 0.144, 0.122]
ALPHA, STANDARD_ERROR = 0.295, 0.869
# Here the parameter is easiness, in logits, and the spread of abilities.
RASCH_EASINESS = [2.731, 0.999, 0.240, 1.307, 2.100]
ABILITY_SD = 0.756


@pytest.fixture(scope="module")
def table():
    return response_table(responses())


def test_facilities_equal_the_published_proportions(table):
    assert facilities(table) == pytest.approx(FACILITIES, abs=1e-12)


def test_the_table_is_the_one_that_was_published(table):
    assert (len(table.people), len(table.items)) == (PEOPLE, ITEMS)
    assert table.earned.mean() == pytest.approx(MEAN, abs=5e-4)
    assert table.earned.std(ddof=1) == pytest.approx(SD, abs=5e-4)


def test_corrected_item_totals_equal_the_published_ones(table):
    found = [corrected_item_total(table, table.rows_of(index)) for index in range(5)]

    assert found == pytest.approx(CORRELATIONS_WITHOUT_THE_ITEM, abs=5e-4)


@pytest.mark.parametrize("item", range(ITEMS))
def test_corrected_item_total_equals_the_count_over_the_published_patterns(table, item):
    # In whole numbers, over the table of patterns: n Sxy - Sx Sy over the root of the two variances.
    right = rest = squares = both = 0
    for pattern, people in PATTERNS.items():
        mark, others = int(pattern[item]), pattern.count("1") - int(pattern[item])
        right, both = right + people * mark, both + people * mark * others
        rest, squares = rest + people * others, squares + people * others**2
    above = PEOPLE * both - right * rest
    below = ((PEOPLE * right - right**2) * (PEOPLE * squares - rest**2)) ** 0.5

    assert corrected_item_total(table, table.rows_of(item)) == pytest.approx(above / below, abs=1e-12)


def test_alpha_and_its_standard_error_equal_the_published_ones(table):
    found = reliability(table)

    assert found.method == "alpha"
    assert found.coefficient == pytest.approx(ALPHA, abs=5e-5)
    assert found.error == pytest.approx(STANDARD_ERROR, abs=5e-4)


def test_rasch_difficulties_equal_the_published_ones(table):
    found = rasch(table.person, table.item, table.fraction)

    assert found.ability_sd == pytest.approx(ABILITY_SD, abs=2e-3)
    assert [-item.difficulty for item in found.items] == pytest.approx(RASCH_EASINESS, abs=5e-3)
    # As simulated by the model that was fitted: nothing misfits.
    assert all(0.9 < item.infit < 1.1 for item in found.items)


def test_mantel_haenszel_equals_the_published_example():
    # Admissions to Berkeley by sex within six departments (Bickel, Hammel & O'Connell 1975, Science 187, 398-404), as
    # analysed in the manual of R, mantelhaen.test(UCBAdmissions): X-squared 1.4269, common odds ratio 0.9046968.
    departments = [
        (512, 313, 89, 19), (353, 207, 17, 8), (120, 205, 202, 391),
        (138, 279, 131, 244), (53, 138, 94, 299), (22, 351, 24, 317),
    ]  # fmt: skip

    found = mantel_haenszel(departments)

    assert found is not None
    assert found.odds_ratio == pytest.approx(0.9046968, abs=5e-8)
    assert found.chi_square == pytest.approx(1.4269, abs=5e-5)
    # Its 95 % confidence interval there is 0.7719074 to 1.0603298: the standard error after Robins et al.
    assert np.exp(np.log(found.odds_ratio) - 1.959964 * found.error / 2.35) == pytest.approx(0.7719074, abs=1e-6)
    assert found.size == "A"


def test_kr20_by_hand():
    # Five people, four items: p q = .24 .24 .16 .24 (n), totals 3 2 4 1 0; with n - 1 everywhere both are 5/4 as large.
    marks = np.array([[1, 1, 1, 0], [1, 0, 1, 0], [1, 1, 1, 1], [0, 0, 1, 0], [0, 0, 0, 0]], dtype=float)

    found = alpha(marks)

    # k/(k-1) (1 - sum pq / variance) = 4/3 (1 - (.24 + .24 + .16 + .16) / 2) = 0.8
    assert found.coefficient == pytest.approx(0.8)
    assert found.error == pytest.approx((2.5 * 0.2) ** 0.5)
