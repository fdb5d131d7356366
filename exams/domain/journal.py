"""The answer journal: one chain of events for each attempt, and the answers that follow from it (answers.md, Records).

Order and duplication of delivery cannot matter: the effective answer of an item is the event with the greatest
(epoch, seq) that is not late, or was accepted by a decision.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from core.canonical import canonical_sha256
from exams.domain.messages import Event

# The hash of the null answer: what an unanswered item contributes to the final receipt.
BLANK_SHA256 = canonical_sha256(None)


@dataclass(frozen=True, slots=True)
class Position:
    """Where the chain stands: the last hash, and the server sequence number that comes next (from 1)."""

    head: str
    next_sseq: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One stored event. `accepted` is true where a decision accepted a late one."""

    epoch: int
    cid: str
    seq: int
    item: str
    answer: object
    answer_sha256: str
    server_ts: datetime
    late: bool
    sseq: int
    chain: str
    accepted: bool = False

    @property
    def counts(self) -> bool:
        return self.accepted or not self.late


def genesis(attempt: str, paper_sha256: str) -> Position:
    """Where the chain of an attempt begins: bound to the attempt and to its frozen paper."""
    return Position(head=hashlib.sha256(f"genesis/1|{attempt}|{paper_sha256}".encode("ascii")).hexdigest())


def timestamp(moment: datetime) -> str:
    """`2026-11-23T10:31:07.000123Z`: UTC with microseconds, the only spelling in chains and receipts."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def chain_hash(head: str, attempt: str, entry: Entry) -> str:
    """SHA-256(previous head | attempt | epoch | cid | seq | item | sha256(answer) | sseq | server_ts)."""
    fields = (
        f"{head}|{attempt}|{entry.epoch}|{entry.cid}|{entry.seq}|{entry.item}|{entry.answer_sha256}|{entry.sseq}|"
        f"{timestamp(entry.server_ts)}"
    )
    return hashlib.sha256(fields.encode()).hexdigest()


def append(
    position: Position,
    event: Event,
    *,
    attempt: str,
    epoch: int,
    cid: str,
    server_ts: datetime,
    late: bool,
) -> tuple[Entry, Position]:
    """The entry that `event` becomes at `position`, and where the chain stands then.

    `server_ts` must have been read after the attempt was locked, or be guarded by a condition on `position`.
    """
    entry = Entry(
        epoch=epoch,
        cid=cid,
        seq=event.seq,
        item=event.item,
        answer=event.answer,
        answer_sha256=event.answer_sha256,
        server_ts=server_ts,
        late=late,
        sseq=position.next_sseq,
        chain="",
    )
    chained = replace(entry, chain=chain_hash(position.head, attempt, entry))
    return chained, Position(head=chained.chain, next_sseq=position.next_sseq + 1)


def effective_entries(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Item → the entry with the greatest (epoch, seq) that counts. Any order, any duplicates give the same."""
    effective: dict[str, Entry] = {}
    for entry in entries:
        if not entry.counts:
            continue
        known = effective.get(entry.item)
        if known is None or (entry.epoch, entry.seq) > (known.epoch, known.seq):
            effective[entry.item] = entry
    return effective


def effective_answers(entries: Iterable[Entry]) -> dict[str, object]:
    """Item → answer JSON; items that were cleared or never touched are absent."""
    return {item: entry.answer for item, entry in effective_entries(entries).items() if entry.answer is not None}


def answer_hashes(entries: Iterable[Entry], items: Iterable[str]) -> dict[str, str]:
    """Item → SHA-256 of its effective answer for every item of the paper; blanks are the hash of null."""
    effective = effective_entries(entries)
    return {item: effective[item].answer_sha256 if item in effective else BLANK_SHA256 for item in items}


def first_broken(entries: Sequence[Entry], *, attempt: str, start: Position) -> int | None:
    """The sseq of the first entry that does not follow from the one before, or None: the chain holds.

    Finds a changed field, a gap, a repeated number, a removed entry in the middle, and time running backwards.
    """
    position, last_ts = start, None
    for entry in sorted(entries, key=lambda entry: entry.sseq):
        in_time = last_ts is None or entry.server_ts >= last_ts
        honest = entry.answer_sha256 == canonical_sha256(entry.answer)
        follows = entry.sseq == position.next_sseq and entry.chain == chain_hash(position.head, attempt, entry)
        if not (in_time and honest and follows):
            return entry.sseq
        position, last_ts = Position(entry.chain, entry.sseq + 1), entry.server_ts
    return None


def missing_seqs(have: Iterable[int], last_seq: int) -> list[int]:
    """The numbers of 1…last_seq that never arrived."""
    arrived = set(have)
    return [seq for seq in range(1, last_seq + 1) if seq not in arrived]


def differing_items(claimed: Mapping[str, str], hashes: Mapping[str, str]) -> list[str]:
    """Items where the candidate's screen and the server disagree; an item that is not claimed is claimed blank."""
    return [item for item, sha in hashes.items() if claimed.get(item, BLANK_SHA256) != sha]
