"""Runs the web server and the worker beside it, and stops both together."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from types import FrameType

from scripts.console import ROOT, CannotContinue, say
from scripts.environment import PYTHON, VENV

READY_SECONDS = 60
STOP_SECONDS = 15


def web_command(*, host: str, port: int, reload: bool) -> list[str]:
    """Give the command of the web server: the production server, or Django's own that reloads changed code."""
    if reload:
        return [str(PYTHON), "manage.py", "runserver", f"{host}:{port}"]
    # A waiting browser keeps its connection: without room for all of them a hall's second thousand is never heard.
    return [
        str(VENV / "bin" / "granian"), "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "2",
        "--blocking-threads", "4", "--backlog", "4096", "--backpressure", "4096", "--no-ws", "--log-level", "warning",
        "config.wsgi:application",
    ]  # fmt: skip


def serve(*, env: Mapping[str, str], host: str, port: int, reload: bool, greeting: str) -> int:
    """Run both until Ctrl-C, TERM, or the end of one of them; gives 0 when asked to stop, else 1."""
    commands = [
        web_command(host=host, port=port, reload=reload),
        [str(PYTHON), "manage.py", "worker"],
    ]
    address = f"http://{host}:{port}"
    return Together(commands, env).run(ready_url=f"{address}/livez", greeting=greeting.format(address=address))


class Together:
    """Programs that live and die together."""

    def __init__(self, commands: Sequence[Sequence[str]], env: Mapping[str, str]) -> None:
        self._commands = commands
        self._env = env
        self._programs: list[subprocess.Popen[bytes]] = []
        self._asked_to_stop = False

    def run(self, *, ready_url: str, greeting: str) -> int:
        """Start all, greet when the address answers, wait, stop all; 0 when asked to stop, 1 when one ended by itself."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self._on_signal)
        try:
            for command in self._commands:
                # groups of their own, so that Ctrl-C reaches them once, from here
                self._programs.append(subprocess.Popen(command, cwd=ROOT, env=dict(self._env), start_new_session=True))
            self._wait_until_ready(ready_url)
            if self._all_alive() and not self._asked_to_stop:
                say(greeting)
            while self._all_alive() and not self._asked_to_stop:
                time.sleep(0.2)
        finally:
            self._stop_all()
        if self._asked_to_stop:
            say("stopped")
            return 0
        raise CannotContinue("The web server or the worker ended by itself; its last words are above.")

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_stop = True

    def _all_alive(self) -> bool:
        return all(program.poll() is None for program in self._programs)

    def _wait_until_ready(self, url: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while self._all_alive() and not self._asked_to_stop and time.monotonic() < deadline:
            try:
                direct.open(url, timeout=5).close()
                return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)

    def _stop_all(self) -> None:
        for program in self._programs:
            _signal_group(program, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for program in self._programs:
            try:
                program.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(program, signal.SIGKILL)
                program.wait()


def _signal_group(program: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if program.poll() is None:
        try:
            os.killpg(program.pid, number)
        except ProcessLookupError:
            return
