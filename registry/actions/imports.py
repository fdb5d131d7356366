"""Import of enterprises with their people: stage (check and preview), apply (all or nothing), cancel.

A large file is checked and written in the background, in the name of the clerk who uploaded it.
"""

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone

from core.actor import Actor
from core.audit import audit
from core.canonical import canonical_json, sha256_hex
from core.crypto import keyed_digest, seal
from core.errors import DomainError, NotAllowed
from core.masking import mask_phone
from core.models import new_public_id
from core.queue import enqueue, report_progress
from core.spreadsheets import SpreadsheetRefused
from registry.actions.import_writing import write_plan
from registry.domain.importing import ImportPlan
from registry.domain.importing import columns as col
from registry.errors import ImportChanged, ImportHasErrors, ImportTooLong, SheetsAmbiguous
from registry.models import EnterpriseImport
from registry.policies import can_register_enterprises
from registry.queries.import_checks import Checked, check_file
from registry.queries.imports import (
    IMPORT_COLUMN,
    IMPORT_TABLE,
    lock_enterprise_import,
    sealed_content,
    waiting_import,
)

_SHOWN_CHANGES = 200
_SHOWN_PROBLEMS = 500
PREVIEW_DAYS = 7
AT_ONCE_BYTES: Final = 128 * 1024
State = EnterpriseImport.State


@transaction.atomic
def stage_enterprise_import(actor: Actor, file_name: str, content: bytes, *, now: datetime) -> EnterpriseImport:
    """Checks every row and keeps the file sealed with a preview. Writes no enterprise and no person.

    A file above AT_ONCE_BYTES (about 1,800 rows, a second of work) is checked in the background.
    Raises NotAllowed, and for a small file SheetsAmbiguous, ImportTooLong and the refusals of core.spreadsheets.
    """
    if not can_register_enterprises(actor):
        raise NotAllowed
    public_id = new_public_id()
    row = EnterpriseImport(
        public_id=public_id,
        file_name=file_name[-200:],
        file_sha256=sha256_hex(content),
        file_sealed=seal(base64.b64encode(content).decode(), table=IMPORT_TABLE, column=IMPORT_COLUMN, row=public_id),
        created_by_user_id=actor.user_id or 0,
        created_at=now,
    )
    if len(content) <= AT_ONCE_BYTES:
        _preview(row, check_file(actor, file_name, content, today=timezone.localtime(now).date()))
    else:
        row.state = State.CHECKING
    row.save(force_insert=True)
    if row.state == State.CHECKING:
        _send(row, "registry.check_import", actor)
    audit(actor, "registry.import_staged", row, details={"sha256": row.file_sha256, **_figures(row)})
    return row


def check_staged_import(actor: Actor, import_id: str, *, now: datetime) -> int:
    """The check of a large upload, outside any transaction; returns how many rows it has.

    A file that cannot be read ends as `failed` with the reason; nothing happens to an upload that was cancelled meanwhile.
    """
    row = waiting_import(import_id)
    if row is None or row.state != State.CHECKING:
        return 0
    job_id = row.job_id
    try:
        checked = check_file(
            actor,
            row.file_name,
            base64.b64decode(sealed_content(row)),
            today=timezone.localtime(now).date(),
            progress=lambda done, total: report_progress(job_id, done=done, total=total),
        )
    except (SpreadsheetRefused, SheetsAmbiguous, ImportTooLong) as refusal:
        _finish_check(actor, import_id, refusal)
        return 0
    _finish_check(actor, import_id, checked)
    return checked.rows_count


@transaction.atomic
def _finish_check(actor: Actor, import_id: str, outcome: Checked | DomainError) -> None:
    row = EnterpriseImport.objects.select_for_update().get(public_id=import_id)
    if row.state != State.CHECKING:
        return
    row.job_id = ""
    if isinstance(outcome, DomainError):
        row.summary = {"refused": outcome.stored()}
        _close(row, State.FAILED)
    else:
        row.state = State.PREVIEW
        _preview(row, outcome)
        row.save()
    audit(actor, "registry.import_checked", row, details={"state": row.state, **_figures(row)})


def request_enterprise_import(actor: Actor, import_id: str, now: datetime) -> EnterpriseImport:
    """Imports a small upload at once; hands a large one to the background. Raises what `apply_enterprise_import` raises."""
    with transaction.atomic():
        row = lock_enterprise_import(actor, import_id)
        if row.summary.get("bytes", 0) > AT_ONCE_BYTES:
            _check_faultless(row.summary["problems_total"])
            row.state = State.APPLYING
            row.save(update_fields=["state"])
            _send(row, "registry.apply_import", actor)
            return row
    return apply_enterprise_import(actor, import_id, now)


def apply_requested_import(actor: Actor, import_id: str, *, now: datetime) -> bool:
    """What `request_enterprise_import` handed over; False when there was nothing to do any more.

    A refusal puts the upload back to its preview, with the reason, and is raised.
    """
    try:
        with transaction.atomic():
            row = lock_enterprise_import(actor, import_id, State.APPLYING, State.APPLIED, State.CANCELLED)
            if row.state != State.APPLYING:
                return False
            is_applied = _apply_or_refresh(actor, row, now=now)
        if not is_applied:
            raise ImportChanged
    except DomainError as refusal:
        _take_back(import_id, refusal)
        raise
    return True


@transaction.atomic
def _take_back(import_id: str, refusal: DomainError) -> None:
    row = EnterpriseImport.objects.select_for_update().get(public_id=import_id)
    if row.state in {State.APPLYING, State.PREVIEW}:
        row.state, row.job_id = State.PREVIEW, ""
        row.summary = row.summary | {"refused": refusal.stored()}
        row.save(update_fields=["state", "job_id", "summary"])


def apply_enterprise_import(actor: Actor, import_id: str, now: datetime) -> EnterpriseImport:
    """Does exactly what the preview showed, or nothing; the sealed file is forgotten afterwards.

    When the database moved since, the preview is made anew, and ImportChanged is raised after that was stored.
    Raises NotAllowed, NotFound, ImportClosed, ImportHasErrors, ImportChanged.
    """
    with transaction.atomic():
        row = lock_enterprise_import(actor, import_id)
        is_applied = _apply_or_refresh(actor, row, now=now)
    if not is_applied:
        raise ImportChanged
    return row


@transaction.atomic
def cancel_enterprise_import(actor: Actor, import_id: str, now: datetime) -> EnterpriseImport:
    """Forgets an upload, also one that is being checked. Raises NotAllowed, NotFound, ImportClosed."""
    row = lock_enterprise_import(actor, import_id, State.PREVIEW, State.CHECKING, State.APPLYING)
    row.job_id = ""
    _close(row, State.CANCELLED)
    audit(actor, "registry.import_cancelled", row, details={"at": now})
    return row


@transaction.atomic
def forget_old_imports(actor: Actor, *, now: datetime) -> int:
    """Cancels uploads that nobody applied within PREVIEW_DAYS: they hold ID numbers. Returns how many."""
    stale = EnterpriseImport.objects.select_for_update().filter(
        file_sealed__isnull=False, created_at__lt=now - timedelta(days=PREVIEW_DAYS)
    )
    count = 0
    for row in stale.order_by("pk"):
        _close(row, State.CANCELLED)
        audit(actor, "registry.import_forgotten", row)
        count += 1
    return count


def _apply_or_refresh(actor: Actor, row: EnterpriseImport, *, now: datetime) -> bool:
    """Writes the locked upload; or stores a new preview, and answers False, when the database moved since the old one."""
    content = base64.b64decode(sealed_content(row))
    checked = check_file(actor, row.file_name, content, today=timezone.localtime(now).date())
    if _digest(checked.plan) != row.summary["plan"]:
        row.state = State.PREVIEW
        _preview(row, checked)
        row.save()
        return False
    _check_faultless(len(checked.plan.problems))
    write_plan(checked.plan, now=now)
    row.applied_at, row.job_id = now, ""
    _close(row, State.APPLIED)
    audit(actor, "registry.import_applied", row, details={"sha256": row.file_sha256, **_figures(row)})
    return True


def _check_faultless(problems: int) -> None:
    if problems:
        raise ImportHasErrors(count=problems)


def _send(row: EnterpriseImport, job: str, actor: Actor) -> None:
    row.job_id = enqueue(job, created_by=actor.user_id, import_id=row.public_id).public_id
    row.save(update_fields=["job_id"])


def _close(row: EnterpriseImport, state: str) -> None:
    row.state = state
    row.file_sealed = None
    row.save()


def _preview(row: EnterpriseImport, checked: Checked) -> None:
    plan, changes = checked.plan, checked.plan.changes()
    row.summary = {
        "bytes": checked.bytes_count,
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
            **problem.refusal.stored(),
        }
        for problem in plan.problems[:_SHOWN_PROBLEMS]
    ]


def _figures(row: EnterpriseImport) -> dict[str, object]:
    names = ("rows", "counts", "changes_total", "problems_total")
    return {name: row.summary[name] for name in names if name in row.summary}


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
