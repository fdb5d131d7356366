"""Pages for the people who propose and approve."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.actor import Actor
from core.errors import DomainError
from core.http import message_of, refusals_on
from exams.models import Round
from publications import actions, queries
from publications.domain.snapshot import POSTS, STATES
from publications.forms import ApproveForm, NoteForm, WithdrawForm
from publications.models import Publication
from publications.policies import can_decide, can_propose
from publications.queries.snapshots import parsed

_TONES = {
    Publication.State.PROPOSED: "warn",
    Publication.State.PUBLISHED: "good",
    Publication.State.REFUSED: "idle",
    Publication.State.SUPERSEDED: "idle",
    Publication.State.WITHDRAWN: "bad",
}
_PAGE_SIZE = 20
_PREVIEW_ROWS = 200


@require_safe
def publication_list(request: HttpRequest) -> HttpResponse:
    """Rounds that wait to be proposed, proposals that wait for a decision, and what was published."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    queries.check_may_see(actor)
    today = clock.today()
    waiting = [
        {
            "round": item.round,
            "due_on": item.due_on,
            "is_late": item.due_on is not None and item.due_on < today,
            "may_propose": can_propose(actor, item.round),
        }
        for item in queries.rounds_to_publish(actor)
    ]
    page = Paginator(queries.publications_for(actor), _PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "waiting": waiting,
        "page": page,
        "rows": [{"publication": row, "tone": _TONES[Publication.State(row.state)]} for row in page.object_list],
    }
    return render(request, "publications/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, round_id: str) -> HttpResponse:
    """Shows what would be published; POST puts it forward."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    exam_round = queries.get_round_to_publish(actor, round_id)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            row = actions.propose_publication(actor, round_id, clock.now())
            messages.success(request, _("已提出公示，请另一位有权限的同事在 24 小时内审批。"))
            return redirect("publications:detail", row.public_id)
    elif request.method != "POST":
        queries.require_may_propose(actor, exam_round)
    context = {
        "round": exam_round,
        "form": form,
        "due_on": queries.publication_due_on(exam_round),
        **_preview_context(exam_round),
    }
    return render(request, "publications/propose.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, round_id: str) -> HttpResponse:
    """The difference to what is public, and the public note; POST puts the correction forward."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    exam_round = queries.get_round_to_publish(actor, round_id)
    replaced = queries.require_may_correct(actor, exam_round)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            row = actions.correct_publication(actor, round_id, note=form.cleaned_data["note"], now=clock.now())
            messages.success(request, _("已提出更正，请另一位有权限的同事在 24 小时内审批。原公示在批准前保持不变。"))
            return redirect("publications:detail", row.public_id)
    context = {"round": exam_round, "form": form, **_preview_context(exam_round)}
    changes = context.get("changes")
    is_public = replaced.state == Publication.State.PUBLISHED
    context["nothing_to_correct"] = is_public and changes is not None and not changes["count"]
    return render(request, "publications/correct.html", context, status=422 if form.errors else 200)


@require_safe
def detail(request: HttpRequest, publication_id: str) -> HttpResponse:
    """One publication: its figures, its hash, what changed, what can be done now, and what happened."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = queries.get_publication(actor, publication_id)
    return render(
        request,
        "publications/detail.html",
        _detail_context(actor, row, approve_form=ApproveForm(code=row.round.code), refuse_form=NoteForm()),
    )


@require_http_methods(["POST"])
def approve(request: HttpRequest, publication_id: str) -> HttpResponse:
    """The second person's yes."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = queries.get_publication(actor, publication_id)
    form = ApproveForm(request.POST, code=row.round.code)
    if form.is_valid():
        with refusals_on(form):
            sha256 = form.cleaned_data["snapshot_sha256"]
            actions.approve_publication(actor, publication_id, snapshot_sha256=sha256, now=clock.now())
            messages.success(request, _("已批准，成绩现已对外公示。"))
            return redirect("publications:detail", publication_id)
    context = _detail_context(
        actor, queries.get_publication(actor, publication_id), approve_form=form, refuse_form=NoteForm()
    )
    return render(request, "publications/detail.html", context, status=422)


@require_http_methods(["POST"])
def refuse(request: HttpRequest, publication_id: str) -> HttpResponse:
    """The second person's no, with a reason."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = queries.get_publication(actor, publication_id)
    form = NoteForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.refuse_publication(actor, publication_id, note=form.cleaned_data["note"], now=clock.now())
            messages.success(request, _("已退回，没有公开任何内容。"))
            return redirect("publications:detail", publication_id)
    context = _detail_context(actor, row, approve_form=ApproveForm(code=row.round.code), refuse_form=form)
    return render(request, "publications/detail.html", context, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, publication_id: str) -> HttpResponse:
    """Takes the figures off the public page; asks for the round's code and a public reason."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = queries.get_publication(actor, publication_id)
    queries.require_may_withdraw(actor, row)
    form = WithdrawForm(request.POST or None, code=row.round.code)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.withdraw_publication(actor, publication_id, note=form.cleaned_data["note"], now=clock.now())
            messages.success(request, _("已撤回，公示页面现在显示撤回说明。"))
            return redirect("publications:detail", publication_id)
    context = {"publication": row, "form": form}
    return render(request, "publications/withdraw.html", context, status=422 if form.errors else 200)


def _preview_context(exam_round: Round) -> dict[str, Any]:
    try:
        preview = queries.preview(exam_round)
    except DomainError as refusal:
        return {"preview": None, "blocked": message_of(refusal)}
    return {
        "preview": preview,
        "blocked": "",
        "rows": _shown_rows(preview.snapshot),
        "more_rows": max(0, len(preview.snapshot.rows) - _PREVIEW_ROWS),
        "totals": preview.snapshot.totals,
        "changes": _shown_changes(preview.difference),
    }


def _detail_context(
    actor: Actor, row: Publication, *, approve_form: ApproveForm, refuse_form: NoteForm
) -> dict[str, Any]:
    snapshot = parsed(row.snapshot.content)
    is_open = row.state == Publication.State.PROPOSED and row.expires_at >= clock.now()
    is_own = row.proposed_by_id == actor.user_id
    public_url = reverse("publications:public_round", args=[row.round.public_id])
    return {
        "publication": row,
        "tone": _TONES[Publication.State(row.state)],
        "totals": snapshot.totals,
        "rows": _shown_rows(snapshot),
        "more_rows": max(0, len(snapshot.rows) - _PREVIEW_ROWS),
        "changes": _shown_changes(queries.difference_to_previous(row)),
        "history": queries.history_of(actor, row.round),
        "is_open": is_open,
        "is_expired": row.state == Publication.State.PROPOSED and not is_open,
        "waits_for_another": is_open and is_own,
        "may_approve": is_open and can_decide(actor, row) and not is_own,
        "may_refuse": is_open and can_decide(actor, row),
        "may_change": row.state == Publication.State.PUBLISHED and can_propose(actor, row.round),
        "may_propose_again": row.state == Publication.State.WITHDRAWN and can_propose(actor, row.round),
        "public_url": public_url
        if row.state in (Publication.State.PUBLISHED, Publication.State.SUPERSEDED, Publication.State.WITHDRAWN)
        else "",
        "approve_form": approve_form,
        "refuse_form": refuse_form,
        "timeline": _timeline(row),
    }


def _timeline(row: Publication) -> list[dict[str, Any]]:
    entries = [
        {
            "when": row.proposed_at,
            "who": str(row.proposed_by or _("系统")),
            "what": _("提出公示"),
            "why": row.correction_note,
        }
    ]
    if row.decided_at:
        what = _("退回") if row.state == Publication.State.REFUSED else _("批准并公示")
        why = row.decision_note if row.state == Publication.State.REFUSED else ""
        entries.append({"when": row.decided_at, "who": str(row.decided_by or _("系统")), "what": what, "why": why})
    if row.withdrawn_at:
        entries.append({"when": row.withdrawn_at, "who": "", "what": _("撤回"), "why": row.decision_note})
    return entries


def _shown_rows(snapshot: queries.PublicSnapshot) -> list[dict[str, Any]]:
    return [
        {"row": row, "post": _(POSTS.get(row.post, row.post)), "state": _(STATES.get(row.state, row.state))}
        for row in snapshot.rows[:_PREVIEW_ROWS]
    ]


def _shown_changes(difference: queries.Difference | None) -> dict[str, Any] | None:
    if difference is None:
        return None
    return {
        "count": difference.count,
        "changed": [
            {"row": one.after, "before": _standing(one.before), "after": _standing(one.after)}
            for one in difference.changed
        ],
        "added": [{"row": row, "after": _standing(row)} for row in difference.added],
        "removed": [{"row": row, "before": _standing(row)} for row in difference.removed],
    }


def _standing(row: queries.PublicRow) -> str:
    state = _(STATES.get(row.state, row.state))
    return f"{row.score} {state}" if row.score else state
