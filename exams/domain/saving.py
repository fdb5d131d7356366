"""What becomes of one SAVE message: which events are written, which are kept as conflicts, and what the client is told.

Decided on plain data, so that the conditional statement on PostgreSQL and the lock on SQLite write the same thing, and a
retry after a lost race decides again from fresh facts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.canonical import canonical_json
from exams.domain.access import is_late
from exams.domain.journal import Entry, Position, append
from exams.domain.messages import Event, Malformed, Save
from exams.domain.receipts import MacKey, event_receipt, proves_in_time
from exams.domain.states import AttemptState


@dataclass(frozen=True, slots=True)
class Known:
    """An event of this client that is stored already, with the receipt that it was given."""

    epoch: int
    item: str
    answer_sha256: str
    receipt: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What the client is told of one event: `stored`, `late`, `stale_epoch` (stored, but another device writes now),
    or `conflict` with its `code` and without receipt.
    """

    seq: int | None
    status: str
    receipt: str | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """The attempt as read: `lease_cid` is the client of the message's epoch, None where there is no such epoch.

    `last_seq` is the greatest number of the message's client that is stored; above it nothing can be known.
    """

    attempt: str
    state: AttemptState
    epoch: int
    lease_cid: str | None
    deadline: datetime
    grace_seconds: int
    position: Position
    known: Mapping[int, Known]
    last_seq: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """One event to insert, with its receipt."""

    event: Event
    entry: Entry
    receipt: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What cannot be an event, and is kept all the same. `payload` is JSON text."""

    seq: int | None
    code: str
    payload: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """`results` has one entry for each event of the message, in its order."""

    written: tuple[Written, ...]
    kept: tuple[Kept, ...]
    results: tuple[Result, ...]
    position: Position


class _Clerk:
    """Goes through the events once, in order; never left half-way, so it needs no undo."""

    __slots__ = ("book", "kept", "key", "keys", "known", "late", "position", "results", "save", "server_ts", "written")

    def __init__(self, book: Book, save: Save, *, server_ts: datetime, keys: Mapping[str, bytes]) -> None:
        self.book, self.save, self.server_ts, self.keys = book, save, server_ts, keys
        self.key = MacKey(*next(iter(keys.items())))
        accepts_until = book.deadline + timedelta(seconds=book.grace_seconds)
        self.late = is_late(server_ts, accepts_until=accepts_until, state=book.state)
        self.position = book.position
        self.known = dict(book.known)
        self.written: list[Written] = []
        self.kept: list[Kept] = []
        self.results: list[Result] = []

    def keep(self, seq: int | None, code: str, raw: object) -> None:
        self.kept.append(Kept(seq, code, payload_text(raw)))
        self.results.append(Result(seq, "conflict", code=code))

    def keep_without_lease(self, seq: int | None, raw: object) -> None:
        """Kept without its number, so that HELLO does not count it as delivered.

        After a restore the lease itself may be lost: the device asks for another and sends its answers under that one.
        """
        self.kept.append(Kept(None, "lease_unknown", payload_text(raw)))
        self.results.append(Result(seq, "conflict", code="lease_unknown"))

    def take(self, event: Event, raw: object) -> None:
        known = self.known.get(event.seq)
        if known is None:
            self.write(event)
        elif (known.epoch, known.item, known.answer_sha256) == (self.save.epoch, event.item, event.answer_sha256):
            self.results.append(Result(event.seq, self.status(late=known.late), known.receipt))
        else:
            self.keep(event.seq, "seq_reused", raw)

    def write(self, event: Event) -> None:
        entry, self.position = append(
            self.position,
            event,
            attempt=self.book.attempt,
            epoch=self.save.epoch,
            cid=self.save.cid,
            server_ts=self.server_ts,
            late=self.is_late(event),
        )
        receipt = event_receipt(entry, attempt=self.book.attempt, key=self.key)
        self.known[event.seq] = Known(entry.epoch, entry.item, entry.answer_sha256, receipt, late=entry.late)
        self.written.append(Written(event, entry, receipt))
        self.results.append(Result(event.seq, self.status(late=entry.late), receipt))

    def is_late(self, event: Event) -> bool:
        """Late, unless we acknowledged it in time and a restore took it away."""
        proven = self.late and bool(event.proof)
        place = {"attempt": self.book.attempt, "cid": self.save.cid}
        return self.late and not (proven and proves_in_time(event.proof, event, keys=self.keys, **place))

    def status(self, *, late: bool) -> str:
        if late:
            return "late"
        return "stored" if self.save.epoch == self.book.epoch else "stale_epoch"


def settle(
    book: Book,
    save: Save,
    events: Sequence[Event | Malformed],
    *,
    server_ts: datetime,
    keys: Mapping[str, bytes],
) -> Settlement:
    """Decides a SAVE message whose `events` were read against the paper.

    Repeats get the stored receipt; another answer under a used number is a conflict.

    An older epoch of the right client is written: what reached that device still reaches the server, and loses to the
    newer device in the fold. An epoch without lease, or of another client, is kept as a conflict (A15, A16). The first
    of `keys` signs receipts, all verify those that come back as proof.
    """
    clerk = _Clerk(book, save, server_ts=server_ts, keys=keys)
    for raw, event in zip(save.events, events, strict=True):
        if book.lease_cid != save.cid:
            clerk.keep_without_lease(event.seq, raw)
        elif isinstance(event, Malformed):
            clerk.keep(event.seq, event.code, raw)
        else:
            clerk.take(event, raw)
    return Settlement(tuple(clerk.written), tuple(clerk.kept), tuple(clerk.results), clerk.position)


def payload_text(raw: object) -> str:
    """Whatever JSON came, as ASCII text a database can store: lone surrogates and NUL stay escaped, floats too."""
    try:
        return canonical_json(raw)
    except (TypeError, ValueError, RecursionError):
        return canonical_json({"unreadable": repr(raw)[:2000]})
