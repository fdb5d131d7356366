"""What is beyond chance: one-sided bounds of the figures that hold a question back."""

import math
from typing import Final

from scipy.special import bdtr, ndtri

from question_bank.domain.statistics.classical import tail_weights
from question_bank.domain.statistics.table import Floats

# A question without any discrimination, or one that everybody guesses, is held back by one sign at most so often; a
# good one hardly ever: of true correlation .2, 3 of 1,000 with 30 answers.
ERROR_RATE: Final = 0.05
_Z: Final = float(ndtri(1 - ERROR_RATE))


def correlation_below(value: float | None, people: int) -> float | None:
    """Upper 95 % bound of a correlation of `people` pairs: the true one is below it, 19 times of 20.

    Source: Fisher, R. A. (1921). On the "probable error" of a coefficient of correlation deduced from a small sample.
    Metron 1, 3-32: atanh(r) is about normal with variance 1 / (n - 3).
    """
    if value is None or people < 4:
        return None
    return math.tanh(math.atanh(max(-1 + 1e-12, min(value, 1 - 1e-12))) + _Z / math.sqrt(people - 3))


def upper_lower_below(fraction: Floats, scores: Floats) -> float | None:
    """Upper 95 % bound of D, the difference between the shares of the best and the worst 27 %.

    Source: Agresti, A. & Caffo, B. (2000). Simple and effective confidence intervals for proportions and differences of
    proportions result from adding two successes and two failures. The American Statistician 54, 280-288. Marks between
    0 and 1 vary no more than 0 and 1 with the same mean, so for them the bound is on the safe side.
    """
    if len(scores) < 2 or scores.min() == scores.max():
        return None
    best, worst = (
        ((float(weights @ fraction) + 1) / (float(weights.sum()) + 2), float(weights.sum()) + 2)
        for weights in tail_weights(scores)
    )
    error = math.sqrt(sum(share * (1 - share) / size for share, size in (best, worst)))
    return best[0] - worst[0] + _Z * error


def tail_of_guessing(fraction: Floats, chance: float) -> float:
    """How often people who all guess would earn no more than was earned, 0..1: the lower tail of the binomial.

    Parts of a mark are rounded up to whole ones, and marks between 0 and 1 vary less than 0 and 1: on the safe side.
    """
    earned = math.ceil(float(fraction.sum()) - 1e-9)
    return float(bdtr(min(earned, len(fraction)), len(fraction), chance))
