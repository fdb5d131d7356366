"""A real server in front of a real database, for tests that drive a browser or speak HTTP.

The test process looks at the same database through Django's own connection, so a test can build its world by calling
actions, and read afterwards what the server did.
"""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connections

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class LiveSite:
    """A running server: `url` without a final slash, `env` to start further programs of the project with."""

    url: str
    env: Mapping[str, str]
    log: Path

    def manage(self, *arguments: str) -> str:
        """Run `manage.py` against the same database; its standard output. Fails the test when the command fails."""
        return _manage(self.env, *arguments)

    def sweep(self) -> None:
        """Let the worker make one pass: due jobs, and sweepers such as the closing of overdue attempts."""
        self.manage("worker", "--once")

    def sign_in(self, context: Any, user: Any) -> None:
        """Give a browser context the cookie of somebody who has signed in; the sign-in page has tests of its own."""
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.save()
        context.add_cookies([{"name": "sid", "value": store.session_key, "url": self.url}])


def is_postgresql() -> bool:
    """Tell which database this run is about."""
    return os.environ.get("DATABASE_URL", "").startswith("postgres")


class TemplateDatabases:
    """Databases prepared once for a whole run, whatever the number of test processes, and copied for each module."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def copy(self, template: str, name: str) -> str:
        """Give the DATABASE_URL of a fresh copy; `template` is "empty" (migrated) or "demo" (the demo district)."""
        with (self._folder / f"{template}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # the other test processes wait here
            source = self._url(f"ck_template_{template}")
            if not (self._folder / f"{template}.done").exists():
                self._prepare(source, template)
                (self._folder / f"{template}.done").touch()
            copy = self._url(name)
            if is_postgresql():
                _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                _on_server(f'CREATE DATABASE "{name}" TEMPLATE "ck_template_{template}"')
            else:
                shutil.copyfile(_file(source), _file(copy))
            return copy

    def copy_files(self, template: str, folder: Path) -> None:
        """Put the files that belong to a template, such as rendered certificates, into the data folder of a site."""
        media = self._folder / template / "media"
        if media.is_dir():
            shutil.copytree(media, folder / "media")

    def drop(self, url: str) -> None:
        """Remove a copy."""
        if is_postgresql():
            _on_server(f'DROP DATABASE IF EXISTS "{urlsplit(url).path[1:]}" WITH (FORCE)')
        else:
            for ending in ("", "-wal", "-shm"):
                Path(f"{_file(url)}{ending}").unlink(missing_ok=True)

    def _url(self, name: str) -> str:
        if is_postgresql():
            return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
        return f"sqlite:///{self._folder / f'{name}.sqlite3'}"

    def _prepare(self, url: str, template: str) -> None:
        if is_postgresql():
            _on_server(f'DROP DATABASE IF EXISTS "ck_template_{template}" WITH (FORCE)')
            _on_server(f'CREATE DATABASE "ck_template_{template}"')
        env = site_env(url, base_url="http://127.0.0.1:8000", data=self._folder / template)
        _manage(env, "migrate", "--noinput", "-v0")
        if template == "demo":
            _manage(env | {"DEMO": "1"}, "demo")


def site_env(database_url: str, *, base_url: str, data: Path) -> dict[str, str]:
    """Give the environment of a server under test; second factors are off, since a test of their own turns them on."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url,
        "BASE_URL": base_url,
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATA_DIR": str(data),
        "STAFF_MFA_REQUIRED": "0",
        "SMS_CHANNEL": "core.channels.DatabaseChannel",
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "WARNING",
    }


@contextmanager
def running_site(database_url: str, folder: Path, **extra: str) -> Iterator[LiveSite]:
    """Start the production server on a free port, wait until it answers, stop it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    env = site_env(database_url, base_url=url, data=folder) | extra
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [Path(sys.executable).parent / "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
             "--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
             "config.wsgi:application"],
            cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        _wait_until_ready(f"{url}/livez", server, log)
        yield LiveSite(url, env, log)
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def connected_to(database_url: str) -> Iterator[None]:
    """Let Django in this process speak to that database instead of the one of ordinary tests."""
    usual = connections["default"]
    other = connections.create_connection("default")
    # without the pool: one is kept for each alias, and belongs to the usual database
    options = {name: value for name, value in usual.settings_dict["OPTIONS"].items() if name != "pool"}
    other.settings_dict = {**usual.settings_dict, "NAME": _database_name(database_url), "OPTIONS": options}
    connections["default"] = other
    try:
        yield
    finally:
        other.close()
        connections["default"] = usual


def close_sessions_of(database: str) -> None:
    """Ends every session of that PostgreSQL database, whoever left it open."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])


def _database_name(url: str) -> str:
    return urlsplit(url).path[1:] if is_postgresql() else str(_file(url))


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _on_server(statement: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def _manage(env: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=dict(env), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise AssertionError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def _wait_until_ready(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            direct.open(url, timeout=5).close()
            return
        except urllib.error.HTTPError as answer:
            raise AssertionError(f"{url} answered {answer.code}:\n{log.read_text(errors='replace')}") from answer
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text(errors='replace')}")
