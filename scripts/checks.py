"""Everything `make check` looks at, and `make fmt` mends."""

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from scripts.console import ROOT, Stopwatch, call, note, run, say
from scripts.environment import PYTHON, VENV, child_env

BIN = VENV / "bin"
TEMPLATE_VERSION = "5.2"


def run_checks() -> int:
    """Run every check, even after one has failed; gives 0 when all passed."""
    failed = []
    for name, check in CHECKS.items():
        watch = Stopwatch()
        say(name)
        if check():
            note(f"good ({watch})")
        else:
            note(f"FAILED ({watch})")
            failed.append(name)
    print()
    print(f"{len(CHECKS) - len(failed)} checks passed, {len(failed)} failed" + "".join(f"\n  {one}" for one in failed))
    return 1 if failed else 0


def format_all() -> None:
    """Format code and templates in place."""
    say("format")
    run([BIN / "ruff", "check", "--fix-only", "-q", "."])
    run([BIN / "ruff", "format", "."])
    call([BIN / "djade", "--target-version", TEMPLATE_VERSION, *_templates()])


def _passes(command: Sequence[str | Path], **extra: str) -> bool:
    return call(command, env=child_env(TESTING="1") | extra) == 0


def _templates() -> list[Path]:
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})


def _production_like() -> dict[str, str]:
    # as deployed: behind a TLS proxy, nothing of the demo; settings alone are looked at, no address is contacted
    return {
        "TESTING": "0",
        "DEBUG": "0",
        "DEMO": "0",
        "BASE_URL": "https://choukao.example",
        "ALLOWED_HOSTS": "choukao.example",
        "BEHIND_TLS_PROXY": "1",
        "TRUSTED_PROXY_COUNT": "1",
    }


def _lint() -> bool:
    return _passes([BIN / "ruff", "check", "."])


def _format() -> bool:
    return _passes([BIN / "ruff", "format", "--check", "."])


def _types() -> bool:
    packages = sorted(path.parent.name for path in ROOT.glob("*/apps.py"))
    return _passes([BIN / "mypy", "manage.py", "scripts", *packages])


def _contracts() -> bool:
    return _passes([BIN / "lint-imports"])


def _template_lint() -> bool:
    templates = _templates()
    return not templates or _passes([BIN / "djade", "--check", "--target-version", TEMPLATE_VERSION, *templates])


def _migrations() -> bool:
    return _passes([PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"])


def _deployment() -> bool:
    return _passes([PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], **_production_like())


def _script_types() -> bool:
    return call(["npm", "run", "--silent", "check"], env=child_env(), cwd=ROOT / "frontend") == 0


def _translated() -> bool:
    return _passes([PYTHON, "-m", "scripts.messages", "check"])


def _dangerous_calls() -> bool:
    return _passes([BIN / "bandit", "-q", "-r", "-ll", "-c", "pyproject.toml", "."])


def _locked() -> bool:
    return _passes([PYTHON, "-m", "scripts.lock_check"])


def _vulnerabilities() -> bool:
    command = [BIN / "pip-audit", "-r", "requirements.txt", "--require-hashes", "--disable-pip", "-f", "json",
               "--progress-spinner", "off", "--timeout", "15"]  # fmt: skip
    try:
        done = subprocess.run(
            [str(part) for part in command], cwd=ROOT, env=child_env(), capture_output=True, text=True, check=False,
            timeout=300, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        packages = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        note("skipped: the index of advisories could not be reached from here")
        return True
    found = [(package, one) for package in packages for one in package.get("vulns", [])]
    for package, one in found:
        fixed = ", ".join(one["fix_versions"]) or "no version yet"
        note(f"{package['name']} {package['version']}: {one['id']}, mended in {fixed}")
    return not found


CHECKS: dict[str, Callable[[], bool]] = {
    "lint (ruff)": _lint,
    "format (ruff)": _format,
    "imports go downwards (import-linter)": _contracts,
    "templates (djade)": _template_lint,
    "migrations match the models": _migrations,
    "production settings (check --deploy)": _deployment,
    "types (mypy)": _types,
    "types of the pages' scripts (tsc)": _script_types,
    "every message has its English": _translated,
    "dangerous calls (bandit)": _dangerous_calls,
    "the lock answers to pyproject.toml": _locked,
    "known vulnerabilities (pip-audit)": _vulnerabilities,
}
