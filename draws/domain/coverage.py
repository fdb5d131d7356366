"""Everybody within N rounds, without turning the draw into a rota (docs/draw.md, section 9)."""

from draws.errors import CoverageTooFast


def check_coverage(rounds: int, *, seats: int, population: int) -> None:
    """Refuses N < 2/f, where f = seats/population is the share drawn a round. Raises CoverageTooFast."""
    minimum = minimum_rounds(seats=seats, population=population)
    if rounds < minimum:
        raise CoverageTooFast(rounds=rounds, minimum=minimum, seats=seats, population=population)


def minimum_rounds(*, seats: int, population: int) -> int:
    """The smallest allowed N: ⌈2·population/seats⌉; without seats no coverage can be promised, so N has no minimum but 1."""
    return max(1, -(-2 * population // seats)) if seats > 0 else 1


def must_sit_by_coverage(rounds_waited: int, *, rounds: int) -> bool:
    """Whether somebody who was in the pool of that many last rounds without being drawn gets `M:COV` now."""
    return rounds_waited >= rounds - 1
