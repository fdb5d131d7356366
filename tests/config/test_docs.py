"""The documents are true: every setting, error code and event appears where it is explained."""

import importlib
import inspect
import re
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.dispatch import Signal

from core.errors import DomainError

ROOT = Path(settings.BASE_DIR)


def _rooms_with(module: str) -> list[str]:
    return [f"{room}.{module}" for room in settings.ROOMS if find_spec(f"{room}.{module}")]


def test_every_setting_read_from_the_environment_is_in_operations():
    source = (ROOT / "config" / "settings.py").read_text()
    names = set(re.findall(r"""(?:env(?:\.\w+)?|_keyring|_key)\(\s*["']([A-Z][A-Z_]+)["']""", source))
    explained = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE))
    assert len(names) > 25
    assert names == explained


def test_every_error_code_is_unique_and_in_errors_md():
    codes: dict[str, str] = {}
    for name in _rooms_with("errors"):
        for _, error in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if issubclass(error, DomainError) and error.__module__ == name and "code" in vars(error):
                assert error.code not in codes, f"{error.code} in {name} and {codes[error.code]}"
                codes[error.code] = name
    explained = set(re.findall(r"^\| `([a-z_0-9]+)`", (ROOT / "docs" / "errors.md").read_text(), re.MULTILINE))
    assert set(codes) == explained


def test_every_event_is_in_architecture_md():
    events = {
        f"{name.partition('.')[0]}.{event}"
        for name in _rooms_with("events")
        for event, _ in inspect.getmembers(importlib.import_module(name), lambda value: isinstance(value, Signal))
    }
    text = (ROOT / "docs" / "architecture.md").read_text()
    table = {
        f"{room}.{event}"
        for room, listed in re.findall(r"^\| (\w+) \| (`.*) \|$", text, re.MULTILINE)
        for event in re.findall(r"`(\w+)`", listed)
    }
    assert events == table


def test_no_document_names_a_place_of_one_machine():
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        assert not re.search(r"(?<![\w/])/(?:home|root|work|tmp)/", path.read_text()), path
