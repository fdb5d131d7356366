"""Evidence files: judged by their content, pictures made anew (security.md section 2)."""

import io
import re
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from core.errors import (
    EvidenceEmpty,
    EvidenceNameMismatch,
    EvidenceTooLarge,
    EvidenceTypeRefused,
    ImageDamaged,
    ImageTooLarge,
)

MOST_PIXELS: Final = 25_000_000
_MOST_ENTRIES: Final = 5_000
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class FileType:
    """An allowed type; `suffixes` are what its names may end in."""

    content_type: str
    suffixes: tuple[str, ...]
    is_image: bool = False


PDF: Final = FileType("application/pdf", (".pdf",))
JPEG: Final = FileType("image/jpeg", (".jpg", ".jpeg"), is_image=True)
PNG: Final = FileType("image/png", (".png",), is_image=True)
DOCX: Final = FileType(f"{_OFFICE}.wordprocessingml.document", (".docx",))
PPTX: Final = FileType(f"{_OFFICE}.presentationml.presentation", (".pptx",))
XLSX: Final = FileType(f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",))
_MAIN_PARTS: Final = {"word/document.xml": DOCX, "ppt/presentation.xml": PPTX, "xl/workbook.xml": XLSX}


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file fit to be kept: pictures re-encoded without metadata, other files as they came."""

    name: str
    type: FileType
    content: bytes


def clean_file(name: str, content: bytes, *, max_bytes: int) -> CleanFile:
    """Checks size, content and name of an upload; pictures are decoded and encoded anew.

    Raises EvidenceEmpty, EvidenceTooLarge, EvidenceTypeRefused, EvidenceNameMismatch, ImageTooLarge, ImageDamaged.
    """
    shown = clean_name(name)
    if not content:
        raise EvidenceEmpty(name=shown)
    if len(content) > max_bytes:
        raise EvidenceTooLarge(name=shown, limit_mb=max_bytes // (1024 * 1024))
    found = _type_of(content)
    if found is None:
        raise EvidenceTypeRefused(name=shown)
    if not shown.lower().endswith(found.suffixes):
        raise EvidenceNameMismatch(name=shown)
    return CleanFile(shown, found, _reencoded(shown, found, content) if found.is_image else content)


def clean_name(name: str) -> str:
    """The last part of a file name without control characters and what file systems dislike; at most 100 characters."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(character for character in last if unicodedata.category(character)[0] != "C")
    kept = re.sub(r"[<>:\"|?*;%]", "_", kept).strip(" .")
    return kept[-100:] or "file"


def _type_of(content: bytes) -> FileType | None:
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    return _office_type(content) if content.startswith(b"PK\x03\x04") else None


def _office_type(content: bytes) -> FileType | None:
    """By the main part of the container; macros are refused. Nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    has_macros = any(name.endswith(("vbaproject.bin", "vbadata.xml")) for name in names)
    if len(names) > _MOST_ENTRIES or has_macros or "[content_types].xml" not in names:
        return None
    return next((found for part, found in _MAIN_PARTS.items() if part in names), None)


def _reencoded(name: str, found: FileType, content: bytes) -> bytes:
    """The pixels and nothing else: no EXIF, no place, no thumbnail, nothing appended."""
    # The PDF engine switches this on for the whole process: half a picture would pass as a whole one.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as picture:
                # The size is read from the header: nothing is decoded before it is known to be small enough.
                if picture.width * picture.height > MOST_PIXELS:
                    raise ImageTooLarge(name=name)
                upright = ImageOps.exif_transpose(picture)
                pixels = upright.convert("RGBA" if found is PNG and "A" in upright.getbands() else "RGB")
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise ImageTooLarge(name=name)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise ImageDamaged(name=name)
    bare = Image.new(pixels.mode, pixels.size)
    bare.paste(pixels)
    buffer = io.BytesIO()
    if found is JPEG:
        bare.save(buffer, "JPEG", quality=85, optimize=True)
    else:
        bare.save(buffer, "PNG", optimize=False)
    return buffer.getvalue()
