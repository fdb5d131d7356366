"""One run: build, write, break, heal, close, check."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos import world
from tests.chaos.devices import Device
from tests.chaos.history import History, violations
from tests.chaos.nemesis import FAULTS, Nemesis
from tests.chaos.network import Network
from tests.chaos.servers import App, Postgres, Sqlite, workers


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do. `faults` in their order, again and again until `saves` answers were acknowledged."""

    database: Postgres | Sqlite
    folder: Path
    people: int
    saves: int
    seed: int
    faults: tuple[str, ...] = tuple(FAULTS)
    pace: float = 0.1
    target: str = "config.wsgi:application"
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    violations: list[str]
    acknowledged: int
    stored: int
    counts: Counter[str]
    faults: dict[str, int]
    skipped: dict[str, str]
    durations: dict[str, float]
    seconds: float
    seed: int

    def table(self) -> str:
        """For people."""
        lines = [
            f"seed {self.seed}: {self.acknowledged} answers acknowledged, {self.stored} stored, {self.seconds:.0f} s"
        ]
        lines += [f"  {times:>4} x  {name} ({self.durations[name]:.1f} s)" for name, times in self.faults.items()]
        lines += [f"     -    {name}: {why}" for name, why in self.skipped.items()]
        lines += ["  what the devices met: " + ", ".join(f"{word} {n}" for word, n in sorted(self.counts.items()))]
        lines += [f"  VIOLATION: {text}" for text in self.violations[:20]]
        lines += [f"  violations: {len(self.violations)}, acknowledged answers lost: {self.lost}"]
        return "\n".join(lines)

    @property
    def lost(self) -> int:
        """The number that must be nought."""
        return sum(text.startswith("acknowledged and lost") for text in self.violations)


def play(plan: Plan) -> Outcome:
    """The whole run; the database of `plan` must be created and migrated, and Django here must be connected to it."""
    started = time.monotonic()
    dice = random.Random(plan.seed)
    papers = world.begin(plan.people)
    app = App(env=world.app_env(plan.database.url, plan.folder) | plan.env, target=plan.target)
    app.start()
    history = History()
    network = Network(app.port, random.Random(dice.random()))
    devices = [
        Device(
            paper=paper,
            cid=f"{dice.getrandbits(128):032x}",
            network=network,
            history=history,
            dice=random.Random(dice.random()),
            pace=plan.pace,
        )
        for paper in papers
    ]
    nemesis = Nemesis(plan.database, app, network, devices, history, dice)
    with workers(app.env):
        asyncio.run(_attack(plan, nemesis))
    try:
        world.end_all()
        world.close_twice(nemesis.app.env)
    finally:
        nemesis.app.stop()
    rows = world.rows(papers)
    counts: Counter[str] = Counter()
    for device in devices:
        counts.update(device.counts)
    counts.update(
        {"requests lost": network.lost_requests, "answers lost": network.lost_answers, "doubled": network.doubled}
    )
    history.oddities += network.oddities
    return Outcome(
        violations=violations(history, rows, world.attempts(papers)),
        acknowledged=len({(told.attempt, told.cid, told.seq) for told in history.told}),
        stored=len(rows),
        counts=counts,
        faults=nemesis.done,
        skipped=nemesis.skipped,
        durations=nemesis.seconds,
        seconds=time.monotonic() - started,
        seed=plan.seed,
    )


async def _attack(plan: Plan, nemesis: Nemesis) -> None:
    never = time.monotonic() + 3600
    tasks: list[asyncio.Task[None]] = []
    known = 0
    ends = {"at": never}

    def take_up_new_devices() -> None:
        nonlocal known
        for device in nemesis.devices[known:]:
            tasks.append(asyncio.create_task(_live(device, ends)))
        known = len(nemesis.devices)

    take_up_new_devices()
    await nemesis.breathe(1.0)
    third = [device.paper for device in nemesis.devices[::3]]
    shortened = False
    while True:
        for name in plan.faults:
            await nemesis.strike(name)
            take_up_new_devices()
            await nemesis.breathe(0.8)
        if not shortened:
            # Some time ends while the devices still write; the workers close it meanwhile.
            world.shorten(third, nemesis.dice, least=1, most=6)
            shortened = True
            await nemesis.breathe(1.0)
        await nemesis.breathe(0.5)
        acknowledged = len({(told.attempt, told.cid, told.seq) for told in nemesis.history.told})
        if acknowledged >= plan.saves:
            break
    # The last answers of everybody come out of full outboxes, in any order.
    nemesis.network.is_cut = True
    await nemesis.breathe(1.5)
    ends["at"] = time.monotonic()
    nemesis.network.is_cut = False
    await asyncio.wait_for(asyncio.gather(*tasks), timeout=120)
    await nemesis.network.settle()
    await asyncio.gather(*[device.submit() for device in nemesis.devices[1::2] if device.is_writing])


async def _live(device: Device, ends: dict[str, float]) -> None:
    """Writes and sends until the run ends; then delivers what is left."""
    async with asyncio.TaskGroup() as group:
        group.create_task(_write(device, ends))
        group.create_task(_send(device, ends))


async def _write(device: Device, ends: dict[str, float]) -> None:
    while time.monotonic() < ends["at"] and device.is_writing:
        await device.write_until(min(ends["at"], time.monotonic() + 0.5))


async def _send(device: Device, ends: dict[str, float]) -> None:
    while time.monotonic() < ends["at"]:
        await device.send_until(time.monotonic() + 0.2)
    await device.send_until(time.monotonic())
