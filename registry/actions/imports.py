"""Import of enterprises with their people: stage (check and preview), apply (all or nothing), cancel."""

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from core.actor import Actor
from core.audit import audit
from core.canonical import canonical_json, sha256_hex
from core.crypto import keyed_digest, seal
from core.errors import NotAllowed
from core.masking import mask_phone
from core.models import new_public_id
from registry.actions.import_writing import write_plan
from registry.domain.importing import ImportPlan
from registry.domain.importing import columns as col
from registry.errors import ImportChanged, ImportHasErrors
from registry.models import EnterpriseImport
from registry.policies import can_register_enterprises
from registry.queries.import_checks import Checked, check_file
from registry.queries.imports import IMPORT_COLUMN, IMPORT_TABLE, lock_enterprise_import, sealed_content

_SHOWN_CHANGES = 200
_SHOWN_PROBLEMS = 500
PREVIEW_DAYS = 7


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
