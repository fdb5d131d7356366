"""What changed from one version to the next, for the approver and for the public note."""

from collections import Counter
from dataclasses import dataclass

from publications.domain.reading import PublicRow, PublicSnapshot


@dataclass(frozen=True, slots=True)
class Changed:
    """A line that is found in both versions with another score or state."""

    before: PublicRow
    after: PublicRow


@dataclass(frozen=True, slots=True)
class Difference:
    """Lines that came, went and changed. Two lines are of the same place if all but score and state agree."""

    added: tuple[PublicRow, ...]
    removed: tuple[PublicRow, ...]
    changed: tuple[Changed, ...]

    @property
    def count(self) -> int:
        return len(self.added) + len(self.removed) + len(self.changed)


def difference(before: PublicSnapshot, after: PublicSnapshot) -> Difference:
    """Compares as multisets: masked lines can be equal, and each counts."""
    gone = list((Counter(before.rows) - Counter(after.rows)).elements())
    come = list((Counter(after.rows) - Counter(before.rows)).elements())
    changed = []
    for row in list(come):
        match = next((other for other in gone if _place(other) == _place(row)), None)
        if match is not None:
            gone.remove(match)
            come.remove(row)
            changed.append(Changed(match, row))
    return Difference(tuple(come), tuple(gone), tuple(changed))


def _place(row: PublicRow) -> tuple[str, ...]:
    return row.enterprise, row.uscc, row.name, row.post
