"""One run of the test suite against one database, and the last words about all of them."""

import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.console import ROOT, Stopwatch, call, say
from scripts.environment import PYTHON, child_env

WORKERS = "2"
BUILD = ROOT / "build"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run came to; `name` is that of its database, `exit_code` the runner's own."""

    name: str
    exit_code: int
    passed: int
    failed: int
    skipped: int
    duration: str


def run_tests(database: str, url: str | None, arguments: Sequence[str]) -> Outcome:
    """Run pytest on both cores against SQLite (url None) or the server at that address."""
    say(f"tests on {database}")
    BUILD.mkdir(exist_ok=True)
    report = BUILD / f"tests-{database.lower()}.xml"
    report.unlink(missing_ok=True)
    env = child_env(**({} if url is None else {"DATABASE_URL": url}))
    if url is None:
        env.pop("DATABASE_URL", None)
    watch = Stopwatch()
    # tests of one group, such as all of one browser module, share a worker
    command: list[str | Path] = [
        PYTHON,
        "-m",
        "pytest",
        "-q",
        "-n",
        WORKERS,
        "--dist",
        "loadfile",  # a module with a live site, its server and its database: all in one process
        f"--junitxml={report}",
        *arguments,
    ]
    code = call(command, env=env)
    passed, failed, skipped = _counts(report.read_text()) if report.is_file() else (0, 0, 0)
    return Outcome(database, code, passed, failed, skipped, str(watch))


def run_frontend_tests() -> Outcome:
    """Run the unit tests of the pages' scripts in Node."""
    say("tests of the pages' scripts")
    watch = Stopwatch()
    done = subprocess.run(
        ["npm", "test", "--silent"], cwd=ROOT / "frontend", env=child_env(NODE_OPTIONS=""), check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    print(done.stdout, flush=True)
    passed, failed, skipped = (_node_count(done.stdout, word) for word in ("pass", "fail", "skipped"))
    return Outcome("scripts", done.returncode or int(passed == 0), passed, failed, skipped, str(watch))


def _node_count(output: str, word: str) -> int:
    found = re.findall(rf"^(?:#|ℹ) {word} (\d+)$", output, re.MULTILINE)
    return int(found[-1]) if found else 0


def _counts(report: str) -> tuple[int, int, int]:
    # our own pytest wrote this a moment ago
    suites = list(ElementTree.fromstring(report).iter("testsuite"))  # noqa: S314  # nosec B314

    def total(name: str) -> int:
        return sum(int(suite.get(name, "0")) for suite in suites)

    failed = total("failures") + total("errors")
    return total("tests") - failed - total("skipped"), failed, total("skipped")


def conclude(outcomes: Sequence[Outcome]) -> int:
    """Print a line for each run and one for all; gives 0 only when every run passed and ran something."""
    print()
    for one in outcomes:
        words = f"{one.passed} passed, {one.failed} failed, {one.skipped} skipped"
        print(f"{one.name}: {words}, in {one.duration}{'' if one.exit_code == 0 else f' (exit {one.exit_code})'}")
    passed, failed, skipped = (sum(getattr(one, name) for one in outcomes) for name in ("passed", "failed", "skipped"))
    print(f"tests: {passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 0 if passed and all(one.exit_code == 0 for one in outcomes) else 1
