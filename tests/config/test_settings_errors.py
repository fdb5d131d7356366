"""A wrong setting stops the start and is named."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment

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
        ("BASE_URL", "example"),
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


READERS = {
    "switch": ({"default": True}, ["enabled", "maybe", "2", "yess"], [("on", True), ("False", False), ("", False)]),
    "number": ({"default": 5, "at_least": 1}, ["abc", "-5", "0", "12x", "1.5", "9" * 40], [("7", 7)]),
    "numbers": ({"default": [3, 1]}, ["3;1", "-1", "three"], [("3,1", [3, 1]), ("", [])]),
    "address": (
        {"default": "https://a.example"},
        ["nonsense", "ftp://a.example", "https://", "", "javascript:alert(1)"],
        [("https://b.example/", "https://b.example")],
    ),
    "sign_in_rate": (
        {"default": "600/m/ip"},
        ["banana", "600", "600/x", "/m"],
        [("1/m/ip,5/5m/key", "1/m/ip,5/5m/key")],
    ),
    "api_rate": ({"default": "600/min"}, ["banana", "600/fortnight", "600"], [("5/s", "5/s")]),
    "dotted": (
        {"default": "core.channels.ConsoleChannel"},
        ["no.such.Thing", "Thing", "", "..", "core.nothing.Thing"],
        [("core.channels.DatabaseChannel", "core.channels.DatabaseChannel")],
    ),
    "time_zone": ({"default": "Asia/Shanghai"}, ["Mars/Base", "../etc/passwd", ""], [("UTC", "UTC")]),
    "log_level": ({"default": "INFO"}, ["loud", ""], [("debug", "DEBUG")]),
    "database": ({"default": "sqlite:///x"}, ["nonsense", "", "mysqlx://secret@h/d", "postgres://secret@h:port/d"], []),
    "shared_cache": ({"default": "dbcache://t"}, ["nonsense", "", "cloud://secret@x"], []),
    "mail_server": ({"default": "consolemail://"}, ["nonsense", "", "pigeon://secret@x"], []),
}
WRONG = [(reader, value) for reader, (_, wrong, _) in READERS.items() for value in wrong]
RIGHT = [(reader, value, read) for reader, (_, _, right) in READERS.items() for value, read in right]


@pytest.mark.parametrize(("reader", "value"), WRONG)
def test_reader_wrong_value_names_the_setting_and_no_secret(reader, value, monkeypatch) -> None:
    monkeypatch.setenv("A_SETTING", value)
    with pytest.raises(ImproperlyConfigured, match="A_SETTING") as refusal:
        getattr(Environment(), reader)("A_SETTING", **READERS[reader][0])
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(("reader", "value", "read"), RIGHT)
def test_reader_right_value_is_read(reader, value, read, monkeypatch) -> None:
    monkeypatch.setenv("A_SETTING", value)
    assert getattr(Environment(), reader)("A_SETTING", **READERS[reader][0]) == read


@pytest.mark.parametrize("reader", READERS)
def test_reader_missing_value_is_the_default(reader, monkeypatch) -> None:
    monkeypatch.delenv("A_SETTING", raising=False)
    default = READERS[reader][0]["default"]
    found = getattr(Environment(), reader)("A_SETTING", **READERS[reader][0])
    assert found == default or isinstance(found, dict)
