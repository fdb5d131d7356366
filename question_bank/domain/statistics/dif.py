"""Whether an item is harder for one group than for equally able others: a hint for a human, never a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from question_bank.domain.statistics.table import Floats, Ints

FEWEST: Final = 20
# 95 % of the chi-square distribution with one degree of freedom.
_CRITICAL: Final = 3.841458820694124


@dataclass(frozen=True, slots=True)
class MantelHaenszel:
    """`odds_ratio` reference : focal; `delta` = -2.35 ln(odds_ratio), negative when harder for the focal group.

    `size`: A negligible, B moderate, C large, as the Educational Testing Service reports it.
    """

    odds_ratio: float
    chi_square: float
    delta: float
    error: float
    size: Literal["A", "B", "C"]


def mantel_haenszel(tables: Sequence[tuple[float, float, float, float]]) -> MantelHaenszel | None:
    """From one 2 x 2 table per level of ability: (reference right, reference wrong, focal right, focal wrong).

    Sources: Mantel, N. & Haenszel, W. (1959). Statistical aspects of the analysis of data from retrospective studies.
    Journal of the National Cancer Institute 22, 719-748 (odds ratio, chi-square with continuity correction); Holland,
    P. W. & Thayer, D. T. (1988). Differential item performance and the Mantel-Haenszel procedure, in Wainer & Braun,
    Test Validity (delta); standard error after Robins, Breslow & Greenland (1986), Biometrics 42, 311-323; sizes after
    Zieky (1993). None where no level has people of both groups who differ.
    """
    a, b, c, d = (np.array(column, dtype=np.float64) for column in zip(*tables, strict=True))
    total = a + b + c + d
    kept = (total > 1) & (a + b > 0) & (c + d > 0)
    a, b, c, d, total = a[kept], b[kept], c[kept], d[kept], total[kept]
    cross, other = a * d / total, b * c / total
    variance = float(((a + b) * (c + d) * (a + c) * (b + d) / (total**2 * (total - 1))).sum())
    if variance <= 0 or cross.sum() <= 0 or other.sum() <= 0:
        return None
    ratio = float(cross.sum() / other.sum())
    away = abs(float(a.sum() - ((a + b) * (a + c) / total).sum()))
    chi_square = max(0.0, away - 0.5) ** 2 / variance
    delta = -2.35 * float(np.log(ratio))
    error = 2.35 * _log_error((a + d) / total, (b + c) / total, cross=cross, other=other)
    return MantelHaenszel(ratio, chi_square, delta, error, _size(delta, chi_square, error))


def _log_error(along: Floats, across: Floats, *, cross: Floats, other: Floats) -> float:
    r, s = cross.sum(), other.sum()
    variance = (
        (along * cross).sum() / (2 * r**2)
        + (along * other + across * cross).sum() / (2 * r * s)
        + (across * other).sum() / (2 * s**2)
    )
    return float(np.sqrt(variance))


def _size(delta: float, chi_square: float, error: float) -> Literal["A", "B", "C"]:
    if abs(delta) < 1 or chi_square <= _CRITICAL:
        return "A"
    return "C" if abs(delta) >= 1.5 and abs(delta) - 1.96 * error > 1 else "B"


def tables_by_level(
    right: Floats, focal: Ints, scores: Floats, *, levels: int = 5
) -> list[tuple[float, float, float, float]]:
    """The 2 x 2 tables of one item, people of about equal total share together; `focal` is 1 for the focal group.

    Thick levels (five, by rank) after Donoghue, J. R. & Allen, N. L. (1993), because papers and totals differ.
    """
    cuts = np.unique(np.quantile(scores, np.linspace(0, 1, levels + 1)[1:-1]))
    place = np.searchsorted(cuts, scores, side="left")
    found = []
    for level in range(len(cuts) + 1):
        here = place == level
        reference, focus = here & (focal == 0), here & (focal == 1)
        found.append(
            (
                float(right[reference].sum()),
                float((1 - right[reference]).sum()),
                float(right[focus].sum()),
                float((1 - right[focus]).sum()),
            )
        )
    return found
