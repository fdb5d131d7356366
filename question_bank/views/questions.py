"""Questions: list, detail, writing, reviewing."""

from collections.abc import Sequence
from itertools import pairwise

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_POST, require_safe

from core.actor import TRAINER, Actor
from core.clock import now, today
from core.errors import NotAllowed
from core.http import refusals_on
from core.scores import display
from question_bank.actions import (
    comment_question,
    create_question,
    decide_questions,
    export_questions,
    propose_practice,
    record_viewing,
    require_question,
    revise_question,
    set_enemies,
)
from question_bank.domain.draft import draft_parts
from question_bank.domain.exporting import WRITERS, writer_for
from question_bank.domain.kinds import kind_for
from question_bank.domain.normalise import POST_NAMES, difficulty_name
from question_bank.domain.versions import differences
from question_bank.forms import (
    CommentForm,
    ExportForm,
    FilterNameForm,
    PairForm,
    PoolForm,
    QuestionFilter,
    QuestionForm,
    form_values,
)
from question_bank.models import ItemFlag, Question, QuestionState, QuestionVersion
from question_bank.policies import can_review_questions, can_write_anywhere, can_write_questions
from question_bank.queries import (
    approvals_by_question,
    authors_since_approval,
    cells_for,
    cells_requiring,
    check_may_read_questions,
    comments_of,
    content_of,
    draft_of,
    due_of,
    enemies_of,
    flags_of,
    get_question,
    knowledge_points,
    open_proposal_of,
    papers_of,
    questions_for,
    reviews_of,
    rules_of,
    saved_filters,
    versions_of,
    viewings_of,
)
from question_bank.views.lists import LISTED, SIZES, columns_of, listed_page, sorted_by
from question_bank.views.requests import actor_of
from registry.models import Authority
from registry.queries import authorities_for, industries

# What one decision may cover; larger banks are narrowed by filters first.
MANY = 2000
STATE_TONES = {"draft": "", "in_review": "warn", "approved": "good", "retired": "bad"}
DECISION_LABELS = {
    "submit": gettext_noop("提交审核"),
    "approve": gettext_noop("审核通过"),
    "return": gettext_noop("退回修改"),
    "retire": gettext_noop("停用"),
}
FLAG_NAMES = {
    "quarantine": gettext_noop("统计结果异常，暂停使用，等待审题人复核。"),
    "key_suspect": gettext_noop("成绩好的人更多选了别的选项，答案可能有误，等待审题人复核。"),
    "watch": gettext_noop("统计结果可能异常，作答人数还不足以判断，请留意。"),
}
SORTS = {
    "kind": "current__kind",
    "point": "current__knowledge_point__name",
    "difficulty": "current__difficulty",
    "law": "current__law_reference",
    "state": "state",
    "updated": "updated_at",
}


@require_safe
def question_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    check_may_read_questions(actor)
    found = QuestionFilter(request.GET, queryset=questions_for(actor), actor=actor, on=today())
    page, is_more = listed_page(request, sorted_by(request, found.qs, SORTS), whole=questions_for(actor))
    heads = [
        (_("试题"), ""), (_("题型"), "kind"), (_("知识点"), "point"), (_("难度"), "difficulty"), (_("法规依据"), "law"),
        (_("状态"), "state"), (_("更新"), "updated"),
    ]  # fmt: skip
    context = {
        "filter": found.form,
        "page": page,
        "is_more": is_more,
        "listed": LISTED,
        "many": MANY,
        "rows": [_list_row(question) for question in page],
        "columns": columns_of(request, heads),
        "sizes": SIZES,
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "may_write": can_write_anywhere(actor),
        "decisions": _decisions_in_list(actor),
        "formats": [(name, _(writer.label), "、".join(writer.loses)) for name, writer in WRITERS.items()],
        "query": request.GET.urlencode(),
        "saved": saved_filters(actor),
        "name_form": FilterNameForm(),
    }
    return render(request, "question_bank/question_list.html", context)


def _list_row(question: Question) -> dict[str, object]:
    version = _current(question)
    return {
        "id": question.public_id,
        "stem": version.stem,
        "kind": _(kind_for(version.kind).label),
        "point": version.knowledge_point.name,
        "industry": version.industry.name if version.industry else "",
        "difficulty": _(difficulty_name(version.difficulty)),
        "law": version.law_reference,
        "state": question.get_state_display(),
        "tone": STATE_TONES[question.state],
        "pool": question.get_pool_display(),
        "updated": question.updated_at,
    }


def _decisions_in_list(actor: Actor) -> list[tuple[str, str]]:
    writer = can_write_anywhere(actor)
    reviewer = any(can_review_questions(actor, authority.pk) for authority in authorities_for(actor))
    allowed = {"submit": writer, "approve": reviewer, "return": reviewer, "retire": writer}
    return [(name, _(label)) for name, label in DECISION_LABELS.items() if allowed[name]]


@require_safe
def question_detail(request: HttpRequest, question_id: str) -> HttpResponse:
    actor = actor_of(request)
    check_may_read_questions(actor)
    question = get_question(actor, question_id)
    record_viewing(actor, question)
    version = _current(question)
    content = content_of(version)
    versions = list(versions_of(question))
    context = {
        "question": question,
        "version": version,
        "content": content,
        "options": [(option.id.upper(), option.text, option.id in _key_ids(content.key)) for option in content.options],
        "key_text": kind_for(content.kind).key_text(content),
        "kind": _(kind_for(content.kind).label),
        "state_tone": STATE_TONES[question.state],
        "facts": _facts(question, version),
        "history": [_change(newer, older) for newer, older in pairwise(versions)],
        "timeline": _timeline(question, versions),
        "comment_form": CommentForm(),
        "viewings": viewings_of(question),
        "comments": comments_of(question),
        "due_reasons": [_(due.template).format(**dict(due.params)) for due in due_of(question, on=today())],
        "flags": [
            {"text": _(FLAG_NAMES[flag.kind]), "tone": "warn" if flag.kind == ItemFlag.Kind.WATCH else "bad"}
            for flag in _acting(question)
        ],
        "papers": papers_of(question),
        "enemies": enemies_of(question),
        "requiring": cells_requiring(question),
        **_review_progress(question),
        "viewer": actor.label,
        "viewed_at": now(),
        **_possible(actor, question),
    }
    return render(request, "question_bank/question_detail.html", context)


def _acting(question: Question) -> list[ItemFlag]:
    return [flag for flag in flags_of(question) if flag.settled_at is None and flag.version_id == question.current_id]


def _review_progress(question: Question) -> dict[str, object]:
    """How many reviewers have approved and are needed, where that is more than one; what each confirms."""
    rules = rules_of(question.authority)
    given = approvals_by_question([question])[question.pk]
    is_waiting = question.state == QuestionState.IN_REVIEW and rules.reviewers > 1
    return {
        "checklist": rules.checklist,
        "approvals": {"given": len(given), "needed": rules.reviewers} if is_waiting else None,
        "approved_by": given,
    }


def _key_ids(key: object) -> frozenset[object]:
    return frozenset(key) if isinstance(key, list | tuple) else frozenset()


def _facts(question: Question, version: QuestionVersion) -> list[dict[str, object]]:
    posts = "、".join(_(POST_NAMES[post]) for post in version.posts if post in POST_NAMES)
    return [
        {"label": _("知识点"), "value": version.knowledge_point.name},
        {"label": _("难度"), "value": f"{_(difficulty_name(version.difficulty))} {version.difficulty:.2f}"},
        {"label": _("行业"), "value": version.industry.name if version.industry else _("通用")},
        {"label": _("适用人员"), "value": posts or _("全部人员")},
        {"label": _("法规依据"), "value": version.law_reference},
        {"label": _("法规版本"), "value": version.law_edition},
        {"label": _("有效期至"), "value": version.valid_until.isoformat() if version.valid_until else _("长期有效")},
        {"label": _("建议分值"), "value": _("%(mark)s 分") % {"mark": display(version.mark)}},
        {"label": _("题库范围"), "value": question.get_pool_display()},
        {"label": _("所属题库"), "value": question.authority.name},
        {"label": _("来源"), "value": version.source},
        {"label": _("备注"), "value": version.note},
        {"label": _("版本"), "value": _("第 %(number)s 版") % {"number": version.number}},
        {"label": _("内容摘要"), "value": version.content_sha256[:16], "mono": True},
    ]


def _change(newer: QuestionVersion, older: QuestionVersion) -> dict[str, object]:
    return {
        "number": newer.number,
        "before": older.number,
        "when": newer.created_at,
        "who": newer.author,
        "changes": differences(draft_parts(draft_of(older)), draft_parts(draft_of(newer))),
    }


def _timeline(question: Question, versions: list[QuestionVersion]) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = [
        {
            "when": review.decided_at,
            "who": _name(review.decided_by),
            "what": f"{review.get_decision_display()} · {_('第 %(number)s 版') % {'number': review.version.number}}",
            "why": review.comment,
        }
        for review in reviews_of(question)
    ]
    entries += [
        {
            "when": version.created_at,
            "who": _name(version.author),
            "what": _("写成第 %(number)s 版") % {"number": version.number},
        }
        for version in versions
    ]
    return sorted(entries, key=lambda entry: str(entry["when"]), reverse=True)


def _name(user: object) -> str:
    return str(user) if user else _("系统")


def _possible(actor: Actor, question: Question) -> dict[str, object]:
    """What this reader may do now, and what the question waits for."""
    may_write = can_write_questions(actor, question.authority_id)
    may_review = can_review_questions(actor, question.authority_id) and question.state == QuestionState.IN_REVIEW
    is_author = may_review and actor.identity() in authors_since_approval(question)
    has_approved = may_review and actor.identity() in approvals_by_question([question])[question.pk]
    proposal = open_proposal_of(question)
    return {
        "may_edit": may_write,
        "may_submit": may_write and question.state == QuestionState.DRAFT,
        "may_retire": may_write and question.state != QuestionState.RETIRED,
        "may_move": may_write and question.pool == "exam" and proposal is None,
        "proposal": proposal,
        "may_comment": may_write or can_review_questions(actor, question.authority_id),
        "may_arrange": may_write and question.pool == "exam",
        "cells": cells_for(question) if may_write and question.pool == "exam" else [],
        "may_review": may_review and not is_author and not has_approved,
        "has_approved": has_approved,
        "is_author": is_author,
        "waits_for_reviewer": question.state == QuestionState.IN_REVIEW and not may_review,
    }


def question_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if not can_write_anywhere(actor):
        raise NotAllowed
    places = PoolForm(request.POST or None, authorities=own_authorities(actor), prefix="place")
    form = QuestionForm(request.POST or None, industries=list(industries()))
    if request.method == "POST" and form.is_valid() and places.is_valid() and form.draft:
        place = places.cleaned_data
        with refusals_on(form):
            question = create_question(actor, place["authority"], form.draft, pool=place["pool"], now=now())
            messages.success(request, _("已保存为草稿。请核对后提交审核。"))
            return redirect("question_bank:question_detail", question.public_id)
    return render(
        request, "question_bank/question_form.html", {"form": form, "places": places, "points": knowledge_points()}
    )


def question_edit(request: HttpRequest, question_id: str) -> HttpResponse:
    actor = actor_of(request)
    check_may_read_questions(actor)
    question = get_question(actor, question_id)
    if not can_write_questions(actor, question.authority_id):
        raise NotAllowed
    version = _current(question)
    form = QuestionForm(request.POST or None, initial=form_values(draft_of(version)), industries=list(industries()))
    if request.method == "POST" and form.is_valid() and form.draft:
        seen = request.POST.get("seen_version", "")
        with refusals_on(form):
            number = int(seen) if seen.isascii() and seen.isdigit() else 0
            revise_question(actor, question_id, form.draft, seen_version=number, now=now())
            messages.success(request, _("已保存为新版本。旧版本保持不变；新版本要重新审核后才能用于考试。"))
            return redirect("question_bank:question_detail", question_id)
    seen_version = request.POST.get("seen_version") or version.number
    context = {"form": form, "question": question, "seen_version": seen_version, "points": knowledge_points()}
    return render(request, "question_bank/question_form.html", context)


@require_POST
def question_decide(request: HttpRequest, question_id: str) -> HttpResponse:
    actor = actor_of(request)
    check_may_read_questions(actor)
    form = CommentForm(request.POST)
    decision = request.POST.get("decision", "")
    if decision not in DECISION_LABELS or not form.is_valid():
        return redirect("question_bank:question_detail", question_id)
    with refusals_on(form):
        decide_questions(
            actor,
            [question_id],
            decision,  # type: ignore[arg-type]
            comment=form.cleaned_data["comment"],
            checked=request.POST.getlist("checked"),
            now=now(),
        )
        messages.success(request, _("已办理：%(decision)s。") % {"decision": _(DECISION_LABELS[decision])})
    for error in form.non_field_errors():
        messages.error(request, str(error))
    return redirect("question_bank:question_detail", question_id)


@require_POST
def questions_decide(request: HttpRequest) -> HttpResponse:
    """Many at once: first a preview of what will change, then the change."""
    actor = actor_of(request)
    check_may_read_questions(actor)
    decision = request.POST.get("decision", "")
    ids = chosen_questions(request, actor)
    form = CommentForm(request.POST if "confirmed" in request.POST else None)
    if decision not in DECISION_LABELS or not ids:
        messages.warning(request, _("请先勾选试题，再选择要办理的事项。"))
        return redirect("question_bank:question_list")
    if "confirmed" in request.POST and form.is_valid():
        with refusals_on(form):
            decided = decide_questions(
                actor,
                ids,
                decision,  # type: ignore[arg-type]
                comment=form.cleaned_data["comment"],
                checked=request.POST.getlist("checked"),
                now=now(),
            )
            label = {"count": len(decided), "decision": _(DECISION_LABELS[decision])}
            messages.success(
                request,
                ngettext(
                    "已办理 %(count)s 道试题：%(decision)s。", "已办理 %(count)s 道试题：%(decision)s。", len(decided)
                )
                % label,
            )
            return redirect("question_bank:question_list")
    questions = list(questions_for(actor).filter(public_id__in=ids))
    context = {
        "form": form,
        "decision": decision,
        "label": _(DECISION_LABELS[decision]),
        "ids": ids,
        "rows": [_list_row(question) for question in questions],
        "checklist": _checklist(questions) if decision == "approve" else [],
    }
    return render(request, "question_bank/questions_decide.html", context)


def _checklist(questions: Sequence[Question]) -> list[str]:
    """What reviewers of these questions confirm, each sentence once."""
    authorities = {question.authority_id: question.authority for question in questions}
    return list(
        dict.fromkeys(sentence for authority in authorities.values() for sentence in rules_of(authority).checklist)
    )


def chosen_questions(request: HttpRequest, actor: Actor) -> list[str]:
    """The ticked questions, or with `all` everything that the filters in the address leave, up to MANY."""
    if "all" in request.POST:
        found = QuestionFilter(request.GET, queryset=questions_for(actor), actor=actor, on=today()).qs.order_by("pk")
        return list(found.values_list("public_id", flat=True)[:MANY])
    return list(dict.fromkeys(request.POST.getlist("question")))[:MANY]


@require_POST
def question_practice(request: HttpRequest, question_id: str) -> HttpResponse:
    """Proposes it; somebody else decides."""
    actor = actor_of(request)
    check_may_read_questions(actor)
    form = CommentForm(request.POST)
    reason = form.cleaned_data["comment"] if form.is_valid() else ""
    with refusals_on(form):
        propose_practice(actor, question_id, reason=reason, now=now())
        messages.success(request, _("已提议转入练习题库，等待审题人审批。"))
    return _back(request, form, question_id)


@require_POST
def question_comment(request: HttpRequest, question_id: str) -> HttpResponse:
    actor = actor_of(request)
    check_may_read_questions(actor)
    form = CommentForm(request.POST)
    text = form.cleaned_data["comment"] if form.is_valid() else ""
    with refusals_on(form):
        comment_question(actor, question_id, text, now=now())
        messages.success(request, _("已留言。"))
    return _back(request, form, question_id)


@require_POST
def question_enemy(request: HttpRequest, question_id: str) -> HttpResponse:
    """Two questions that are never in one paper; with `remove`, they may be again."""
    actor = actor_of(request)
    check_may_read_questions(actor)
    form = PairForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            is_pair = "remove" not in request.POST
            set_enemies(actor, question_id, form.cleaned_data["other"], enemies=is_pair, now=now())
            messages.success(request, _("已设为互斥。") if is_pair else _("已取消互斥。"))
    return _back(request, form, question_id)


@require_POST
def question_require(request: HttpRequest, question_id: str) -> HttpResponse:
    """Every paper of a blueprint has it; `cell` is `blueprint:code`."""
    actor = actor_of(request)
    check_may_read_questions(actor)
    blueprint_id, _colon, code = request.POST.get("cell", "").partition(":")
    form = CommentForm(request.POST)
    required = "remove" not in request.POST
    with refusals_on(form):
        require_question(actor, (blueprint_id, code), question_id, required=required, now=now())
        messages.success(request, _("已列为必考题。") if required else _("已取消必考。"))
    return _back(request, form, question_id)


def _back(request: HttpRequest, form: forms.Form, question_id: str) -> HttpResponse:
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error))
    return redirect("question_bank:question_detail", question_id)


@require_POST
def questions_export(request: HttpRequest) -> HttpResponse:
    """Exactly what is filtered; the filters are in the address, the format in the form."""
    actor = actor_of(request)
    check_may_read_questions(actor)
    form = ExportForm(request.POST)
    format_name = form.cleaned_data["format"] if form.is_valid() else request.POST.get("format", "")
    found = QuestionFilter(request.GET, queryset=questions_for(actor), actor=actor, on=today())
    exported = export_questions(actor, found.qs, format_name)
    writer = writer_for(format_name)
    headers = {"Content-Disposition": f'attachment; filename="questions-{now():%Y%m%d}.{writer.suffix}"'}
    return HttpResponse(exported.data, content_type=writer.content_type, headers=headers)


def own_authorities(actor: Actor) -> QuerySet[Authority]:
    """The banks that the actor writes."""
    found = authorities_for(actor)
    return found if actor.is_system else found.filter(pk__in=actor.authorities(TRAINER))


def _current(question: Question) -> QuestionVersion:
    assert question.current is not None, "every question has a version"
    return question.current
