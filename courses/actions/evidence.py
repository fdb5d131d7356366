"""Evidence files: checked and stored before the transaction, named by chance, removed again when it fails."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.canonical import sha256_hex
from core.seeded import fresh_token
from core.uploads import CleanFile, clean_file
from courses.domain.records import MOST_FILES, MOST_PHOTOS
from courses.errors import EvidenceDuplicate, LectureNotPlanned, PhotoNotImage, TooManyFiles, TooManyPhotos
from courses.models import Lecture, LectureEvidence
from courses.queries import check_may_keep, get_evidence, get_lecture, lock_lecture

FOLDER = "lectures"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: the kind of evidence, the client's file name, the bytes."""

    kind: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """A checked file that lies in the store under a random name."""

    kind: str
    file: CleanFile
    stored_name: str


def add_evidence(actor: Actor, lecture_id: str, files: Sequence[Upload], *, now: datetime) -> list[LectureEvidence]:
    """Adds files to a planned lecture. Raises NotFound, NotAllowed, LectureNotPlanned, and what `attach` and
    `clean_file` refuse; nothing is kept then.
    """
    check_may_keep(actor, get_lecture(actor, lecture_id).enterprise_id)
    with stored(files) as kept, transaction.atomic():
        lecture = lock_planned(actor, lecture_id)
        return attach(actor, lecture, kept, now=now)


@transaction.atomic
def remove_evidence(actor: Actor, evidence_id: str, *, now: datetime) -> Lecture:
    """Takes a file off a lecture that is still planned. Raises NotFound, NotAllowed, LectureNotPlanned."""
    row = get_evidence(actor, evidence_id)
    check_may_keep(actor, row.lecture.enterprise_id)
    lecture = lock_planned(actor, row.lecture.public_id)
    audit(actor, "courses.evidence_removed", lecture, details={"kind": row.kind, "sha256": row.sha256, "at": now})
    row.delete()
    transaction.on_commit(lambda: default_storage.delete(row.stored_name))
    return lecture


@contextmanager
def stored(files: Sequence[Upload]) -> Iterator[list[Stored]]:
    """Checks and stores the files; when the body fails, they are deleted again. Call it outside the transaction."""
    clean = [(upload.kind, _checked(upload)) for upload in files]
    kept: list[Stored] = []
    is_done = False
    try:
        for kind, file in clean:
            name = f"{FOLDER}/{fresh_token(16)}{file.type.suffixes[0]}"
            kept.append(Stored(kind, file, default_storage.save(name, ContentFile(file.content))))
        yield kept
        is_done = True
    finally:
        if not is_done:
            for item in kept:
                default_storage.delete(item.stored_name)


def attach(actor: Actor, lecture: Lecture, files: Sequence[Stored], *, now: datetime) -> list[LectureEvidence]:
    """Rows for stored files, one audit entry. Raises TooManyFiles, TooManyPhotos, EvidenceDuplicate."""
    existing = list(lecture.evidence.all())
    _check_counts([row.kind for row in existing] + [item.kind for item in files])
    hashes = {row.sha256 for row in existing}
    rows = []
    for item in files:
        digest = sha256_hex(item.file.content)
        if digest in hashes:
            raise EvidenceDuplicate(name=item.file.name)
        hashes.add(digest)
        rows.append(
            LectureEvidence(
                lecture=lecture,
                kind=item.kind,
                file_name=item.file.name,
                stored_name=item.stored_name,
                content_type=item.file.type.content_type,
                size_bytes=len(item.file.content),
                sha256=digest,
                uploaded_by_id=actor.user_id,
                uploaded_at=now,
            )
        )
    LectureEvidence.objects.bulk_create(rows)
    if rows:
        details = {"files": [{"kind": row.kind, "sha256": row.sha256, "size": row.size_bytes} for row in rows]}
        audit(actor, "courses.evidence_added", lecture, details=details)
    return rows


def lock_planned(actor: Actor, lecture_id: str) -> Lecture:
    """A planned lecture that the actor keeps, locked. Raises NotFound, NotAllowed, LectureNotPlanned."""
    lecture = lock_lecture(actor, lecture_id)
    check_may_keep(actor, lecture.enterprise_id)
    if lecture.state != Lecture.State.PLANNED:
        raise LectureNotPlanned
    return lecture


def _checked(upload: Upload) -> CleanFile:
    file = clean_file(upload.name, upload.content, max_bytes=settings.UPLOAD_MAX_BYTES)
    if upload.kind == LectureEvidence.Kind.PHOTO and not file.type.is_image:
        raise PhotoNotImage(name=file.name)
    return file


def _check_counts(kinds: Sequence[str]) -> None:
    if len(kinds) > MOST_FILES:
        raise TooManyFiles(limit=MOST_FILES)
    if kinds.count(LectureEvidence.Kind.PHOTO) > MOST_PHOTOS:
        raise TooManyPhotos(limit=MOST_PHOTOS)
