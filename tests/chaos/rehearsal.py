"""`make rehearsal`: a whole quarter's candidates on this machine, all at once, without any fault; then the checker.

All begin within a minute, everybody gives fifty answers at a human pace compressed tenfold, all hand in within the last
half minute. Prints figures; 1 when a request failed, the 99th percentile of a save is above 300 ms, or anything was lost.
"""

import argparse
import asyncio
import hashlib
import json
import os
import random
import re
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import django
from django.conf import settings

from tests.chaos import servers
from tests.chaos.history import History, Sent, Told, violations
from tests.chaos.lines import Answer, Line, LineBroken, request_bytes

MOST_P99_SECONDS = 0.3
START_WITHIN, SUBMIT_WITHIN = 60.0, 30.0
_COOKIE = re.compile(rb"set-cookie:\s*(attempt_\w+=[^;]+)", re.IGNORECASE)
_LOCATION = re.compile(rb"location:\s*/sit/(\w+)/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seat:
    """One candidate: the session of the login, and the address of the start."""

    session: str
    candidate: str
    code: str


@dataclass(slots=True)
class Figures:
    """Seconds of each kind of request, and what went wrong."""

    history: History = field(default_factory=History)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    attempts: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def percentile(self, kind: str, share: float) -> float:
        """The waiting time that so many of 100 stayed below."""
        waits = sorted(self.seconds.get(kind, [0.0]))
        return waits[min(len(waits) - 1, int(len(waits) * share))]


class Candidate:
    """One browser from the start to the receipt."""

    def __init__(self, seat: Seat, *, port: int, figures: Figures, dice: random.Random) -> None:
        self.seat, self.figures, self.dice = seat, figures, dice
        self.line = Line(port)
        self.cid = f"{dice.getrandbits(128):032x}"
        self.attempt = ""
        self.headers = {"X-Choukao": "1"}
        self.answers: dict[str, list[str]] = {}

    async def sit(self, *, begin_at: float, write_seconds: float, submit_at: float, answers: int) -> None:
        """The whole exam; whatever fails is written down."""
        try:
            await _until(begin_at)
            items = await self.start()
            pause = write_seconds / answers
            await asyncio.sleep(pause * self.dice.random())
            for seq in range(1, answers + 1):
                await self.save(seq, self.dice.choice(items))
                await asyncio.sleep(pause * (0.5 + self.dice.random()))
            await _until(submit_at)
            await self.submit(answers)
        except LineBroken as error:
            self.figures.errors.append(f"{self.seat.candidate[:8]}: {error}")
        finally:
            self.line.close()

    async def start(self) -> list[dict[str, object]]:
        """The button, the page, OPEN; the items of the paper."""
        secret = f"{self.dice.getrandbits(160):032x}"[:32]
        session = f"sid={self.seat.session}; csrf={secret}"
        form = f"csrfmiddlewaretoken={secret}&opening_code={self.seat.code}".encode()
        kind = {"Cookie": session, "Content-Type": "application/x-www-form-urlencoded"}
        path = f"/my/exams/{self.seat.candidate}/"
        begun = await self.ask("start", request_bytes(f"POST {path}", headers=kind, body=form), expect=302)
        location = _LOCATION.search(begun.headers)
        if location is None:
            raise LineBroken("the start led nowhere")
        self.attempt = location[1].decode()
        self.figures.attempts.append(self.attempt)
        page = await self.ask("page", request_bytes(f"GET /sit/{self.attempt}/", headers={"Cookie": session}))
        cookie = _COOKIE.search(page.headers)
        if cookie is None:
            raise LineBroken("no cookie")
        self.headers["Cookie"] = cookie[1].decode()
        opened = (await self.post("open", {"cid": self.cid})).json()
        paper = opened["paper"]
        assert isinstance(paper, dict)
        return list(paper["items"])

    async def save(self, seq: int, item: dict[str, object]) -> None:
        """One answer, acknowledged."""
        options = item["options"]
        assert isinstance(options, list)
        name, chosen = str(item["id"]), [self.dice.choice(options)["id"]]
        self.answers[name] = chosen
        place = (self.attempt, self.cid, seq)
        self.figures.history.sent[place] = Sent(*place, name, tuple(chosen))
        asked_at = time.monotonic()
        event = {"seq": seq, "item": name, "answer": chosen, "ms": 0, "mono": 0}
        saved = (await self.post("events", {"epoch": 1, "cid": self.cid, "events": [event]})).json()
        receipts = saved["receipts"]
        assert isinstance(receipts, list)
        if receipts[0]["status"] != "stored":
            raise LineBroken(f"{receipts[0]}")
        self.figures.history.told.append(Told(*place, receipts[0]["receipt"], asked_at, time.monotonic()))

    async def submit(self, last_seq: int) -> None:
        """Hand in."""
        hashes = {
            item: hashlib.sha256(json.dumps(answer, separators=(",", ":")).encode()).hexdigest()
            for item, answer in self.answers.items()
        }
        await self.post("submit", {"epoch": 1, "cid": self.cid, "last_seq": last_seq, "items": hashes})

    async def post(self, end: str, body: object) -> Answer:
        """One message of the protocol."""
        return await self.ask(end, request_bytes(f"POST /sit/{self.attempt}/{end}", headers=self.headers, body=body))

    async def ask(self, kind: str, request: bytes, *, expect: int = 200) -> Answer:
        """One request, timed."""
        started = time.monotonic()
        answer = await self.line.ask(request, seconds=60)
        self.figures.seconds.setdefault(kind, []).append(time.monotonic() - started)
        if answer.status != expect:
            raise LineBroken(f"{kind}: {answer.status} {answer.body[:120]!r}")
        return answer


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.monotonic()))


async def _sit_all(seats: Sequence[Seat], *, port: int, answers: int, write_seconds: float, seed: int) -> Figures:
    figures, dice, now = Figures(), random.Random(seed), time.monotonic()
    submit_from = now + START_WITHIN + write_seconds * 1.05
    candidates = [Candidate(seat, port=port, figures=figures, dice=random.Random(dice.random())) for seat in seats]
    await asyncio.gather(
        *[
            candidate.sit(
                begin_at=now + dice.random() * START_WITHIN,
                write_seconds=write_seconds,
                submit_at=submit_from + dice.random() * SUBMIT_WITHIN,
                answers=answers,
            )
            for candidate in candidates
        ]
    )
    return figures


def main(arguments: Sequence[str]) -> int:
    """Build the district, serve it as in production, let everybody sit, check."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.rehearsal")
    parser.add_argument("--on", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--people", type=int)
    parser.add_argument("--answers", type=int, default=50)
    parser.add_argument("--write-seconds", type=float, default=300.0, help="an hour of writing is six minutes here")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    folder = servers.temporary_folder()
    database = (
        servers.Postgres(folder, small=False) if options.on == "postgresql" else servers.Sqlite(folder, small=False)
    )
    try:
        database.create()
        os.environ |= {"DATABASE_URL": database.url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        django.setup()
        settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
        people = options.people or (2000 if options.on == "postgresql" else 200)
        return _play(options, database, folder, people)
    finally:
        database.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _play(options: argparse.Namespace, database: servers.Postgres | servers.Sqlite, folder: Path, people: int) -> int:
    world = import_module("tests.chaos.world")  # models can be imported only now
    env = world.app_env(database.url, folder) | {"CACHE_URL": "dbcache://choukao_cache"}
    env["QUEUE"] = "procrastinate" if options.on == "postgresql" else "thread"
    world.migrate(env)
    seats = [Seat(*one) for one in world.seats(people)]
    app = servers.App(env=env)
    app.start()
    print(f"{people} candidates, load average {os.getloadavg()[0]:.1f} at the beginning", flush=True)
    with servers.workers(env, count=1):
        figures = asyncio.run(
            _sit_all(
                seats,
                port=app.port,
                answers=options.answers,
                write_seconds=options.write_seconds,
                seed=options.seed,
            )
        )
    app.stop()
    broken = violations(figures.history, world.rows_of(figures.attempts), world.attempts_of(figures.attempts))
    print(_table(figures, broken, people, options.answers))
    slow = figures.percentile("events", 0.99) > MOST_P99_SECONDS
    return int(bool(figures.errors or broken or slow))


def _table(figures: Figures, broken: Sequence[str], people: int, answers: int) -> str:
    lines = [f"{'request':8} {'number':>8} {'median':>9} {'p99':>9} {'longest':>9}"]
    for kind, waits in figures.seconds.items():
        middle, most = figures.percentile(kind, 0.5) * 1000, figures.percentile(kind, 0.99) * 1000
        lines.append(f"{kind:8} {len(waits):>8} {middle:>6.0f} ms {most:>6.0f} ms {max(waits) * 1000:>6.0f} ms")
    lines.append(
        f"acknowledged {len(figures.history.told)} of {people * answers}, errors {len(figures.errors)}, violations {len(broken)}"
    )
    lines += [f"  {text}" for text in [*figures.errors[:5], *broken[:5]]]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
