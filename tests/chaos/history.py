"""What clients sent and were told, what the database holds in the end, and the rules that both must keep.

Nothing here uses the product's own folding or hashing of a journal: the checker is a second opinion.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """One event as a device numbered it. `answer` is in the one spelling that is stored."""

    attempt: str
    cid: str
    seq: int
    item: str
    answer: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Told:
    """One acknowledgement: when the event first left the device, when the answer came (monotonic seconds).

    `flew_at` is when the request left that brought this answer; None is the first time.
    """

    attempt: str
    cid: str
    seq: int
    receipt: str
    asked_at: float
    told_at: float
    flew_at: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One stored event."""

    attempt: str
    cid: str
    seq: int
    epoch: int
    item: str
    answer: str
    sha256: str
    server_ts: datetime
    late: bool
    sseq: int
    chain: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Closed:
    """One attempt as it stands in the end; `answers` are the final ones, None while it is open."""

    attempt: str
    paper_sha256: str
    head: str
    next_sseq: int
    answers: Mapping[str, list[str]] | None


@dataclass(slots=True)
class History:
    """Everything that happened. `rewound` are the moments to which the database was put back, with when that was."""

    sent: dict[tuple[str, str, int], Sent] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    rewound: list[tuple[float, float]] = field(default_factory=list)
    oddities: list[str] = field(default_factory=list)

    def could_be_forgotten(self, told: Told) -> bool:
        """Whether a restore took back what was acknowledged: it is stored again later, under a new receipt.

        It was committed at some moment of its flight, and an answer may come long after the commit, even after the
        restore: so it is forgotten if any part of the flight lies between the copy and the end of the restore.
        """
        left_at = told.asked_at if told.flew_at is None else told.flew_at
        return any(copied_at <= told.told_at and left_at <= restored_at for copied_at, restored_at in self.rewound)


def violations(history: History, rows: Sequence[Row], attempts: Iterable[Closed]) -> list[str]:
    """Every rule that was broken, in words; nothing when the protocol was kept."""
    return [*history.oddities, *_each_rule(history, rows, list(attempts))]


def _each_rule(history: History, rows: Sequence[Row], attempts: Sequence[Closed]) -> Iterator[str]:
    stored: dict[tuple[str, str, int], list[Row]] = defaultdict(list)
    for row in rows:
        stored[row.attempt, row.cid, row.seq].append(row)
    yield from _acknowledged_is_stored(history, stored)
    yield from _stored_was_sent(history, stored)
    yield from _same_event_same_receipt(history, stored)
    yield from _real_time_order(history, stored)
    journal: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        journal[row.attempt].append(row)
    for attempt in attempts:
        entries = sorted(journal[attempt.attempt], key=lambda row: row.sseq)
        yield from _chain(attempt, entries)
        yield from _final(attempt, entries)


def _acknowledged_is_stored(history: History, stored: Mapping[tuple[str, str, int], list[Row]]) -> Iterator[str]:
    for told in history.told:
        rows = stored.get((told.attempt, told.cid, told.seq), [])
        sent = history.sent[told.attempt, told.cid, told.seq]
        fields = json.loads(told.receipt)
        if not rows:
            yield f"acknowledged and lost: {told.attempt[:8]} {told.cid[:4]}/{told.seq}"
        elif any(_answer(row) != (sent.item, sent.answer) for row in rows):
            yield f"acknowledged and stored otherwise: {told.attempt[:8]} {told.cid[:4]}/{told.seq}"
        elif fields.get("late") is False and any(row.late for row in rows):
            yield f"acknowledged in time and counted late: {told.attempt[:8]} {told.cid[:4]}/{told.seq}"
        if (fields["item"], fields["answer_sha256"]) != (sent.item, _sha(sent.answer)):
            yield f"the receipt says something else: {told.attempt[:8]} {told.cid[:4]}/{told.seq}"


def _stored_was_sent(history: History, stored: Mapping[tuple[str, str, int], list[Row]]) -> Iterator[str]:
    for place, rows in stored.items():
        sent = history.sent.get(place)
        if sent is None or any(_answer(row) != (sent.item, sent.answer) for row in rows):
            yield f"stored and never sent so: {place[0][:8]} {place[1][:4]}/{place[2]}"


def _same_event_same_receipt(history: History, stored: Mapping[tuple[str, str, int], list[Row]]) -> Iterator[str]:
    for place, rows in stored.items():
        if len(rows) > 1:
            yield f"stored {len(rows)} times: {place[0][:8]} {place[1][:4]}/{place[2]}"
    for told in history.told:
        rows = stored.get((told.attempt, told.cid, told.seq), [])
        if rows and told.receipt != rows[0].receipt and not history.could_be_forgotten(told):
            yield f"another receipt for the same event: {told.attempt[:8]} {told.cid[:4]}/{told.seq}"


def _real_time_order(history: History, stored: Mapping[tuple[str, str, int], list[Row]]) -> Iterator[str]:
    """What was acknowledged before another was sent stands before it in the journal."""
    first: dict[tuple[str, str, int], Told] = {}
    for told in history.told:
        place = (told.attempt, told.cid, told.seq)
        if told.receipt == next((row.receipt for row in stored.get(place, [])), None):
            known = first.get(place)
            if known is None or told.told_at < known.told_at:
                first[place] = told
    by_attempt: dict[str, list[Told]] = defaultdict(list)
    for told in first.values():
        by_attempt[told.attempt].append(told)
    for group in by_attempt.values():
        yield from _order_of(group, stored)


def _order_of(group: list[Told], stored: Mapping[tuple[str, str, int], list[Row]]) -> Iterator[str]:
    """Sweeps by time: the greatest sseq told so far must be below that of everything asked for afterwards."""
    moments = sorted(
        [(told.told_at, 0, told) for told in group] + [(told.asked_at, 1, told) for told in group],
        key=lambda moment: moment[:2],
    )
    greatest = 0
    for _at, kind, told in moments:
        sseq = stored[told.attempt, told.cid, told.seq][0].sseq
        if kind == 0:
            greatest = max(greatest, sseq)
        elif sseq < greatest:
            yield f"sseq {sseq} was asked for after {greatest} was told: {told.attempt[:8]}"


def _chain(attempt: Closed, entries: Sequence[Row]) -> Iterator[str]:
    head = hashlib.sha256(f"genesis/1|{attempt.attempt}|{attempt.paper_sha256}".encode()).hexdigest()
    last: datetime | None = None
    for number, row in enumerate(entries, start=1):
        moment = row.server_ts.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        text = f"{head}|{row.attempt}|{row.epoch}|{row.cid}|{row.seq}|{row.item}|{row.sha256}|{row.sseq}|{moment}"
        head = hashlib.sha256(text.encode()).hexdigest()
        if row.sseq != number or row.chain != head:
            yield f"the chain of {attempt.attempt[:8]} breaks at {row.sseq}"
            return
        if last is not None and row.server_ts < last:
            yield f"time runs backwards in {attempt.attempt[:8]} at {row.sseq}"
        last = row.server_ts
    if (attempt.head, attempt.next_sseq) != (head, len(entries) + 1):
        yield f"the head of {attempt.attempt[:8]} is not that of its journal"


def _final(attempt: Closed, entries: Sequence[Row]) -> Iterator[str]:
    if attempt.answers is None:
        return
    newest: dict[str, Row] = {}
    for row in entries:
        known = newest.get(row.item)
        if not row.late and (known is None or (row.epoch, row.seq) > (known.epoch, known.seq)):
            newest[row.item] = row
    effective = {item: json.loads(row.answer) for item, row in newest.items() if row.answer != "null"}
    if effective != dict(attempt.answers):
        yield f"the final answers of {attempt.attempt[:8]} are not the effective ones"


def _answer(row: Row) -> tuple[str, tuple[str, ...] | None]:
    stored = json.loads(row.answer)
    return row.item, None if stored is None else tuple(stored)


def _sha(answer: tuple[str, ...] | None) -> str:
    text = json.dumps(None if answer is None else list(answer), separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
