"""The file behind a flag or an excuse: checked and stored before the transaction, removed again when it fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from core.actor import Actor
from core.canonical import sha256_hex
from core.seeded import fresh_token
from core.uploads import CleanFile, clean_file
from draws.models import Evidence, Replacement, RosterFlag

FOLDER = "draw-evidence"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: the client's file name, the bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """A checked file that lies in the store under a random name."""

    file: CleanFile
    stored_name: str
    sha256: str


@contextmanager
def stored(upload: Upload | None) -> Iterator[Stored | None]:
    """Checks and stores the file, if there is one; deleted again when the body fails. Call it outside the transaction."""
    if upload is None:
        yield None
        return
    clean = clean_file(upload.name, upload.content, max_bytes=settings.UPLOAD_MAX_BYTES)
    name = f"{FOLDER}/{fresh_token(16)}{clean.type.suffixes[0]}"
    kept = Stored(clean, default_storage.save(name, ContentFile(clean.content)), sha256_hex(clean.content))
    is_done = False
    try:
        yield kept
        is_done = True
    finally:
        if not is_done:
            default_storage.delete(kept.stored_name)


def attach(
    actor: Actor,
    kept: Stored | None,
    *,
    now: datetime,
    flag: RosterFlag | None = None,
    replacement: Replacement | None = None,
) -> str:
    """The row of a stored file, in the caller's transaction; gives its hash for the audit entry, or nothing."""
    if kept is None:
        return ""
    Evidence.objects.create(
        flag=flag,
        replacement=replacement,
        file_name=kept.file.name,
        stored_name=kept.stored_name,
        content_type=kept.file.type.content_type,
        size_bytes=len(kept.file.content),
        sha256=kept.sha256,
        uploaded_by_id=actor.user_id,
        uploaded_at=now,
    )
    return kept.sha256


def discard(flag: RosterFlag) -> None:
    """Takes the files of a flag that is withdrawn away with it; the audit entry keeps their hashes."""
    for row in flag.files.all():
        name = row.stored_name
        row.delete()
        transaction.on_commit(lambda name=name: default_storage.delete(name))  # type: ignore[misc]
