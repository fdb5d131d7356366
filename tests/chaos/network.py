"""The network between devices and server: it loses, delays, doubles and cuts, by a seeded stream of its own."""

import asyncio
import contextlib
import random
from dataclasses import dataclass, field

from tests.chaos.lines import Answer, Line, LineBroken

PATIENCE = 3.0


@dataclass(slots=True)
class Network:
    """One for all devices. `port` is where the server is now: a deployment moves it."""

    port: int
    dice: random.Random
    is_cut: bool = False
    oddities: list[str] = field(default_factory=list)
    lost_requests: int = 0
    lost_answers: int = 0
    doubled: int = 0
    _strays: set["asyncio.Task[object]"] = field(default_factory=set)

    async def carry(self, line: Line, request: bytes) -> Answer:
        """A request there and its answer back, if the network likes; raises LineBroken when nothing is known."""
        if self.is_cut:
            await asyncio.sleep(0.05)
            raise LineBroken("no network")
        fate = self.dice.random()
        line.port = self.port
        if fate < 0.02:
            self.lost_requests += 1
            raise LineBroken("the request was lost")
        if fate < 0.05:
            self.doubled += 1
            self._send_beside(request, delay=self.dice.random() * 0.3)
        if fate > 0.97:
            self.lost_answers += 1
            with contextlib.suppress(LineBroken):
                self._look_at(await line.ask(request, seconds=PATIENCE))
            raise LineBroken("the answer was lost")
        if fate > 0.9:
            await asyncio.sleep(self.dice.random() * 0.1)
        answer = await line.ask(request, seconds=PATIENCE)
        if self.is_cut:
            raise LineBroken("no network")
        return answer

    def _look_at(self, answer: Answer) -> None:
        """Nobody reads it, but a defect of the server is one all the same."""
        if answer.status >= 500 and answer.status != 503:
            self.oddities.append(f"{answer.status}: {answer.body[:200]!r}")

    async def settle(self) -> None:
        """Wait for the doubles that are still under way."""
        while self._strays:
            await asyncio.gather(*self._strays, return_exceptions=True)

    def _send_beside(self, request: bytes, *, delay: float) -> None:
        """The same request once more on another connection, sooner or later than the first one."""

        async def stray() -> None:
            await asyncio.sleep(delay)
            line = Line(self.port)
            with contextlib.suppress(LineBroken):
                self._look_at(await line.ask(request, seconds=PATIENCE))
            line.close()

        task = asyncio.create_task(stray())
        self._strays.add(task)
        task.add_done_callback(self._strays.discard)
