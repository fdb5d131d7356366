"""The formats that questions come in. A new format is a module here and one line in `PARSERS`."""

from collections.abc import Callable, Mapping
from typing import Final

from question_bank.domain.importing.formats.table import parse_table
from question_bank.domain.importing.raw import Parsed
from question_bank.errors import ImportEmpty, UnknownFormat

Parser = Callable[[bytes, str], Parsed]

PARSERS: Final[Mapping[str, Parser]] = {"csv": parse_table, "xlsx": parse_table}


def detect_format(data: bytes, file_name: str) -> str:
    """The format from content and name: a zip container or an old Excel file is `xlsx` (whose reader explains itself)."""
    suffix = file_name.rpartition(".")[2].lower()
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")) or suffix in {"xlsx", "xls", "xlsm", "xlsb"}:
        return "xlsx"
    if suffix in {"csv", "tsv"}:
        return "csv"
    raise UnknownFormat(name=file_name[:60], formats="、".join(PARSERS))


def parse_file(data: bytes, file_name: str, format_name: str | None = None) -> Parsed:
    """Brings a file to rows of the template. Raises `UnknownFormat`, `ImportEmpty`, or what the format's reader raises."""
    parser = PARSERS.get(format_name or detect_format(data, file_name))
    if parser is None:
        raise UnknownFormat(name=file_name[:60], formats="、".join(PARSERS))
    name = (
        file_name
        if file_name.rpartition(".")[2].lower() in PARSERS or format_name is None
        else f"{file_name}.{format_name}"
    )
    parsed = parser(data, name)
    if not parsed.questions:
        raise ImportEmpty
    return parsed
