"""The commands behind `scripts/choukao` and the Makefile."""

import argparse
import fcntl
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts import checks, environment, postgres, serve, stamps, testrun, tools
from scripts.console import ROOT, CannotContinue, Stopwatch, call, capture, note, run, say
from scripts.environment import PYTHON, child_env

HELP = """Usage: make COMMAND, or without make: scripts/choukao COMMAND

  demo     set up, load the demo district, serve on http://127.0.0.1:8000 (PORT=8001 for another port)
  test     set up, run all tests on SQLite and again on a PostgreSQL that it starts itself
           (without make, arguments go to pytest: scripts/choukao test --on sqlite -- tests/draws -x)
  check    lint, types, import contracts, templates, migrations, production settings, known vulnerabilities
  dev      set up and serve with reload while you edit; builds scripts and styles again on each start
  fmt      format code and templates
  bench    measure, print a table, write build/bench.jsonl
           (without make: scripts/choukao bench --on postgresql NAME...)
  chaos    an exam on a PostgreSQL of its own while everything is killed, cut, filled and restored: a table, and 1 when an
           acknowledged answer was lost or a broken product was not found out (--short, --on sqlite, --seed N)
  rehearsal  2,000 candidates on this machine (--on sqlite: 200): start, 50 answers each, all hand in at the end
  fuzz     throw broken files at the importers of questions for FUZZ_SECONDS (60) seconds; findings go to build/fuzz
  setup    only set up: tools, packages, scripts and styles, secrets of this machine, database
  manage   a command of Django with the settings of this machine: scripts/choukao manage draw verify DIR
  messages extract | compile | check: translations (docs: scripts/messages.py)
  lock     write requirements*.txt again from pyproject.toml (--upgrade for newer versions)
  help     this text

Nothing outside this folder is changed, except packages of the system that are missing (libraries for PDF; for tests
Chromium and PostgreSQL), which are installed when you are root or have sudo, and are unpacked under .tools/ otherwise.
"""


def main(arguments: list[str]) -> int:
    """Run one command; gives the exit code."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    command = COMMANDS.get(name)
    if command is None:
        sys.stderr.write(f"There is no command {name!r}.\n\n{HELP}")
        return 2
    try:
        return command(rest)
    except CannotContinue as reason:
        sys.stderr.write(f"\n{reason}\n")
        return 1
    except KeyboardInterrupt:
        return 130


# --- setting up ------------------------------------------------------------------------------------------------------


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two set-ups at once would undo each other's work; the second one waits."""
    (ROOT / ".tools").mkdir(exist_ok=True)
    with (ROOT / ".tools" / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            note("another set-up is running in this folder; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_up(*, dev: bool) -> None:
    """Bring everything up to date that programs of the project need, except the database; quick when nothing is due."""
    watch = Stopwatch()
    with _one_at_a_time():
        (ROOT / "var").mkdir(exist_ok=True)
        tools.python_packages(dev=dev)
        tools.pdf_libraries()
        tools.frontend_packages()
        tools.frontend_build()
        tools.chinese_font()
        environment.write_secrets()
        _compile_messages()
    say(f"set up ({watch})")


def _compile_messages() -> None:
    catalogues = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
    if any(_is_stale(path) for path in catalogues):
        say("translations")
        # the commands that find and check messages need the packages for development; this one does not
        run([PYTHON, "-m", "scripts.catalogues"], env=child_env())


def _is_stale(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.is_file() or target.stat().st_mtime_ns < source.stat().st_mtime_ns


def _collect_static(env: dict[str, str]) -> None:
    value = stamps.fingerprint([ROOT / "static", ROOT / "requirements.txt"], env.get("STATIC_ROOT", ""), str(ROOT))
    if stamps.is_current("static", value):
        return
    say("static files")
    run([PYTHON, "manage.py", "collectstatic", "--noinput", "--clear", "-v0"], env=env)
    stamps.mark("static", value)


def _prepare_database(env: dict[str, str]) -> None:
    run([PYTHON, "manage.py", "migrate", "--noinput", "-v0"], env=env)


def _setup(arguments: list[str]) -> int:
    _no_arguments("setup", arguments)
    set_up(dev=False)
    env = child_env()
    _collect_static(env)
    _prepare_database(env)
    return 0


# --- serving ---------------------------------------------------------------------------------------------------------


def _port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise CannotContinue(f"PORT must be a number from 1 to 65535, not {text!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError as error:
            raise CannotContinue(
                f"Port {text} cannot be used: {error.strerror}.\nChoose another one: PORT={int(text) + 1} make demo"
            ) from error
    return int(text)


def _demo(arguments: list[str]) -> int:
    _no_arguments("demo", arguments)
    port = _port()
    set_up(dev=False)
    env = child_env(DEMO="1")
    env.setdefault("BASE_URL", f"http://127.0.0.1:{port}")
    env.setdefault("LOG_LEVEL", "WARNING")  # a line for each request would bury the accounts just printed
    _collect_static(env)
    say("database and demo district (the first time takes a minute or two)")
    _prepare_database(env)
    run([PYTHON, "manage.py", "demo"], env=env)
    return serve.serve(
        env=env, host="127.0.0.1", port=port, reload=False,
        greeting="the demo is ready: {address}/   (Ctrl-C stops it)",
    )  # fmt: skip


def _dev(arguments: list[str]) -> int:
    _no_arguments("dev", arguments)
    port = _port()
    set_up(dev=True)
    env = child_env()
    env.setdefault("DEBUG", "1")
    env.setdefault("DEMO", "1")
    env.setdefault("BASE_URL", f"http://127.0.0.1:{port}")
    _prepare_database(env)
    return serve.serve(
        env=env, host="127.0.0.1", port=port, reload=True,
        greeting="serving with reload: {address}/   (`manage.py demo` loads the demo district; Ctrl-C stops it)",
    )  # fmt: skip


# --- trying ----------------------------------------------------------------------------------------------------------


def _set_up_for_tests() -> None:
    set_up(dev=True)
    os.environ["CHROMIUM_PATH"] = tools.chromium()


def _test(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/choukao test")
    parser.add_argument("--on", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("pytest", nargs="*", help="arguments for pytest, after --")
    options = parser.parse_args(arguments)
    _set_up_for_tests()
    outcomes = [] if options.pytest else [testrun.run_frontend_tests()]
    if options.on != "postgresql":
        outcomes.append(testrun.run_tests("SQLite", None, options.pytest))
    if options.on != "sqlite":
        with postgres.temporary_server(tools.postgresql_programs()) as url:
            outcomes.append(testrun.run_tests("PostgreSQL", url, options.pytest))
    return testrun.conclude(outcomes)


def _check(arguments: list[str]) -> int:
    _no_arguments("check", arguments)
    set_up(dev=True)
    return checks.run_checks()


def _bench(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/choukao bench")
    parser.add_argument("--on", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("names", nargs="*", help="measurements to make; all of them without a name")
    options = parser.parse_args(arguments)
    set_up(dev=True)
    _collect_static(child_env())
    command = [PYTHON, "-m", "bench", *options.names]
    if options.on == "sqlite":
        return call(command, env=child_env())
    with postgres.temporary_server(tools.postgresql_programs(), durable=True) as url:
        return call(command, env=child_env(DATABASE_URL=url))


def _chaos(arguments: list[str]) -> int:
    set_up(dev=True)
    return call([PYTHON, "-m", "tests.chaos", *(arguments or ["--mutants", "all"])], env=child_env())


def _rehearsal(arguments: list[str]) -> int:
    set_up(dev=True)
    return call([PYTHON, "-m", "tests.chaos.rehearsal", *arguments], env=child_env())


def _fuzz(arguments: list[str]) -> int:
    """Arguments go to the fuzzer: the file of a finding runs it again."""
    set_up(dev=True)
    return call([PYTHON, "-m", "tests.fuzz.importers", *arguments], env=child_env(PYTHONPATH=str(tools.fuzzer())))


# --- upkeep ----------------------------------------------------------------------------------------------------------


def _fmt(arguments: list[str]) -> int:
    _no_arguments("fmt", arguments)
    set_up(dev=True)
    checks.format_all()
    return 0


def _manage(arguments: list[str]) -> int:
    if not PYTHON.is_file():
        raise CannotContinue("Nothing is set up here yet. First run: make setup   (or scripts/choukao setup)")
    return call([PYTHON, "manage.py", *arguments], env=child_env())


def _messages(arguments: list[str]) -> int:
    set_up(dev=True)
    return call([PYTHON, "-m", "scripts.messages", *arguments], env=child_env())


def _lock(arguments: list[str]) -> int:
    if arguments not in ([], ["--upgrade"]):
        raise CannotContinue("lock takes no arguments but --upgrade")
    resolve = [tools.uv(), "pip", "compile", "-q", "--universal", "--python-version", "3.11", "--generate-hashes",
               "--no-header", "--no-annotate", "--no-emit-index-url", *arguments, "pyproject.toml"]  # fmt: skip
    run([*resolve, "-o", "requirements.txt"])
    run([*resolve, "--group", "dev", "-c", "requirements.txt", "-o", "requirements-dev.txt"])
    changed = capture(["git", "diff", "--stat", "--", "requirements.txt", "requirements-dev.txt"])
    note(changed.strip() if changed else "the lock was up to date")
    return 0


def _help(_arguments: list[str]) -> int:
    print(HELP, end="")
    return 0


def _no_arguments(name: str, arguments: list[str]) -> None:
    if arguments:
        raise CannotContinue(f"{name} takes no arguments, not {' '.join(arguments)!r}")


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "demo": _demo,
    "test": _test,
    "check": _check,
    "dev": _dev,
    "fmt": _fmt,
    "bench": _bench,
    "fuzz": _fuzz,
    "chaos": _chaos,
    "rehearsal": _rehearsal,
    "setup": _setup,
    "manage": _manage,
    "messages": _messages,
    "lock": _lock,
    "help": _help,
    "--help": _help,
    "-h": _help,
}
