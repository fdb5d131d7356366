"""A table of streets × industries with sums at its edges."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """So many of so many."""

    done: int = 0
    total: int = 0

    def plus(self, other: "Tally") -> "Tally":
        return Tally(self.done + other.done, self.total + other.total)

    @property
    def percent(self) -> int | None:
        """Whole percent, or None of nothing."""
        return round(100 * self.done / self.total) if self.total else None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows in the order of `streets`; cells in the order of `industries`; sums per row and column, and of all."""

    streets: tuple[str, ...]
    industries: tuple[str, ...]
    cells: tuple[tuple[Tally, ...], ...]
    row_sums: tuple[Tally, ...]
    column_sums: tuple[Tally, ...]
    total: Tally


def matrix(entries: Iterable[tuple[str, str, Tally]]) -> Matrix:
    """From (street, industry, tally): each combination may come several times; what never comes is empty."""
    found: dict[tuple[str, str], Tally] = {}
    for street, industry, tally in entries:
        found[street, industry] = found.get((street, industry), Tally()).plus(tally)
    streets = tuple(sorted({street for street, _industry in found}))
    industries = tuple(sorted({industry for _street, industry in found}))
    cells = tuple(tuple(found.get((street, industry), Tally()) for industry in industries) for street in streets)
    row_sums = tuple(_sum(row) for row in cells)
    column_sums = tuple(_sum(row[index] for row in cells) for index in range(len(industries)))
    return Matrix(streets, industries, cells, row_sums, column_sums, _sum(row_sums))


def _sum(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total = total.plus(tally)
    return total
