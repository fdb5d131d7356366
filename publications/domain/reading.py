"""Reading a published snapshot back: rows to search and filter, totals to draw. Pages know no other source."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from publications.domain.totals import percent


@dataclass(frozen=True, slots=True)
class PublicRow:
    """One published line, as it stands in the file. `score` is text such as `86.5`, or empty."""

    enterprise: str
    uscc: str
    industry: str
    street: str
    name: str
    post: str
    state: str
    score: str
    must_sit: bool
    makeup: bool


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What a reader asked for. Empty fields ask for nothing."""

    text: str = ""
    street: str = ""
    industry: str = ""
    post: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """A group's people and pass rate in percent; both None where suppressed."""

    name: str
    people: int | None
    passed: int | None
    pass_percent: Decimal | None


@dataclass(frozen=True, slots=True)
class PublicSnapshot:
    """A parsed snapshot."""

    content: dict[str, Any]
    rows: tuple[PublicRow, ...]

    @property
    def round(self) -> dict[str, Any]:
        return dict(self.content["round"])

    @property
    def totals(self) -> dict[str, Any]:
        return dict(self.content["totals"])

    def distinct(self, field: str) -> list[str]:
        """The values of a field that occur, sorted: the choices of a filter."""
        return sorted({str(getattr(row, field)) for row in self.rows})

    def rates(self, dimension: str) -> list[Rate]:
        """The groups of `by_<dimension>`, best pass rate first, suppressed ones last."""
        rates = [
            Rate(group["group"], group["people"], group["passed"], _rate(group["people"], group["passed"]))
            for group in self.totals[f"by_{dimension}"]
        ]
        return sorted(rates, key=lambda rate: (rate.people is None, -(rate.pass_percent or Decimal(0)), rate.name))


def read_snapshot(text: str) -> PublicSnapshot:
    """Parses what `snapshot.build_snapshot` wrote."""
    content = json.loads(text)
    rows = tuple(PublicRow(**{**row, "score": row["score"] or ""}) for row in content["rows"])
    return PublicSnapshot(content, rows)


def matching(rows: Iterable[PublicRow], wanted: RowFilter) -> list[PublicRow]:
    """The rows that fit every part of the filter; `text` is looked for in enterprise, credit code and masked name."""
    text = wanted.text.strip().casefold()
    return [
        row
        for row in rows
        if (not text or text in row.enterprise.casefold() or text in row.uscc.casefold() or text in row.name.casefold())
        and all(
            not value or getattr(row, field) == value
            for field, value in (
                ("street", wanted.street),
                ("industry", wanted.industry),
                ("post", wanted.post),
                ("state", wanted.state),
            )
        )
    ]


def best_and_worst(rates: Sequence[Rate]) -> tuple[Rate, Rate] | None:
    """The two ends of a table of rates, or None when fewer than two groups are shown or all are equal."""
    shown = [rate for rate in rates if rate.pass_percent is not None]
    if len(shown) < 2 or shown[0].pass_percent == shown[-1].pass_percent:
        return None
    return shown[0], shown[-1]


def _rate(people: int | None, passed: int | None) -> Decimal | None:
    return None if people is None or passed is None else percent(passed, people)
