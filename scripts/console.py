"""What the scripts say, and how they start other programs."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class CannotContinue(Exception):
    """Something is missing that the scripts cannot get by themselves; the text says what, and how to get it."""


def say(text: str) -> None:
    """Announce a step on standard output."""
    bold, plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
    print(f"{bold}==> {text}{plain}", flush=True)


def note(text: str) -> None:
    """Add a remark to the step just announced."""
    print(f"    {text}", flush=True)


def run(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> None:
    """Run a program with its output shown; raises CannotContinue naming the command when it fails."""
    code = call(command, env=env, cwd=cwd)
    if code != 0:
        raise CannotContinue(f"This command failed with exit code {code}:\n  {shown(command)}")


def call(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> int:
    """Run a program with its output shown and return its exit code; 127 when there is no such program."""
    try:
        return subprocess.run([str(part) for part in command], env=env, cwd=cwd, check=False).returncode
    except FileNotFoundError:
        note(f"not found: {command[0]}")
        return 127


def capture(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> str | None:
    """Run a program silently; its standard output, or None when it is missing or fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command], env=env, cwd=cwd, check=False, capture_output=True, text=True
        )
    except (FileNotFoundError, PermissionError):
        return None
    return done.stdout if done.returncode == 0 else None


def shown(command: Sequence[str | Path]) -> str:
    """Give a command as one would type it, with paths inside the project made relative."""
    return " ".join(str(part).replace(f"{ROOT}{os.sep}", "") for part in command)


class Stopwatch:
    """Seconds since it was made, for the lines that say how long a step took."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def __str__(self) -> str:
        return f"{time.monotonic() - self._started:.1f} s"
