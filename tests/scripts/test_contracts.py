"""The import contracts cover what is there, so that a new module cannot slip past them."""

import tomllib

import pytest

from scripts.console import ROOT

CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract for contract in CONFIG["contracts"]}
ROOMS = sorted(path.parent.name for path in ROOT.glob("*/apps.py") if path.parent.name not in {"config", "core"})
INTERNAL = ("domain", "policies", "forms", "views", "api", "jobs", "receivers", "admin", "templatetags")


def test_every_room_is_under_both_layer_contracts():
    assert sorted(CONTRACTS["layers"]["containers"]) == ROOMS
    assert sorted({*CONFIG["root_packages"]} - {"config", "core"}) == ROOMS


@pytest.mark.parametrize("room", ROOMS)
def test_every_internal_module_of_a_room_is_protected(room: str):
    folder = ROOT / room
    present = {
        f"{room}.{name}"
        for name in INTERNAL
        if (folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file()
    }
    assert set(CONTRACTS.get(room, {}).get("protected_modules", [])) == present
