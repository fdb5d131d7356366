"""Our figures against figures that others published."""

import numpy as np
import pytest

from question_bank.domain.statistics.classical import alpha, corrected_item_total, facilities, reliability
from question_bank.domain.statistics.dif import mantel_haenszel
from question_bank.domain.statistics.rasch import rasch
from question_bank.domain.statistics.table import response_table
from tests.question_bank.domain.statistics.lsat6 import responses

# Rizopoulos, D. (2006). ltm: An R package for latent variable modeling and item response theory analyses. Journal of
# Statistical Software 17(5): the output of descript(LSAT) and rasch(LSAT).
FACILITIES = [0.924, 0.709, 0.553, 0.763, 0.870]
POINT_BISERIALS_WITHOUT_THE_ITEM = [0.1128, 0.1532, 0.1728, 0.1444, 0.1216]
ALPHA = 0.2950


@pytest.fixture(scope="module")
def table():
    return response_table(responses())


def test_facilities_equal_the_published_proportions(table):
    assert facilities(table) == pytest.approx(FACILITIES, abs=1e-12)


def test_corrected_item_totals_equal_the_published_ones(table):
    found = [corrected_item_total(table, table.rows_of(index)) for index in range(5)]

    assert found == pytest.approx(POINT_BISERIALS_WITHOUT_THE_ITEM, abs=5e-5)


def test_alpha_equals_the_published_one(table):
    found = reliability(table)

    assert (found.method, found.coefficient) == ("alpha", pytest.approx(ALPHA, abs=5e-5))


def test_rasch_difficulties_equal_the_published_ones(table):
    # rasch(LSAT): difficulties on the scale of standard abilities, one discrimination for all; ours are in logits.
    published = np.array([-3.6153, -1.3224, -0.3176, -1.7301, -2.7802])
    discrimination = 0.7551

    found = rasch(table.person, table.item, table.fraction)

    assert found.ability_sd == pytest.approx(discrimination, abs=2e-3)
    assert [item.difficulty for item in found.items] == pytest.approx(list(published * discrimination), abs=5e-3)
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
