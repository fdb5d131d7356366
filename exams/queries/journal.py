"""Reads of the answer journal: what SAVE, HELLO and SUBMIT need, and the entries that answers are folded from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

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
_BOOK_SQL = """
SELECT a.id, a.state, a.epoch, a.deadline, a.grace_seconds, a.head, a.next_sseq, l.cid,
       (SELECT json_agg(json_build_array(e.seq, e.epoch, e.item, e.sha256, e.receipt, e.late))
          FROM exams_answerevent e WHERE e.attempt_id = a.id AND e.cid = %s AND e.seq = ANY(%s))
  FROM exams_attempt a
  LEFT JOIN exams_lease l ON l.attempt_id = a.id AND l.epoch = %s
 WHERE a.public_id = %s
"""


# Numbers in a row minus their rank are equal: each group is one range without a gap.
_HAVE_SQL = """
SELECT cid, MIN(seq), MAX(seq)
  FROM (SELECT cid, seq, seq - ROW_NUMBER() OVER (PARTITION BY cid ORDER BY seq) AS island
          FROM (SELECT cid, seq FROM exams_answerevent WHERE attempt_id = %s
                UNION SELECT cid, seq FROM exams_conflictevent WHERE attempt_id = %s AND seq IS NOT NULL) AS arrived
       ) AS numbered
 GROUP BY cid, island
 ORDER BY cid, MIN(seq)
"""


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
    with connection.cursor() as cursor:
        cursor.execute(_BOOK_SQL, [numbers.cid, list(numbers.seqs), numbers.epoch, unsafe_attempt_id])
        row = cursor.fetchone()
    if row is None:
        raise AttemptNotFound
    pk, state, epoch, deadline, grace, head, next_sseq, lease_cid, known = row
    stored = json.loads(known) if isinstance(known, str) else known or []
    return pk, Book(
        attempt=unsafe_attempt_id,
        state=AttemptState(state),
        epoch=epoch,
        lease_cid=lease_cid,
        deadline=deadline,
        grace_seconds=grace,
        position=Position(head, next_sseq),
        known={
            seq: Known(epoch, item, sha256, receipt, late=late) for seq, epoch, item, sha256, receipt, late in stored
        },
    )


def recent_book(unsafe_attempt_id: str, numbers: Numbers) -> tuple[int, Book] | None:
    """What this process last knew of the attempt, if all the numbers are new to it: saves the read before the write.

    It may be out of date: the write is conditional on it, and the chain's head never comes back to an old value.
    """
    found = _recent.get((unsafe_attempt_id, numbers.epoch, numbers.cid))
    if found is None or not numbers.seqs or numbers.seqs[0] <= found[2]:
        return None
    return found[0], found[1]


def remember_book(pk: int, book: Book, numbers: Numbers, *, position: Position) -> None:
    """Keeps what is true after a write, for the next SAVE of the same client."""
    if len(_recent) >= _MOST_RECENT:
        _recent.clear()
    _recent[book.attempt, numbers.epoch, numbers.cid] = (
        pk,
        replace(book, position=position, known={}),
        numbers.seqs[-1],
    )


_recent: dict[tuple[str, int, str], tuple[int, Book, int]] = {}
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


@lru_cache(maxsize=4096)
def item_shapes_of(attempt_id: str) -> Mapping[str, ItemShape]:
    """What the items of an attempt's paper accept. Papers never change, so this is kept in memory by random id."""
    content = Paper.objects.filter(attempt__public_id=attempt_id).values_list("content", flat=True).first()
    if content is None:
        raise AttemptNotFound
    return item_shapes(json.loads(content))


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


def get_progress(unsafe_attempt_id: str) -> Attempt:
    """The attempt without its paper and people: all that HELLO tells; raises AttemptNotFound."""
    found = Attempt.objects.only("head", "state", "epoch", "deadline").filter(public_id=unsafe_attempt_id).first()
    if found is None:
        raise AttemptNotFound
    return found


def lock_attempt(unsafe_attempt_id: str) -> Attempt:
    """The attempt, locked until the end of the transaction; raises AttemptNotFound."""
    found = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("candidate__round", "sitting", "paper")
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
    return [_entry(row, attempt, accepts_until) for row in AnswerEvent.objects.filter(attempt=attempt).order_by("sseq")]


def _entry(row: AnswerEvent, attempt: Attempt, accepts_until: datetime) -> Entry:
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
