"""Many questions at once with a preview, filters under a name, who saw what, and laws that changed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_POST, require_safe

from core.clock import now, today
from core.errors import NotAllowed
from core.http import refusals_on
from question_bank.actions import (
    LawDraft,
    Withdrawal,
    delete_filter,
    edit_questions,
    place_topic,
    record_law,
    repeal_law,
    save_filter,
    withdraw_article,
)
from question_bank.domain.draft import draft_parts
from question_bank.domain.versions import differences
from question_bank.forms import (
    BulkEditForm,
    FilterNameForm,
    LawForm,
    PlaceTopicForm,
    RepealForm,
    ViewingFilterForm,
    WithdrawalForm,
)
from question_bank.policies import can_read_leaks, can_write_anywhere
from question_bank.queries import (
    affected_questions,
    check_may_read_questions,
    draft_of,
    knowledge_points,
    law_editions,
    laws_cited,
    questions_by_topic,
    questions_for,
    topic_tree,
    viewings_for,
)
from question_bank.views.lists import SIZES, page_of
from question_bank.views.questions import chosen_questions
from question_bank.views.requests import actor_of
from registry.queries import industries

# So many changes are shown before they are made; the rest is counted.
PREVIEWED = 50
SHOWN_AS = {
    "question.viewed": gettext_noop("打开试题"),
    "blueprint.sampled": gettext_noop("查看样卷"),
    "question.exported": gettext_noop("导出试题"),
    "paper_forms.made": gettext_noop("抽取纸质试卷"),
    "paper_forms.downloaded": gettext_noop("下载纸质试卷"),
}


@require_POST
def questions_edit(request: HttpRequest) -> HttpResponse:
    """What to change, then what would change, then the change."""
    actor = actor_of(request)
    check_may_read_questions(actor)
    if not can_write_anywhere(actor):
        raise NotAllowed
    ids = chosen_questions(request, actor)
    if not ids:
        messages.warning(request, _("请先勾选试题。"))
        return redirect("question_bank:question_list")
    is_filled = "step" in request.POST
    form = BulkEditForm(request.POST if is_filled else None, industries=list(industries()))
    preview: list[dict[str, object]] = []
    if is_filled and form.is_valid():
        if request.POST["step"] == "apply":
            with refusals_on(form):
                changed, _same = edit_questions(actor, ids, form.change(), now=now())
                done = ngettext("已修改 %(count)s 道试题。", "已修改 %(count)s 道试题。", len(changed))
                messages.success(request, done % {"count": len(changed)})
                return redirect("question_bank:question_list")
        questions = questions_for(actor).filter(public_id__in=ids)[:PREVIEWED]
        for question in questions:
            assert question.current is not None, "every question has a version"
            draft = draft_of(question.current)
            changes = differences(draft_parts(draft), draft_parts(form.change().applied_to(draft)))
            preview.append({"id": question.public_id, "stem": question.current.stem, "changes": changes})
    context = {
        "form": form, "ids": ids, "preview": preview, "previewed": PREVIEWED, "points": knowledge_points(),
    }  # fmt: skip
    return render(request, "question_bank/questions_edit.html", context)


def topics(request: HttpRequest) -> HttpResponse:
    """The tree of knowledge points; a post moves one."""
    actor = actor_of(request)
    check_may_read_questions(actor)
    form = PlaceTopicForm(request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            with refusals_on(form):
                moved = place_topic(actor, form.cleaned_data["topic"], form.cleaned_data["parent"])
                messages.success(request, _("已移动“%(name)s”。") % {"name": moved.name})
        for errors in form.errors.values():
            for error in errors:
                messages.error(request, str(error))
        return redirect("question_bank:topics")
    counts = questions_by_topic(actor)
    rows = [
        {"topic": topic, "indent": "　" * depth, "count": counts.get(topic.key, 0)} for depth, topic in topic_tree()
    ]
    return render(request, "question_bank/topics.html", {"rows": rows, "may_write": can_write_anywhere(actor)})


@require_POST
def filter_save(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    form = FilterNameForm(request.POST)
    check_may_read_questions(actor)
    back = reverse("question_bank:question_list")
    if form.is_valid():
        query = form.cleaned_data["query"]
        with refusals_on(form):
            save_filter(actor, form.cleaned_data["name"], query, now=now())
            messages.success(request, _("已保存筛选“%(name)s”。") % {"name": form.cleaned_data["name"]})
            return redirect(f"{back}?{query}")
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error))
    return redirect(back)


@require_POST
def filter_delete(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    delete_filter(actor, request.POST.get("name", ""))
    return redirect("question_bank:question_list")


@require_safe
def viewings(request: HttpRequest) -> HttpResponse:
    """Who saw which exam question when: where to look when one has leaked."""
    actor = actor_of(request)
    if not can_read_leaks(actor):
        raise NotAllowed
    form = ViewingFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {"question": "", "who": ""}
    page = page_of(request, viewings_for(actor, question_id=wanted["question"], who=wanted["who"]))
    rows = [
        {
            "at": entry.at,
            "who": entry.actor_label,
            "address": entry.address,
            "what": _(SHOWN_AS[entry.action]),
            "object": entry.object_id,
        }
        for entry in page
    ]
    context = {"form": form, "page": page, "rows": rows, "sizes": SIZES, "is_filtered": any(wanted.values())}
    return render(request, "question_bank/viewings.html", context)


@require_safe
def law_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    check_may_read_questions(actor)
    cited = laws_cited(actor)
    known = list(law_editions())
    titles = {row.title for row in known}
    context = {
        "rows": [{"row": row, "cited": cited.get(row.title, 0)} for row in known],
        "unknown": sorted(
            ((title, count) for title, count in cited.items() if title not in titles), key=lambda p: -p[1]
        ),
        "affected": len(affected_questions(actor, on=today())),
        "may_write": can_write_anywhere(actor),
        "repeal_form": RepealForm(),
        "withdrawal_form": WithdrawalForm(),
    }
    return render(request, "question_bank/law_list.html", context)


def law_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if not can_write_anywhere(actor):
        raise NotAllowed
    form = LawForm(request.POST or None, initial={"title": request.GET.get("title", "")})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            record_law(actor, LawDraft(**form.cleaned_data), now=now())
            messages.success(request, _("已登记。依据旧版本的试题已列为待复审。"))
            return redirect("question_bank:law_list")
    return render(request, "question_bank/law_new.html", {"form": form})


@require_POST
def law_withdraw(request: HttpRequest, law_id: str) -> HttpResponse:
    actor = actor_of(request)
    if not can_write_anywhere(actor):
        raise NotAllowed
    form = WithdrawalForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            withdraw_article(actor, law_id, Withdrawal(**form.cleaned_data), now=now())
            messages.success(request, _("已登记。引用该条的试题已列为待复审。"))
    return _back_to_laws(request, form)


@require_POST
def law_repeal(request: HttpRequest, law_id: str) -> HttpResponse:
    actor = actor_of(request)
    if not can_write_anywhere(actor):
        raise NotAllowed
    form = RepealForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            repeal_law(actor, law_id, repealed_on=form.cleaned_data["repealed_on"], now=now())
            messages.success(request, _("已登记废止。引用该法规的试题已列为待复审。"))
    return _back_to_laws(request, form)


def _back_to_laws(request: HttpRequest, form: WithdrawalForm | RepealForm) -> HttpResponse:
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error))
    return redirect("question_bank:law_list")
