"""Blueprints: list, writing with a feasibility table, sample papers for those who may see questions."""

from collections.abc import Sequence
from decimal import Decimal

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.actor import REGULATOR, TRAINER, Actor
from core.clock import now, today
from core.errors import NotAllowed, NotFound
from core.http import message_of, refusals_on
from core.scores import display
from question_bank.actions import (
    archive_blueprint,
    change_blueprint,
    create_blueprint,
    make_paper_forms,
    record_forms_download,
    record_sample,
)
from question_bank.domain.blueprint import Cell, CellFeasibility, describe_cell
from question_bank.domain.kinds import KINDS, MarkingRule, kind_for
from question_bank.forms import BlueprintForm, CellForm, CellFormSet, CommentForm, PlaceForm, cell_initial
from question_bank.models import Blueprint
from question_bank.policies import can_read_questions, can_write_blueprints
from question_bank.queries import (
    Outlook,
    blueprint_value,
    blueprints_for,
    cells_outlook,
    check_may_read_blueprints,
    check_may_read_questions,
    get_blueprint,
    get_paper_forms,
    is_in_use,
    knowledge_points,
    marking_rule_of,
    outlook_of,
    paper_forms_of,
    questions_for,
    ready_forms,
    sample_paper,
    snapshots_of,
)
from question_bank.views.lists import SIZES, page_of
from question_bank.views.requests import actor_of
from registry.models import Authority
from registry.queries import authorities_for, industries

MAX_CELLS = 30


@require_safe
def blueprint_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    check_may_read_blueprints(actor)
    page = page_of(request, blueprints_for(actor).order_by("-is_active", "-updated_at"))
    rows = [_list_row(row) for row in page]
    may_write = actor.has_role(TRAINER, REGULATOR)
    return render(
        request, "question_bank/blueprint_list.html", {"page": page, "rows": rows, "sizes": SIZES, "may_write": may_write},
    )  # fmt: skip


def _list_row(row: Blueprint) -> dict[str, object]:
    value = blueprint_value(row)
    return {
        "row": row,
        "count": value.question_count,
        "total": display(value.total_mark),
        "summary": "，".join(
            f"{_(KINDS[cell.kind].label)} {cell.count} × {display(cell.mark)} 分" for cell in value.cells
        ),
    }


@require_safe
def blueprint_detail(request: HttpRequest, blueprint_id: str) -> HttpResponse:
    actor = actor_of(request)
    check_may_read_blueprints(actor)
    row = get_blueprint(actor, blueprint_id)
    value = blueprint_value(row)
    outlook = outlook_of(row, on=today())
    may_write = can_write_blueprints(actor, row.authority_id)
    in_use = is_in_use(row)
    context = {
        "blueprint": row,
        "count": value.question_count,
        "total": display(value.total_mark),
        "rule": _rule_text(marking_rule_of(row)),
        "lines": _lines(outlook.lines),
        "balance": _balance(outlook),
        "is_feasible": outlook.refusal is None,
        "required": sum(len(cell.must_include) for cell in value.cells),
        "snapshots": snapshots_of(row)[:20],
        "in_use": in_use,
        "may_edit": may_write and row.is_active and not in_use,
        "may_archive": may_write and row.is_active,
        "may_copy": actor.has_role(TRAINER, REGULATOR),
        "may_sample": outlook.refusal is None and _may_sample(actor, row),
    }
    return render(request, "question_bank/blueprint_detail.html", context)


def _rule_text(rule: MarkingRule) -> str:
    return _(rule.template).format(**rule.params)


def _lines(lines: Sequence[CellFeasibility]) -> list[dict[str, object]]:
    return [
        {
            "title": line.cell.title,
            "wish": describe_cell(line.cell),
            "asked": line.asked,
            "matching": line.matching,
            "available": line.available,
            "mark": display(line.cell.mark),
            "ok": line.is_feasible,
            "message": _(line.template).format(**line.params),
        }
        for line in lines
    ]


def _balance(outlook: Outlook) -> dict[str, object]:
    """How equally hard the papers are, in numbers that a clerk reads; or why there are none."""
    figures = outlook.figures
    if figures is None:
        return {"refusal": message_of(outlook.refusal) if outlook.refusal else ""}
    return {
        "stats": [
            {"label": _("最难一份的预期得分率"), "value": f"{figures.lowest:.1%}"},
            {"label": _("最易一份的预期得分率"), "value": f"{figures.highest:.1%}"},
            {"label": _("最大差距"), "value": f"{figures.spread:.1%}", "note": _tolerance_note(figures.tolerance)},
            {"label": _("可能的不同试卷"), "value": _how_many(figures.papers), "unit": _("份")},
            {"label": _("难度来自作答记录的试题"), "value": f"{figures.measured:.0%}"},
        ],
    }


def _tolerance_note(tolerance: float | None) -> str:
    return _("不控制") if tolerance is None else _("允许 %(tolerance)s") % {"tolerance": f"{tolerance:.1%}"}


def _how_many(papers: float) -> str:
    """A power of ten from six on: nobody reads more digits."""
    return f"{round(10**papers):,}" if papers < 6 else _("10 的 %(power)s 次方") % {"power": int(papers)}


def _may_sample(actor: Actor, row: Blueprint) -> bool:
    """A sample shows questions: for those who read this very bank."""
    return can_read_questions(actor) and questions_for(actor).filter(authority_id=row.authority_id).exists()


@require_safe
def blueprint_sample(request: HttpRequest, blueprint_id: str) -> HttpResponse:
    actor = actor_of(request)
    check_may_read_blueprints(actor)
    row = get_blueprint(actor, blueprint_id)
    if not _may_sample(actor, row):
        raise NotAllowed
    number = request.GET.get("number", "1")
    number = number if number.isascii() and number.isdigit() and len(number) <= 4 else "1"
    paper = sample_paper(row, number, on=today())
    record_sample(actor, row, [item.question_id for _cell, items in paper for item in items])
    groups, position = [], 0
    for cell, items in paper:
        shown = [
            {
                "number": position + offset,
                "content": item.content,
                "question_id": item.question_id,
                "key": kind_for(item.content.kind).key_text(item.content),
            }
            for offset, item in enumerate(items, start=1)
        ]
        position += len(items)
        groups.append({"cell": cell, "mark": display(cell.mark), "items": shown})
    context = {
        "blueprint": row,
        "groups": groups,
        "number": number,
        "next_url": f"?number={int(number) + 1}",
        "rule": _rule_text(marking_rule_of(row)),
        "viewer": actor.label,
        "viewed_at": now(),
    }
    return render(request, "question_bank/blueprint_sample.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def blueprint_forms(request: HttpRequest, blueprint_id: str) -> HttpResponse:
    """What was printed of a blueprint; a post draws and prints another paper."""
    actor = actor_of(request)
    check_may_read_blueprints(actor)
    row = get_blueprint(actor, blueprint_id)
    if not _may_sample(actor, row):
        raise NotAllowed
    form = CommentForm()
    if request.method == "POST":
        form = CommentForm(request.POST)
        form.is_valid()
        with refusals_on(form):
            make_paper_forms(actor, blueprint_id, on=today(), now=now())
            messages.success(request, _("已抽好一份纸质试卷，文件生成后即可下载。"))
            return redirect("question_bank:blueprint_forms", blueprint_id)
    made = list(paper_forms_of(row)[:50])
    with_file = set(ready_forms(made))
    rows = [{"row": one, "is_ready": one.pk in with_file} for one in made]
    context = {"blueprint": row, "form": form, "rows": rows, "is_waiting": any(not one["is_ready"] for one in rows)}
    return render(request, "question_bank/blueprint_forms.html", context)


@require_safe
def forms_file(request: HttpRequest, forms_id: str) -> HttpResponse:
    """The file with both forms, answer sheets and key."""
    actor = actor_of(request)
    check_may_read_questions(actor)
    row = get_paper_forms(actor, forms_id)
    if row.pdf is None:
        raise NotFound
    record_forms_download(actor, row)
    headers = {"Content-Disposition": f'attachment; filename="paper-forms-{row.public_id[:8]}.pdf"'}
    return HttpResponse(bytes(row.pdf), content_type="application/pdf", headers=headers)


def blueprint_new(request: HttpRequest) -> HttpResponse:
    """A new blueprint, empty or as a copy of `?copy=<id>`."""
    actor = actor_of(request)
    check_may_read_blueprints(actor)
    places = _writable(actor)
    if not places.exists():
        raise NotAllowed
    source = get_blueprint(actor, request.GET["copy"]) if request.GET.get("copy") else None
    place = PlaceForm(request.POST or None, authorities=places, prefix="place")
    form, cells = _forms(request, source, copy=True)
    if request.method == "POST" and place.is_valid() and _is_saving(request) and form.is_valid() and cells.is_valid():
        with refusals_on(form):
            row = create_blueprint(
                actor,
                place.cleaned_data["authority"],
                form.cleaned_data["title"],
                cells=_typed_cells(cells),
                marking_rule=form.marking_rule(),
                tolerance=form.tolerance(),
                now=now(),
            )
            messages.success(request, _("已保存组卷方案。"))
            return redirect("question_bank:blueprint_detail", row.public_id)
    authority = place.cleaned_data.get("authority") if place.is_bound and place.is_valid() else places.first()
    return _form_page(request, (form, cells), {"place": place, "authority": authority})


def blueprint_edit(request: HttpRequest, blueprint_id: str) -> HttpResponse:
    actor = actor_of(request)
    check_may_read_blueprints(actor)
    row = get_blueprint(actor, blueprint_id)
    if not can_write_blueprints(actor, row.authority_id):
        raise NotAllowed
    form, cells = _forms(request, row, copy=False)
    if request.method == "POST" and _is_saving(request) and form.is_valid() and cells.is_valid():
        with refusals_on(form):
            change_blueprint(
                actor,
                blueprint_id,
                title=form.cleaned_data["title"],
                cells=_typed_cells(cells),
                marking_rule=form.marking_rule(),
                tolerance=form.tolerance(),
                now=now(),
            )
            messages.success(request, _("已保存组卷方案。"))
            return redirect("question_bank:blueprint_detail", blueprint_id)
    return _form_page(request, (form, cells), {"blueprint": row, "authority": row.authority})


@require_POST
def blueprint_archive(request: HttpRequest, blueprint_id: str) -> HttpResponse:
    actor = actor_of(request)
    check_may_read_blueprints(actor)
    archive_blueprint(actor, blueprint_id, now=now())
    messages.success(request, _("已停用，新的抽考轮次不再列出该方案。"))
    return redirect("question_bank:blueprint_detail", blueprint_id)


# --- the form with its cells ---------------------------------------------------------------------------------------

_STARTING_CELLS = (
    {"title": "单选题", "kind": "single_choice", "count": 40, "mark": "1"},
    {"title": "判断题", "kind": "true_false", "count": 20, "mark": "1"},
    {"title": "多选题", "kind": "multiple_choice", "count": 20, "mark": "2"},
)


def _forms(
    request: HttpRequest, source: Blueprint | None, *, copy: bool
) -> tuple[BlueprintForm, "BaseFormSet[CellForm]"]:
    """The two forms. `add` in the post asks for one more group of questions, with everything typed kept."""
    rule = marking_rule_of(source) if source else MarkingRule()
    title = "" if source is None else _("%(title)s（副本）") % {"title": source.title[:74]} if copy else source.title
    initial = {
        "title": title,
        "rule": rule.code,
        "subset_percent": int(rule.subset_fraction * 100),
        "tolerance_percent": _percent_of(source.tolerance) if source else Decimal(2),
    }
    old = [cell_initial(cell) for cell in blueprint_value(source).cells] if source else list(_STARTING_CELLS)
    choices = {
        "points": list(knowledge_points().values_list("name", flat=True)),
        "industry_names": list(industries().values_list("name", flat=True)),
    }
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and "add" in data:
        total = data.get("cells-TOTAL_FORMS", "")
        data["cells-TOTAL_FORMS"] = (
            str(min(int(total) + 1, MAX_CELLS)) if total.isascii() and total.isdigit() and len(total) < 4 else "1"
        )
    form = BlueprintForm(data if data is not None else None, initial=initial)
    return form, CellFormSet(data, initial=old, prefix="cells", form_kwargs=choices)


def _percent_of(tolerance: Decimal | None) -> Decimal | None:
    return None if tolerance is None else (tolerance * 100).quantize(Decimal("0.1"))


def _is_saving(request: HttpRequest) -> bool:
    return "add" not in request.POST and "check" not in request.POST


def _typed_cells(cells: "BaseFormSet[CellForm]") -> list[Cell]:
    kept = [form for form in cells.forms if form not in cells.deleted_forms]
    return [form.cell(str(position)) for position, form in enumerate(kept, start=1)]


def _form_page(
    request: HttpRequest,
    forms: tuple[BlueprintForm, "BaseFormSet[CellForm]"],
    context: dict[str, object],
) -> HttpResponse:
    form, cells = forms
    lines: list[dict[str, object]] = []
    authority = context["authority"]
    balance: dict[str, object] | None = None
    if "check" in request.POST and cells.is_valid() and form.is_valid() and isinstance(authority, Authority):
        outlook = cells_outlook(authority, _typed_cells(cells), tolerance=form.tolerance(), on=today())
        lines, balance = _lines(outlook.lines), _balance(outlook)
    context |= {"balance": balance, "form": form, "cells": cells, "lines": lines, "is_adding": "add" in request.POST}
    return render(request, "question_bank/blueprint_form.html", context)


def _writable(actor: Actor) -> QuerySet[Authority]:
    return authorities_for(actor).filter(pk__in=actor.authorities(TRAINER, REGULATOR))
