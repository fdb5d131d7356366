"""Remembers what a step was last done for, so that a second run does nothing."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from scripts.console import ROOT

STAMPS = ROOT / ".tools" / "stamps"


def fingerprint(paths: Iterable[Path], *extra: str) -> str:
    """Hash names and contents of files, and of all files under folders, with any extra words; 64 hex digits."""
    digest = hashlib.sha256()
    for word in extra:
        digest.update(f"{word}\0".encode())
    for path in sorted(_files(paths)):
        digest.update(f"{path}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_current(name: str, value: str) -> bool:
    """Tell whether the step was last finished for this very value."""
    stamp = STAMPS / name
    return stamp.is_file() and stamp.read_text() == value


def mark(name: str, value: str) -> None:
    """Record that the step is finished for this value."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(value)


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            yield from (inner for inner in path.rglob("*") if inner.is_file() and "node_modules" not in inner.parts)
        elif path.is_file():
            yield path
