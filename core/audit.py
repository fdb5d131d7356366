"""The audit chain: every action leaves one entry, in the same transaction (security.md section 3.1)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC

from django.db import connection, models

from core.actor import Actor
from core.canonical import canonical_json, sha256_hex
from core.clock import now
from core.models import AuditEntry

GENESIS = "0" * 64
# One writer at a time: PostgreSQL takes this advisory lock until commit; SQLite's immediate transactions do the same.
_ADVISORY_LOCK = 0x43484B41


@dataclass(frozen=True, slots=True)
class Break:
    """The first place at which the chain does not hold."""

    sequence: int
    problem: str


def audit(
    actor: Actor,
    action: str,
    obj: models.Model,
    *,
    details: Mapping[str, object] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Appends one entry about `obj`. `details` must hold no private datum in clear: ids, hashes, counts, states.

    Must run inside the transaction of the action (asserted), so that both happen or neither.
    """
    assert connection.in_atomic_block, "audit() outside the action's transaction"
    last = _take_the_pen()
    sequence, previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
    entry = AuditEntry(
        sequence=sequence,
        at=now(),
        actor_user_id=actor.user_id,
        actor_person_id=actor.person_id,
        actor_label=actor.label[:120],
        roles=",".join(sorted(actor.roles))[:200],
        address=actor.address[:64],
        action=action,
        object_type=obj._meta.label_lower,
        object_id=str(getattr(obj, "public_id", obj.pk)),
        object_label=str(obj)[:200],
        details=canonical_json(dict(details or {})),
        reason=reason,
        previous_hash=previous,
    )
    entry.entry_hash = entry_hash(entry)
    entry.save(force_insert=True)
    return entry


def entry_hash(entry: AuditEntry) -> str:
    """SHA-256 over the previous hash and the canonical JSON of everything the entry says."""
    content = canonical_json(
        {
            "sequence": entry.sequence,
            "at": entry.at.astimezone(UTC).isoformat(),
            "user": entry.actor_user_id,
            "person": entry.actor_person_id,
            "label": entry.actor_label,
            "roles": entry.roles,
            "address": entry.address,
            "action": entry.action,
            "object_type": entry.object_type,
            "object_id": entry.object_id,
            "object_label": entry.object_label,
            "details": entry.details,
            "reason": entry.reason,
        },
    )
    return sha256_hex(f"{entry.previous_hash}|{content}")


def first_break(expected_head: str | None = None) -> Break | None:
    """Recomputes the whole chain; None when it holds. With `expected_head`, an entry with that hash must exist."""
    previous, sequence, head_seen = GENESIS, 0, expected_head is None
    for entry in _entries():
        sequence += 1
        if entry.sequence != sequence:
            return Break(sequence, f"entry {sequence} is missing (found {entry.sequence})")
        if entry.previous_hash != previous:
            return Break(sequence, "does not continue the entry before it")
        if entry.entry_hash != entry_hash(entry):
            return Break(sequence, "content does not match its hash")
        previous = entry.entry_hash
        head_seen = head_seen or previous == expected_head
    return None if head_seen else Break(sequence, f"no entry has the expected head {expected_head}")


def head() -> tuple[int, str]:
    """Number and hash of the last entry: to be noted outside this server."""
    last = AuditEntry.objects.order_by("-sequence").values_list("sequence", "entry_hash").first()
    return last or (0, GENESIS)


def _entries() -> Iterator[AuditEntry]:
    return AuditEntry.objects.order_by("sequence").iterator(chunk_size=2000)


def _take_the_pen() -> tuple[int, str] | None:
    """Number and hash of the last entry, which stays the last one until the transaction ends."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        cursor.execute("SELECT sequence, entry_hash FROM core_auditentry ORDER BY sequence DESC LIMIT 1")
        last: tuple[int, str] | None = cursor.fetchone()
    return last
