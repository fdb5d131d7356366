"""Writing the answer journal: who may write, what is written, what is kept (answers.md, Server).

Only these functions insert events, leases and conflicts. No scoring happens here, and no audit entry is made for an
event: the journal is a chain of its own.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from core.actor import Actor
from core.audit import audit
from exams.actions.finalising import refold
from exams.domain.journal import effective_answers
from exams.domain.messages import Event, Malformed, Open, Save, read_events
from exams.domain.saving import Book, Kept, Settlement, Written, settle
from exams.domain.states import AttemptState
from exams.errors import AttemptNotFound, LeaseHeld
from exams.models import AnswerEvent, Attempt, ConflictEvent, Lease
from exams.queries.journal import (
    BOOK_COLUMNS,
    Numbers,
    book_of_row,
    book_parameters,
    entries_of,
    have_of,
    item_shapes_of,
    known_item_shapes,
    lease_of,
    lock_attempt,
    read_book,
    read_first_book,
    recent_book,
    remember_book,
    run_prepared,
)

# The chain moves on and the events go in, or neither: one statement, one commit, no lock held over a round trip.
# The condition repeats everything that was decided on, so `server_ts` is as good as read under the lock: had anybody
# closed, extended or written in between, no row matches and the decision is taken again with a new time.
_WRITE_CTE = """
WITH moved AS (
  UPDATE exams_attempt SET head = %s, next_sseq = %s
   WHERE id = %s AND head = %s AND next_sseq = %s AND state = %s AND deadline = %s AND epoch = %s
  RETURNING id
)
, stored AS (
  INSERT INTO exams_answerevent (attempt_id, cid, seq, epoch, item, answer, sha256, client_ms, client_mono_ms,
                                 server_ts, late, sseq, chain, receipt, via)
  SELECT moved.id, %s, v.seq, %s, v.item, v.answer, v.sha256, v.client_ms, v.client_mono_ms,
         %s, v.late, v.sseq, v.chain, v.receipt, %s
    FROM moved CROSS JOIN json_to_recordset(%s::json)
         AS v(seq bigint, item text, answer text, sha256 text, client_ms bigint, client_mono_ms bigint,
              late boolean, sseq bigint, chain text, receipt text)
)
"""
# What comes back: a row of nulls when it was written; the facts to decide on again when somebody was quicker; nothing
# when there is no such attempt any more (a restored backup). The facts cost nothing where they are not needed.
_WRITE_SQL = f"""
{_WRITE_CTE}
SELECT moved.id, NULL, NULL::integer, NULL::timestamptz, NULL::smallint, NULL, NULL::bigint, NULL, NULL::bigint,
       NULL::json FROM moved
UNION ALL
SELECT {BOOK_COLUMNS} AND NOT EXISTS (SELECT FROM moved)
"""  # noqa: S608 - fixed text  # nosec B608
_RACES_BEFORE_LOCKING = 4
VIA_PAGE, VIA_FILE = "page", "file"


@dataclass(frozen=True, slots=True)
class Approval:
    """Who let another device go on (primary key of the user), and after which epoch: it is worth one hand-over."""

    user_id: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Device:
    """What is known of a client beside its id."""

    address: str
    user_agent: str
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The answer to OPEN. `paper` is the stored text without key; `answers` are the effective ones, to resume from."""

    attempt: Attempt
    paper: str
    have: dict[str, list[list[int]]]
    answers: dict[str, object]


@dataclass(frozen=True, slots=True)
class Saved:
    """The answer to SAVE."""

    settlement: Settlement
    book: Book
    server_ts: datetime


@transaction.atomic
def open_lease(unsafe_attempt_id: str, message: Open, *, device: Device, now: datetime) -> Opened:
    """Gives the device the right to write, under a new epoch unless it holds the lease already.

    Raises LeaseHeld when another device does and `takeover` was not asked for. A closed attempt is shown and not leased.
    """
    attempt = lock_attempt(unsafe_attempt_id)
    lease = lease_of(attempt)
    if attempt.state == AttemptState.OPEN and (lease is None or lease.cid != message.cid):
        if lease is not None and not message.takeover:
            raise LeaseHeld(since=lease.opened_at.isoformat())
        _grant(attempt, message, device=device, now=now)
    return Opened(
        attempt=attempt,
        paper=attempt.paper.content,
        have=have_of(attempt),
        answers=effective_answers(entries_of(attempt)),
    )


def save_events(unsafe_attempt_id: str, save: Save, *, clock: Callable[[], datetime], via: str = VIA_PAGE) -> Saved:
    """Stores the events of one message and returns a result for each; committed before it returns.

    What comes after the closing with our own receipt as proof was lost in a restore: the closed attempt is folded anew.

    `clock` is read once the facts are read, and again after a lost race. Late events are stored and marked. Raises
    AttemptNotFound.
    """
    if connection.vendor == "postgresql":
        numbers, events, pk, book = _facts(unsafe_attempt_id, save)
        for _race in range(_RACES_BEFORE_LOCKING):
            server_ts = clock()
            settlement = settle(book, save, events, server_ts=server_ts, keys=settings.RECEIPT_KEYS)
            fresh = _write_unless_changed(pk, book, settlement, numbers=numbers, via=via)
            if fresh is None:
                _keep(pk, save.cid, settlement.kept, server_ts=server_ts)
                remember_book(pk, book, numbers, position=settlement.position)
                return _told(Saved(settlement, book, server_ts))
            pk, book = fresh
    with transaction.atomic():
        # PostgreSQL: after losing several races, wait for the row. SQLite: the transaction itself is the lock.
        attempt = lock_attempt(unsafe_attempt_id)
        events = read_events(save, item_shapes_of(unsafe_attempt_id))
        pk, book = read_book(unsafe_attempt_id, _numbers(save, events))
        server_ts = clock()
        settlement = settle(book, save, events, server_ts=server_ts, keys=settings.RECEIPT_KEYS)
        _write_locked(attempt, settlement, via=via)
        _keep(pk, save.cid, settlement.kept, server_ts=server_ts)
    return _told(Saved(settlement, book, server_ts))


def _told(saved: Saved) -> Saved:
    # Repeats as well: whoever died between writing and folding acknowledged nothing, and the device comes again.
    in_time = any(result.status in {"stored", "stale_epoch"} for result in saved.settlement.results)
    if saved.book.state != AttemptState.OPEN and in_time:
        _fold_again(saved.book.attempt)
    return saved


@transaction.atomic
def _fold_again(attempt_id: str) -> None:
    attempt = lock_attempt(attempt_id)
    if attempt.state in {AttemptState.SUBMITTED, AttemptState.TIMED_OUT}:
        refold(holder_of(attempt, ""), attempt)


def keep_conflict(attempt: Attempt, *, code: str, payload: str, server_ts: datetime) -> None:
    """Keeps what came from an authenticated client and is no message at all. `payload` is cut at 64 KB."""
    ConflictEvent.objects.create(attempt=attempt, code=code, payload=payload[: 64 * 1024], server_ts=server_ts)


def _grant(attempt: Attempt, message: Open, *, device: Device, now: datetime) -> None:
    approval = device.approval
    approved_by = approval.user_id if approval and approval.epoch == attempt.epoch else None
    attempt.epoch += 1
    attempt.save(update_fields=["epoch"])
    Lease.objects.create(
        attempt=attempt,
        epoch=attempt.epoch,
        cid=message.cid,
        opened_at=now,
        address=device.address[:64],
        user_agent=device.user_agent[:300],
        approved_by_id=approved_by,
    )
    audit(
        holder_of(attempt, device.address),
        "exams.device_opened" if attempt.epoch == 1 else "exams.device_taken_over",
        attempt,
        details={"epoch": attempt.epoch, **({"approved_by": approved_by} if approved_by else {})},
    )


def holder_of(attempt: Attempt, address: str) -> Actor:
    """The candidate as an actor, proved by the attempt cookie: it works when the login has expired."""
    person = attempt.candidate.person_id
    return Actor(user_id=None, person_id=person, label=f"attempt:{attempt.public_id[:8]}", address=address)


def _facts(unsafe_attempt_id: str, save: Save) -> tuple[Numbers, tuple[Event | Malformed, ...], int, Book]:
    """What the message says and what is known of the attempt: from memory, or in one statement."""
    shapes = known_item_shapes(unsafe_attempt_id)
    if shapes is None:
        # The numbers can be read before the paper is known.
        numbers = _numbers(save, read_events(save, {}))
        pk, book, shapes = read_first_book(unsafe_attempt_id, numbers)
        return numbers, read_events(save, shapes), pk, book
    events = read_events(save, shapes)
    numbers = _numbers(save, events)
    pk, book = recent_book(unsafe_attempt_id, numbers) or read_book(unsafe_attempt_id, numbers)
    return numbers, events, pk, book


def _numbers(save: Save, events: Sequence[Event | Malformed]) -> Numbers:
    return Numbers(save.cid, save.epoch, tuple(sorted({event.seq for event in events if event.seq is not None})))


def _write_unless_changed(
    pk: int, book: Book, settlement: Settlement, *, numbers: Numbers, via: str
) -> tuple[int, Book] | None:
    """One conditional statement in autocommit: None when the events are in and durable, else the facts as they are now.

    Raises AttemptNotFound when the attempt is gone.
    """
    written = settlement.written
    if not written:
        return None
    entry = written[0].entry
    rows = run_prepared(
        _WRITE_SQL,
        [
            settlement.position.head,
            settlement.position.next_sseq,
            pk,
            book.position.head,
            book.position.next_sseq,
            book.state,
            book.deadline,
            book.epoch,
            entry.cid,
            entry.epoch,
            entry.server_ts,
            via,
            json.dumps([_values(one) for one in written]),
            *book_parameters(book.attempt, numbers),
        ],
    )
    if not rows:
        raise AttemptNotFound
    return None if rows[0][1] is None else book_of_row(book.attempt, rows[0])


def _values(one: Written) -> dict[str, object]:
    return {
        "seq": one.entry.seq,
        "item": one.entry.item,
        "answer": one.event.answer_json,
        "sha256": one.entry.answer_sha256,
        "client_ms": one.event.client_ms,
        "client_mono_ms": one.event.client_mono_ms,
        "late": one.entry.late,
        "sseq": one.entry.sseq,
        "chain": one.entry.chain,
        "receipt": one.receipt,
    }


def _write_locked(attempt: Attempt, settlement: Settlement, *, via: str) -> None:
    if not settlement.written:
        return
    AnswerEvent.objects.bulk_create([_row(attempt, one, via) for one in settlement.written])
    position = settlement.position
    Attempt.objects.filter(pk=attempt.pk).update(head=position.head, next_sseq=position.next_sseq)


def _row(attempt: Attempt, one: Written, via: str) -> AnswerEvent:
    entry = one.entry
    return AnswerEvent(
        attempt=attempt,
        cid=entry.cid,
        seq=entry.seq,
        epoch=entry.epoch,
        item=entry.item,
        answer=one.event.answer_json,
        sha256=entry.answer_sha256,
        client_ms=one.event.client_ms,
        client_mono_ms=one.event.client_mono_ms,
        server_ts=entry.server_ts,
        late=entry.late,
        sseq=entry.sseq,
        chain=entry.chain,
        receipt=one.receipt,
        via=via,
    )


def _keep(attempt_pk: int, cid: str, kept: Sequence[Kept], *, server_ts: datetime) -> None:
    if not kept:
        return
    ConflictEvent.objects.bulk_create(
        ConflictEvent(
            attempt_id=attempt_pk,
            cid=cid,
            seq=one.seq,
            code=one.code,
            payload=one.payload,
            server_ts=server_ts,
        )
        for one in kept
    )
