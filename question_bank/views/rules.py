"""The rules of a bank, and proposals to move worn-out questions to the practice pool."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.actor import REGULATOR
from core.clock import now
from core.errors import NotAllowed
from core.http import refusals_on
from question_bank.actions import EXPOSURE, RulesDraft, decide_practice, set_bank_rules
from question_bank.forms import BankRulesForm, CommentForm
from question_bank.models import PracticeProposal
from question_bank.policies import can_review_questions
from question_bank.queries import check_may_read_questions, papers_of, proposals_for, rules_of
from question_bank.views.lists import SIZES, page_of
from question_bank.views.requests import actor_of
from registry.queries import authorities_for


def bank_rules(request: HttpRequest) -> HttpResponse:
    """The rules of one's own authority; `?authority=` chooses among several."""
    actor = actor_of(request)
    places = authorities_for(actor).filter(pk__in=actor.authorities(REGULATOR))
    authority = places.filter(public_id=request.GET.get("authority", "")).first() or places.first()
    if authority is None:
        raise NotAllowed
    rules = rules_of(authority)
    initial = {
        "reviewers": rules.reviewers,
        "checklist": "\n".join(rules.checklist),
        "exposure_limit": rules.exposure_limit,
    }
    form = BankRulesForm(request.POST or None, initial=initial)
    here = reverse("question_bank:bank_rules")
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            set_bank_rules(actor, authority, RulesDraft(**form.cleaned_data), now=now())
            messages.success(request, _("已保存题库规则。"))
            return redirect(f"{here}?authority={authority.public_id}")
    tabs = [
        {"title": one.name, "url": f"{here}?authority={one.public_id}", "active": one == authority} for one in places
    ]
    context = {"form": form, "authority": authority, "tabs": tabs if len(tabs) > 1 else []}
    return render(request, "question_bank/bank_rules.html", context)


@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    check_may_read_questions(actor)
    page = page_of(request, proposals_for(actor))
    rows = [
        _row(row, may_decide=can_review_questions(actor, row.question.authority_id), identity=actor.identity())
        for row in page
    ]
    return render(request, "question_bank/proposal_list.html", {"page": page, "rows": rows, "sizes": SIZES})


def _row(row: PracticeProposal, *, may_decide: bool, identity: str) -> dict[str, object]:
    states = {None: (_("待审批"), "warn"), True: (_("已转入"), "good"), False: (_("未同意"), "")}
    label, tone = states[row.is_accepted]
    return {
        "row": row,
        "stem": row.question.current.stem if row.question.current else "",
        "reason": _("使用次数超过上限") if row.reason == EXPOSURE else row.reason,
        "papers": papers_of(row.question),
        "proposer": row.proposed_by or _("系统"),
        "label": label,
        "tone": tone,
        "may_decide": may_decide and row.is_accepted is None and row.proposer != identity,
    }


@require_POST
def proposal_decide(request: HttpRequest, proposal_id: str) -> HttpResponse:
    actor = actor_of(request)
    check_may_read_questions(actor)
    form = CommentForm(request.POST)
    comment = form.cleaned_data["comment"] if form.is_valid() else ""
    accept = request.POST.get("decision") == "accept"
    with refusals_on(form):
        decide_practice(actor, proposal_id, accept=accept, comment=comment, now=now())
        done = _("已转入练习题库，今后不再用于考试。") if accept else _("已保留在考试题库。")
        messages.success(request, done)
    for error in form.non_field_errors():
        messages.error(request, str(error))
    return redirect("question_bank:proposal_list")
