"""Marks that people give: two markers who do not see each other, a third where they differ too much."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from exams.errors import MarkedAlready, MarkOutOfRange

SLOTS = (1, 2, 3)
# A fraction keeps more digits than a mark, so that half a mark of three points comes back as it was.
_FRACTION = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Marked:
    """The marks so far in the order of slots, the points of the item and the share of them that may lie between two."""

    marks: tuple[Decimal, ...]
    points: Decimal
    tolerance: Decimal


def next_slot(markers: Sequence[str], marker: str, *, barred: Collection[str] = (), is_done: bool) -> int:
    """The slot that this person would fill; raises MarkedAlready for the same person, or when it is decided.

    `barred` are those who marked the text before it was marked anew, and who handles the appeal.
    """
    if is_done or marker in markers or marker in barred or len(markers) >= len(SLOTS):
        raise MarkedAlready
    return len(markers) + 1


def check_mark(mark: Decimal, points: Decimal) -> Decimal:
    """Nothing, the full mark, or halves between; raises MarkOutOfRange."""
    if not 0 <= mark <= points or ((mark * 2) % 1 and mark != points):
        raise MarkOutOfRange(points=points.normalize())
    return mark


def decided_fraction(case: Marked) -> Decimal | None:
    """The share of the full mark that stands, or None while another marker is needed.

    Two that are within the tolerance: their mean. Else the third: the mean of the third and whichever of the others is
    nearer to it, the higher one where both are as near.
    """
    if len(case.marks) < 2 or not case.points:
        return None
    first, second = case.marks[:2]
    if len(case.marks) == 2:
        if abs(first - second) > case.tolerance * case.points:
            return None
        return _share((first + second) / 2, case.points)
    third = case.marks[2]
    nearer = min(sorted((first, second), reverse=True), key=lambda mark: abs(mark - third))
    return _share((nearer + third) / 2, case.points)


def needs_third(case: Marked) -> bool:
    """Two have marked and differ too much."""
    return len(case.marks) == 2 and decided_fraction(case) is None


def _share(mark: Decimal, points: Decimal) -> Decimal:
    return (mark / points).quantize(_FRACTION)
