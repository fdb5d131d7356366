"""Excel and CSV in the columns of the question template."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from core.errors import gettext_noop
from core.spreadsheets import (
    CellError,
    CellValue,
    FileEmpty,
    MissingColumns,
    Sheet,
    Table,
    TableRow,
    cell_text,
    is_number,
    read_table,
    read_workbook,
)
from question_bank.domain.importing import columns
from question_bank.domain.importing.raw import Note, Parsed, RawQuestion, RowProblem

FORMULA: Final = gettext_noop("单元格是公式，且文件中没有保存计算结果。请把结果粘贴为数值")
ERROR_VALUE: Final = gettext_noop("单元格显示错误值 {shown}，请更正")
DIGITS_LOST: Final = gettext_noop("较长的数字以数值格式填写，位数已经丢失。请把单元格设为文本格式后重新填写")
DATE_IN_TEXT: Final = gettext_noop("内容被当作日期保存了（如 1-3 变成 1 月 3 日）。请把单元格设为文本格式后重新填写")
SHEET_IGNORED: Final = gettext_noop("未读取工作表“{name}”")
COLUMN_IGNORED: Final = gettext_noop("未读取列“{title}”")
MERGED: Final = gettext_noop("数据区有合并单元格。请取消合并，逐行填写")

# A double keeps 15 digits; what is longer has been rounded before we see it.
_EXACT_BELOW: Final = 10**15


def parse_table(data: bytes, file_name: str) -> Parsed:
    """Rows of the first sheet that has our header. Raises `SpreadsheetRefused` subclasses."""
    sheets = [sheet for sheet in read_workbook(data, file_name) if sheet.name != columns.EXAMPLE_SHEET]
    sheet, table = _question_table(sheets)
    ignored = [Note(SHEET_IGNORED, {"name": other.name}) for other in sheets if other is not sheet and _has_rows(other)]
    ignored += [Note(COLUMN_IGNORED, {"title": title}) for title in table.unknown]
    merged = {top: left for top, left, bottom, _ in sheet.merged if bottom > table.header_row}
    titles = {column: title for title, column in table.columns.items()}
    questions = tuple(
        _raw(row, titles.get(merged[row.number], "") if row.number in merged else None) for row in table.rows()
    )
    kind = "csv" if not data.startswith(b"PK") else "xlsx"
    return Parsed(kind, questions, tuple(ignored))


def _question_table(sheets: list[Sheet]) -> tuple[Sheet, Table]:
    refusal: MissingColumns | FileEmpty = FileEmpty()
    for sheet in sheets:
        try:
            return sheet, read_table(sheet, columns.TITLES, required=columns.REQUIRED, aliases=columns.ALIASES)
        except FileEmpty:
            continue
        except MissingColumns as missing:
            refusal = refusal if isinstance(refusal, MissingColumns) else missing
    raise refusal


def _has_rows(sheet: Sheet) -> bool:
    return any(not row.is_empty for row in sheet.rows())


def _raw(row: TableRow, merged_column: str | None) -> RawQuestion:
    problems = [] if merged_column is None else [RowProblem(row.number, merged_column, "merged_cells", MERGED)]
    values = {}
    for title, value in row.cells.items():
        if value is None:
            continue
        if not isinstance(value, str):
            problems += _cell_problems(row.number, title, value)
        values[title] = cell_text(value)
    return RawQuestion(row.number, values, tuple(problems))


def _cell_problems(row: int, title: str, value: CellValue) -> Iterator[RowProblem]:
    if isinstance(value, CellError):
        if value.what == "formula":
            yield RowProblem(row, title, "formula_without_value", FORMULA)
        else:
            yield RowProblem(row, title, "error_value", ERROR_VALUE, {"shown": value.what})
    elif is_number(value) and abs(float(value)) >= _EXACT_BELOW:  # type: ignore[arg-type]
        yield RowProblem(row, title, "digits_lost", DIGITS_LOST)
    elif isinstance(value, datetime | date | time | timedelta) and title != columns.VALID_UNTIL:
        yield RowProblem(row, title, "date_in_text", DATE_IN_TEXT)
