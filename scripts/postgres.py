"""A PostgreSQL server of our own for tests and measurements: on loopback, in a temporary folder, gone afterwards."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from scripts.console import CannotContinue
from scripts.environment import child_env

START_SECONDS = 30
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@contextmanager
def temporary_server(programs: Path, *, durable: bool = False) -> Iterator[str]:
    """Run a server for the length of the `with` block and give its address as a DATABASE_URL.

    Without `durable` nothing is forced to disk: right for tests, wrong for measurements.
    Raises CannotContinue with the server's own words when it does not start.
    """
    # under the system's folder for temporary files, because as root the server runs as another user,
    # who may not be able to enter the project's folder
    folder = Path(tempfile.mkdtemp(prefix="choukao-pg-"))
    server: subprocess.Popen[bytes] | None = None
    try:
        url = initialise(programs, folder)
        server, port = start(programs, folder, durable=durable)
        yield url.format(port=port)
    finally:
        if server is not None:
            stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def other_user() -> dict[str, object]:
    """Give the arguments for subprocess that leave root behind: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise CannotContinue("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as.")


def initialise(programs: Path, folder: Path) -> str:
    """Make an empty cluster in `folder`; its address with `{port}` to be filled in. Raises CannotContinue."""
    password = secrets.token_hex(16)
    (folder / "password").write_text(password)
    other = other_user()
    if other:
        for path in (folder, folder / "password"):
            os.chown(path, other["user"], other["group"])  # type: ignore[arg-type]
    done = subprocess.run(
        [programs / "initdb", "--pgdata", folder / "data", "--username=choukao", f"--pwfile={folder / 'password'}",
         "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
        cwd=folder, env=child_env(), capture_output=True, text=True, check=False, **other,  # type: ignore[call-overload]
    )  # fmt: skip
    if done.returncode != 0:
        raise CannotContinue(f"PostgreSQL could not set up a folder for its data:\n{done.stdout}{done.stderr}")
    return f"postgres://choukao:{password}@127.0.0.1:{{port}}/postgres"


def start(
    programs: Path, folder: Path, *, durable: bool, port: int | None = None, more: Mapping[str, str] | None = None
) -> tuple[subprocess.Popen[bytes], int]:
    """Start the cluster in `folder`, on a free port unless one is given, with `more` settings; raises CannotContinue."""
    if port is None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    # of a server that was killed; its last line would be taken for this one's
    (folder / "data" / "postmaster.pid").unlink(missing_ok=True)
    settings = {
        "listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": str(folder),
        "max_connections": "100", "shared_buffers": "128MB", "timezone": "UTC", "log_min_messages": "warning",
        **({} if durable else FAST), **(more or {}),
    }  # fmt: skip
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    log = (folder / "log").open("ab")
    server = subprocess.Popen(
        [programs / "postgres", "-D", folder / "data", *words],
        cwd=folder, env=child_env(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        start_new_session=True, **other_user(),  # type: ignore[call-overload]
    )  # fmt: skip
    log.close()
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if "ready" in _status(folder):
            return server, port
        time.sleep(0.05)
    stop(server)
    raise CannotContinue(f"PostgreSQL did not start:\n{(folder / 'log').read_text(errors='replace')}")


def _status(folder: Path) -> str:
    # the last line of this file says "starting", then "ready"
    try:
        return (folder / "data" / "postmaster.pid").read_text().strip().rsplit("\n", 1)[-1]
    except FileNotFoundError:
        return ""


def stop(server: subprocess.Popen[bytes]) -> None:
    """Stop it in order: no new connections, open ones cut, everything written."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)  # PostgreSQL's "fast" shutdown
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
