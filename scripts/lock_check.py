"""Whether the lock still answers to pyproject.toml: `python -m scripts.lock_check`."""

import re
import sys
import tomllib
from collections.abc import Iterable

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.console import ROOT

LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


def missing(wanted: Iterable[str], lock: str) -> list[str]:
    """List the requirements that no line of the lock answers."""
    locked = [(canonicalize_name(name), version) for name, version in LOCKED.findall(lock)]
    return [
        text
        for text, requirement in ((text, Requirement(text)) for text in wanted)
        if not any(canonicalize_name(requirement.name) == name and v in requirement.specifier for name, v in locked)
    ]


def main() -> int:
    """Print what is missing; gives 1 when something is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime, dev = project["project"]["dependencies"], project["dependency-groups"]["dev"]
    lost = missing(runtime, (ROOT / "requirements.txt").read_text())
    lost += missing([*runtime, *dev], (ROOT / "requirements-dev.txt").read_text())
    for requirement in lost:
        print(f"not in the lock: {requirement}   (scripts/choukao lock puts it there)")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
