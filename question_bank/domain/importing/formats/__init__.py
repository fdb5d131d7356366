"""The formats that questions come in. A new format is a module here and one line in `PARSERS`."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Final

from core.spreadsheets import decode_text
from question_bank.domain.importing.formats.aiken import parse_aiken
from question_bank.domain.importing.formats.docx import parse_docx
from question_bank.domain.importing.formats.gift import parse_gift
from question_bank.domain.importing.formats.moodle_xml import parse_moodle_xml
from question_bank.domain.importing.formats.package import MAX_ENTRIES
from question_bank.domain.importing.formats.qti import parse_qti
from question_bank.domain.importing.formats.table import parse_table
from question_bank.domain.importing.formats.text import parse_text
from question_bank.domain.importing.raw import Parsed
from question_bank.errors import ImportEmpty, UnknownFormat

Parser = Callable[[bytes, str], Parsed]

PARSERS: Final[Mapping[str, Parser]] = {
    "csv": parse_table,
    "xlsx": parse_table,
    "text": parse_text,
    "gift": parse_gift,
    "aiken": parse_aiken,
    "moodle-xml": parse_moodle_xml,
    "docx": parse_docx,
    "qti": parse_qti,
}
_OLE: Final = b"\xd0\xcf\x11\xe0"
_SUFFIXES: Final = {
    "xlsx": "xlsx", "xls": "xlsx", "xlsm": "xlsx", "xlsb": "xlsx", "csv": "csv", "tsv": "csv", "gift": "gift", "docx": "docx", "doc": "docx",
}  # fmt: skip
_AIKEN_ANSWER: Final = re.compile(r"^\s*ANSWER\s*:\s*[A-Z]\s*$", re.MULTILINE | re.IGNORECASE)
_CHINESE_ANSWER: Final = re.compile(r"^\s*[【\[]?(?:正确|参考|标准)?答案[】\]]?\s*[:：]", re.MULTILINE)
_GIFT_ANSWER: Final = re.compile(r"\{\s*(?:[=~#]|T(?:RUE)?\s*[#}]|F(?:ALSE)?\s*[#}])", re.IGNORECASE)
# What a table reader recognises a file by; the names matter only to it.
_TABLE_NAMES: Final = {"csv": "x.csv", "xlsx": "x.xlsx"}


def detect_format(data: bytes, file_name: str) -> str:
    """The format from content and name. Raises `UnknownFormat`, and what decoding a text raises.

    A zip container or an old Excel file is `xlsx`, whose reader explains itself.
    """
    if data.startswith(b"PK"):
        return _package_format(data)
    if data.startswith(_OLE):
        return "xlsx"
    suffix = file_name.rpartition(".")[2].lower()
    if suffix == "xml":
        return _xml_format(data[:4000].decode("utf-8", "replace"))
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    if suffix != "txt":
        raise UnknownFormat(name=file_name[:60], formats="、".join(PARSERS))
    return _text_format(decode_text(data))


def _package_format(data: bytes) -> str:
    """What kind of zip it is, by the names inside; the reader of Excel explains everything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {entry.filename for entry in archive.infolist()[:MAX_ENTRIES]}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "xlsx"
    if "word/document.xml" in names:
        return "docx"
    return "qti" if any(name.rpartition("/")[2] == "imsmanifest.xml" for name in names) else "xlsx"


def _xml_format(head: str) -> str:
    return "qti" if re.search(r"<(?:\w+:)?(?:qti-assessment-item|assessmentItem)\b", head) else "moodle-xml"


def _text_format(text: str) -> str:
    if "<quiz" in text[:2000] or "<assessmentItem" in text[:2000] or "<qti-assessment-item" in text[:2000]:
        return _xml_format(text[:2000])
    if _CHINESE_ANSWER.search(text):
        return "text"
    if _AIKEN_ANSWER.search(text):
        return "aiken"
    if _GIFT_ANSWER.search(text) or text.lstrip().startswith(("$CATEGORY:", "::")):
        return "gift"
    header = text.lstrip().partition("\n")[0]
    return "csv" if "题干" in header and ("," in header or "\t" in header) else "text"


def parse_file(data: bytes, file_name: str, format_name: str | None = None) -> Parsed:
    """Brings a file to rows of the template. Raises `UnknownFormat`, `ImportEmpty`, or what the format's reader raises."""
    found = format_name or detect_format(data, file_name)
    if found not in PARSERS:
        raise UnknownFormat(name=file_name[:60], formats="、".join(PARSERS))
    parsed = PARSERS[found](data, _TABLE_NAMES.get(found, file_name))
    if not parsed.questions and not parsed.unsupported:
        raise ImportEmpty
    return parsed
