"""Figures of measurements, their table and their file."""

import json

import pytest

from bench.__main__ import table, write_results
from bench.registry import Figure, measurement, median_seconds

DRAW = Figure("draw", 2.0, "s", "floor (0.8 s)", 0.8)
ALONE = Figure("size", 1234.0, "bytes")


def test_write_results_gives_one_object_a_line(tmp_path):
    path = tmp_path / "build" / "bench.jsonl"
    write_results([DRAW, ALONE], path)
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        {"name": "draw", "value": 2.0, "unit": "s", "compared_to": "floor (0.8 s)", "ratio": 2.5},
        {"name": "size", "value": 1234.0, "unit": "bytes", "compared_to": "", "ratio": None},
    ]


def test_table_lines_up_its_columns():
    assert table([DRAW, ALONE]).splitlines() == [
        "measurement  value  unit   compared to    ratio",
        "-----------  -----  -----  -------------  ------",
        "draw         2      s      floor (0.8 s)  2.50 x",
        "size         1,234  bytes",
    ]


def test_measurement_name_used_twice_is_refused():
    measurement("twice")(lambda: iter(()))
    with pytest.raises(ValueError, match="two measurements are called 'twice'"):
        measurement("twice")(lambda: iter(()))


def test_median_seconds_counts_warm_up_apart():
    calls = []
    assert median_seconds(lambda: calls.append(1), repeats=3, warm_up=2) >= 0
    assert len(calls) == 5
