"""A candidate's device: numbers answers, keeps them until the end, sends until acknowledged, heals after a HELLO.

The rules are those of frontend/src/exam/outbox.ts; what IndexedDB keeps there is `kept` here and survives a killed tab.
"""

import asyncio
import hashlib
import json
import random
import time
from dataclasses import dataclass, field

from tests.chaos.history import History, Sent, Told
from tests.chaos.lines import Answer, Line, LineBroken, request_bytes
from tests.chaos.network import Network

MOST_EVENTS = 50
Events = list[dict[str, object]]


@dataclass(slots=True)
class Kept:
    """One answer on the device. `receipt` is empty while the server has not acknowledged it, `proof` the first one.

    `sent_at` is when it first left: whatever was lost on the way, the server cannot have had it before.
    """

    seq: int
    item: str
    answer: tuple[str, ...] | None
    receipt: str = ""
    proof: str = ""
    refused: bool = False
    sent_at: float = 0.0


@dataclass(slots=True)
class Paper:
    """What the device needs of an attempt: its address, the cookie, the items with their options."""

    attempt: str
    cookie: str
    items: dict[str, list[str]]
    most: dict[str, int]


@dataclass(slots=True)
class Device:
    """One browser of one candidate."""

    paper: Paper
    cid: str
    network: Network
    history: History
    dice: random.Random
    takes_over: bool = False
    is_stubborn: bool = False
    pace: float = 0.1
    kept: dict[int, Kept] = field(default_factory=dict)
    epoch: int = 0
    seq: int = 0
    is_writing: bool = True
    has_cookie: bool = True
    final_receipt: str = ""
    tries: int = 0
    must_ask: bool = True
    counts: dict[str, int] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    line: Line = field(init=False)
    flight: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.line = Line(self.network.port)

    # --- the candidate -------------------------------------------------------------------------------------------

    async def write_until(self, ends_at: float) -> None:
        """Answer after answer at the candidate's pace; a lease lost to another device ends the writing."""
        while time.monotonic() < ends_at and self.is_writing and not self.final_receipt:
            if self.epoch:
                self.answer()
            await asyncio.sleep(self.pace * (0.5 + self.dice.random()))

    def answer(self) -> None:
        """One change: chosen options, or the choice taken back. It is on the device before anything else happens."""
        item = self.dice.choice(sorted(self.paper.items))
        chosen = self.dice.sample(self.paper.items[item], self.dice.randint(0, self.paper.most[item]))
        self.seq += 1
        answer = tuple(sorted(chosen)) or None
        self.kept[self.seq] = Kept(self.seq, item, answer)
        self.history.sent[self.paper.attempt, self.cid, self.seq] = Sent(
            self.paper.attempt, self.cid, self.seq, item, answer
        )

    def lose_tab(self) -> None:
        """The tab is killed: what was in flight is forgotten, what was kept is read again."""
        self.line.close()
        self.seq = max(self.kept, default=0)
        self.epoch, self.must_ask = 0, True

    # --- the send loop -------------------------------------------------------------------------------------------

    @property
    def waiting(self) -> list[Kept]:
        """What the server has not acknowledged."""
        return [event for event in self.kept.values() if not event.receipt and not event.refused]

    async def send_until(self, ends_at: float) -> None:
        """The loop that never gives up; ends when time is over and all is delivered, or with the final receipt."""
        while not self.final_receipt:
            if time.monotonic() > ends_at and not self.waiting:
                return
            try:
                await self._step()
                self.tries = 0
            except LineBroken:
                self.tries += 1
                self.must_ask = True
                await asyncio.sleep(min(0.5, 0.02 * 2**self.tries) * self.dice.random())

    async def _step(self) -> None:
        if not self.has_cookie and self.dice.random() < 0.3:
            self.has_cookie = True  # the candidate signed in again
        if not self.epoch:
            await self._open()
        elif self.must_ask:
            await self._hello()
        elif self.waiting:
            await self._save()
        else:
            await asyncio.sleep(0.02)

    async def _open(self) -> None:
        body = {"cid": self.cid, "takeover": self.takes_over}
        answer = await self._ask("POST", "open", body)
        if answer.status == 409:
            self.takes_over = True
            return
        fields = self._expect(answer, 200)
        self.epoch = int(str(fields["epoch"]))
        self._heal(fields["have"])

    async def _hello(self) -> None:
        fields = self._expect(await self._ask("GET", "have"), 200)
        self.must_ask = False
        epoch = int(str(fields["epoch"]))
        if epoch < self.epoch:
            self._count("lease lost in a restore")
            self.epoch, self.takes_over = 0, True
        elif epoch > self.epoch:
            self._yield()
        self._heal(fields["have"])

    def _heal(self, have: object) -> None:
        """What the server lacks is sent again although it was acknowledged."""
        assert isinstance(have, dict)
        ranges = have.get(self.cid, [])
        for event in self.kept.values():
            if event.receipt and not any(first <= event.seq <= last for first, last in ranges):
                self._count("healed after a restore")
                event.receipt = ""

    async def _save(self) -> None:
        waiting = self.waiting
        if self.dice.random() < 0.3:
            self.dice.shuffle(waiting)
        batch = waiting[: self.dice.randint(1, MOST_EVENTS)]
        wires = [self._wire(event) for event in batch]
        if self.dice.random() < 0.1:
            wires.append(wires[0])
        wires = wires[:MOST_EVENTS]
        asked_at = time.monotonic()
        for event in batch:
            event.sent_at = event.sent_at or asked_at
        answer = await self._ask("POST", "events", {"epoch": self.epoch, "cid": self.cid, "events": wires})
        fields = self._expect(answer, 200)
        self.waits.append(time.monotonic() - asked_at)
        results = fields["receipts"]
        assert isinstance(results, list)
        for result in results:
            self._settle(result, flew_at=asked_at)
        if int(str(fields["epoch"])) > self.epoch:
            self._yield()

    def _yield(self) -> None:
        """Another device writes now. A stubborn page goes on all the same: its answers arrive, and lose."""
        self.is_writing = self.is_stubborn

    def _wire(self, event: Kept) -> dict[str, object]:
        # The device's clock is wrong, and jumps.
        clock = {"ms": self.dice.choice([0, -5, 1_795_000_000_000, 10**15, 1.5]), "mono": self.dice.randint(0, 10**7)}
        answer = None if event.answer is None else self.dice.sample(event.answer, len(event.answer))
        proof = {"receipt": event.proof} if event.proof else {}
        return {"seq": event.seq, "item": event.item, "answer": answer, **clock, **proof}

    def _settle(self, result: dict[str, object], *, flew_at: float) -> None:
        seq, status, receipt = result["seq"], str(result["status"]), result["receipt"]
        event = self.kept[int(str(seq))]
        self._count(status)
        if status == "conflict":
            if result["code"] == "lease_unknown":
                # The database was put back to before this lease: ask for another, and send everything under it.
                self.epoch, self.takes_over = 0, True
            else:
                event.refused = True
                self.history.oddities.append(f"an honest answer became a conflict: {result}")
            return
        text = str(receipt)
        event.receipt = text
        event.proof = event.proof or text
        now = time.monotonic()
        self.history.told.append(Told(self.paper.attempt, self.cid, event.seq, text, event.sent_at, now, flew_at))

    # --- handing in ----------------------------------------------------------------------------------------------

    async def submit(self, *, patience: float = 30.0) -> None:
        """Hand in; undelivered answers are sent first when the server names them."""
        ends_at = time.monotonic() + patience
        while not self.final_receipt and time.monotonic() < ends_at:
            try:
                if not self.epoch or self.must_ask:
                    await self._step()
                    continue
                await self.submit_once()
            except LineBroken:
                self.must_ask = True
                await asyncio.sleep(0.1)

    async def submit_once(self) -> None:
        """One SUBMIT, whatever is still under way."""
        answers: dict[str, tuple[str, ...] | None] = {}
        for event in self.kept.values():
            answers[event.item] = event.answer
        hashes = {item: _sha(answer) for item, answer in answers.items() if answer is not None}
        body = {"epoch": self.epoch, "cid": self.cid, "last_seq": self.seq, "items": hashes}
        answer = await self._ask("POST", "submit", body)
        if answer.status == 200:
            self._take_final(str(answer.json()["final_receipt"]))
            return
        code = str(answer.json().get("code"))
        self._count(f"submit refused: {code}")
        if answer.status != 409:
            raise LineBroken(str(answer.status))
        if self.waiting:
            await self._save()
        elif code == "missing_events":
            self.must_ask = True
        else:
            self.is_writing = False
            self.final_receipt = "elsewhere"

    def _take_final(self, text: str) -> None:
        self.final_receipt = text
        self._count("final receipts")

    # --- talking -------------------------------------------------------------------------------------------------

    async def _ask(self, method: str, end: str, body: object = None) -> Answer:
        headers = {"X-Choukao": "1"}
        if self.has_cookie:
            headers["Cookie"] = self.paper.cookie
        request = request_bytes(f"{method} /sit/{self.paper.attempt}/{end}", headers=headers, body=body)
        async with self.flight:  # one at a time
            answer = await self.network.carry(self.line, request)
        if answer.status == 401 and not self.has_cookie:
            self._count("asked to sign in")
            raise LineBroken("signed out")
        if answer.status in {502, 503}:
            self._count("503")
            raise LineBroken("unavailable")
        if answer.status >= 500:
            self.history.oddities.append(f"{answer.status} to {method} {end}: {answer.body[:200]!r}")
            raise LineBroken(str(answer.status))
        return answer

    def _expect(self, answer: Answer, status: int) -> dict[str, object]:
        if answer.status != status:
            self.history.oddities.append(f"{answer.status} instead of {status}: {answer.body[:200]!r}")
            raise LineBroken(str(answer.status))
        return answer.json()

    def _count(self, word: str) -> None:
        self.counts[word] = self.counts.get(word, 0) + 1


def _sha(answer: tuple[str, ...] | None) -> str:
    text = json.dumps(None if answer is None else list(answer), separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
