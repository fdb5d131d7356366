"""Classical item statistics for papers that differ from person to person.

Where everybody had the same items, each figure equals the textbook's; where papers were drawn, totals are compared as
shares of the points that a paper offered.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from question_bank.domain.statistics.table import Floats, Ints, ResponseTable

# Kelley, T. L. (1939). The selection of upper and lower groups for the validation of test items.
# Journal of Educational Psychology 30, 17-24: 27 % at each end is best for normally distributed scores.
TAIL: Final = 0.27


def facilities(table: ResponseTable) -> Floats:
    """Facility index of each item: the mean share of its points that was earned (for 0/1 items: the share right).

    Source: Lord, F. M. & Novick, M. R. (1968). Statistical Theories of Mental Test Scores, section 15.2 (item
    difficulty); as "facility index" in Moodle's quiz statistics.
    """
    asked = np.bincount(table.item, minlength=len(table.items))
    return np.bincount(table.item, weights=table.fraction, minlength=len(table.items)) / asked


def tail_weights(scores: Floats, share: float = TAIL) -> tuple[Floats, Floats]:
    """(upper, lower) weights of people: each sums to `share` of them.

    People who are level at the cut are taken in equal part, so that the order of the rows decides nothing.
    """
    size = max(1.0, share * len(scores))
    return _tail(scores, size), _tail(-scores, size)


def _tail(scores: Floats, size: float) -> Floats:
    weights = np.zeros(len(scores))
    for value in np.unique(scores)[::-1]:
        level = scores == value
        left = size - weights.sum()
        if left <= 0:
            break
        weights[level] = min(1.0, left / level.sum())
    return weights


def upper_lower(fraction: Floats, scores: Floats, share: float = TAIL) -> float | None:
    """Discrimination index D = P(upper) - P(lower), -1..1, between the best and the worst 27 %.

    Source: Ebel, R. L. & Frisbie, D. A. (1991). Essentials of Educational Measurement, 5th ed., chapter 13; the groups
    after Kelley (1939). None where everybody scored the same.
    """
    if len(scores) < 2 or scores.min() == scores.max():
        return None
    upper, lower = tail_weights(scores, share)
    return float(upper @ fraction / upper.sum() - lower @ fraction / lower.sum())


def corrected_item_total(table: ResponseTable, rows: Ints) -> float | None:
    """Point-biserial correlation of one item with the rest of the paper, the item itself left out.

    Source: Henrysson, S. (1963). Correction of item-total correlations in item analysis. Psychometrika 28, 211-218, in
    its simple form (total without the item). The rest counts as a share of its possible points; with equal papers that
    is the textbook's figure. None where item or rest does not vary.
    """
    people = table.person[rows]
    rest_possible = table.possible[people] - table.points[rows]
    kept = rest_possible > 0
    rest = (table.earned[people] - table.fraction[rows] * table.points[rows])[kept] / rest_possible[kept]
    return correlation(table.fraction[rows][kept], rest)


def correlation(first: Floats, second: Floats) -> float | None:
    """Pearson's product-moment correlation; None where one of the two does not vary."""
    if len(first) < 3 or np.ptp(first) < 1e-12 or np.ptp(second) < 1e-12:
        return None
    return float(np.clip(np.corrcoef(first, second)[0, 1], -1.0, 1.0))


@dataclass(frozen=True, slots=True)
class Reliability:
    """`coefficient` 0..1 (None where nothing varies) and `error`, the standard error of a score, in points of the paper.

    `method` is `alpha` (equal papers; KR-20 when all items are 0/1) or `drawn` (every person their own items).
    """

    method: Literal["alpha", "drawn"]
    coefficient: float | None
    error: float | None


def reliability(table: ResponseTable) -> Reliability:
    """Alpha where all papers are equal, the coefficient for drawn items otherwise."""
    if len(table.item) == len(table.people) * len(table.items) and len(table.items) > 1:
        # Sorted by item, then person: the marks fall into a matrix of items by people.
        marks = (table.fraction * table.points).reshape(len(table.items), len(table.people)).T
        return alpha(marks)
    return drawn_reliability(table)


def alpha(marks: Floats) -> Reliability:
    """Coefficient alpha of a matrix people x items; for 0/1 items it is KR-20.

    Sources: Kuder, G. F. & Richardson, M. W. (1937). The theory of the estimation of test reliability. Psychometrika 2,
    151-160 (formula 20); Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests. Psychometrika
    16, 297-334. Standard error of measurement: s sqrt(1 - alpha) (Lord & Novick 1968, section 3.8).
    """
    people, items = marks.shape
    variance = float(marks.sum(axis=1).var(ddof=1)) if people > 1 else 0.0
    if variance <= 0 or items < 2:
        return Reliability("alpha", None, None)
    coefficient = items / (items - 1) * (1 - float(marks.var(axis=0, ddof=1).sum()) / variance)
    return Reliability("alpha", coefficient, float(np.sqrt(variance * max(0.0, 1 - coefficient))))


def drawn_reliability(table: ResponseTable) -> Reliability:
    """Reliability where each person answered items of their own: items nested within people, i:p.

    The error variance of one person's total is the number of items times the variance of that person's marks; the
    coefficient is 1 - mean error variance / variance of the totals, for 0/1 items KR-21 with n - 1.
    Sources: Brennan, R. L. (2001). Generalizability Theory, section 2.2 (design i:p); Lord, F. M. (1957). Do tests of
    the same length have the same standard error of measurement? Educational and Psychological Measurement 17, 510-521.
    Totals are put on the scale of the mean possible points.
    """
    counts = np.bincount(table.person, minlength=len(table.people)).astype(float)
    usable = counts > 1
    if usable.sum() < 2:
        return Reliability("drawn", None, None)
    scale = float(table.possible.mean())
    marks = table.fraction * table.points
    sums = np.bincount(table.person, weights=marks, minlength=len(counts))
    squares = np.bincount(table.person, weights=marks**2, minlength=len(counts))
    safe = np.maximum(counts, 2)
    error = safe * (squares - sums**2 / safe) / (safe - 1) * (scale / table.possible) ** 2
    error_variance = float(error[usable].mean())
    variance = float((table.share * scale)[usable].var(ddof=1))
    if variance <= 0:
        return Reliability("drawn", None, float(np.sqrt(error_variance)))
    return Reliability("drawn", max(0.0, 1 - error_variance / variance), float(np.sqrt(error_variance)))
