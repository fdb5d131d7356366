"""Files that belong to a sitting: pictures and documents of incidents, photos of a check-in.

Checked by their content, pictures made anew without place and camera, stored under a random name before the transaction
begins, and taken away again when it fails.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from core.canonical import sha256_hex
from core.seeded import fresh_token
from core.uploads import CleanFile, clean_file
from exams.errors import PhotoNeeded, TooManyEvidenceFiles

FOLDER: Final = "sittings"
MOST_FILES: Final = 5


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: the client's name for it, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A checked file in the store."""

    file: CleanFile
    stored_name: str
    sha256: str


@contextmanager
def stored_files(uploads: Sequence[Upload], *, pictures_only: bool = False) -> Iterator[list[StoredFile]]:
    """Checks and stores; deletes again when the body fails. Call it outside the transaction.

    Raises TooManyEvidenceFiles, PhotoNeeded, and what `clean_file` refuses; nothing is kept then.
    """
    if len(uploads) > MOST_FILES:
        raise TooManyEvidenceFiles(limit=MOST_FILES)
    clean = [clean_file(upload.name, upload.content, max_bytes=settings.UPLOAD_MAX_BYTES) for upload in uploads]
    if pictures_only and not all(file.type.is_image for file in clean):
        raise PhotoNeeded
    kept: list[StoredFile] = []
    is_done = False
    try:
        for file in clean:
            name = f"{FOLDER}/{fresh_token(16)}{file.type.suffixes[0]}"
            kept.append(
                StoredFile(file, default_storage.save(name, ContentFile(file.content)), sha256_hex(file.content))
            )
        yield kept
        is_done = True
    finally:
        if not is_done:
            for item in kept:
                default_storage.delete(item.stored_name)
