"""Totals that tell nothing about a small group (product.md section 4, Publication; security.md A55)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.scores import round_score

SMALLEST_GROUP = 5
# Upper bounds are exclusive; the last band is closed. In percent of the full mark.
BANDS = ((0, 60), (60, 70), (70, 80), (80, 90), (90, 100))


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a table of totals. None where the group, or one that could be computed from it, is too small."""

    name: str
    people: int | None
    passed: int | None
    absent: int | None

    @property
    def suppressed(self) -> bool:
        return self.people is None


@dataclass(frozen=True, slots=True)
class Counted:
    """What a row contributes to a group."""

    name: str
    passed: bool
    absent: bool


def grouped(rows: Iterable[Counted], *, smallest: int = SMALLEST_GROUP) -> tuple[Group, ...]:
    """One group per name, by name; small ones suppressed, and so many more that no difference gives one away."""
    people: dict[str, int] = {}
    passed: dict[str, int] = {}
    absent: dict[str, int] = {}
    for row in rows:
        people[row.name] = people.get(row.name, 0) + 1
        passed[row.name] = passed.get(row.name, 0) + row.passed
        absent[row.name] = absent.get(row.name, 0) + row.absent
    hidden = hidden_names(people, smallest=smallest)
    return tuple(
        Group(name, None, None, None) if name in hidden else Group(name, people[name], passed[name], absent[name])
        for name in sorted(people)
    )


def hidden_names(people: dict[str, int], *, smallest: int = SMALLEST_GROUP) -> frozenset[str]:
    """Which groups to suppress, given that the sum of all is public.

    A lone suppressed group is the total less the others, so the next smallest goes as well, until at least two are
    hidden and at least `smallest` people stand behind them.
    """
    by_size = sorted((size, name) for name, size in people.items())
    hidden = [name for size, name in by_size if size < smallest]
    if not hidden:
        return frozenset()
    for _size, name in by_size[len(hidden) :]:
        if len(hidden) > 1 and sum(people[other] for other in hidden) >= smallest:
            break
        hidden.append(name)
    return frozenset(hidden)


def banded(
    scores: Sequence[Decimal], *, full_mark: Decimal, smallest: int = SMALLEST_GROUP
) -> tuple[tuple[str, int | None], ...]:
    """How many scores lie in each band of BANDS, from the lowest.

    A band with fewer than `smallest` is joined with the next one, the last one with the one before: so nobody's score
    can be read off, and no large band is hidden for a small one. Of fewer than `smallest` scores nothing is told.
    """
    counts = dict.fromkeys(BANDS, 0)
    for score in scores:
        counts[_band_of(score, full_mark)] += 1
    joined: list[tuple[tuple[int, int], int]] = []
    low, waiting = BANDS[0][0], 0
    for (start, end), count in counts.items():
        low = start if not waiting else low
        waiting += count
        if waiting == 0 or waiting >= smallest:
            joined.append(((low, end), waiting))
            waiting = 0
    if waiting:
        # Joined downwards, past bands that are empty.
        while joined and waiting < smallest:
            (low, _end), count = joined.pop()
            waiting += count
        joined.append(((low, BANDS[-1][1]), waiting))
    return tuple((_band_name(band, full_mark), None if 0 < count < smallest else count) for band, count in joined)


def average(scores: Sequence[Decimal], *, smallest: int = SMALLEST_GROUP) -> Decimal | None:
    """The mean in points, or None below `smallest` scores."""
    if len(scores) < smallest:
        return None
    return round_score(sum(scores, Decimal(0)) / len(scores))


def percent(part: int, whole: int) -> Decimal | None:
    """`part` of `whole` in percent with at most one decimal, or None of nothing."""
    if whole == 0:
        return None
    exact = (Decimal(100 * part) / whole).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact


def _band_of(score: Decimal, full_mark: Decimal) -> tuple[int, int]:
    share = score * 100 / full_mark
    return next((band for band in BANDS if share < band[1]), BANDS[-1])


def _band_name(band: tuple[int, int], full_mark: Decimal) -> str:
    low, high = (int(edge * full_mark / 100) for edge in band)
    return f"{low}—{high}" if band[1] == BANDS[-1][1] else f"{low}—{high - 1}"
