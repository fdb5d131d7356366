"""The import wizard: fill the template, upload, check the preview, confirm."""

from collections.abc import Mapping
from types import MappingProxyType

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.http import refusals_on
from core.models import JobRun
from registry.actions import cancel_enterprise_import, request_enterprise_import, stage_enterprise_import
from registry.forms import UploadForm
from registry.models import EnterpriseImport
from registry.queries.import_files import import_template, problem_workbook
from registry.queries.imports import get_enterprise_import, imports_of, run_of
from registry.views.enterprises import XLSX
from registry.views.lists import page_of
from registry.views.requests import ActorRequest
from registry.views.words import warning_text

_WORKING = (EnterpriseImport.State.CHECKING, EnterpriseImport.State.APPLYING)
_NOT_READ = MappingProxyType({"rows": 0, "counts": {}, "problems_total": 0, "warnings": []})


def import_list(request: ActorRequest) -> HttpResponse:
    """The first step, and the actor's earlier uploads."""
    uploads = imports_of(request.actor).defer("file_sealed", "problems")
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        with refusals_on(form):
            row = stage_enterprise_import(request.actor, upload.name, upload.read(), now=clock.now())
            return redirect("registry:import_detail", row.public_id)
    context = {"form": form, "page": page_of(request, uploads), "steps": _steps(1)}
    return render(request, "registry/import_list.html", context)


def template_download(request: ActorRequest) -> HttpResponse:
    """The template with the drop-down lists of the actor's reach."""
    imports_of(request.actor)
    return _workbook(import_template(request.actor, on=clock.today()), "people-template.xlsx")


def import_detail(request: ActorRequest, import_id: str) -> HttpResponse:
    """The preview: what would be new, changed, unchanged; errors by row and column. While the background works: how far."""
    row = get_enterprise_import(request.actor, import_id)
    if row.state in _WORKING:
        return render(request, "registry/import_progress.html", _progress(row))
    return _preview_page(request, row, Form())


def import_progress(request: ActorRequest, import_id: str) -> HttpResponse:
    """How far the background is, for the page that waits; when it is through, the page is asked to come again."""
    row = get_enterprise_import(request.actor, import_id)
    response = render(request, "components/progress.html", _progress(row))
    if row.state not in _WORKING:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def import_apply(request: ActorRequest, import_id: str) -> HttpResponse:
    """Does what the preview showed, or shows the preview again with the reason why not."""
    form = Form(request.POST)
    form.is_valid()
    with refusals_on(form):
        row = request_enterprise_import(request.actor, import_id, clock.now())
        if row.state == EnterpriseImport.State.APPLIED:
            messages.success(request, _("导入完成。"))
        return redirect("registry:import_detail", import_id)
    return _preview_page(request, get_enterprise_import(request.actor, import_id), form)


@require_POST
def import_cancel(request: ActorRequest, import_id: str) -> HttpResponse:
    """Forgets the upload."""
    cancel_enterprise_import(request.actor, import_id, clock.now())
    messages.success(request, _("已取消，上传的文件已删除。"))
    return redirect("registry:import_list")


def import_problems(request: ActorRequest, import_id: str) -> HttpResponse:
    """The faulty rows as a workbook."""
    row = get_enterprise_import(request.actor, import_id)
    return _workbook(problem_workbook(request.actor, row, today=clock.today()), f"import-errors-{import_id[:8]}.xlsx")


def _progress(row: EnterpriseImport) -> dict[str, object]:
    run = run_of(row)
    is_checking = row.state == EnterpriseImport.State.CHECKING
    is_lost = run is not None and run.state in {JobRun.State.FAILED, JobRun.State.REFUSED}
    return {
        "row": row,
        "steps": _steps(2 if is_checking else 3),
        "title": _("正在检查每一行") if is_checking else _("正在写入"),
        "finished": run.progress_done if run and is_checking else 0,
        "total": (run.progress_total if run and is_checking else 0) or 1,
        "is_lost": is_lost,
        "done": row.state not in _WORKING or is_lost,
        "poll_url": reverse("registry:import_progress", args=[row.public_id]),
        "seconds": 2,
    }


def _preview_page(request: ActorRequest, row: EnterpriseImport, form: Form) -> HttpResponse:
    summary = _NOT_READ | row.summary
    is_preview = row.state == EnterpriseImport.State.PREVIEW
    context = {
        "row": row,
        "form": form,
        "summary": summary,
        "is_preview": is_preview,
        "may_apply": is_preview and not summary["problems_total"],
        "nothing_to_do": not any(kind["new"] + kind["changed"] for kind in summary["counts"].values()),
        "refused": _said(summary["refused"]) if "refused" in summary else "",
        "problems": [_problem(problem) for problem in row.problems],
        "warnings": [{**item, "text": warning_text(item["code"])} for item in summary["warnings"]],
        "counts": _counts(summary["counts"]),
        "steps": _steps(_step(row)),
    }
    return render(request, "registry/import_detail.html", context)


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _problem(problem: dict[str, object]) -> dict[str, object]:
    return {**problem, "text": _said(problem)}


def _said(stored: Mapping[str, object]) -> str:
    """A stored refusal in the reader's language."""
    text = _(str(stored["message"]))
    params = stored["params"]
    return text.format(**params) if isinstance(params, dict) and params else text


def _counts(counts: dict[str, dict[str, int]]) -> list[dict[str, object]]:
    labels = {"enterprises": _("单位"), "people": _("人员"), "appointments": _("任职")}
    return [{"label": labels[name], **numbers} for name, numbers in counts.items()]


def _step(row: EnterpriseImport) -> int:
    if row.state == EnterpriseImport.State.APPLIED:
        return 4
    return 2 if row.state == EnterpriseImport.State.FAILED or row.summary.get("problems_total") else 3


def _steps(current: int) -> list[dict[str, str]]:
    titles = [
        (_("填写并上传"), _("下载模板，一行一人。")),
        (_("改正错误"), _("逐行检查，有一处错误就什么都不导入。")),
        (_("核对并确认"), _("看清新增和更改的内容。")),
    ]
    return [
        {
            "title": title,
            "note": note,
            "state": "done" if number < current else "current" if number == current else "later",
        }
        for number, (title, note) in enumerate(titles, start=1)
    ]
