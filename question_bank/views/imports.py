"""Importing questions: template, upload, preview with every row, then all or nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.actor import Actor
from core.clock import now
from core.errors import NotAllowed, NotFound
from core.http import refusals_on
from core.spreadsheets import CellProblem, error_workbook, write_csv, write_xlsx
from question_bank.actions import apply_import, cancel_import, stage_import
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.importing import columns
from question_bank.domain.kinds import kind_for
from question_bank.forms import UploadForm
from question_bank.models import QuestionImport
from question_bank.policies import can_write_anywhere
from question_bank.queries import faulty_rows, get_import, imports_for, knowledge_points, preview_drafts, stems_by_id
from question_bank.views.lists import SIZES, page_of
from question_bank.views.questions import own_authorities
from question_bank.views.requests import actor_of
from registry.queries import industries

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IMPORT_TONES = {"preview": "warn", "applied": "good", "cancelled": ""}
SHOWN_ROWS = 500


@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    _check_may_import(actor)
    page = page_of(request, imports_for(actor))
    rows = [{"row": row, "tone": IMPORT_TONES[row.state]} for row in page]
    return render(request, "question_bank/import_list.html", {"page": page, "rows": rows, "sizes": SIZES})


def import_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    _check_may_import(actor)
    form = UploadForm(request.POST or None, request.FILES or None, authorities=own_authorities(actor))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_on(form):
            row = stage_import(
                actor, data["authority"], (data["file"].name, data["file"].read()), pool=data["pool"], now=now(),
            )  # fmt: skip
            return redirect("question_bank:import_detail", row.public_id)
    return render(request, "question_bank/import_new.html", {"form": form})


@require_safe
def import_template(request: HttpRequest, format_name: str) -> HttpResponse:
    """An empty sheet with drop-down lists and a sheet of examples; as CSV the header alone."""
    _check_may_import(actor_of(request))
    if format_name == "csv":
        return _download(write_csv(columns.TITLES, []), "text/csv; charset=utf-8", "questions-template.csv")
    if format_name != "xlsx":
        raise NotFound
    points = knowledge_points().values_list("name", flat=True)
    sheets = columns.template_sheets(points, industries().values_list("name", flat=True))
    return _download(write_xlsx(sheets), XLSX, "questions-template.xlsx")


@require_safe
def import_detail(request: HttpRequest, import_id: str) -> HttpResponse:
    actor = actor_of(request)
    _check_may_import(actor)
    row = get_import(actor, import_id)
    report = row.report
    stems = stems_by_id(row.authority, [near["of"] for near in report["duplicates"] if isinstance(near["of"], str)])
    context = {
        "row": row,
        "tone": IMPORT_TONES[row.state],
        "accepted": report["accepted"],
        "rejected": report["rejected"][:SHOWN_ROWS],
        "rejected_count": len(report["rejected"]),
        "equal": [_near(near, stems) for near in report["duplicates"] if near["similarity"] == 1][:SHOWN_ROWS],
        "near": [_near(near, stems) for near in report["duplicates"] if near["similarity"] < 1][:SHOWN_ROWS],
        "unsupported": report["unsupported"],
        "is_open": row.state == QuestionImport.State.PREVIEW,
        "may_apply": row.state == QuestionImport.State.PREVIEW and not report["rejected"] and report["accepted"],
        "preview": _preview(row) if row.state == QuestionImport.State.PREVIEW else [],
        "steps": _steps(row),
    }
    return render(request, "question_bank/import_detail.html", context)


def _near(near: dict[str, object], stems: dict[str, str]) -> dict[str, object]:
    of = near["of"]
    return {
        "row": near["row"],
        "percent": f"{near['similarity']:.0%}",
        "in_bank": of if isinstance(of, str) else "",
        "of_row": "" if isinstance(of, str) else of,
        "stem": stems.get(str(of), ""),
    }


def _preview(row: QuestionImport) -> list[dict[str, object]]:
    """The first questions as they would be kept: what a clerk looks at before saying yes."""
    return [
        {"number": number, "draft": draft, "content": draft.content, "key": _key_text(draft)}
        for number, draft in preview_drafts(row, limit=20)
    ]


def _key_text(draft: QuestionDraft) -> str:
    return kind_for(draft.content.kind).key_text(draft.content)


def _steps(row: QuestionImport) -> list[dict[str, str]]:
    done = row.state == QuestionImport.State.APPLIED
    faulty = bool(row.report["rejected"])
    check = "done" if done or not faulty else "blocked"
    return [
        {"title": _("上传文件"), "state": "done"},
        {"title": _("检查每一行"), "state": check},
        {"title": _("确认导入"), "state": "done" if done else "later" if faulty else "current"},
        {"title": _("提交审核"), "state": "current" if done else "later"},
    ]


@require_safe
def import_errors(request: HttpRequest, import_id: str) -> HttpResponse:
    """The faulty rows as a workbook with reasons and red cells."""
    actor = actor_of(request)
    _check_may_import(actor)
    row = get_import(actor, import_id)
    table = faulty_rows(row)
    problems = [CellProblem(**problem) for problem in row.report["rejected"]]
    return _download(error_workbook(table, columns.written_columns(), problems), XLSX, "import-errors.xlsx")


@require_POST
def import_apply(request: HttpRequest, import_id: str) -> HttpResponse:
    actor = actor_of(request)
    _check_may_import(actor)
    left_out = {int(number) for number in request.POST.getlist("left_out") if number.isascii() and number.isdigit()}
    questions = apply_import(actor, import_id, left_out=left_out, now=now())
    messages.success(request, _("已导入 %(count)s 道试题，状态为草稿。请提交审核。") % {"count": len(questions)})
    return redirect("question_bank:import_detail", import_id)


@require_POST
def import_cancel(request: HttpRequest, import_id: str) -> HttpResponse:
    actor = actor_of(request)
    _check_may_import(actor)
    cancel_import(actor, import_id)
    messages.info(request, _("已取消，没有导入任何试题。"))
    return redirect("question_bank:import_list")


def _check_may_import(actor: Actor) -> None:
    if not can_write_anywhere(actor):
        raise NotAllowed


def _download(data: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        data, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
