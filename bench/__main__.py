"""Runs measurements, prints a table, writes build/bench.jsonl.

With Django set up, so that a measurement may use the database: one made for this run and removed afterwards.
"""

import argparse
import importlib
import json
import os
import pkgutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import django
from django.test.utils import get_runner

import bench
from bench.registry import Figure, measurements

RESULTS = Path("build") / "bench.jsonl"
COLUMNS = ("measurement", "value", "unit", "compared to", "ratio")


def main(arguments: Sequence[str]) -> int:
    """Run the named measurements, or all; gives 2 for a name that does not exist."""
    for module in pkgutil.iter_modules(bench.__path__):
        if module.name.startswith("measure_"):
            importlib.import_module(f"bench.{module.name}")
    known = measurements()
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=f"Measurements: {', '.join(known) or 'none yet'}"
    )
    parser.add_argument("names", nargs="*")
    names = parser.parse_args(arguments).names or list(known)
    if unknown := sorted({*names} - {*known}):
        print(f"There is no measurement called {', '.join(unknown)}. There are: {', '.join(known)}")
        return 2
    with _database():
        figures = list(_figures(names))
    write_results(figures, RESULTS)
    print(f"\n{table(figures)}\n\nwritten to {RESULTS}")
    return 0


def _figures(names: Iterable[str]) -> Iterator[Figure]:
    for name in names:
        print(f"measuring {name}", flush=True)
        yield from measurements()[name]()


@contextmanager
def _database() -> Iterator[None]:
    from django.conf import settings  # noqa: PLC0415 - readable only after django.setup()
    from django.db import connection  # noqa: PLC0415

    runner = get_runner(settings)(verbosity=0, interactive=False)
    with tempfile.TemporaryDirectory(prefix="choukao-bench-") as folder:
        if connection.vendor == "sqlite":  # in a file as in an installation: other processes use it too
            connection.settings_dict["TEST"]["NAME"] = str(Path(folder) / "bench.sqlite3")
        databases = runner.setup_databases(serialized_aliases=set())
        try:
            yield
        finally:
            runner.teardown_databases(databases)


def write_results(figures: Iterable[Figure], path: Path) -> None:
    """Write one JSON object a line: name, value, unit, compared_to, ratio."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(figure.to_json(), ensure_ascii=False)}\n" for figure in figures))


def table(figures: Iterable[Figure]) -> str:
    """Give the figures as a table of text."""
    rows = [COLUMNS, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _cells(figure: Figure) -> tuple[str, ...]:
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f} x"
    return figure.name, f"{figure.value:,.4g}", figure.unit, figure.compared_to, ratio


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    sys.exit(main(sys.argv[1:]))
