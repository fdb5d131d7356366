"""Points as exact decimals. One function rounds; nothing else does."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
_CENT = Decimal("0.01")


def round_score(points: Decimal) -> Decimal:
    """Two decimals, half up (四舍五入): the only rounding in the product."""
    return points.quantize(_CENT, rounding=ROUND_HALF_UP)


def mark_for(fraction: Decimal, full_mark: Decimal) -> Decimal:
    """The points that a fraction (0..1) of an item worth `full_mark` points earns, rounded."""
    return round_score(fraction * full_mark)


def total(marks: Iterable[Decimal]) -> Decimal:
    """The sum of already rounded marks."""
    return sum(marks, ZERO)


def display(points: Decimal) -> str:
    """`86`, `86.5`: as printed beside 分, without trailing zeros."""
    text = format(points.quantize(_CENT), "f")
    return text.rstrip("0").rstrip(".")
