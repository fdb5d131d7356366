"""Papers of a round equally hard: cells are cut into strata of like difficulty before the bank is committed.

PAPER/1 draws any `count` items of a cell, so the hardest and the easiest paper bound all others. A cell cut into strata,
each with its share of the count, leaves every item its chance of being drawn and brings the two extremes together. How
finely to cut each cell is a small integer programme, solved by HiGHS through `scipy.optimize.milp`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.special import gammaln

from question_bank.domain.cells import Blueprint, Cell, Item
from question_bank.domain.statistics.table import Floats, Ints
from question_bank.errors import BlueprintUnbalanced

_PARTS: Final = (1, 2, 3, 4, 6, 8, 12, 20, 40, 80, 150, 300)
# Shares of a pool that are kept, the most outlying items left out first.
_WHOLE: Final = (1.0,)
_KEPT: Final = (1.0, 0.9, 0.75, 0.5, 0.25, 0.0)
# However outlying the others are, a draw remains a draw: so many items for each one that is drawn, where the bank has them.
_FEWEST_PER_ITEM: Final = 3
# Noise of floating point, in points.
_STILL: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Stratum:
    """`count` of these items are drawn; sorted by ref."""

    count: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """One way to cut a cell: `ordered[start : start + size]` into `parts` strata.

    `hard` and `easy` are the points missed on the hardest and easiest choice, `papers` is log10 of the number of choices.
    """

    cell: Cell
    ordered: Sequence[Item]
    start: int
    size: int
    parts: int
    hard: float
    easy: float
    papers: float

    @property
    def spread(self) -> float:
        """Points between the hardest and the easiest choice."""
        return self.hard - self.easy

    @property
    def strata(self) -> tuple[Stratum, ...]:
        """The strata with their items, easiest first."""
        places = _places(self.cell.count, self.size, self.parts)
        return tuple(
            Stratum(last - first, _by_ref(self.ordered[self.start + start : self.start + stop]))
            for (first, last), (start, stop) in places
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """What all papers have in common. `lowest` and `highest` are expected scores as shares of the total, 0..1.

    `papers` is log10 of how many different papers there are; `measured` the share of items whose difficulty people have
    shown rather than an author thought.
    """

    lowest: float
    highest: float
    papers: float
    items: int
    measured: float
    tolerance: float | None

    @property
    def spread(self) -> float:
        """How far the expected scores of two papers can be apart, as a share of the total."""
        return self.highest - self.lowest

    def to_json(self) -> dict[str, object]:
        """Stored beside the snapshot."""
        return {
            "lowest": round(self.lowest, 6),
            "highest": round(self.highest, 6),
            "spread": round(self.spread, 6),
            "papers": round(self.papers, 2),
            "items": self.items,
            "measured": round(self.measured, 4),
            "tolerance": self.tolerance,
        }


def balance(blueprint: Blueprint, pools: Mapping[str, Sequence[Item]], *, total: Decimal) -> dict[str, Cut]:
    """Cell code → how it is cut: within the tolerance, with as many different papers as possible.

    `pools` hold at least the count of every cell; counts are not zero. `total` is the points of the whole paper, what is
    fixed included. Raises BlueprintUnbalanced with what is missing.
    """
    orders = [_Order.of(cell, pools[cell.code]) for cell in blueprint.cells]
    widest = {order.cell.code: order.cut(0, len(order.items), 1) for order in orders}
    allowed = None if blueprint.tolerance is None else float(blueprint.tolerance * total)
    if allowed is None or sum(cut.spread for cut in widest.values()) <= allowed:
        return widest
    choices = {order.cell.code: order.choices(_WHOLE) for order in orders}
    if _least(choices) > allowed + _STILL:
        # Even the finest strata of all items are too wide: the most outlying items stay out.
        choices = {order.cell.code: order.choices(_KEPT) for order in orders}
    if _least(choices) > allowed + _STILL:
        raise _unbalanced(blueprint, choices, _least(choices) / float(total))
    return _chosen(choices, allowed)


def _least(choices: Mapping[str, Sequence[Cut]]) -> float:
    return sum(min(cut.spread for cut in cuts) for cuts in choices.values())


def figures(blueprint: Blueprint, cuts: Mapping[str, Cut], fixed: Mapping[str, Sequence[Item]]) -> Figures:
    """Spread and number of papers of a blueprint as cut; `fixed` are the items of each cell that every paper has."""
    total = float(blueprint.total_mark)
    marks = {cell.code: float(cell.mark) for cell in blueprint.cells}
    missed = sum(marks[code] * float(item.expected) for code, items in fixed.items() for item in items)
    items = [item for cut in cuts.values() for stratum in cut.strata for item in stratum.items]
    items += [item for found in fixed.values() for item in found]
    return Figures(
        lowest=1 - (missed + sum(cut.hard for cut in cuts.values())) / total,
        highest=1 - (missed + sum(cut.easy for cut in cuts.values())) / total,
        papers=sum(cut.papers for cut in cuts.values()),
        items=len(items),
        measured=sum(item.measured is not None for item in items) / max(len(items), 1),
        tolerance=None if blueprint.tolerance is None else float(blueprint.tolerance),
    )


@dataclass(frozen=True, slots=True)
class _Order:
    """A pool by difficulty, with running sums: any cut of it costs a few additions."""

    cell: Cell
    items: Sequence[Item]
    sums: Floats

    @classmethod
    def of(cls, cell: Cell, pool: Sequence[Item]) -> "_Order":
        # By hash among equals, or a stratum would hold neighbours of the bank.
        ordered = sorted(pool, key=lambda item: (item.expected, item.ref.sha256, item.ref.ref))
        sums = np.concatenate([[0.0], np.cumsum([float(item.expected) for item in ordered])])
        return cls(cell, ordered, sums)

    def cut(self, start: int, size: int, parts: int) -> Cut:
        """`parts` strata of `size` items from `start`, each with the share of items that it has of the count."""
        edges = self.cell.count * np.arange(parts + 1) // parts
        drawn, places = np.diff(edges), start + size * edges // self.cell.count
        first, last, mark = places[:-1], places[1:], float(self.cell.mark)
        hard = float((self.sums[last] - self.sums[last - drawn]).sum())
        easy = float((self.sums[first + drawn] - self.sums[first]).sum())
        papers = float(_log_choices(last - first, drawn).sum())
        return Cut(self.cell, self.items, start, size, parts, mark * hard, mark * easy, papers)

    def choices(self, shares: Sequence[float]) -> list[Cut]:
        """Ways to cut the cell, none of them worse than another in spread and variety at once; widest spread first."""
        count = self.cell.count
        parts = sorted({number for number in (*_PARTS, count) if number <= count})
        fewest = min(len(self.items), count * _FEWEST_PER_ITEM)
        sizes = {max(fewest, round(len(self.items) * share)) for share in shares}
        found = [self.cut(self._densest(size), size, number) for size in sizes for number in parts]
        found.sort(key=lambda cut: (-cut.papers, cut.spread, cut.parts))
        best: list[Cut] = []
        for cut in found:
            if not best or cut.spread < best[-1].spread - _STILL:
                best.append(cut)
        return best

    def _densest(self, size: int) -> int:
        """Where `size` neighbours begin whose difficulties are closest together."""
        difficulty = np.diff(self.sums)
        return int(np.argmin(difficulty[size - 1 :] - difficulty[: len(difficulty) - size + 1]))


def _places(count: int, size: int, parts: int) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """For each stratum the first and last of the count, and of the items: with whole-number division a stratum never
    gets fewer items than it must give.
    """
    edges = [count * part // parts for part in range(parts + 1)]
    return [(pair, (size * pair[0] // count, size * pair[1] // count)) for pair in pairwise(edges)]


def _by_ref(items: Sequence[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: (item.ref.item, item.ref.version)))


def _log_choices(size: Ints, count: Ints) -> Floats:
    """Log10 of the number of ways to choose `count` of `size`."""
    found: Floats = (gammaln(size + 1) - gammaln(count + 1) - gammaln(size - count + 1)) / np.log(10)
    return found


def _chosen(choices: Mapping[str, Sequence[Cut]], allowed: float) -> dict[str, Cut]:
    """One cut for each cell: as many papers as possible, spreads together within what is allowed."""
    cuts = [(code, cut) for code, found in choices.items() for cut in found]
    codes = list(choices)
    once: Floats = np.array([[float(code == wanted) for code, _cut in cuts] for wanted in codes])
    spreads: Floats = np.array([[cut.spread for _code, cut in cuts]])
    result = milp(
        c=np.array([-cut.papers for _code, cut in cuts]),
        integrality=np.ones(len(cuts)),
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(once, 1, 1), LinearConstraint(spreads, -np.inf, allowed + _STILL)],
        options={"mip_rel_gap": 1e-2, "time_limit": 5.0},
    )
    if result.x is None:
        # Out of time: the least spread of every cell is within the tolerance, as was checked before.
        return {code: min(found, key=lambda cut: cut.spread) for code, found in choices.items()}
    return {code: cut for (code, cut), taken in zip(cuts, result.x, strict=True) if taken > 0.5}


def _unbalanced(blueprint: Blueprint, choices: Mapping[str, Sequence[Cut]], least: float) -> BlueprintUnbalanced:
    worst = max(blueprint.cells, key=lambda cell: min(cut.spread for cut in choices[cell.code]))
    tightest = min(choices[worst.code], key=lambda cut: cut.spread)
    values = [float(item.expected) for item in tightest.ordered[tightest.start : tightest.start + tightest.size]]
    return BlueprintUnbalanced(
        spread=f"{least:.1%}",
        tolerance=f"{blueprint.tolerance or Decimal(0):.1%}",
        cell=worst.title,
        count=worst.count,
        items=len(values),
        easiest=f"{values[0]:.2f}",
        hardest=f"{values[-1]:.2f}",
        middle=f"{values[len(values) // 2]:.2f}",
    )
