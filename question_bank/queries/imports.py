"""Uploads between their preview and their import."""

from django.db.models import QuerySet

from core.actor import Actor
from core.errors import NotFound
from core.models import JobRun
from core.spreadsheets import Table, TableRow
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.importing.check import ImportReport, Progress, check_import, read_question
from question_bank.domain.importing.formats import parse_file
from question_bank.domain.normalise import spelling
from question_bank.models import QuestionImport
from question_bank.policies import reachable_imports
from question_bank.queries.pictures import with_bank_pictures
from question_bank.queries.questions import bank_texts
from registry.models import Authority
from registry.queries import industries


def imports_for(actor: Actor) -> QuerySet[QuestionImport]:
    """The uploads that the actor reaches, newest first, without their bytes."""
    return (
        QuestionImport.objects.filter(reachable_imports(actor))
        .select_related("authority", "created_by")
        .defer("file_content")
    )


def get_import(actor: Actor, import_id: str) -> QuestionImport:
    """One upload with its bytes, by public id. Raises NotFound."""
    try:
        return imports_for(actor).defer(None).get(public_id=import_id)
    except QuestionImport.DoesNotExist:
        raise NotFound


def lock_import(actor: Actor, import_id: str) -> QuestionImport:
    """The same, locked for update. Raises NotFound."""
    try:
        return (
            QuestionImport.objects.select_for_update(of=("self",))
            .filter(reachable_imports(actor))
            .select_related("authority")
            .get(public_id=import_id)
        )
    except QuestionImport.DoesNotExist:
        raise NotFound


def check_file(
    authority: Authority | None,
    file_name: str,
    content: bytes,
    *,
    format_name: str | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """What importing the file into the authority's bank would do; without an authority, into an empty bank.

    Raises SpreadsheetRefused, UnknownFormat, ImportEmpty.
    """
    parsed = with_bank_pictures(parse_file(content, file_name, format_name), authority)
    names = list(industries().values_list("name", flat=True)) or None
    bank = bank_texts(authority) if authority else ()
    return check_import(parsed, industries=names, bank=bank, progress=progress)


def preview_drafts(row: QuestionImport, *, limit: int) -> list[tuple[int, QuestionDraft]]:
    """The first faultless rows (number, draft) of an upload that still has its bytes."""
    if row.file_content is None:
        return []
    parsed = with_bank_pictures(parse_file(bytes(row.file_content), row.file_name, row.file_format), row.authority)
    names = {spelling(name): name for name in industries().values_list("name", flat=True)} or None
    found: list[tuple[int, QuestionDraft]] = []
    for raw in parsed.questions:
        draft, problems = read_question(raw, names)
        if draft is not None and not problems:
            found.append((raw.row, draft))
        if len(found) == limit:
            break
    return found


def waiting_import(import_id: str) -> QuestionImport | None:
    """An upload that a background run was sent for, if it still exists. Takes no actor: the run was asked for by one."""
    return QuestionImport.objects.select_related("authority", "decided_by").filter(public_id=import_id).first()


def run_of(row: QuestionImport) -> JobRun | None:
    """The run that checks or imports the upload now."""
    return JobRun.objects.filter(public_id=row.job_id).first() if row.job_id else None


def faulty_rows(row: QuestionImport) -> Table:
    """The questions of an upload that still has its bytes, as typed, by column of the template, for an error file.

    Raises NotFound when nothing is wrong or the bytes are gone.
    """
    if row.file_content is None or not row.report.get("rejected"):
        raise NotFound
    questions = parse_file(bytes(row.file_content), row.file_name, row.file_format).questions
    return Table(row.file_name, 0, {}, (), lambda: (TableRow(raw.row, raw.values) for raw in questions))
