"""Evidence files, hostile ones too."""

import io
import struct
import zlib

import pytest
from PIL import Image

from core.errors import (
    EvidenceEmpty,
    EvidenceNameMismatch,
    EvidenceTooLarge,
    EvidenceTypeRefused,
    ImageDamaged,
    ImageTooLarge,
)
from core.uploads import DOCX, JPEG, PDF, PNG, PPTX, XLSX, FileType, clean_file, clean_name
from tests.factories.courses import office, pdf, photo

LIMIT = 20 * 1024 * 1024


def png_of(width: int, height: int) -> bytes:
    """A header that promises so many pixels, and hardly any data."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("提纲.pdf", pdf(), PDF),
        ("提纲.DOCX", office("word/document.xml"), DOCX),
        ("课件.pptx", office("ppt/presentation.xml"), PPTX),
        ("签到.xlsx", office("xl/workbook.xml"), XLSX),
    ],
)
def test_clean_file_of_a_document_keeps_its_bytes(name: str, content: bytes, found: FileType) -> None:
    cleaned = clean_file(name, content, max_bytes=LIMIT)

    assert (cleaned.name, cleaned.type, cleaned.content) == (name, found, content)


@pytest.mark.parametrize(
    ("name", "form", "found"), [("a.jpg", "JPEG", JPEG), ("a.jpeg", "JPEG", JPEG), ("a.png", "PNG", PNG)]
)
def test_clean_file_of_a_picture_keeps_the_pixels_only(name: str, form: str, found: FileType) -> None:
    exif = Image.Exif()
    exif[0x010F] = "CANARY-CAMERA"
    hostile = photo(form, exif=exif) + b"<script>alert('CANARY-TAIL')</script>"

    cleaned = clean_file(name, hostile, max_bytes=LIMIT)

    assert cleaned.type is found
    assert b"CANARY-CAMERA" in hostile
    assert b"CANARY" not in cleaned.content
    with Image.open(io.BytesIO(cleaned.content)) as picture:
        assert (picture.size, dict(picture.getexif())) == ((64, 48), {})


def test_clean_file_turns_a_picture_upright_before_its_exif_goes() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    cleaned = clean_file("a.jpg", photo(exif=exif), max_bytes=LIMIT)

    with Image.open(io.BytesIO(cleaned.content)) as picture:
        assert picture.size == (48, 64)


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("a.pdf", b"", EvidenceEmpty),
        ("a.pdf", b"%PDF-" + b"x" * LIMIT, EvidenceTooLarge),
        ("a.html", b"<html><script>alert(1)</script>", EvidenceTypeRefused),
        ("a.svg", b"<svg onload='alert(1)'/>", EvidenceTypeRefused),
        ("a.exe", b"MZ\x90\x00", EvidenceTypeRefused),
        ("a.docx", office("readme.txt"), EvidenceTypeRefused),
        ("a.docx", office("word/document.xml", "word/vbaProject.bin"), EvidenceTypeRefused),
        ("a.docx", b"PK\x03\x04broken", EvidenceTypeRefused),
        ("a.gif", b"GIF89a" + b"\x00" * 20, EvidenceTypeRefused),
        ("a.jpg", pdf(), EvidenceNameMismatch),
        ("a.pdf", photo(), EvidenceNameMismatch),
        ("a.pdf.exe", pdf(), EvidenceNameMismatch),
        ("a.jpg", b"\xff\xd8\xff\xe0broken", ImageDamaged),
        ("a.png", b"\x89PNG\r\n\x1a\nbroken", ImageDamaged),
        ("a.png", png_of(50_000, 50_000), ImageTooLarge),
        ("a.png", png_of(10_000, 9_500), ImageTooLarge),
        ("a.png", png_of(5_000, 5_001), ImageTooLarge),
        ("a.png", png_of(4_000, 4_000), ImageDamaged),
    ],
)
def test_clean_file_that_is_not_what_it_should_be_is_refused(
    name: str, content: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        clean_file(name, content, max_bytes=LIMIT)


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\签到表.pdf", "签到表.pdf"),
        ("a\x00b\r\n\u202e.pdf", "ab.pdf"),
        ('x"; filename="y.pdf', "x__ filename=_y.pdf"),
        ("", "file"),
        ("..", "file"),
        ("长" * 300 + ".pdf", "长" * 96 + ".pdf"),
    ],
)
def test_clean_name_keeps_the_last_part_without_tricks(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned
