"""Reads of the answer journal: what SAVE, HELLO and SUBMIT need, and the entries that answers are folded from."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakSet

import psycopg
from django.db import connection

from exams.domain.access import is_late
from exams.domain.journal import Entry, Position
from exams.domain.messages import ItemShape
from exams.domain.papers import item_shapes
from exams.domain.saving import Book, Known
from exams.domain.states import AttemptState
from exams.errors import AttemptNotFound
from exams.models import AnswerEvent, Attempt, Lease, Paper

# One round trip: the attempt, the client of the message's epoch, and what is stored under the message's numbers.
# Parameters: cid, cid, numbers, epoch, public id.
BOOK_COLUMNS = """
       a.id, a.state, a.epoch, a.deadline, a.grace_seconds, a.head, a.next_sseq, l.cid,
       (SELECT MAX(m.seq) FROM exams_answerevent m WHERE m.attempt_id = a.id AND m.cid = %s),
       (SELECT json_agg(json_build_array(e.seq, e.epoch, e.item, e.sha256, e.receipt, e.late))
          FROM exams_answerevent e WHERE e.attempt_id = a.id AND e.cid = %s AND e.seq = ANY(%s::bigint[]))
  FROM exams_attempt a
  LEFT JOIN exams_lease l ON l.attempt_id = a.id AND l.epoch = %s
 WHERE a.public_id = %s
"""
_BOOK_SQL = f"SELECT {BOOK_COLUMNS}"
# What a process needs that never met this attempt before.
_FIRST_BOOK_SQL = f"SELECT (SELECT content FROM exams_paper p WHERE p.id = a.paper_id), {BOOK_COLUMNS}"  # noqa: S608  # nosec B608


# Numbers in a row minus their rank are equal: each group is one range without a gap, however often one arrived.
_HAVE_SQL = """
SELECT cid, MIN(seq), MAX(seq)
  FROM (SELECT cid, seq, seq - DENSE_RANK() OVER (PARTITION BY cid ORDER BY seq) AS island
          FROM (SELECT cid, seq FROM exams_answerevent WHERE attempt_id = %s
                UNION ALL SELECT cid, seq FROM exams_conflictevent WHERE attempt_id = %s AND seq IS NOT NULL) AS arrived
       ) AS numbered
 GROUP BY cid, island
 ORDER BY cid, MIN(seq)
"""


# The same beside what HELLO tells of the attempt; PostgreSQL only.
_PROGRESS_SQL = """
SELECT a.head, a.state, a.epoch, a.deadline, h.cid, h.first, h.last
  FROM exams_attempt a
  LEFT JOIN LATERAL (
    SELECT cid, MIN(seq) AS first, MAX(seq) AS last
      FROM (SELECT cid, seq, seq - DENSE_RANK() OVER (PARTITION BY cid ORDER BY seq) AS island
              FROM (SELECT cid, seq FROM exams_answerevent WHERE attempt_id = a.id
                    UNION ALL SELECT cid, seq FROM exams_conflictevent WHERE attempt_id = a.id AND seq IS NOT NULL) AS arrived
           ) AS numbered
     GROUP BY cid, island) AS h ON true
 WHERE a.public_id = %s
 ORDER BY h.cid, h.first
"""


def run_prepared(statement: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
    """Rows of a statement that PostgreSQL parses and plans once for each connection: for the few that answer an exam.

    Django's own cursors bind in the client, so that every one of their statements is planned anew.
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    raw = connection.connection
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        if raw not in _planning_once:
            _plan_once(raw)
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": ""})
    return rows


def _plan_once(raw: "psycopg.Connection[Any]") -> None:
    """From now on PostgreSQL keeps the plan of a prepared statement, which it would make anew for every answer.

    It takes each of these statements for cheaper when planned for its values: it is not, planning costs twice the work.
    A setting made inside a transaction could be taken back with it, so there it is left to the next call.
    """
    if raw.prepare_threshold is not None and not connection.in_atomic_block:
        raw.execute("SET plan_cache_mode = force_generic_plan")
        _planning_once.add(raw)


_planning_once: WeakSet["psycopg.Connection[Any]"] = WeakSet()


@dataclass(frozen=True, slots=True)
class Progress:
    """What HELLO tells: where the chain stands, and which numbers of each client arrived."""

    head: str
    state: str
    epoch: int
    deadline: datetime
    have: dict[str, list[list[int]]]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Which events to look up: those of this client under these numbers, in this epoch."""

    cid: str
    epoch: int
    seqs: tuple[int, ...]


def read_book(unsafe_attempt_id: str, numbers: Numbers) -> tuple[int, Book]:
    """The attempt's primary key and the facts that a SAVE is decided on, in one statement; raises AttemptNotFound.

    Unlocked: whoever writes from it must make the write conditional on what was read.
    """
    if connection.vendor != "postgresql":
        return _read_book_by_model(unsafe_attempt_id, numbers)
    rows = run_prepared(_BOOK_SQL, book_parameters(unsafe_attempt_id, numbers))
    if not rows:
        raise AttemptNotFound
    return book_of_row(unsafe_attempt_id, rows[0])


def read_first_book(unsafe_attempt_id: str, numbers: Numbers) -> tuple[int, Book, Mapping[str, ItemShape]]:
    """The same with the item shapes, in one statement on PostgreSQL; raises AttemptNotFound."""
    if connection.vendor != "postgresql":
        return *_read_book_by_model(unsafe_attempt_id, numbers), item_shapes_of(unsafe_attempt_id)
    rows = run_prepared(_FIRST_BOOK_SQL, book_parameters(unsafe_attempt_id, numbers))
    if not rows:
        raise AttemptNotFound
    content, *facts = rows[0]
    return *book_of_row(unsafe_attempt_id, facts), remember_item_shapes(unsafe_attempt_id, content)


def book_parameters(unsafe_attempt_id: str, numbers: Numbers) -> list[object]:
    """What BOOK_COLUMNS asks for."""
    seqs = f"{{{','.join(map(str, numbers.seqs))}}}"  # an array in the database's own spelling
    return [numbers.cid, numbers.cid, seqs, numbers.epoch, unsafe_attempt_id]


def book_of_row(attempt_id: str, row: Sequence[Any]) -> tuple[int, Book]:
    """The attempt's primary key and its facts, from a row of BOOK_COLUMNS."""
    pk, state, epoch, deadline, grace, head, next_sseq, lease_cid, last_seq, known = row
    stored = json.loads(known) if isinstance(known, str) else known or []
    return pk, Book(
        attempt=attempt_id,
        state=AttemptState(state),
        epoch=epoch,
        lease_cid=lease_cid,
        deadline=deadline,
        grace_seconds=grace,
        position=Position(head, next_sseq),
        known={
            seq: Known(epoch, item, sha256, receipt, late=late) for seq, epoch, item, sha256, receipt, late in stored
        },
        last_seq=last_seq or 0,
    )


def recent_book(unsafe_attempt_id: str, numbers: Numbers) -> tuple[int, Book] | None:
    """What this process last knew of the attempt, if all the numbers are new to it: saves the read before the write.

    It may be out of date: the write is conditional on it, and the chain's head never comes back to an old value.
    """
    found = _recent.get((unsafe_attempt_id, numbers.epoch, numbers.cid))
    if found is None or not numbers.seqs or numbers.seqs[0] <= found[1].last_seq:
        return None
    return found


def remember_book(pk: int, book: Book, numbers: Numbers, *, position: Position) -> None:
    """Keeps what is true after a write, for the next SAVE of the same client; nothing was written, nothing is kept."""
    if position == book.position:
        return
    if len(_recent) >= _MOST_RECENT:
        _recent.clear()
    # Numbers may arrive in any order: what is new must be above all that is stored, not only above these.
    last_seq = max(book.last_seq, *numbers.seqs)
    _recent[book.attempt, numbers.epoch, numbers.cid] = (
        pk,
        replace(book, position=position, known={}, last_seq=last_seq),
    )


_recent: dict[tuple[str, int, str], tuple[int, Book]] = {}
_shapes: dict[str, Mapping[str, ItemShape]] = {}
_MOST_RECENT = 4096


def _read_book_by_model(unsafe_attempt_id: str, numbers: Numbers) -> tuple[int, Book]:
    attempt = Attempt.objects.filter(public_id=unsafe_attempt_id).first()
    if attempt is None:
        raise AttemptNotFound
    lease = Lease.objects.filter(attempt=attempt, epoch=numbers.epoch).values_list("cid", flat=True).first()
    stored = AnswerEvent.objects.filter(attempt=attempt, cid=numbers.cid, seq__in=numbers.seqs)
    rows = stored.values_list("seq", "epoch", "item", "sha256", "receipt", "late")
    return attempt.pk, book_of(
        attempt, lease_cid=lease, known={row[0]: Known(row[1], row[2], row[3], row[4], late=row[5]) for row in rows}
    )


def book_of(attempt: Attempt, *, lease_cid: str | None, known: Mapping[int, Known]) -> Book:
    """The facts from a loaded (for writing: locked) attempt."""
    return Book(
        attempt=attempt.public_id,
        state=AttemptState(attempt.state),
        epoch=attempt.epoch,
        lease_cid=lease_cid,
        deadline=attempt.deadline,
        grace_seconds=attempt.grace_seconds,
        position=Position(attempt.head, attempt.next_sseq),
        known=known,
    )


def item_shapes_of(attempt_id: str) -> Mapping[str, ItemShape]:
    """What the items of an attempt's paper accept. Papers never change, so this is kept in memory by random id."""
    known = known_item_shapes(attempt_id)
    if known is not None:
        return known
    content = Paper.objects.filter(attempt__public_id=attempt_id).values_list("content", flat=True).first()
    if content is None:
        raise AttemptNotFound
    return remember_item_shapes(attempt_id, content)


def known_item_shapes(attempt_id: str) -> Mapping[str, ItemShape] | None:
    """The same, if this process has met the attempt before."""
    return _shapes.get(attempt_id)


def remember_item_shapes(attempt_id: str, content: str) -> Mapping[str, ItemShape]:
    """Keeps what follows from the stored text of an attempt's paper."""
    if len(_shapes) >= _MOST_RECENT:
        _shapes.clear()
    shapes = _shapes[attempt_id] = item_shapes(json.loads(content))
    return shapes


def get_attempt(unsafe_attempt_id: str) -> Attempt:
    """The attempt that the caller proved to hold (cookie or login); raises AttemptNotFound."""
    found = (
        Attempt.objects.select_related("candidate__round", "candidate__person", "sitting", "paper")
        .filter(public_id=unsafe_attempt_id)
        .first()
    )
    if found is None:
        raise AttemptNotFound
    return found


def get_progress(unsafe_attempt_id: str) -> Progress:
    """All that HELLO tells, in one statement on PostgreSQL; raises AttemptNotFound."""
    if connection.vendor != "postgresql":
        return _progress_by_model(unsafe_attempt_id)
    rows = run_prepared(_PROGRESS_SQL, [unsafe_attempt_id])
    if not rows:
        raise AttemptNotFound
    have: dict[str, list[list[int]]] = {}
    for *_, cid, first, last in rows:
        if cid is not None:
            have.setdefault(cid, []).append([first, last])
    head, state, epoch, deadline = rows[0][:4]
    return Progress(head, state, epoch, deadline, have)


def _progress_by_model(unsafe_attempt_id: str) -> Progress:
    found = Attempt.objects.only("head", "state", "epoch", "deadline").filter(public_id=unsafe_attempt_id).first()
    if found is None:
        raise AttemptNotFound
    return Progress(found.head, found.state, found.epoch, found.deadline, have_of(found))


def lock_attempt(unsafe_attempt_id: str) -> Attempt:
    """The attempt, locked until the end of the transaction, its paper without the key; raises AttemptNotFound."""
    found = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("candidate__round", "sitting", "paper")
        .defer("paper__answer_key")
        .filter(public_id=unsafe_attempt_id)
        .first()
    )
    if found is None:
        raise AttemptNotFound
    return found


def have_of(attempt: Attempt) -> dict[str, list[list[int]]]:
    """Client id → inclusive ranges of the numbers that arrived, kept conflicts included: they need no re-sending."""
    have: dict[str, list[list[int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_HAVE_SQL, [attempt.pk, attempt.pk])
        for cid, first, last in cursor.fetchall():
            have.setdefault(cid, []).append([first, last])
    return have


def entries_of(attempt: Attempt) -> list[Entry]:
    """The journal in its order. A late entry that an extension has since covered is accepted."""
    accepts_until = attempt.deadline + timedelta(seconds=attempt.grace_seconds)
    rows = AnswerEvent.objects.filter(attempt=attempt).order_by("sseq").values_list(*_ENTRY_COLUMNS, named=True)
    return [_entry(row, attempt, accepts_until) for row in rows]


_ENTRY_COLUMNS = ("epoch", "cid", "seq", "item", "answer", "sha256", "server_ts", "late", "sseq", "chain")


def _entry(row: Any, attempt: Attempt, accepts_until: datetime) -> Entry:
    # What came after the candidate handed in stays late, however long the time is made.
    handed_in = attempt.state == AttemptState.SUBMITTED and attempt.finished_at is not None
    after_submit = handed_in and attempt.finished_at is not None and row.server_ts > attempt.finished_at
    covered = not is_late(row.server_ts, accepts_until=accepts_until, state=AttemptState.OPEN)
    return Entry(
        epoch=row.epoch,
        cid=row.cid,
        seq=row.seq,
        item=row.item,
        answer=json.loads(row.answer),
        answer_sha256=row.sha256,
        server_ts=row.server_ts,
        late=row.late,
        sseq=row.sseq,
        chain=row.chain,
        accepted=row.late and covered and not after_submit,
    )


def lease_of(attempt: Attempt) -> Lease | None:
    """Who writes now: the lease of the attempt's epoch."""
    return attempt.leases.filter(epoch=attempt.epoch).first()
