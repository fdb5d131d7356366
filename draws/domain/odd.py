"""How usual a result looks: for readers who wonder, never for anybody who decides. An odd-looking draw is never repeated.

Floats are enough here: nothing follows from these figures.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_MOST_EXACT: Final = 2000  # more people than this: the normal distribution is as good and much quicker


@dataclass(frozen=True, slots=True)
class Group:
    """One stratum: so many people, of whom `marked` have a property, and so many drawn."""

    people: int
    marked: int
    drawn: int

    @property
    def mean(self) -> float:
        return self.drawn * self.marked / self.people if self.people else 0.0

    @property
    def variance(self) -> float:
        if self.people < 2:
            return 0.0
        share = self.marked / self.people
        return self.drawn * share * (1 - share) * (self.people - self.drawn) / (self.people - 1)


def expected_overlap(groups: Iterable[Group]) -> float:
    """How many of the marked are drawn on average."""
    return sum(group.mean for group in groups)


def chance_of_at_least(seen: int, groups: Sequence[Group]) -> float:
    """The probability that so many of the marked or more are drawn: hypergeometric in each stratum, summed over them."""
    if sum(group.marked for group in groups) > _MOST_EXACT:
        spread = math.sqrt(sum(group.variance for group in groups))
        return _normal_tail(seen - 0.5, expected_overlap(groups), spread)
    total = [1.0]
    for group in groups:
        if group.marked and group.drawn:
            total = _convolved(total, hypergeometric(group))
    return min(1.0, max(0.0, math.fsum(total[seen:])))


def hypergeometric(group: Group) -> list[float]:
    """The probabilities of 0, 1, 2 … marked among the drawn."""
    total = _log_choose(group.people, group.drawn)
    others = group.people - group.marked
    return [
        math.exp(_log_choose(group.marked, seen) + _log_choose(others, group.drawn - seen) - total)
        if 0 <= group.drawn - seen <= others
        else 0.0
        for seen in range(min(group.marked, group.drawn) + 1)
    ]


def chance_of_run(longest: int, *, people: int, drawn: int) -> float:
    """About how often so long a run of neighbours, or a longer one, is drawn: 1 − exp(−n·q·p^L)."""
    if not longest or not people:
        return 1.0
    share = drawn / people
    return 1.0 if share >= 1 else -math.expm1(-people * (1 - share) * share**longest)


def longest_run(drawn: Iterable[bool]) -> int:
    """The most neighbours in a row that were all drawn."""
    longest = current = 0
    for each in drawn:
        current = current + 1 if each else 0
        longest = max(longest, current)
    return longest


def expected_shared(shares: Iterable[Sequence[float]]) -> float:
    """How many enterprises have two drawn people or more on average, from each one's people's chances to be drawn."""
    return math.fsum(_two_or_more(chances) for chances in shares)


def _two_or_more(chances: Sequence[float]) -> float:
    none = math.prod(1 - chance for chance in chances)
    one = math.fsum(
        chance * math.prod(1 - other for place, other in enumerate(chances) if place != number)
        for number, chance in enumerate(chances)
    )
    return max(0.0, 1 - none - one)


def _convolved(first: Sequence[float], second: Sequence[float]) -> list[float]:
    product = [0.0] * (len(first) + len(second) - 1)
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            product[i + j] += a * b
    return product


def _normal_tail(value: float, mean: float, spread: float) -> float:
    if spread == 0:
        return float(value <= mean)
    return math.erfc((value - mean) / spread / math.sqrt(2)) / 2


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
