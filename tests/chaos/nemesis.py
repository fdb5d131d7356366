"""Who breaks things. Each fault is a coroutine; what it did is counted for the table."""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

import psycopg

from tests.chaos.devices import Device
from tests.chaos.history import History
from tests.chaos.lines import Line, LineBroken, request_bytes
from tests.chaos.network import Network
from tests.chaos.servers import App, Postgres, Sqlite

Fault = Callable[["Nemesis"], Awaitable[None]]
FAULTS: dict[str, Fault] = {}
# A server starts in seconds, so the short run restarts it as seldom as it can; `make chaos` does everything.
SHORT = (
    "killed after the commit, before the answer",
    "database killed in mid-save",
    "database back from a copy a few seconds old",
    "network cut",
    "disk full on the server",
    "receipt key rotated",
    "tab killed right after the click",
    "attempt cookie lost",
    "second device takes over",
    "handed in with answers under way",
    "senseless messages in between",
)
# Needs a server of its own beside the application.
_POSTGRES_ONLY = {
    "database killed in mid-save",
    "killed after the commit, before the answer",
    "killed before the commit",
}


def fault(name: str) -> Callable[[Fault], Fault]:
    """Register a fault under the words of the failure matrix."""

    def register(function: Fault) -> Fault:
        FAULTS[name] = function
        return function

    return register


@dataclass(slots=True)
class Nemesis:
    """All that can be broken, and what came of it."""

    database: Postgres | Sqlite
    app: App
    network: Network
    devices: list[Device]
    history: History
    dice: random.Random
    done: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    async def strike(self, name: str) -> None:
        """One fault, now."""
        if self.database.vendor == "sqlite" and name in _POSTGRES_ONLY:
            self.skipped[name] = "SQLite has no server"
            return
        started = time.monotonic()
        await FAULTS[name](self)
        self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - started
        if name not in self.skipped:
            self.done[name] = self.done.get(name, 0) + 1

    async def breathe(self, seconds: float) -> None:
        """Let the devices work."""
        await asyncio.sleep(seconds)


async def _aside(work: Callable[[], object]) -> None:
    """What blocks runs beside the devices."""
    await asyncio.get_running_loop().run_in_executor(None, work)


@fault("application killed")
async def kill_application(nemesis: Nemesis) -> None:
    await _aside(nemesis.app.kill)
    await nemesis.breathe(0.3)
    await _aside(nemesis.app.start)


@fault("killed before the commit")
async def kill_before_commit(nemesis: Nemesis) -> None:
    """The save waits for a row that we hold; application and waiting statement die before it is written."""
    with _held_rows(nemesis) as watcher:
        await _somebody_waits(watcher)
        await _aside(nemesis.app.kill)
        watcher.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    await _aside(nemesis.app.start)


@fault("killed after the commit, before the answer")
async def kill_after_commit(nemesis: Nemesis) -> None:
    """The save waits for a row that we hold; the application is stopped, the row let go, the commit made, and it dies."""
    with _held_rows(nemesis) as watcher:
        await _somebody_waits(watcher)
        nemesis.app.pause()
    await nemesis.breathe(0.3)
    await _aside(nemesis.app.kill)
    await _aside(nemesis.app.start)


@fault("database killed in mid-save")
async def kill_database(nemesis: Nemesis) -> None:
    await _aside(nemesis.database.kill)
    await nemesis.breathe(0.3)
    await _aside(nemesis.database.start)  # type: ignore[union-attr]


@fault("database back from a copy a few seconds old")
async def restore(nemesis: Nemesis) -> None:
    copied_at = time.monotonic()
    if nemesis.database.vendor == "sqlite":
        await _aside(nemesis.app.kill)
        copied_at = time.monotonic()
        await _aside(nemesis.database.copy)
        await _aside(nemesis.app.start)
    else:
        await _aside(nemesis.database.copy)
    await nemesis.breathe(2.5)
    if nemesis.database.vendor == "sqlite":
        await _aside(nemesis.app.kill)
    await _aside(nemesis.database.restore)
    nemesis.history.rewound.append((copied_at, time.monotonic()))
    if nemesis.database.vendor == "sqlite":
        await _aside(nemesis.app.start)
    for device in nemesis.devices:
        device.must_ask = True  # the connection broke, so a HELLO comes before anything else


@fault("network cut")
async def cut_network(nemesis: Nemesis) -> None:
    nemesis.network.is_cut = True
    await nemesis.breathe(1.5)
    nemesis.network.is_cut = False


@fault("application stands still")
async def pause_application(nemesis: Nemesis) -> None:
    nemesis.app.pause()
    await nemesis.breathe(3.5)
    nemesis.app.go_on()


@fault("disk full on the server")
async def fill_disk(nemesis: Nemesis) -> None:
    if not nemesis.database.disk.is_small:
        nemesis.skipped["disk full on the server"] = "this machine lets us mount nothing"
        return
    before = _count(nemesis, "503")
    await _aside(nemesis.database.disk.fill)
    for _ in range(40):
        await nemesis.breathe(0.1)
        if _count(nemesis, "503") > before:
            break
    nemesis.database.disk.empty()
    await _aside(nemesis.database.revive)


@fault("deployed during the exam")
async def deploy(nemesis: Nemesis) -> None:
    """The new version stands beside the old one, takes over, and only then the old one ends."""
    old = nemesis.app
    new = App(env=dict(old.env), target=old.target)
    await _aside(new.start)
    nemesis.network.port = new.port
    await nemesis.breathe(0.5)
    nemesis.app = new
    await _aside(old.stop)


@fault("receipt key rotated")
async def rotate_key(nemesis: Nemesis) -> None:
    """A new key in front; receipts that were given stay as they are, byte for byte."""
    ring = nemesis.app.env["RECEIPT_KEYS"]
    number = ring.count(",") + 2
    nemesis.app.env["RECEIPT_KEYS"] = f"t{number}:{ring.split(',')[0].partition(':')[2]},{ring}"
    await deploy(nemesis)


@fault("tab killed right after the click")
async def kill_tabs(nemesis: Nemesis) -> None:
    for device in nemesis.dice.sample(nemesis.devices, len(nemesis.devices) // 3):
        if device.is_writing and device.epoch:
            device.answer()
            device.lose_tab()


@fault("attempt cookie lost")
async def lose_cookies(nemesis: Nemesis) -> None:
    for device in nemesis.dice.sample(nemesis.devices, len(nemesis.devices) // 3):
        device.has_cookie = False
    await nemesis.breathe(0.5)


@fault("second device takes over")
async def take_over(nemesis: Nemesis) -> None:
    for first in [device for device in nemesis.devices if device.is_writing and not device.takes_over][:3]:
        first.is_stubborn = nemesis.dice.random() < 0.7
        nemesis.devices.append(
            Device(
                paper=first.paper,
                cid=f"{nemesis.dice.getrandbits(128):032x}",
                network=nemesis.network,
                history=nemesis.history,
                dice=random.Random(nemesis.dice.random()),
                takes_over=True,
                pace=first.pace,
            )
        )
    await nemesis.breathe(0.5)


@fault("handed in with answers under way")
async def submit_early(nemesis: Nemesis) -> None:
    for device in [device for device in nemesis.devices if device.is_writing and device.epoch][:3]:
        for _ in range(5):
            device.answer()
        with contextlib.suppress(LineBroken):
            await device.submit_once()


@fault("senseless messages in between")
async def send_rubbish(nemesis: Nemesis) -> None:
    """Too large, forged, from the future, of another paper, under a used number: refused or kept, never a 500."""
    device = nemesis.dice.choice(nemesis.devices)
    item = next(iter(device.paper.items))
    good = {"seq": 1, "item": item, "answer": None}
    bodies = [
        {"epoch": 1, "cid": device.cid, "events": [{**good, "answer": "x" * 50_000}]},
        {"epoch": 9000, "cid": device.cid, "events": [{**good, "seq": 900_001}]},
        {"epoch": 1, "cid": "f" * 32, "events": [good]},
        {"epoch": 1, "cid": device.cid, "events": [good] * 51},
        {"epoch": "1", "cid": device.cid, "events": [good]},
        b"{",
    ]
    line = Line(nemesis.network.port)
    for body in bodies:
        headers = {"X-Choukao": "1", "Cookie": device.paper.cookie, "Content-Type": "application/json"}
        request = request_bytes(f"POST /sit/{device.paper.attempt}/events", headers=headers, body=body)
        with contextlib.suppress(LineBroken):
            answer = await line.ask(request)
            if answer.status not in {200, 413, 422, 503}:
                nemesis.history.oddities.append(f"{answer.status} to {str(body)[:80]}")
    line.close()


@contextlib.contextmanager
def _held_rows(nemesis: Nemesis) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """Every open attempt, locked by a connection of ours until the block ends."""
    with (
        psycopg.connect(nemesis.database.url, autocommit=True) as watcher,
        psycopg.connect(nemesis.database.url) as holder,
    ):
        holder.execute("SELECT id FROM exams_attempt WHERE state = 'open' FOR UPDATE")
        yield watcher
        holder.rollback()


async def _somebody_waits(watcher: "psycopg.Connection[tuple[object, ...]]") -> None:
    for _ in range(100):
        row = watcher.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'").fetchone()
        if row and row[0]:
            return
        await asyncio.sleep(0.02)


def _count(nemesis: Nemesis, word: str) -> int:
    return sum(device.counts.get(word, 0) for device in nemesis.devices)
