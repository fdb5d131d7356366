"""Lectures and their evidence."""

import io
import itertools
import zipfile
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from courses.models import Lecture, LectureEvidence
from registry.models import Enterprise
from tests.factories.registry import make_appointment

_numbers = itertools.count(1)
CREATED_AT = datetime(2026, 10, 8, 1, 0, tzinfo=UTC)


def make_lecture(**over: Any) -> Lecture:
    """A planned lecture for the second half of 2026; the enterprise gets a principal when no lecturer is given."""
    enterprise: Enterprise | None = over.pop("enterprise", None)
    lecturer = over.pop("lecturer", None)
    if lecturer is None:
        appointment = make_appointment(**({"enterprise": enterprise} if enterprise else {}))
        enterprise, lecturer = appointment.enterprise, appointment.person
    fields = {
        "enterprise": enterprise,
        "lecturer": lecturer,
        "year": 2026,
        "half": 2,
        "title": "吸取事故教训，落实主体责任",
        "planned_at": datetime(2026, 11, 10, 1, 0, tzinfo=UTC),
        "created_at": CREATED_AT,
    }
    return Lecture.objects.create(**{**fields, **over})


def make_evidence(lecture: Lecture, kind: str, **over: Any) -> LectureEvidence:
    """A row without a file behind it."""
    number = next(_numbers)
    fields = {
        "file_name": f"材料{number}.pdf",
        "stored_name": f"lectures/{number}.pdf",
        "content_type": "application/pdf",
        "size_bytes": 1000,
        "sha256": f"{number:064}",
        "uploaded_at": CREATED_AT,
    }
    return LectureEvidence.objects.create(lecture=lecture, kind=kind, **{**fields, **over})


def make_all_evidence(lecture: Lecture) -> list[LectureEvidence]:
    """What a record needs: outline, sign-in list, two photos."""
    return [make_evidence(lecture, kind) for kind in ("outline", "sign_in", "photo", "photo")]


def photo(name: str = "JPEG", size: tuple[int, int] = (64, 48), **save: Any) -> bytes:
    """A picture, its colour different each time."""
    number = next(_numbers)
    buffer = io.BytesIO()
    Image.new("RGB", size, (number * 37 % 256, number * 91 % 256, 90)).save(buffer, name, **save)
    return buffer.getvalue()


def office(main_part: str = "word/document.xml", *more: str) -> bytes:
    """The smallest container that looks like an office file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for part in ("[Content_Types].xml", main_part, *more):
            archive.writestr(part, f"<x n='{next(_numbers)}'/>")
    return buffer.getvalue()


def pdf() -> bytes:
    """Bytes that begin like a PDF, different each time."""
    return b"%PDF-1.7\n% " + str(next(_numbers)).encode()
