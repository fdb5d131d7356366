"""Figures of whole quarters: trend, industries, streets, distribution. Tables by pandas; points stay exact elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

# Lower ends of the score bands, out of 100; the last one ends at full marks.
BANDS: Final = (0, 60, 70, 80, 90)
_PASSED: Final = "passed"


@dataclass(frozen=True, slots=True)
class Standing:
    """One candidate's standing in one round. `score` in points out of `total`; None beside absence and the like."""

    quarter: str
    industry: str
    street: str
    outcome: str
    score: Decimal | None
    total: Decimal


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """A group's figures: heads due, heads who sat, heads who passed; rate and mean in percent, None where nobody sat."""

    name: str
    due: int
    sat: int
    passed: int
    pass_rate: Decimal | None
    mean: Decimal | None


def figures_by(standings: Sequence[Standing], key: str) -> list[GroupFigures]:
    """Figures for each value of `quarter`, `industry` or `street`, in order of the value.

    The pass rate is passed / due: who stays away has not passed. The mean is over those who sat.
    """
    if not standings:
        return []
    table = _table(standings).groupby(key, sort=True).agg(
        due=("passed", "size"), sat=("sat", "sum"), passed=("passed", "sum"), mean=("percent", "mean"),
    )  # fmt: skip
    return [
        GroupFigures(
            name=str(name),
            due=int(row.due),
            sat=int(row.sat),
            passed=int(row.passed),
            pass_rate=_tenth(100 * row.passed / row.due),
            mean=_tenth(row["mean"]) if row.sat else None,
        )
        for name, row in table.iterrows()
    ]


def distribution(standings: Sequence[Standing]) -> list[tuple[str, int]]:
    """How many of those who sat are in each band, as (label, heads): `0–59`, `60–69` … `90–100`."""
    import pandas as pd  # noqa: PLC0415 - half a second, and few pages need it

    labels = [f"{low}–{high}" for low, high in zip(BANDS, [*(low - 1 for low in BANDS[1:]), 100], strict=True)]
    if not standings:
        return [(label, 0) for label in labels]
    percent = _table(standings)["percent"].dropna()
    bands = pd.cut(percent, [*BANDS, 101], right=False, labels=labels)
    counts = bands.value_counts(sort=False)
    return [(label, int(counts[label])) for label in labels]


def _table(standings: Sequence[Standing]) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - half a second, and few pages need it

    table = pd.DataFrame(
        {
            "quarter": [row.quarter for row in standings],
            "industry": [row.industry for row in standings],
            "street": [row.street for row in standings],
            "passed": [row.outcome == _PASSED for row in standings],
            "percent": [None if row.score is None else float(100 * row.score / row.total) for row in standings],
        },
    )
    table["percent"] = table["percent"].astype(float)
    table["sat"] = table["percent"].notna()
    return table


def _tenth(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.1"))
