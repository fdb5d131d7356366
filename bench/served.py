"""The production server for a measurement, and the CPU time that it and the database have used."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from scripts.console import ROOT
from scripts.environment import child_env
from scripts.serve import web_command

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Served:
    """A running server. `cpu_seconds` sums all its processes since they began."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        return _cpu_of_tree(self.pid)


@contextmanager
def served(application: str, **extra: str) -> Iterator[Served]:
    """Serves the database of this process as a real installation does: granian, two workers, four threads each."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*web_command(host="127.0.0.1", port=port, reload=False)[:-1], application]
    address = f"http://127.0.0.1:{port}"
    env = child_env(
        DATABASE_URL=database_url(), BASE_URL=address, ALLOWED_HOSTS="127.0.0.1", LOG_LEVEL="WARNING", **extra
    )
    env.pop("DJANGO_SETTINGS_MODULE", None)
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL)
    try:
        _wait(f"{address}/livez", server)
        yield Served(port, server.pid)
    finally:
        server.terminate()
        server.wait(timeout=30)


def database_url() -> str:
    """The address of the database that this process uses."""
    known: Mapping[str, object] = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    return f"postgres://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"


def database_cpu_seconds() -> float:
    """What all processes of the PostgreSQL behind this connection have used, ended ones included; 0 on SQLite."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    return _cpu_of_tree(int(_stat(backend)[1]))


def _cpu_of_tree(root: int) -> float:
    ticks = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = _stat(int(entry.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(entry.name) == root:
            ticks += sum(map(int, fields[11:15]))  # with the children that have ended
        elif int(fields[1]) == root:
            ticks += sum(map(int, fields[11:13]))
    return ticks / TICKS


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name: state, parent, …, utime (11), stime, cutime, cstime."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _wait(url: str, server: "subprocess.Popen[bytes]") -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            direct.open(url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return  # it answers: the floor has no such address
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer")
