"""The public log: what we said in public, in order, as leaves of one Merkle tree (security.md section 3.2).

A leaf is the canonical JSON of what was said, without private data. Leaves are append-only; a checkpoint signs their
number and root. Somebody who kept an earlier checkpoint can show that the log was rewritten or forked.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from core import merkle
from core.canonical import canonical_json
from core.models import LogLeaf
from core.signed_notes import Checkpoint, sign_checkpoint, verifier_key

# One writer at a time, until commit: leaf numbers have no gaps. SQLite's immediate transactions do the same.
_ADVISORY_LOCK = 0x434B4C47
LEAVES_PER_PAGE = 256


def append_leaf(kind: str, body: Mapping[str, object], *, now: datetime) -> LogLeaf:
    """Says `body` in public, in the transaction of the action that makes it true. `kind` is `draw.frozen` and the like."""
    assert connection.in_atomic_block, "append_leaf() outside the action's transaction"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
    number = size()
    text = canonical_json({"at": now.isoformat(timespec="seconds"), "kind": kind, "number": number, **body})
    return LogLeaf.objects.create(number=number, kind=kind, content=text, leaf_hash=_hash(text).hex(), created_at=now)


def size() -> int:
    """How many leaves the log has."""
    last = LogLeaf.objects.order_by("-number").values_list("number", flat=True).first()
    return 0 if last is None else last + 1


def leaf_hashes(size: int | None = None) -> list[bytes]:
    """The hashes of the first `size` leaves (all: None), recomputed from their content: a stored hash proves nothing."""
    texts = LogLeaf.objects.order_by("number").values_list("content", flat=True)
    return [_hash(text) for text in (texts if size is None else texts[:size])]


def leaves_page(page: int) -> list[str]:
    """The texts of leaves `page` × 256 and on, at most 256. A full page never changes."""
    first = page * LEAVES_PER_PAGE
    rows = LogLeaf.objects.filter(number__gte=first, number__lt=first + LEAVES_PER_PAGE).order_by("number")
    return list(rows.values_list("content", flat=True))


def latest_leaves(count: int) -> list[LogLeaf]:
    """The last leaves, newest first."""
    return list(LogLeaf.objects.order_by("-number")[:count])


def signed_checkpoint() -> str:
    """The checkpoint of now, in the C2SP form."""
    leaves = leaf_hashes()
    return sign_checkpoint(Checkpoint(origin(), len(leaves), merkle.root(leaves)), settings.SIGNING_KEY)


def log_verifier_key() -> str:
    """What a witness notes once, from another place than the log itself."""
    return verifier_key(origin(), settings.SIGNING_KEY)


def origin() -> str:
    """The log's name: the host of this site, and a fixed word."""
    return f"{urlsplit(settings.BASE_URL).netloc}/choukao-log"


def _hash(text: str) -> bytes:
    return merkle.leaf_hash(text.encode())
