"""Spreadsheets in and out, for every room: untrusted .xlsx and .csv become rows of typed cells, and rows become safe files.

Reading trusts nothing: real unzipped bytes are counted, only the inspected parts reach the parser, and each refusal
says what to do. Writing never produces a formula (security.md section 2).
"""

import csv
import io
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

import python_calamine
import xlsxwriter

from core.errors import DomainError, gettext_noop


class SpreadsheetRefused(DomainError):
    """Every reason why a file cannot be read as a spreadsheet."""

    code = "spreadsheet_refused"
    message = gettext_noop("无法读取该文件。")


class FileEmpty(SpreadsheetRefused):
    """Zero bytes, or no row with content."""

    code = "file_empty"
    message = gettext_noop("文件是空的。请在模板中填写内容后再上传。")


class FileTooLarge(SpreadsheetRefused):
    """More bytes than allowed, compressed or after unzipping."""

    code = "file_too_large"
    message = gettext_noop("文件过大：超过 {limit_mb} MB。请删除图片和无关工作表，或拆分成几个文件后再上传。")


class UnknownFileType(SpreadsheetRefused):
    """Neither .xlsx nor .csv."""

    code = "unknown_file_type"
    message = gettext_noop("不支持的文件类型。请另存为“Excel 工作簿（.xlsx）”或“CSV UTF-8（.csv）”后再上传。")


class OldExcelFile(SpreadsheetRefused):
    """The binary formats .xls and .xlsb."""

    code = "old_excel_file"
    message = gettext_noop(
        "这是旧版 Excel 文件（.xls 或 .xlsb）。请在 Excel 或 WPS 中打开，另存为“Excel 工作簿（.xlsx）”后再上传。"
    )


class FileEncrypted(SpreadsheetRefused):
    """A workbook with a password."""

    code = "file_encrypted"
    message = gettext_noop("该工作簿设有打开密码。请在 Excel 或 WPS 中取消密码，保存后再上传。")


class MacrosRefused(SpreadsheetRefused):
    """A workbook that carries macros."""

    code = "macros_refused"
    message = gettext_noop("该工作簿含有宏。请另存为不含宏的“Excel 工作簿（.xlsx）”后再上传。")


class ExternalLinksRefused(SpreadsheetRefused):
    """A workbook whose values come from other files."""

    code = "external_links_refused"
    message = gettext_noop("该工作簿引用了其他文件的数据。请把引用粘贴为数值，断开链接后再上传。")


class FileDamaged(SpreadsheetRefused):
    """A truncated or malformed workbook."""

    code = "file_damaged"
    message = gettext_noop("文件已损坏或不完整，无法打开。请用 Excel 或 WPS 打开原文件，重新另存后再上传。")


class HostileFile(SpreadsheetRefused):
    """A container that no office program writes: entities, paths, links, too many parts."""

    code = "hostile_file"
    message = gettext_noop("文件内部结构异常，出于安全原因没有读取。请把内容复制到新下载的模板中再上传。")


class SheetTooLarge(SpreadsheetRefused):
    """More rows, columns or cells than allowed."""

    code = "sheet_too_large"
    message = gettext_noop("表格过大：最多 {rows} 行、{columns} 列。请删除多余的行列，或拆分成几个文件后再上传。")


class UndecodableText(SpreadsheetRefused):
    """Bytes that are text in none of the encodings that Excel writes here."""

    code = "undecodable_text"
    message = gettext_noop("无法识别文件的文字编码。请另存为“CSV UTF-8（.csv）”或“Excel 工作簿（.xlsx）”后再上传。")


class MalformedCsv(SpreadsheetRefused):
    """A quotation mark that never closes, or a NUL byte."""

    code = "malformed_csv"
    message = gettext_noop(
        "CSV 文件第 {line} 行附近格式有误（引号不成对，或含有非法字符）。请用 Excel 打开检查后重新另存。"
    )


class CellTooLong(SpreadsheetRefused):
    """A cell longer than Excel itself allows."""

    code = "cell_too_long"
    message = gettext_noop("第 {line} 行附近有单元格超过 {limit} 字。请缩短内容后再上传。")


class MissingColumns(SpreadsheetRefused):
    """The header row lacks required columns."""

    code = "missing_columns"
    message = gettext_noop("表头缺少以下列：{missing}。请使用下载的模板，不要修改第一行的列名。")


class DuplicateColumns(SpreadsheetRefused):
    """The same header twice."""

    code = "duplicate_columns"
    message = gettext_noop("表头中“{title}”出现了两次。请删除重复的列后再上传。")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost. Bytes, counts, characters."""

    max_bytes: int = 30 * 1024 * 1024
    max_unzipped_bytes: int = 256 * 1024 * 1024
    max_entries: int = 200
    max_rows: int = 200_000
    max_columns: int = 200
    max_cells: int = 5_000_000
    max_cell_chars: int = 32_767


DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that shows an error (`#N/A`), or a formula whose result was never stored (`formula`)."""

    what: str


# What a cell holds, by Python type: text typed as text is `str`; a number typed as a number is `float`.
CellValue = str | float | bool | datetime | date | time | timedelta | CellError | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number` is the one that a spreadsheet shows, from 1. Cells from column A on, as many as there are."""

    number: int
    cells: tuple[CellValue, ...]

    @property
    def is_empty(self) -> bool:
        return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet. `rows()` reads lazily and may refuse in the middle; `merged` are (row, column, row, column) from 1."""

    name: str
    merged: tuple[tuple[int, int, int, int], ...]
    rows: Callable[[], Iterator[Row]]


def read_workbook(data: bytes, filename: str, limits: Limits = DEFAULT_LIMITS) -> tuple[Sheet, ...]:
    """The visible sheets of an .xlsx or .csv file, recognised by content before name.

    Raises a `SpreadsheetRefused` subclass; nothing is ever read by halves.
    """
    if len(data) > limits.max_bytes:
        raise FileTooLarge(limit_mb=limits.max_bytes // (1024 * 1024))
    if not data.strip():
        raise FileEmpty
    if data.startswith(_OLE_MAGIC):
        raise FileEncrypted if _ENCRYPTED_STREAM in data else OldExcelFile
    if data.startswith(b"PK"):
        return _read_xlsx(data, limits)
    if filename.lower().endswith((".xlsx", ".xlsm")):
        raise FileDamaged
    if not filename.lower().endswith((".csv", ".txt", ".tsv")):
        raise UnknownFileType
    return (_csv_sheet(decode_text(data), filename, limits),)


_OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")


# --- text -----------------------------------------------------------------------------------------------------------


def decode_text(data: bytes) -> str:
    """Text from UTF-8 with and without BOM, UTF-16 with and without BOM, or GB18030 (which contains GBK).

    Raises `UndecodableText`; NUL characters in the result count as undecodable.
    """
    for encoding in _candidate_encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text and (encoding[-2:] not in {"le", "be"} or _has_separators(text)):
            return text.removeprefix("\ufeff")
    raise UndecodableText


def _has_separators(text: str) -> bool:
    """Whether bytes guessed to be UTF-16 make sense: binary data seldom gives line ends or delimiters."""
    return not set(text).isdisjoint("\n\r,;\t")


def _candidate_encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith(b"\xef\xbb\xbf"):
        return ("utf-8-sig",)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    sample = data[:4096]
    if b"\x00" in sample:
        # Commas and line ends of a UTF-16 file are the only bytes with a NUL beside them; which side tells the order.
        return ("utf-16-le",) if sample[1::2].count(0) >= sample[0::2].count(0) else ("utf-16-be",)
    return ("utf-8", "gb18030")


def _csv_sheet(text: str, filename: str, limits: Limits) -> Sheet:
    longest = max(map(len, text.splitlines()), default=0)
    if longest > limits.max_cell_chars * 16:
        raise CellTooLong(line=1, limit=limits.max_cell_chars)
    delimiter = _delimiter(text)
    return Sheet(filename, (), lambda: _csv_rows(text, delimiter, limits))


def _delimiter(text: str) -> str:
    header = text.lstrip("\r\n").split("\n", 1)[0]
    return max((",", "\t", ";"), key=header.count)


def _csv_rows(text: str, delimiter: str, limits: Limits) -> Iterator[Row]:
    csv.field_size_limit(limits.max_cell_chars * 4)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field larger" in str(error):
                raise CellTooLong(line=reader.line_num, limit=limits.max_cell_chars) from error
            raise MalformedCsv(line=reader.line_num) from error
        number += 1
        if number > limits.max_rows or len(cells) > limits.max_columns:
            raise SheetTooLarge(rows=limits.max_rows, columns=limits.max_columns)
        if any(len(cell) > limits.max_cell_chars for cell in cells):
            raise CellTooLong(line=reader.line_num, limit=limits.max_cell_chars)
        yield Row(number, tuple(cell or None for cell in cells))


# --- workbooks ------------------------------------------------------------------------------------------------------

_PART: Final = re.compile(r"(?:\[Content_Types\]\.xml|(?:[\w.-]+/)*[\w.-]*\.(?:xml|rels))\Z", re.ASCII)
_PLAIN_CELL: Final = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,9})"[^>/]*(/?)>')
_OTHER_CELL: Final = re.compile(rb"<c[^ a-zA-Z]|<\w+:c[\s>/]")
_CELL: Final = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,9})[\"'][^>/]*(/?)>")
_ANY_CELL: Final = re.compile(rb"<(?:\w+:)?c[\s>/]")
_ERROR_CELL: Final = re.compile(
    rb"<(?:\w+:)?c\s(?=[^>]*\st\s*=\s*[\"']e[\"'])[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,9})[\"'][^>]*>"
    rb"(?:\s*<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>))?\s*<(?:\w+:)?v>([^<]*)<",
)
_UNCOMPUTED: Final = re.compile(
    rb"<(?:\w+:)?c\s(?![^>]*\st\s*=\s*[\"']str[\"'])[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,9})[\"'][^>]*>"
    rb"\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>|</(?:\w+:)?c>)",
)


def _read_xlsx(data: bytes, limits: Limits) -> tuple[Sheet, ...]:
    parts = _inspected_parts(data, limits)
    worksheets = _worksheet_paths(parts)
    for path in worksheets.values():
        _check_extent(parts[path], limits)
    oddities = {name: _odd_cells(parts[path]) for name, path in worksheets.items()}
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(_repacked(parts)))
        visible = [meta.name for meta in book.sheets_metadata if _is_visible_worksheet(meta)]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise FileDamaged from error
    if not visible:
        raise FileEmpty
    return tuple(_calamine_sheet(book, name, odd=oddities.get(name, {}), limits=limits) for name in visible)


def _is_visible_worksheet(meta: python_calamine.SheetMetadata) -> bool:
    return (
        meta.visible == python_calamine.SheetVisibleEnum.Visible and meta.typ == python_calamine.SheetTypeEnum.WorkSheet
    )


def _inspected_parts(data: bytes, limits: Limits) -> dict[str, bytes]:
    """The XML parts by path, after counting every real byte of the container. Only these reach the parser."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries, limits)
            return _unzipped(archive, entries, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise FileDamaged from error


def _check_entries(entries: Sequence[zipfile.ZipInfo], limits: Limits) -> None:
    names = [entry.filename for entry in entries]
    if len(names) > limits.max_entries or len(set(names)) != len(names):
        raise HostileFile
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileEncrypted
    if any(_is_dangerous_entry(entry) for entry in entries):
        raise HostileFile
    lowered = [name.lower() for name in names]
    if "xl/workbook.bin" in lowered:
        raise OldExcelFile
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) or "macrosheets/" in name for name in lowered):
        raise MacrosRefused
    if any(name.startswith("xl/externallinks/") for name in lowered):
        raise ExternalLinksRefused
    if "xl/workbook.xml" not in names:
        raise UnknownFileType


def _is_dangerous_entry(entry: zipfile.ZipInfo) -> bool:
    path = entry.filename
    return (
        not path
        or path.startswith("/")
        or "\\" in path
        or ":" in path
        or ".." in path.split("/")
        or stat.S_ISLNK(entry.external_attr >> 16)
        or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    )


def _unzipped(archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo], limits: Limits) -> dict[str, bytes]:
    left = limits.max_unzipped_bytes
    parts: dict[str, bytes] = {}
    for entry in entries:
        if entry.is_dir():
            continue
        with archive.open(entry) as stream:
            body = stream.read(left + 1)
        left -= len(body)
        if left < 0:
            raise FileTooLarge(limit_mb=limits.max_unzipped_bytes // (1024 * 1024))
        if _PART.match(entry.filename):
            _check_xml(body)
            parts[entry.filename] = body
    return parts


def _check_xml(body: bytes) -> None:
    # A UTF-16 part would slip past every byte pattern below; no office program writes one.
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in body[:64]:
        raise HostileFile
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body or b"<!doctype" in body[:1024]:
        raise HostileFile


def _repacked(parts: Mapping[str, bytes]) -> bytes:
    """A fresh container with exactly what was inspected: two zip readers cannot disagree about it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path, body in parts.items():
            archive.writestr(path, body)
    return buffer.getvalue()


_SHEET_TAG: Final = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATIONSHIP_TAG: Final = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE: Final = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        name.decode().rsplit(":", 1)[-1]: _unescaped((double or single).decode("utf-8", "replace"))
        for name, double, single in _ATTRIBUTE.findall(tag)
    }


def _unescaped(text: str) -> str:
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


def _worksheet_paths(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Sheet name → path of its part, for the sheets that have one."""
    relations = {}
    for tag in _RELATIONSHIP_TAG.findall(parts.get("xl/_rels/workbook.xml.rels", b"")):
        attributes = _attributes(tag)
        relations[attributes.get("Id", "")] = attributes.get("Target", "")
    paths = {}
    for tag in _SHEET_TAG.findall(parts["xl/workbook.xml"]):
        attributes = _attributes(tag)
        target = relations.get(attributes.get("id", ""), "")
        path = target.removeprefix("/") if target.startswith(("/xl/", "xl/")) else f"xl/{target}"
        if path in parts:
            paths[attributes.get("name", "")] = path
    return paths


def _check_extent(body: bytes, limits: Limits) -> None:
    """Refuses a far-away cell before the parser allocates the rectangle up to it."""
    cells = _PLAIN_CELL.findall(body)
    if len(cells) != body.count(b"<c ") or _OTHER_CELL.search(body):
        # Not as office programs write it: read attributes in any order, and refuse cells whose place cannot be told.
        cells = _CELL.findall(body)
        if len(cells) != len(_ANY_CELL.findall(body)):
            raise HostileFile
    filled = [(letters, digits) for letters, digits, empty in cells if not empty]
    last_row = max(map(int, {digits for _, digits in filled}), default=0)
    last_column = max(map(_column_number, {letters for letters, _ in filled}), default=0)
    if last_row > limits.max_rows or last_column > limits.max_columns or last_row * last_column > limits.max_cells:
        raise SheetTooLarge(rows=limits.max_rows, columns=limits.max_columns)


def _odd_cells(body: bytes) -> dict[tuple[int, int], CellError]:
    """(row, column) from 1 → what the parser would silently show as empty: error values and uncomputed formulas."""
    odd = {}
    if b't="e"' in body or b"t='e'" in body:
        for letters, digits, shown in _ERROR_CELL.findall(body):
            odd[int(digits), _column_number(letters)] = CellError(shown.decode("ascii", "replace"))
    if b"<f" in body or b":f" in body:
        for letters, digits in _UNCOMPUTED.findall(body):
            odd[int(digits), _column_number(letters)] = CellError("formula")
    return odd


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _calamine_sheet(
    book: python_calamine.CalamineWorkbook,
    name: str,
    *,
    odd: Mapping[tuple[int, int], CellError],
    limits: Limits,
) -> Sheet:
    try:
        sheet = book.get_sheet_by_name(name)
    except (python_calamine.CalamineError, ValueError) as error:
        raise FileDamaged from error
    merged = tuple(
        (top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    return Sheet(name, merged, lambda: _calamine_rows(sheet, odd, limits))


def _calamine_rows(
    sheet: python_calamine.CalamineSheet,
    odd: Mapping[tuple[int, int], CellError],
    limits: Limits,
) -> Iterator[Row]:
    odd_by_row: dict[int, dict[int, CellError]] = {}
    for (number, column), error in odd.items():
        odd_by_row.setdefault(number, {})[column] = error
    padding = (None,) * (sheet.start[1] if sheet.start else 0)
    number = 0
    for number, values in enumerate(sheet.iter_rows() if sheet.start else (), start=1):
        cells = _with_odd(
            padding + tuple(None if value == "" else value for value in values), odd_by_row.pop(number, {})
        )
        if any(isinstance(cell, str) and len(cell) > limits.max_cell_chars for cell in cells):
            raise CellTooLong(line=number, limit=limits.max_cell_chars)
        yield Row(number, cells)
    # The parser ends its rectangle before trailing cells that it takes for empty.
    for later in range(number + 1, max(odd_by_row, default=0) + 1):
        yield Row(later, _with_odd((), odd_by_row.get(later, {})))


def _with_odd(cells: tuple[CellValue, ...], odd: Mapping[int, CellError]) -> tuple[CellValue, ...]:
    if not odd:
        return cells
    width = max(len(cells), *odd)
    padded = cells + (None,) * (width - len(cells))
    return tuple(odd.get(column, cell) for column, cell in enumerate(padded, start=1))


# --- tables ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TableRow:
    """One data row by column title. Titles of the wanted columns only; a missing optional column is absent."""

    number: int
    cells: Mapping[str, CellValue]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with its header understood. `columns`: title → column number from 1; `unknown`: titles nobody asked for."""

    sheet: str
    header_row: int
    columns: Mapping[str, int]
    unknown: tuple[str, ...]
    rows: Callable[[], Iterator[TableRow]]


def normal_title(value: CellValue) -> str:
    """A header as compared: NFKC, without spaces, stars and what stands in brackets: `题型 *` → `题型`."""
    text = unicodedata.normalize("NFKC", value) if isinstance(value, str) else ""
    text = re.sub(r"[(\[].*?[)\]]", "", text)
    return re.sub(r"[\s*:﹡★]", "", text)


def read_table(
    sheet: Sheet,
    columns: Sequence[str],
    *,
    required: Sequence[str],
    aliases: Mapping[str, str] | None = None,
    search_rows: int = 10,
) -> Table:
    """Finds the header within the first rows and maps wanted columns; empty rows are skipped, numbers are kept.

    `columns` are titles as our templates write them; `aliases` maps other spellings to them.
    Raises `FileEmpty`, `MissingColumns` or `DuplicateColumns`.
    """
    known = {normal_title(title): title for title in columns}
    known |= {normal_title(other): title for other, title in (aliases or {}).items()}
    header = _header_row(sheet, known, search_rows)
    found: dict[str, int] = {}
    unknown = []
    for column, cell in enumerate(header.cells, start=1):
        title = known.get(normal_title(cell))
        if title is None:
            unknown.extend([cell.strip()] if isinstance(cell, str) and cell.strip() else [])
        elif title in found:
            raise DuplicateColumns(title=title)
        else:
            found[title] = column
    missing = [title for title in required if title not in found]
    if missing:
        raise MissingColumns(missing="、".join(missing))
    return Table(sheet.name, header.number, found, tuple(unknown), lambda: _table_rows(sheet, header.number, found))


def _header_row(sheet: Sheet, known: Mapping[str, str], search_rows: int) -> Row:
    best: Row | None = None
    best_hits = -1
    for row in sheet.rows():
        if row.number > search_rows:
            break
        hits = sum(normal_title(cell) in known for cell in row.cells)
        if not row.is_empty and hits > best_hits:
            best, best_hits = row, hits
    if best is None:
        raise FileEmpty
    return best


def _table_rows(sheet: Sheet, header_row: int, found: Mapping[str, int]) -> Iterator[TableRow]:
    for row in sheet.rows():
        if row.number <= header_row:
            continue
        cells = {title: row.cells[column - 1] if column <= len(row.cells) else None for title, column in found.items()}
        if not Row(row.number, tuple(cells.values())).is_empty:
            yield TableRow(row.number, cells)


def is_number(value: CellValue) -> bool:
    """Whether the cell was typed as a number: a long identifier in it has already lost digits."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def cell_text(value: CellValue) -> str:
    """What a clerk sees in the cell, trimmed: `3.0` → `3`, dates as 2026-11-23, booleans as TRUE and FALSE."""
    match value:
        case None | CellError():
            return ""
        case str():
            return plain_cell(value.strip())
        case bool():
            return "TRUE" if value else "FALSE"
        case float() | int():
            return format(Decimal(str(value)).normalize(), "f")
        case datetime():
            midnight = value.time() == time.min
            return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)


# --- writing --------------------------------------------------------------------------------------------------------

_FORMULA_STARTS: Final = frozenset("=+-@\t\r\n＝＋－＠")
_IGNORED_BEFORE_FORMULA: Final = " \u00a0\u3000\ufeff'"


def _looks_like_formula(text: str) -> bool:
    return text.lstrip(_IGNORED_BEFORE_FORMULA)[:1] in _FORMULA_STARTS if text else False


def safe_cell(text: str) -> str:
    """Text that no spreadsheet will execute when it opens our CSV; `plain_cell` takes the apostrophe off again."""
    return f"'{text}" if _looks_like_formula(text) else text


def plain_cell(text: str) -> str:
    """The inverse of `safe_cell`."""
    return text[1:] if text.startswith("'") and _looks_like_formula(text[1:]) else text


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a written sheet. `choices` become a drop-down list; `width` is in characters."""

    title: str
    width: int = 14
    required: bool = False
    choices: tuple[str, ...] = ()
    help: str = ""

    @property
    def header(self) -> str:
        return f"{self.title}*" if self.required else self.title


WrittenValue = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """A sheet to write. `marks`: (row index from 0 within `rows`, column index from 0) → comment, shown in red."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[WrittenValue]] = ()
    marks: Mapping[tuple[int, int], str] = field(default_factory=dict)
    validated_rows: int = 2000


def write_csv(header: Sequence[str], rows: Iterable[Sequence[WrittenValue]]) -> bytes:
    """UTF-8 with BOM and CRLF, as Excel opens it; every text cell is made safe."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([safe_cell(title) for title in header])
    for row in rows:
        writer.writerow([safe_cell(value) if isinstance(value, str) else _csv_value(value) for value in row])
    return buffer.getvalue().encode("utf-8-sig")


def _csv_value(value: WrittenValue) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
    return str(value)


def write_xlsx(sheets: Sequence[SheetSpec]) -> bytes:
    """An .xlsx with frozen headers, text columns, drop-down lists and red marked cells. Text stays text."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    # A fixed date keeps the bytes of a template equal from one download to the next.
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - the format carries no zone
    for spec in sheets:
        _write_sheet(book, spec)
    book.close()
    return buffer.getvalue()


def _write_sheet(book: xlsxwriter.Workbook, spec: SheetSpec) -> None:
    sheet = book.add_worksheet(spec.name)
    formats = _Formats(
        header=book.add_format({"bold": True, "bg_color": "#E8EEF9", "bottom": 1, "text_wrap": True, "valign": "top"}),
        required=book.add_format(
            {
                "bold": True,
                "bg_color": "#1D4ED8",
                "font_color": "#FFFFFF",
                "bottom": 1,
                "text_wrap": True,
                "valign": "top",
            },
        ),
        text=book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "quote_prefix": True}),
        blank=book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        wrong=book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "bg_color": "#FDE2E1"}),
        day=book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
    )
    sheet.freeze_panes(1, 0)
    for index, column in enumerate(spec.columns):
        sheet.set_column(index, index, column.width, formats.blank)
        sheet.write_string(0, index, column.header, formats.required if column.required else formats.header)
        if column.help:
            sheet.write_comment(0, index, column.help, {"x_scale": 2})
        if column.choices:
            _offer_choices(book, sheet, spec=spec, index=index)
    for number, row in enumerate(spec.rows, start=1):
        for index, value in enumerate(row):
            _write_cell(sheet, (number, index), value, formats=formats, mark=spec.marks.get((number - 1, index)))


@dataclass(frozen=True, slots=True)
class _Formats:
    header: object
    required: object
    text: object
    blank: object
    wrong: object
    day: object


# Excel holds a literal list of at most 255 characters; longer ones must live in cells.
_LITERAL_LIST_CHARS: Final = 255


def _offer_choices(
    book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, *, spec: SheetSpec, index: int
) -> None:
    column = spec.columns[index]
    source: list[str] | str = list(column.choices)
    if len(",".join(column.choices)) > _LITERAL_LIST_CHARS:
        name = f"_{spec.name[:20]}_{index}"
        hidden = book.add_worksheet(name)
        hidden.hide()
        for row, choice in enumerate(column.choices):
            hidden.write_string(row, 0, choice)
        source = f"='{name}'!$A$1:$A${len(column.choices)}"
    sheet.data_validation(
        1,
        index,
        spec.validated_rows,
        index,
        {"validate": "list", "source": source, "error_type": "warning", "ignore_blank": True},
    )


def _write_cell(
    sheet: xlsxwriter.worksheet.Worksheet,
    place: tuple[int, int],
    value: WrittenValue,
    *,
    formats: _Formats,
    mark: str | None,
) -> None:
    row, column = place
    if isinstance(value, str):
        shown = formats.text if _looks_like_formula(value) else formats.blank
        sheet.write_string(row, column, value, formats.wrong if mark else shown)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats.wrong if mark else formats.day)
    elif value is not None:
        sheet.write_number(row, column, value, formats.wrong if mark else None)
    elif mark:
        sheet.write_blank(row, column, None, formats.wrong)
    if mark:
        sheet.write_comment(row, column, mark, {"x_scale": 2})


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with one cell: row as the spreadsheet shows it, the column's title (empty: the whole row)."""

    row: int
    column: str
    code: str
    message: str


def error_workbook(table: Table, columns: Sequence[Column], problems: Sequence[CellProblem]) -> bytes:
    """The faulty rows of an import, as typed, with a first column of row number and reasons, and red cells."""
    by_row: dict[int, list[CellProblem]] = {}
    for problem in problems:
        by_row.setdefault(problem.row, []).append(problem)
    titles = [column.title for column in columns]
    rows: list[list[WrittenValue]] = []
    marks: dict[tuple[int, int], str] = {}
    for row in table.rows():
        for problem in by_row.get(row.number, ()):
            if problem.column in titles:
                marks[len(rows), titles.index(problem.column) + 2] = problem.message
        if row.number in by_row:
            reasons = "\n".join(
                f"{problem.column}：{problem.message}" if problem.column else problem.message
                for problem in by_row[row.number]
            )
            rows.append([row.number, reasons, *(cell_text(row.cells.get(title)) for title in titles)])
    added = (Column("原行号", 8), Column("错误原因", 48))
    plain = tuple(
        Column(column.title, column.width, column.required, column.choices, column.help) for column in columns
    )
    return write_xlsx([SheetSpec("导入错误", added + plain, rows, marks)])
