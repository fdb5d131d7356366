"""Import of enterprises with their people: stage (check and preview), apply (all or nothing), cancel."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.actor import Actor
from core.audit import audit
from core.canonical import canonical_json, sha256_hex
from core.crypto import keyed_digest, seal
from core.errors import NotAllowed
from core.masking import mask_phone
from core.models import new_public_id
from core.spreadsheets import (
    DEFAULT_LIMITS,
    Limits,
    MissingColumns,
    Sheet,
    SpreadsheetRefused,
    Table,
    TableRow,
    read_table,
    read_workbook,
)
from registry.actions.import_writing import write_plan
from registry.domain.importing import COLUMNS, REQUIRED, ImportPlan, RowProblem, RowWarning, plan_import, read_rows
from registry.domain.importing import columns as col
from registry.errors import CellMerged, ImportChanged, ImportHasErrors, ImportTooLong, SheetsAmbiguous
from registry.models import EnterpriseImport
from registry.policies import can_register_enterprises
from registry.queries import areas_in_force
from registry.queries.imports import (
    IMPORT_COLUMN,
    IMPORT_TABLE,
    known_to_database,
    lock_enterprise_import,
    reference_book,
    sealed_content,
)

MOST_ROWS = 20_000
_SHOWN_CHANGES = 200
_SHOWN_PROBLEMS = 500
PREVIEW_DAYS = 7


@dataclass(frozen=True, slots=True)
class Checked:
    """A file understood: its table, its plan, warnings."""

    table: Table
    rows_count: int
    plan: ImportPlan
    warnings: tuple[RowWarning, ...]


@transaction.atomic
def stage_enterprise_import(actor: Actor, file_name: str, content: bytes, *, now: datetime) -> EnterpriseImport:
    """Checks every row and keeps the file sealed with a preview. Writes no enterprise and no person.

    Raises NotAllowed, SheetsAmbiguous, ImportTooLong, and the refusals of core.spreadsheets.
    """
    if not can_register_enterprises(actor):
        raise NotAllowed
    checked = check_file(actor, file_name, content, today=timezone.localtime(now).date())
    public_id = new_public_id()
    row = EnterpriseImport(
        public_id=public_id,
        file_name=file_name[-200:],
        file_sha256=sha256_hex(content),
        file_sealed=seal(base64.b64encode(content).decode(), table=IMPORT_TABLE, column=IMPORT_COLUMN, row=public_id),
        created_by_user_id=actor.user_id or 0,
        created_at=now,
    )
    _preview(row, checked)
    row.save(force_insert=True)
    audit(actor, "registry.import_staged", row, details={"sha256": row.file_sha256, **_figures(row)})
    return row


def apply_enterprise_import(actor: Actor, import_id: str, now: datetime) -> EnterpriseImport:
    """Does exactly what the preview showed, or nothing; the sealed file is forgotten afterwards.

    When the database moved since, the preview is made anew, and ImportChanged is raised after that was stored.
    Raises NotAllowed, NotFound, ImportClosed, ImportHasErrors, ImportChanged.
    """
    row, is_applied = _apply_or_refresh(actor, import_id, now=now)
    if not is_applied:
        raise ImportChanged
    return row


@transaction.atomic
def cancel_enterprise_import(actor: Actor, import_id: str, now: datetime) -> EnterpriseImport:
    """Forgets an upload. Raises NotAllowed, NotFound, ImportClosed."""
    row = lock_enterprise_import(actor, import_id)
    _close(row, EnterpriseImport.State.CANCELLED)
    audit(actor, "registry.import_cancelled", row, details={"at": now})
    return row


@transaction.atomic
def forget_old_imports(actor: Actor, *, now: datetime) -> int:
    """Cancels previews that nobody applied within PREVIEW_DAYS: they hold ID numbers. Returns how many."""
    stale = EnterpriseImport.objects.select_for_update().filter(
        state=EnterpriseImport.State.PREVIEW, created_at__lt=now - timedelta(days=PREVIEW_DAYS)
    )
    count = 0
    for row in stale.order_by("pk"):
        _close(row, EnterpriseImport.State.CANCELLED)
        audit(actor, "registry.import_forgotten", row)
        count += 1
    return count


def check_file(actor: Actor, file_name: str, content: bytes, *, today: date) -> Checked:
    """Reads and plans without writing anything. Raises like `stage_enterprise_import`."""
    limits = Limits(max_bytes=settings.UPLOAD_MAX_BYTES, max_unzipped_bytes=DEFAULT_LIMITS.max_unzipped_bytes // 2)
    sheet, table = _the_table(read_workbook(content, file_name, limits))
    table_rows = _counted_rows(table)
    book = reference_book(actor, list(areas_in_force(today).filter(parent__isnull=False)))
    rows, problems, warnings = read_rows(table_rows, book, today=today)
    plan = plan_import(rows, known_to_database(actor, rows), today=today)
    found = sorted([*problems, *plan.problems, *_merged_cells(sheet, table)], key=lambda problem: problem.row)
    whole = ImportPlan(plan.enterprises, plan.people, plan.appointments, tuple(found))
    return Checked(table, len(table_rows), whole, tuple(warnings))


@transaction.atomic
def _apply_or_refresh(actor: Actor, import_id: str, *, now: datetime) -> tuple[EnterpriseImport, bool]:
    row = lock_enterprise_import(actor, import_id)
    content = base64.b64decode(sealed_content(row))
    checked = check_file(actor, row.file_name, content, today=timezone.localtime(now).date())
    if _digest(checked.plan) != row.summary["plan"]:
        _preview(row, checked)
        row.save()
        return row, False
    if checked.plan.problems:
        raise ImportHasErrors(count=len(checked.plan.problems))
    write_plan(checked.plan, now=now)
    row.applied_at = now
    _close(row, EnterpriseImport.State.APPLIED)
    audit(actor, "registry.import_applied", row, details={"sha256": row.file_sha256, **_figures(row)})
    return row, True


def _close(row: EnterpriseImport, state: str) -> None:
    row.state = state
    row.file_sealed = None
    row.save()


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
        for top, left, bottom, right in sheet.merged[:_SHOWN_PROBLEMS]
        if bottom > table.header_row and not wanted.isdisjoint(range(left, right + 1))
    ]


def _preview(row: EnterpriseImport, checked: Checked) -> None:
    plan, changes = checked.plan, checked.plan.changes()
    row.summary = {
        "rows": checked.rows_count,
        "counts": plan.counts(),
        "changes": [
            {
                "row": change.row,
                "column": change.column,
                "before": _shown(change.column, change.before),
                "after": _shown(change.column, change.after),
            }
            for change in changes[:_SHOWN_CHANGES]
        ],
        "changes_total": len(changes),
        "problems_total": len(plan.problems),
        "warnings": [{"row": item.row, "column": item.column, "code": item.code} for item in checked.warnings[:50]],
        "warnings_total": len(checked.warnings),
        "ignored_columns": [title[:40] for title in checked.table.unknown[:20]],
        "plan": _digest(plan),
    }
    row.problems = [
        {
            "row": problem.row,
            "column": problem.column,
            "code": problem.refusal.code,
            "message": problem.refusal.message,
            "params": {name: str(value) for name, value in problem.refusal.params.items()},
        }
        for problem in plan.problems[:_SHOWN_PROBLEMS]
    ]


def _figures(row: EnterpriseImport) -> dict[str, object]:
    return {name: row.summary[name] for name in ("rows", "counts", "changes_total", "problems_total")}


def _shown(column: str, value: object) -> str:
    """A changed value for the preview: phones masked, nothing as an empty text."""
    if value is None or value in ("", ()):
        return ""
    if column == col.PHONE:
        return mask_phone(str(value))
    if isinstance(value, tuple):
        return "、".join(str(item) for item in value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _digest(plan: ImportPlan) -> str:
    """What would happen, as one keyed digest (it covers ID numbers and phones)."""
    content = [
        [[item.row, item.status, item.draft.uscc, _fields(item.changes)] for item in plan.enterprises],
        [[item.row, item.status, *item.person_key, _fields(item.changes)] for item in plan.appointments],
        [
            [item.row, item.status, item.draft.id_number, item.draft.phone, _fields(item.changes)]
            for item in plan.people
        ],
        [[problem.row, problem.column, problem.refusal.code] for problem in plan.problems],
    ]
    return keyed_digest(canonical_json(content), purpose="registry.import.plan")


def _fields(changes: Sequence[object]) -> list[str]:
    return [str(change) for change in changes]
