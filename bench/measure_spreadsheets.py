"""How long reading and writing Excel takes, against openpyxl doing the same."""

import io
from collections.abc import Iterator

import openpyxl

from bench.registry import Figure, measurement, median_seconds
from core.spreadsheets import Column, SheetSpec, read_workbook, write_xlsx

ROWS = 5_000
TITLES = [f"列{number}" for number in range(10)]


def _rows() -> list[list[str]]:
    return [[f"{title} {row}" for title in TITLES] for row in range(ROWS)]


def _with_openpyxl(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@measurement("excel")
def measure_excel() -> Iterator[Figure]:
    """Read and write a sheet of ten text columns."""
    rows = _rows()
    spec = SheetSpec(name="表", columns=tuple(Column(title) for title in TITLES), rows=tuple(map(tuple, rows)))
    written = write_xlsx([spec])
    theirs = median_seconds(lambda: list(openpyxl.load_workbook(io.BytesIO(written)).active.values), repeats=3)
    ours = median_seconds(lambda: list(read_workbook(written, "a.xlsx")[0].rows()), repeats=3)
    yield Figure(f"read Excel, {ROWS} x {len(TITLES)}", ours, "s", f"openpyxl ({theirs:.2f} s)", theirs)
    theirs = median_seconds(lambda: _with_openpyxl(rows), repeats=3)
    ours = median_seconds(lambda: write_xlsx([spec]), repeats=3)
    yield Figure(f"write Excel, {ROWS} x {len(TITLES)}", ours, "s", f"openpyxl ({theirs:.2f} s)", theirs)
