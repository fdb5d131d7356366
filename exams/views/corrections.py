"""Correcting the key after the exam: which item, what it would do, the second person, what came of it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.errors import NotAllowed
from core.http import refusals_on
from core.scores import display
from exams import actions
from exams.actions import CorrectionDraft
from exams.domain.corrections import Difference, Line
from exams.domain.grading import Policy
from exams.domain.items import shown_item
from exams.forms import CorrectionForm, DecisionNoteForm
from exams.models import KeyCorrection
from exams.policies import can_decide_correction, can_propose_correction, can_see_corrections
from exams.queries import get_round
from exams.queries.candidates import names_of
from exams.queries.corrections import (
    AskedItem,
    content_of_item,
    corrections_for,
    get_correction,
    items_of_round,
    read_difference,
)

_PAGE_SIZE = 50
_SHOWN_LINES = 500
_TONES = {"proposed": "warn", "approved": "good", "refused": ""}


@require_GET
def round_items(request: HttpRequest, round_id: str) -> HttpResponse:
    """What the papers of the round asked, the reported and the worst answered first."""
    exam_round = get_round(request.actor, round_id)
    if not can_propose_correction(request.actor, exam_round):
        raise NotAllowed
    wanted = request.GET.get("q", "").strip()
    found = [item for item in items_of_round(exam_round) if wanted in item.stem]
    page = Paginator(found, _PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "round": exam_round,
        "page": page,
        "count": page.paginator.count,
        "q": wanted,
        "columns": [
            {"label": _("题干")},
            {"label": _("题型")},
            {"label": _("试卷数"), "numeric": True},
            {"label": _("答对"), "numeric": True},
            {"label": _("考生报告"), "numeric": True},
        ],
        "rows": [_item_row(round_id, item) for item in page.object_list],
    }
    return render(request, "exams/round_items.html", context)


@require_GET
def correction_list(request: HttpRequest, round_id: str) -> HttpResponse:
    """The corrections of one round."""
    exam_round = get_round(request.actor, round_id)
    if not can_see_corrections(request.actor, exam_round):
        raise NotAllowed
    rows = corrections_for(request.actor).filter(round=exam_round)
    context = {
        "round": exam_round,
        "corrections": [{"row": row, "tone": _TONES[row.state]} for row in rows],
        "may_propose": can_propose_correction(request.actor, exam_round),
    }
    return render(request, "exams/corrections.html", context)


def correction_new(request: HttpRequest, round_id: str) -> HttpResponse:
    """One item with its key; first the dry run, then the proposal."""
    exam_round = get_round(request.actor, round_id)
    if not can_propose_correction(request.actor, exam_round):
        raise NotAllowed
    ref = str(request.POST.get("item") or request.GET.get("item", ""))
    content = content_of_item(exam_round, ref)
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    difference = None
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            draft = _draft(ref, form)
            if "propose" in request.POST:
                row = actions.propose_key_correction(request.actor, round_id, draft, now=clock.now())
                messages.success(request, _("已提出答案更正，请另一位有权限的同事在 24 小时内审批。成绩尚未改变。"))
                return redirect("exams:correction", correction_id=row.public_id)
            difference = actions.preview_key_correction(request.actor, round_id, draft)
    context = {
        "round": exam_round,
        "item": shown_item(ref, content),
        "form": form,
        "viewer": str(request.user),
        "seen_at": clock.now(),
        **_shown_difference(difference),
    }
    return render(request, "exams/correction_new.html", context, status=422 if form.errors else 200)


@require_GET
def correction_detail(request: HttpRequest, correction_id: str) -> HttpResponse:
    """One correction: the item, the dry run, the decision."""
    row = get_correction(request.actor, correction_id)
    return render(request, "exams/correction.html", _detail(request, row))


@require_POST
def correction_approve(request: HttpRequest, correction_id: str) -> HttpResponse:
    """The second person's yes, to exactly what was shown."""
    row = get_correction(request.actor, correction_id)
    typed = str(request.POST.get("confirm_name", "")).strip()
    if typed != row.round.code:
        messages.error(request, _("请输入轮次代码“{code}”以确认，未做任何更改。").format(code=row.round.code))
        return redirect("exams:correction", correction_id=correction_id)
    sha256 = str(request.POST.get("difference_sha256", ""))
    actions.approve_key_correction(request.actor, correction_id, difference_sha256=sha256, now=clock.now())
    messages.success(request, _("已批准，正在重新评分。成绩变动的考生会看到新的成绩，已公示的会自动提出更正公示。"))
    return redirect("exams:correction", correction_id=correction_id)


@require_POST
def correction_refuse(request: HttpRequest, correction_id: str) -> HttpResponse:
    """The second person's no, or the proposer taking it back."""
    row = get_correction(request.actor, correction_id)
    form = DecisionNoteForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            note = form.cleaned_data["note"]
            actions.refuse_key_correction(request.actor, correction_id, note=note, now=clock.now())
            messages.success(request, _("已退回，没有改变任何成绩。"))
            return redirect("exams:correction", correction_id=correction_id)
    return render(request, "exams/correction.html", _detail(request, row, refuse_form=form), status=422)


def _detail(request: HttpRequest, row: KeyCorrection, *, refuse_form: DecisionNoteForm | None = None) -> dict[str, Any]:
    now = clock.now()
    is_open = row.state == KeyCorrection.State.PROPOSED
    is_own = row.proposed_by_id == request.actor.user_id
    may_decide = is_open and can_decide_correction(request.actor, row.round)
    content = content_of_item(row.round, row.ref)
    return {
        "correction": row,
        "round": row.round,
        "tone": _TONES[row.state],
        "item": shown_item(row.ref, content) if can_decide_correction(request.actor, row.round) else None,
        "viewer": str(request.user),
        "seen_at": now,
        "may_approve": may_decide and not is_own and now <= row.expires_at,
        "may_refuse": may_decide,
        "waits_for_another": is_open and is_own,
        "is_expired": is_open and now > row.expires_at,
        "is_applying": row.state == KeyCorrection.State.APPROVED and row.applied_at is None,
        "refuse_form": refuse_form or DecisionNoteForm(),
        "timeline": _timeline(row),
        **_shown_difference(read_difference(row)),
    }


def _draft(ref: str, form: CorrectionForm) -> CorrectionDraft:
    data = form.cleaned_data
    return CorrectionDraft(ref, Policy(data["policy"]), data["key_text"], data["reason"], data["public_note"])


def _item_row(round_id: str, item: AskedItem) -> list[dict[str, object]]:
    page = f"{reverse('exams:correction_new', args=[round_id])}?item={item.ref}"
    corrected = _("已有 {number} 份更正").format(number=item.corrections) if item.corrections else ""
    return [
        {"text": item.stem[:80], "url": page, "sub": corrected},
        {"label": _("题型"), "text": item.kind},
        {"label": _("试卷数"), "text": item.papers, "numeric": True},
        {"label": _("答对"), "text": f"{item.right_percent}%", "numeric": True},
        {"label": _("考生报告"), "text": item.reports or "—", "numeric": True},
    ]


def _shown_difference(difference: Difference | None) -> dict[str, Any]:
    if difference is None:
        return {"difference": None}
    changed = [line for line in difference.lines if line.is_changed]
    names = names_of(line.candidate for line in changed)
    unit = _("人")
    return {
        "difference": difference,
        "figures": [
            {"label": _("抽到本题"), "value": len(difference.lines), "unit": unit},
            {"label": _("分数变动"), "value": difference.changed, "unit": unit},
            {"label": _("改为合格"), "value": difference.ups, "unit": unit, "tone": "good"},
            {"label": _("改为不合格"), "value": difference.downs, "unit": unit, "tone": "bad"},
        ],
        "columns": [
            {"label": _("考生")},
            {"label": _("原分数"), "numeric": True},
            {"label": _("新分数"), "numeric": True},
            {"label": _("结果变动")},
        ],
        "rows": [_line_row(line, names.get(line.candidate, "")) for line in changed[:_SHOWN_LINES]],
        "more_rows": max(0, len(changed) - _SHOWN_LINES),
    }


def _line_row(line: Line, name: str) -> list[dict[str, object]]:
    turned = {"up": _("不合格 → 合格"), "down": _("合格 → 不合格")}.get(line.turned, "")
    tone = {"up": "good", "down": "bad"}.get(line.turned, "")
    sitting = _("补考") if line.sitting > 1 else ""
    return [
        {"text": name, "url": reverse("exams:candidate", args=[line.candidate]), "sub": sitting},
        {"label": _("原分数"), "text": display(line.before), "numeric": True},
        {"label": _("新分数"), "text": display(line.after), "numeric": True},
        {"label": _("结果变动"), "state": turned, "tone": tone} if turned else {"label": _("结果变动"), "text": "—"},
    ]


def _timeline(row: KeyCorrection) -> list[dict[str, object]]:
    system = _("系统")
    entries: list[dict[str, object]] = [
        {"when": row.proposed_at, "who": str(row.proposed_by or system), "what": _("提出答案更正"), "why": row.reason}
    ]
    if row.decided_at:
        what = _("批准") if row.state == KeyCorrection.State.APPROVED else _("退回")
        who = str(row.decided_by or system)
        entries.append({"when": row.decided_at, "who": who, "what": what, "why": row.decision_note})
    if row.applied_at:
        entries.append({"when": row.applied_at, "who": system, "what": _("重新评分完成"), "why": ""})
    return entries
