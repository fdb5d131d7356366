"""Checking an upload: reads, compares, writes nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.conf import settings

from core.actor import Actor
from core.spreadsheets import (
    DEFAULT_LIMITS,
    FileEmpty,
    Limits,
    MissingColumns,
    Sheet,
    SpreadsheetRefused,
    Table,
    TableRow,
    read_table,
    read_workbook,
)
from registry.domain.importing import (
    COLUMNS,
    REQUIRED,
    ImportPlan,
    RowProblem,
    RowWarning,
    plan_import,
    read_rows,
    shared_phones,
)
from registry.domain.importing import columns as col
from registry.errors import CellMerged, ImportTooLong, SheetsAmbiguous
from registry.queries.imports import known_to_database, phone_holders, reference_book
from registry.queries.territory import areas_in_force

MOST_ROWS: Final = 20_000
_MOST_MERGED: Final = 500
_ROWS_TOLD: Final = 500


@dataclass(frozen=True, slots=True)
class Checked:
    """A file understood: its table, its plan, warnings."""

    table: Table
    bytes_count: int
    rows_count: int
    plan: ImportPlan
    warnings: tuple[RowWarning, ...]


def check_file(
    actor: Actor,
    file_name: str,
    content: bytes,
    *,
    today: date,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Checked:
    """Reads and plans without writing anything; `progress` hears of rows done and rows in all, now and then.

    Raises like `stage_enterprise_import`.
    """
    limits = Limits(max_bytes=settings.UPLOAD_MAX_BYTES, max_unzipped_bytes=DEFAULT_LIMITS.max_unzipped_bytes // 2)
    sheet, table = _the_table(read_workbook(content, file_name, limits))
    table_rows = _counted_rows(table)
    book = reference_book(actor, list(areas_in_force(today).filter(parent__isnull=False)))
    rows, problems, warnings = read_rows(_told(table_rows, progress), book, today=today)
    plan = plan_import(rows, known_to_database(actor, rows), today=today)
    found = sorted([*problems, *plan.problems, *_merged_cells(sheet, table)], key=lambda problem: problem.row)
    whole = ImportPlan(plan.enterprises, plan.people, plan.appointments, tuple(found))
    warnings += shared_phones(rows, phone_holders(actor, rows))
    progress(len(table_rows), len(table_rows))
    return Checked(
        table, len(content), len(table_rows), whole, tuple(sorted(warnings, key=lambda warning: warning.row))
    )


def _told(rows: Sequence[TableRow], progress: Callable[[int, int], None]) -> Iterator[TableRow]:
    for number, row in enumerate(rows):
        if number % _ROWS_TOLD == 0:
            progress(number, len(rows))
        yield row


def _the_table(sheets: Sequence[Sheet]) -> tuple[Sheet, Table]:
    """The one sheet with our headers and with rows; without any, the refusal of the first sheet."""
    found: list[tuple[Sheet, Table]] = []
    first: SpreadsheetRefused | None = None
    for sheet in sheets:
        try:
            table = read_table(sheet, COLUMNS, required=REQUIRED, aliases=col.ALIASES)
        except SpreadsheetRefused as refusal:
            first = first or refusal
            continue
        found.append((sheet, table))
    filled = [item for item in found if next(iter(item[1].rows()), None) is not None]
    if len(filled) > 1:
        raise SheetsAmbiguous(names="、".join(table.sheet for _sheet, table in filled))
    if filled:
        return filled[0]
    if found:
        raise FileEmpty
    raise first or MissingColumns(missing="、".join(REQUIRED))


def _counted_rows(table: Table) -> list[TableRow]:
    rows: list[TableRow] = []
    for row in table.rows():
        if len(rows) == MOST_ROWS:
            raise ImportTooLong(limit=MOST_ROWS)
        rows.append(row)
    return rows


def _merged_cells(sheet: Sheet, table: Table) -> list[RowProblem]:
    wanted = set(table.columns.values())
    return [
        RowProblem(max(top, table.header_row + 1), "", CellMerged(first=top, last=bottom))
        for top, left, bottom, right in sheet.merged[:_MOST_MERGED]
        if bottom > table.header_row and not wanted.isdisjoint(range(left, right + 1))
    ]
