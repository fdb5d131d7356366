"""Importing questions: template, upload, preview with every row, then all or nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.actor import Actor
from core.clock import now
from core.errors import NotAllowed, NotFound
from core.http import refusals_on
from core.models import JobRun
from core.spreadsheets import CellProblem, error_workbook, write_csv, write_xlsx
from question_bank.actions import Decisions, cancel_import, request_import, stage_import
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.importing import columns
from question_bank.domain.kinds import kind_for
from question_bank.domain.normalise import rows_named
from question_bank.forms import UploadForm
from question_bank.models import QuestionImport
from question_bank.policies import can_write_anywhere
from question_bank.queries import (
    faulty_rows,
    get_import,
    imports_for,
    knowledge_points,
    preview_drafts,
    run_of,
    stems_by_id,
)
from question_bank.views.lists import SIZES, page_of
from question_bank.views.questions import own_authorities
from question_bank.views.requests import actor_of
from registry.queries import industries

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IMPORT_TONES = {
    "checking": "active", "preview": "warn", "applying": "active", "failed": "bad", "applied": "good", "cancelled": "",
}  # fmt: skip
WORKING = frozenset({QuestionImport.State.CHECKING, QuestionImport.State.APPLYING})
SHOWN_ROWS = 500
PREVIEWED = 50


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
    if row.state in WORKING:
        return render(request, "question_bank/import_progress.html", _progress(row))
    report = row.report
    stems = stems_by_id(row.authority, [near["of"] for near in report["duplicates"] if isinstance(near["of"], str)])
    is_open = row.state == QuestionImport.State.PREVIEW
    faulty = {problem["row"] for problem in report["rejected"]}
    resembling = [_near(near, stems) for near in report["duplicates"] if near["row"] not in faulty]
    context = {
        "row": row,
        "tone": IMPORT_TONES[row.state],
        "accepted": report["accepted"],
        "refused": _said(report["refused"]) if "refused" in report else "",
        "rejected": [_problem(problem) for problem in report["rejected"][:SHOWN_ROWS]],
        "rejected_count": len(report["rejected"]),
        "faulty_count": len(faulty),
        "equal": [near for near in resembling if near["is_equal"]][:SHOWN_ROWS],
        "near": [near for near in resembling if not near["is_equal"]][:SHOWN_ROWS],
        "unsupported": [_said(note) for note in report["unsupported"]],
        "is_open": is_open,
        "may_apply": is_open and bool(report["accepted"] or any(near["in_bank"] for near in resembling)),
        "preview": _preview(row) if is_open else [],
        "steps": _steps(row),
        "pool": row.get_pool_display(),
    }
    return render(request, "question_bank/import_detail.html", context)


@require_safe
def import_progress(request: HttpRequest, import_id: str) -> HttpResponse:
    """How far the background is, for the page that waits; when it is through, the page is asked to come again."""
    actor = actor_of(request)
    _check_may_import(actor)
    row = get_import(actor, import_id)
    response = render(request, "components/progress.html", _progress(row))
    if row.state not in WORKING:
        response["HX-Refresh"] = "true"
    return response


def _progress(row: QuestionImport) -> dict[str, object]:
    run = run_of(row)
    is_checking = row.state == QuestionImport.State.CHECKING
    total = run.progress_total if run else 0
    is_lost = run is not None and run.state in {JobRun.State.FAILED, JobRun.State.REFUSED}
    return {
        "row": row,
        "tone": IMPORT_TONES[row.state],
        "steps": _steps(row),
        "title": _("正在检查每一行") if is_checking else _("正在写入题库"),
        "finished": run.progress_done if run and is_checking else 0,
        "total": total if is_checking and total else 1,
        "is_lost": is_lost,
        "done": row.state not in WORKING or is_lost,
        "poll_url": reverse("question_bank:import_progress", args=[row.public_id]),
        "seconds": 2,
    }


def _said(said: object) -> str:
    """A stored marked sentence in the reader's language; what older uploads stored is a sentence already."""
    if not isinstance(said, dict):
        return str(said)
    text = _(str(said["message"]))
    params = {
        name: _(value) if isinstance(value, str) and value else value for name, value in said.get("params", {}).items()
    }
    return text.format(**params) if params else text


def _problem(problem: dict[str, object]) -> dict[str, object]:
    return {
        "row": problem["row"],
        "column": _(str(problem["column"])) if problem["column"] else "",
        "code": problem["code"],
        "message": _said(problem),
    }


def _near(near: dict[str, object], stems: dict[str, str]) -> dict[str, object]:
    of = near["of"]
    return {
        "row": near["row"],
        "percent": f"{near['similarity']:.0%}",
        "is_equal": near["similarity"] == 1,
        "in_bank": of if isinstance(of, str) else "",
        "of_row": "" if isinstance(of, str) else of,
        "stem": stems.get(str(of), ""),
    }


def _preview(row: QuestionImport) -> list[dict[str, object]]:
    """The first questions as they would be kept: what a clerk looks at before saying yes."""
    resembling = {near["row"] for near in row.report["duplicates"]}
    faulty = {problem["row"] for problem in row.report["rejected"]}
    return [
        {
            "number": number,
            "draft": draft,
            "content": draft.content,
            "key": _key_text(draft),
            "resembles": number in resembling,
        }
        for number, draft in preview_drafts(row, limit=PREVIEWED)
        if number not in faulty
    ]


def _key_text(draft: QuestionDraft) -> str:
    return kind_for(draft.content.kind).key_text(draft.content)


def _steps(row: QuestionImport) -> list[dict[str, str]]:
    states = QuestionImport.State
    applied, faulty = row.state == states.APPLIED, bool(row.report.get("rejected"))
    check = {states.CHECKING: "current", states.FAILED: "blocked"}.get(states(row.state), "done")
    confirm = {states.PREVIEW: "current", states.APPLYING: "current", states.APPLIED: "done"}.get(
        states(row.state), "later"
    )
    return [
        {"title": _("上传文件"), "state": "done"},
        {"title": _("检查每一行"), "state": check, "note": _("有错误，见下表") if faulty and not applied else ""},
        {"title": _("确认导入"), "state": confirm},
        {"title": _("提交审核"), "state": "current" if applied else "later"},
    ]


@require_safe
def import_errors(request: HttpRequest, import_id: str) -> HttpResponse:
    """The faulty rows as a workbook with reasons and red cells."""
    actor = actor_of(request)
    _check_may_import(actor)
    row = get_import(actor, import_id)
    table = faulty_rows(row)
    problems = [
        CellProblem(problem["row"], problem["column"], problem["code"], _said(problem))
        for problem in row.report["rejected"]
    ]
    return _download(error_workbook(table, columns.written_columns(), problems), XLSX, "import-errors.xlsx")


@require_POST
def import_apply(request: HttpRequest, import_id: str) -> HttpResponse:
    actor = actor_of(request)
    _check_may_import(actor)
    row = request_import(actor, import_id, _decisions(request.POST), now=now())
    if row.state == QuestionImport.State.APPLIED:
        messages.success(request, _("导入完成，新试题的状态为草稿。请提交审核。"))
    return redirect("question_bank:import_detail", import_id)


def _decisions(post: QueryDict) -> Decisions:
    """`row-12=skip|replace`, `skip_rows=3, 8-12`, `skip_faulty=1`; whatever else came is ignored."""
    chosen = {name.removeprefix("row-"): value for name, value in post.items() if name.startswith("row-")}
    numbers = {
        int(name): value for name, value in chosen.items() if name.isascii() and name.isdigit() and len(name) < 8
    }
    skipped = {number for number, value in numbers.items() if value == "skip"} | rows_named(post.get("skip_rows", ""))
    replacing = {number for number, value in numbers.items() if value == "replace"} - skipped
    return Decisions(skip=skipped, replace=replacing, skips_faulty=post.get("skip_faulty") == "1")


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
