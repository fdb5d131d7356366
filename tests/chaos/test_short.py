"""A short run against the production server and a PostgreSQL of its own; `make chaos` is the long one, with the mutants."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.postgresql
def test_exam_under_attack_loses_no_acknowledged_answer():
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", "--short"],
        cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "acknowledged answers lost: 0" in done.stdout
