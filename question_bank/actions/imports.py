"""Bringing files of questions into the bank: preview, then everything that was decided in one transaction, or nothing.

A small file is checked and imported while the clerk waits; a large one in the background, with progress.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy

from core.actor import Actor
from core.audit import audit
from core.canonical import sha256_hex
from core.errors import DomainError
from core.queue import enqueue, report_progress
from core.spreadsheets import SpreadsheetRefused
from question_bank.actions.pictures import with_kept_pictures
from question_bank.actions.questions import decide_questions, revise_question
from question_bank.actions.writing import add_questions, check_may_write
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.importing.check import ImportReport
from question_bank.domain.importing.report import stored_report
from question_bank.errors import ImportChanged, ImportEmpty, ImportRefused, UnknownFormat, WrongState
from question_bank.models import Question, QuestionImport
from question_bank.queries import check_file, draft_of, lock_import, lock_question, waiting_import
from registry.models import Authority

# A file of this many bytes takes about a second to check.
AT_ONCE_BYTES: Final = 256 * 1024
AT_ONCE_QUESTIONS: Final = 1000
# Rows that are in memory as models at one time.
CHUNK: Final = 2000

State = QuestionImport.State


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the clerk decided: rows not to import, rows that become a new version of what they resemble."""

    skip: Collection[int] = ()
    replace: Collection[int] = ()
    skips_faulty: bool = False

    def to_json(self) -> dict[str, object]:
        """The stored form."""
        return {"skip": sorted(self.skip), "replace": sorted(self.replace), "skips_faulty": self.skips_faulty}


def decisions_from_json(stored: Mapping[str, object]) -> Decisions:
    """The inverse of `Decisions.to_json`."""
    return Decisions(
        skip=frozenset(_numbers(stored.get("skip"))),
        replace=frozenset(_numbers(stored.get("replace"))),
        skips_faulty=stored.get("skips_faulty") is True,
    )


def _numbers(value: object) -> Iterable[int]:
    return (number for number in value if isinstance(number, int)) if isinstance(value, list) else ()


@dataclass(frozen=True, slots=True)
class Planned:
    """What an import will write: new questions, and new versions of existing ones by public id."""

    added: Sequence[QuestionDraft] = ()
    replaced: Mapping[str, QuestionDraft] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)


@transaction.atomic
def stage_import(
    actor: Actor,
    authority: Authority,
    file: tuple[str, bytes],
    *,
    pool: str,
    now: datetime,
) -> QuestionImport:
    """Keeps an uploaded file (name, bytes) with the report of what it would do; a large one is checked in the background.

    Raises NotAllowed, or what reading a small file raises.
    """
    check_may_write(actor, authority.pk)
    file_name, content = file
    row = QuestionImport(
        authority=authority,
        pool=pool,
        file_name=file_name[:200],
        file_sha256=sha256_hex(content),
        file_content=content,
        created_by_id=actor.user_id,
        created_at=now,
    )
    if len(content) <= AT_ONCE_BYTES:
        _keep_report(row, check_file(authority, file_name, content))
        row.save(force_insert=True)
    else:
        row.state = State.CHECKING
        row.save(force_insert=True)
        _send(row, "question_bank.check_import", actor)
    audit(actor, "question_import.staged", row, details={"sha256": row.file_sha256, "bytes": len(content)})
    return row


def check_staged_import(import_id: str) -> int:
    """The check of a large upload, outside any transaction; returns how many questions it would bring.

    A file that cannot be read ends as `failed` with the reason; nothing happens to an upload that was cancelled meanwhile.
    """
    row = waiting_import(import_id)
    if row is None or row.state != State.CHECKING or row.file_content is None:
        return 0
    job_id = row.job_id
    try:
        report = check_file(
            row.authority,
            row.file_name,
            bytes(row.file_content),
            progress=lambda done, total: report_progress(job_id, done=done, total=total),
        )
    except (SpreadsheetRefused, UnknownFormat, ImportEmpty) as refusal:
        _finish_check(import_id, refusal)
        return 0
    _finish_check(import_id, report)
    return report.accepted


@transaction.atomic
def _finish_check(import_id: str, outcome: ImportReport | DomainError) -> None:
    row = QuestionImport.objects.select_for_update().get(public_id=import_id)
    if row.state != State.CHECKING:
        return
    if isinstance(outcome, DomainError):
        row.state, row.file_content = State.FAILED, None
        row.report = _empty_report() | {"refused": outcome.stored()}
    else:
        row.state = State.PREVIEW
        _keep_report(row, outcome)
    row.job_id = ""
    row.save(update_fields=["state", "file_content", "file_format", "report", "job_id"])


@transaction.atomic
def request_import(
    actor: Actor,
    import_id: str,
    decisions: Decisions,
    *,
    now: datetime,
) -> QuestionImport:
    """Imports a small upload at once; hands a large one over to the background. Raises what `apply_import` raises."""
    row = _open_import(actor, import_id)
    if _planned_count(row, decisions) <= AT_ONCE_QUESTIONS and len(row.file_content or b"") <= AT_ONCE_BYTES:
        _apply(actor, row, decisions, now=now)
        return row
    _check_decided(row.report.get("rejected", ()), decisions)
    row.state, row.decisions, row.decided_by_id = State.APPLYING, decisions.to_json(), actor.user_id
    row.save(update_fields=["state", "decisions", "decided_by"])
    _send(row, "question_bank.apply_import", actor)
    return row


def apply_requested_import(actor: Actor, import_id: str, *, now: datetime) -> int:
    """What `request_import` handed over; returns how many questions came in. A refusal puts the upload back to its preview."""
    try:
        return _apply_in_background(actor, import_id, now=now)
    except DomainError as refusal:
        _take_back(import_id, refusal)
        raise


@transaction.atomic
def _apply_in_background(actor: Actor, import_id: str, *, now: datetime) -> int:
    row = lock_import(actor, import_id)
    check_may_write(actor, row.authority_id)
    if row.state != State.APPLYING:
        return 0
    return len(_apply(actor, row, decisions_from_json(row.decisions), now=now))


@transaction.atomic
def _take_back(import_id: str, refusal: DomainError) -> None:
    row = QuestionImport.objects.select_for_update().get(public_id=import_id)
    if row.state == State.APPLYING:
        row.state, row.job_id = State.PREVIEW, ""
        row.report = row.report | {"refused": refusal.stored()}
        row.save(update_fields=["state", "job_id", "report"])


@transaction.atomic
def apply_import(
    actor: Actor,
    import_id: str,
    *,
    decisions: Decisions = Decisions(),
    now: datetime,
) -> list[Question]:
    """Writes what the preview promised, under the clerk's decisions; returns the new and the replaced questions.

    Raises NotFound, NotAllowed, WrongState, ImportRefused when a row has errors that were not left out,
    ImportChanged when the bank moved.
    """
    return _apply(actor, _open_import(actor, import_id), decisions, now=now)


def _open_import(actor: Actor, import_id: str) -> QuestionImport:
    row = lock_import(actor, import_id)
    check_may_write(actor, row.authority_id)
    if row.state != State.PREVIEW or row.file_content is None:
        raise WrongState(state=row.get_state_display(), verb=gettext_lazy("导入"))
    return row


def _apply(actor: Actor, row: QuestionImport, decisions: Decisions, *, now: datetime) -> list[Question]:
    report = check_file(row.authority, row.file_name, bytes(row.file_content or b""))
    _check_decided(report.rejected, decisions)
    if stored_report(report) != {name: value for name, value in row.report.items() if name != "refused"}:
        raise ImportChanged
    planned = _plan(report, decisions)
    questions = _write(actor, row, planned, now=now)
    # The bytes have served; what was imported is in the bank, and the hash says from which file.
    row.state, row.file_content, row.applied_at, row.job_id = State.APPLIED, None, now, ""
    row.decisions, row.decided_by_id = decisions.to_json(), actor.user_id
    row.save(update_fields=["state", "file_content", "applied_at", "job_id", "decisions", "decided_by"])
    details = {"sha256": row.file_sha256, "questions": len(planned.added), "replaced": len(planned.replaced)}
    audit(actor, "question_import.applied", row, details=details)
    return questions


def _check_decided(rejected: Sequence[object], decisions: Decisions) -> None:
    if rejected and not decisions.skips_faulty:
        raise ImportRefused(count=len(rejected))


def _plan(report: ImportReport, decisions: Decisions) -> Planned:
    """Rows that replace go to the question of the bank that they resemble; of two for the same question the last counts."""
    resembled = {near.row: near.of for near in report.duplicates if isinstance(near.of, str)}
    faultless = {**report.drafts, **report.equal}
    replaced = {
        resembled[row]: faultless[row] for row in sorted(decisions.replace) if row in resembled and row in faultless
    }
    taken = {row for row in decisions.replace if row in resembled}
    added = [
        draft for row, draft in report.drafts.items() if row not in decisions.skip and row not in taken
    ]  # fmt: skip
    return Planned(added, replaced, report.pictures)


def _planned_count(row: QuestionImport, decisions: Decisions) -> int:
    return int(row.report.get("accepted", 0)) + len(decisions.replace)


def _write(actor: Actor, row: QuestionImport, planned: Planned, *, now: datetime) -> list[Question]:
    questions: list[Question] = []
    for start in range(0, len(planned.added), CHUNK):
        chunk = with_kept_pictures(
            actor, row.authority, planned.added[start : start + CHUNK], pictures=planned.pictures, now=now
        )
        questions += add_questions(actor, row.authority, chunk, pool=row.pool, now=now)
    return questions + [
        revised
        for question_id, draft in zip(
            planned.replaced,
            with_kept_pictures(actor, row.authority, planned.replaced.values(), pictures=planned.pictures, now=now),
            strict=True,
        )
        if (revised := _replace(actor, question_id, draft, now=now)) is not None
    ]


def _replace(actor: Actor, question_id: str, draft: QuestionDraft, *, now: datetime) -> Question | None:
    """A new version of an existing question, as if somebody had typed it; None when it says the same already."""
    current = lock_question(actor, question_id).current
    assert current is not None, "every question has a version"
    if draft_of(current) == draft:
        return None
    return revise_question(actor, question_id, draft, seen_version=current.number, now=now)


def _keep_report(row: QuestionImport, report: ImportReport) -> None:
    row.file_format, row.report = report.format, stored_report(report)


def _send(row: QuestionImport, job: str, actor: Actor) -> None:
    run = enqueue(job, created_by=actor.user_id, import_id=row.public_id)
    # A backend that works at once is done only after this transaction: the run's name is stored in time.
    QuestionImport.objects.filter(pk=row.pk).update(job_id=run.public_id)
    row.job_id = run.public_id


def _empty_report() -> dict[str, object]:
    return {"format": "", "accepted": 0, "rejected": [], "duplicates": [], "unsupported": [], "equal": 0}


@transaction.atomic
def cancel_import(actor: Actor, import_id: str) -> QuestionImport:
    """Forgets an upload, also one that is being checked. Raises NotFound, NotAllowed, WrongState."""
    row = lock_import(actor, import_id)
    check_may_write(actor, row.authority_id)
    if row.state not in {State.PREVIEW, State.CHECKING, State.APPLYING}:
        raise WrongState(state=row.get_state_display(), verb=gettext_lazy("取消"))
    row.state, row.file_content, row.job_id = State.CANCELLED, None, ""
    row.save(update_fields=["state", "file_content", "job_id"])
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
        state=State.APPLIED,
        file_name=file_name[:200],
        file_sha256=sha256_hex(content),
        file_format=report.format,
        report=stored_report(report),
        created_by_id=actor.user_id,
        created_at=now,
        applied_at=now,
    )
    questions = _write(actor, row, Planned(list(report.drafts.values()), pictures=report.pictures), now=now)
    audit(actor, "question_import.applied", row, details={"sha256": row.file_sha256, "questions": len(questions)})
    return report, questions
