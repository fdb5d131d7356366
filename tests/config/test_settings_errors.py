"""A wrong setting stops the start and is named."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEY = base64.b64encode(b"k" * 32).decode()
GOOD = {
    "SECRET_KEY": "s" * 50,
    "FIELD_KEYS": f"k1:{KEY}",
    "DIGEST_KEY": KEY,
    "RECEIPT_KEYS": f"r1:{KEY}",
    "SIGNING_KEY": KEY,
}


def _start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        env=clean | environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_settings_good_environment_starts() -> None:
    assert _start(GOOD).returncode == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("FIELD_KEYS", None),
        ("FIELD_KEYS", "k1:short"),
        ("FIELD_KEYS", "k1:" + base64.b64encode(b"x" * 16).decode()),
        ("DIGEST_KEY", "***"),
        ("SIGNING_KEY", None),
        ("QUEUE", "celery"),
        ("SESSION_IDLE_SECONDS", "soon"),
    ],
)
def test_settings_wrong_value_is_named(name: str, value: str | None) -> None:
    environment = GOOD | ({name: value} if value is not None else {})
    if value is None:
        environment = {key: text for key, text in environment.items() if key != name}

    result = _start(environment)

    assert result.returncode != 0
    assert name in result.stderr
    assert value is None or len(value) < 20 or value.partition(":")[2] not in result.stderr
