"""The formats that questions come in. A new format is a module here and one line in `PARSERS`."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from core.spreadsheets import decode_text
from question_bank.domain.importing.formats.aiken import parse_aiken
from question_bank.domain.importing.formats.gift import parse_gift
from question_bank.domain.importing.formats.moodle_xml import parse_moodle_xml
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
}
_OLE: Final = b"\xd0\xcf\x11\xe0"
_SUFFIXES: Final = {
    "xlsx": "xlsx", "xls": "xlsx", "xlsm": "xlsx", "xlsb": "xlsx", "csv": "csv", "tsv": "csv", "gift": "gift", "xml": "moodle-xml",
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
    if data.startswith((b"PK", _OLE)):
        return "xlsx"
    suffix = file_name.rpartition(".")[2].lower()
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    if suffix != "txt":
        raise UnknownFormat(name=file_name[:60], formats="、".join(PARSERS))
    return _text_format(decode_text(data))


def _text_format(text: str) -> str:
    if "<quiz" in text[:2000]:
        return "moodle-xml"
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
