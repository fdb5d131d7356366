"""Bringing files of questions into the bank: preview, then everything in one transaction, or nothing."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.canonical import sha256_hex
from question_bank.actions.questions import decide_questions
from question_bank.actions.writing import add_questions, check_may_write
from question_bank.domain.importing.check import ImportReport
from question_bank.domain.importing.report import report_json
from question_bank.errors import ImportChanged, ImportRefused, WrongState
from question_bank.models import Question, QuestionImport
from question_bank.queries import check_file, lock_import
from registry.models import Authority


@transaction.atomic
def stage_import(
    actor: Actor,
    authority: Authority,
    file: tuple[str, bytes],
    *,
    pool: str,
    now: datetime,
) -> QuestionImport:
    """Keeps an uploaded file (name, bytes) with the report of what it would do. Raises NotAllowed, or what reading raises."""
    check_may_write(actor, authority.pk)
    file_name, content = file
    report = check_file(authority, file_name, content)
    row = QuestionImport.objects.create(
        authority=authority,
        pool=pool,
        file_name=file_name[:200],
        file_sha256=sha256_hex(content),
        file_content=content,
        file_format=report.format,
        report=report_json(report),
        created_by_id=actor.user_id,
        created_at=now,
    )
    audit(actor, "question_import.staged", row, details={"sha256": row.file_sha256, "accepted": report.accepted})
    return row


@transaction.atomic
def apply_import(
    actor: Actor,
    import_id: str,
    *,
    left_out: Collection[int] = (),
    now: datetime,
) -> list[Question]:
    """Writes what the preview promised, apart from the rows that the clerk left out.

    Raises NotFound, NotAllowed, WrongState, ImportRefused when a row has errors, ImportChanged when the bank moved.
    """
    row = lock_import(actor, import_id)
    check_may_write(actor, row.authority_id)
    if row.state != QuestionImport.State.PREVIEW or row.file_content is None:
        raise WrongState(state=row.get_state_display(), verb="导入")
    report = check_file(row.authority, row.file_name, bytes(row.file_content))
    if report.rejected:
        raise ImportRefused(count=len(report.rejected))
    if report_json(report) != row.report:
        raise ImportChanged
    drafts = [draft for number, draft in report.drafts.items() if number not in left_out]
    questions = add_questions(actor, row.authority, drafts, pool=row.pool, now=now)
    # The bytes have served; what was imported is in the bank, and the hash says from which file.
    row.state, row.file_content, row.applied_at = QuestionImport.State.APPLIED, None, now
    row.save(update_fields=["state", "file_content", "applied_at"])
    audit(actor, "question_import.applied", row, details={"sha256": row.file_sha256, "questions": len(questions)})
    return questions


@transaction.atomic
def cancel_import(actor: Actor, import_id: str) -> QuestionImport:
    """Forgets an upload. Raises NotFound, NotAllowed, WrongState."""
    row = lock_import(actor, import_id)
    check_may_write(actor, row.authority_id)
    if row.state != QuestionImport.State.PREVIEW:
        raise WrongState(state=row.get_state_display(), verb="取消")
    row.state, row.file_content = QuestionImport.State.CANCELLED, None
    row.save(update_fields=["state", "file_content"])
    audit(actor, "question_import.cancelled", row)
    return row


@transaction.atomic
def import_question_files(
    actor: Actor,
    authority: Authority,
    files: Iterable[tuple[str, bytes]],
    *,
    pool: str,
    now: datetime,
    approve_as: Actor | None = None,
) -> list[Question]:
    """Imports files (name, bytes) by the same checks as an upload: all files or none; returns the new questions.

    Questions that the bank already holds are left out, so that a second run adds nothing. With `approve_as` the new ones
    are submitted by `actor` and approved by that reviewer, under the rules of any review.
    Raises what a preview would show as an error: NotAllowed, ImportRefused, ReviewerIsAuthor, SpreadsheetRefused.
    """
    check_may_write(actor, authority.pk)
    added: list[Question] = []
    for file in files:
        report, questions = import_file(actor, authority, file, pool=pool, now=now)
        if report.rejected:
            raise ImportRefused(count=len(report.rejected))
        added += questions
    if approve_as is not None and added:
        names = [question.public_id for question in added]
        decide_questions(actor, names, "submit", now=now)
        decide_questions(approve_as, names, "approve", now=now)
    return added


@transaction.atomic
def import_file(
    actor: Actor,
    authority: Authority,
    file: tuple[str, bytes],
    *,
    pool: str,
    now: datetime,
    format_name: str | None = None,
) -> tuple[ImportReport, list[Question]]:
    """Checks and imports one file (name, bytes) in one go, for the command line.

    The report with the new questions; none when a row was rejected. Raises NotAllowed, or what reading raises.
    """
    check_may_write(actor, authority.pk)
    file_name, content = file
    report = check_file(authority, file_name, content, format_name=format_name)
    if report.rejected or not report.drafts:
        return report, []
    row = QuestionImport.objects.create(
        authority=authority,
        pool=pool,
        state=QuestionImport.State.APPLIED,
        file_name=file_name[:200],
        file_sha256=sha256_hex(content),
        file_format=report.format,
        report=report_json(report),
        created_by_id=actor.user_id,
        created_at=now,
        applied_at=now,
    )
    questions = add_questions(actor, authority, list(report.drafts.values()), pool=pool, now=now)
    audit(actor, "question_import.applied", row, details={"sha256": row.file_sha256, "questions": len(questions)})
    return report, questions
