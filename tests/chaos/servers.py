"""The things that a nemesis breaks: a PostgreSQL of our own, the production server before it, workers beside it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scripts import postgres, tools
from scripts.serve import web_command

ROOT = Path(__file__).resolve().parents[2]
# Commits that do not wait for the disk are then lost for certain when everything is killed.
_SLOW_WRITER = {"wal_writer_delay": "10s", "max_wal_size": "128MB", "min_wal_size": "32MB"}


def processes_under(root: int) -> list[int]:
    """A process and all its descendants, parents first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, queue = [], [root]
    while queue:
        pid = queue.pop(0)
        found.append(pid)
        queue.extend(children.get(pid, []))
    return found


def send_signal(root: int, number: signal.Signals) -> None:
    """To a process and all its descendants at once."""
    for pid in processes_under(root):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def temporary_folder() -> Path:
    """Where another user than root may enter, which PostgreSQL runs as."""
    folder = Path(tempfile.mkdtemp(prefix="choukao-chaos-"))
    folder.chmod(0o755)
    return folder


def manage_command(env: dict[str, str], *arguments: str) -> list[str]:
    """`manage.py` of the product, or of the mutant that the environment names."""
    script = ["-m", "tests.chaos.mutated"] if "CHAOS_MUTANT" in env else ["manage.py"]
    return [sys.executable, *script, *arguments]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Disk:
    """A small file system for the database, where the machine lets us mount one: the only way to fill it honestly."""

    folder: Path
    is_small: bool = False

    def make(self, *, small: bool) -> None:
        """Mount it; without the right to, and where nobody will fill it, the folder stays an ordinary one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not small:
            return
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=700m,mode=0755", "tmpfs", self.folder],
            capture_output=True,
            check=False,
        )
        self.is_small = done.returncode == 0

    def fill(self) -> None:
        """Take all that is left."""
        with contextlib.suppress(OSError), (self.folder / "ballast").open("wb", buffering=0) as ballast:
            while ballast.write(b"\0" * 65536):
                pass

    def empty(self) -> None:
        """Give it back."""
        (self.folder / "ballast").unlink(missing_ok=True)

    def remove(self) -> None:
        """Unmount it."""
        if self.is_small:
            subprocess.run(["umount", "-l", self.folder], capture_output=True, check=False)


class Postgres:
    """A cluster that can be killed, copied, and put back."""

    vendor = "postgresql"

    def __init__(self, folder: Path, *, small: bool = True) -> None:
        self.disk = Disk(folder / "pg")
        self.disk.make(small=small)
        self.programs = tools.postgresql_programs()
        self.url = ""
        self._server: subprocess.Popen[bytes] | None = None
        self._port: int | None = None
        self._copy = folder / "copy"

    def create(self) -> None:
        """An empty cluster, running."""
        owner = postgres.other_user()
        if owner:
            os.chown(self.disk.folder, owner["user"], owner["group"])
        address = postgres.initialise(self.programs, self.disk.folder)
        self.start()
        self.url = address.format(port=self._port)

    def start(self) -> None:
        """Start it on the port it always had."""
        self._server, self._port = postgres.start(
            self.programs, self.disk.folder, durable=True, port=self._port, more=_SLOW_WRITER
        )

    def kill(self) -> None:
        """SIGKILL for the postmaster and every backend: what was only in memory is gone."""
        assert self._server is not None
        send_signal(self._server.pid, signal.SIGKILL)
        self._server.wait()
        time.sleep(0.2)  # the shared memory is free when the last of them is gone

    def copy(self) -> None:
        """A crash-consistent copy, as a snapshot of the machine would be."""
        self.kill()
        shutil.rmtree(self._copy, ignore_errors=True)
        shutil.copytree(self.disk.folder / "data", self._copy, symlinks=True)
        self.start()

    def restore(self) -> None:
        """Back to the copy."""
        self.kill()
        data = self.disk.folder / "data"
        owner = data.stat()
        shutil.rmtree(data)
        subprocess.run(["cp", "-a", self._copy, data], check=True)
        subprocess.run(["chown", "-R", f"{owner.st_uid}:{owner.st_gid}", data], check=True)
        data.chmod(0o700)
        self.start()

    def revive(self) -> None:
        """Start it again if it gave up, as the service manager does."""
        assert self._server is not None
        if self._server.poll() is not None:
            self.start()

    def stop(self) -> None:
        """In order."""
        if self._server is not None:
            postgres.stop(self._server)
        self.disk.remove()


class Sqlite:
    """The same with one file. There is no server to kill."""

    vendor = "sqlite"

    def __init__(self, folder: Path, *, small: bool = True) -> None:
        self.disk = Disk(folder / "sqlite")
        self.disk.make(small=small)
        self.file = self.disk.folder / "choukao.sqlite3"
        self.url = f"sqlite:///{self.file}"

    def create(self) -> None:
        """The file is made by the migrations."""

    def copy(self) -> None:
        """The application is stopped, so the file and its log belong together."""
        for ending in ("", "-wal"):
            source, target = Path(f"{self.file}{ending}"), Path(f"{self.file}{ending}.copy")
            target.unlink(missing_ok=True)
            if source.exists():
                shutil.copyfile(source, target)

    def restore(self) -> None:
        """Back to the copy."""
        for ending in ("", "-wal", "-shm"):
            Path(f"{self.file}{ending}").unlink(missing_ok=True)
            if Path(f"{self.file}{ending}.copy").exists():
                shutil.copyfile(f"{self.file}{ending}.copy", f"{self.file}{ending}")

    def kill(self) -> None:
        """Nothing to kill."""

    def revive(self) -> None:
        """Nothing to revive."""

    def stop(self) -> None:
        """Nothing but its disk."""
        self.disk.remove()


@dataclass(slots=True)
class App:
    """The production server of one version, and the environment it was started with."""

    env: dict[str, str]
    target: str = "config.wsgi:application"
    port: int = field(default_factory=free_port)
    _server: "subprocess.Popen[bytes] | None" = None

    @property
    def pid(self) -> int:
        assert self._server is not None
        return self._server.pid

    def start(self) -> None:
        """Start and wait until it answers."""
        command = [*web_command(host="127.0.0.1", port=self.port, reload=False)[:-1], self.target]
        log = Path(self.env["CHAOS_LOG"]).open("ab")
        env = self.env | {"BASE_URL": f"http://127.0.0.1:{self.port}"}
        self._server = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        log.close()
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._server.poll() is None:
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                direct.open(f"http://127.0.0.1:{self.port}/livez", timeout=5).close()
                return
            time.sleep(0.05)
        raise RuntimeError(f"the server did not start; see {self.env['CHAOS_LOG']}")

    def kill(self) -> None:
        """SIGKILL for it and its workers."""
        send_signal(self.pid, signal.SIGKILL)
        assert self._server is not None
        self._server.wait()

    def pause(self) -> None:
        """SIGSTOP: nothing answers, nothing is closed."""
        send_signal(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        send_signal(self.pid, signal.SIGCONT)

    def stop(self) -> None:
        """As a deployment stops the old version."""
        if self._server is not None and self._server.poll() is None:
            self._server.terminate()
            try:
                self._server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()


@contextlib.contextmanager
def workers(env: dict[str, str], *, count: int = 2) -> Iterator[None]:
    """So many workers: each closes overdue attempts every few seconds, all of them at once."""
    log = Path(env["CHAOS_LOG"]).open("ab")
    running = [
        subprocess.Popen(
            manage_command(env, "worker"), cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        for _ in range(count)
    ]
    try:
        yield
    finally:
        for one in running:
            one.kill()
            one.wait()
        log.close()
