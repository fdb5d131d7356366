"""What the question bank adds to the home page and to the navigation."""

from datetime import date, datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.actor import REGULATOR, REVIEWER, TRAINER, Actor
from core.home import HomeTask, NavigationItem
from question_bank.models import ItemFlag, PracticeProposal, Question, QuestionImport, QuestionState
from question_bank.policies import (
    can_read_blueprints,
    can_read_leaks,
    can_read_questions,
    can_write_anywhere,
    reachable_imports,
)
from question_bank.queries.laws import affected_questions
from question_bank.queries.statistics import open_flags


def tasks_for(actor: Actor, now: datetime) -> list[HomeTask]:
    """What waits for a reviewer, a trainer or a regulator; a few queries, none for anybody else."""
    if not actor.has_role(TRAINER, REVIEWER):
        return _suspect_keys(actor)
    today = timezone.localtime(now).date()
    counts = Question.objects.aggregate(
        review=Count("pk", filter=Q(state=QuestionState.IN_REVIEW, authority__in=actor.authorities(REVIEWER))),
        drafts=Count("pk", filter=Q(state=QuestionState.DRAFT, authority__in=actor.authorities(TRAINER))),
        expired=Count(
            "pk",
            filter=Q(
                state=QuestionState.APPROVED,
                current__valid_until__lt=localtime(now).date(),
                authority__in=actor.authorities(TRAINER),
            ),
        ),
    )
    address = reverse("question_bank:question_list")
    tasks = []
    if counts["review"]:
        tasks.append(
            HomeTask(_("审核试题"), _("提交审核的试题在等您。"), f"{address}?state=in_review", count=counts["review"])
        )
    if counts["expired"]:
        detail = _("有效期已过，不会再抽到；请修改或停用。")
        tasks.append(
            HomeTask(
                _("处理过期试题"),
                detail,
                f"{address}?state=approved&expires_before={today:%Y-%m-%d}",
                "overdue",
                counts["expired"],
            )
        )
    if counts["drafts"]:
        detail = _("草稿要提交审核，通过后才能用于考试。")
        tasks.append(HomeTask(_("提交试题草稿"), detail, f"{address}?state=draft", "info", counts["drafts"]))
    return tasks + _law_changes(actor, today) + _suspect_keys(actor) + _to_review_again(actor) + _open_imports(actor)


def _law_changes(actor: Actor, today: date) -> list[HomeTask]:
    count = len(affected_questions(actor, on=today)) if actor.has_role(TRAINER) else 0
    if not count:
        return []
    address = f"{reverse('question_bank:question_list')}?due=law"
    detail = _("引用的法规有新版本、已废止，或条文有变化；请核对后修改或停用。")
    return [HomeTask(_("复审法规有变化的试题"), detail, address, count=count)]


def _suspect_keys(actor: Actor) -> list[HomeTask]:
    """Before anything is published: exams whose best people disagree with a key."""
    places = actor.authorities(REGULATOR, REVIEWER)
    if not places:
        return []
    flags = ItemFlag.objects.filter(
        open_flags(), kind=ItemFlag.Kind.KEY_SUSPECT, statistic__analysis__authority__in=places
    )
    analyses = sorted(set(flags.values_list("statistic__analysis__public_id", flat=True)))
    if not analyses:
        return []
    address = (
        f"{reverse('question_bank:analysis_detail', args=analyses)}?flagged=1"
        if len(analyses) == 1
        else reverse("question_bank:analysis_list")
    )
    detail = _("成绩好的人更多选了别的选项。公示成绩之前，请让审题人核对答案。")
    return [HomeTask(_("核对存疑的答案"), detail, address, count=flags.count())]


def _to_review_again(actor: Actor) -> list[HomeTask]:
    """For reviewers: questions in quarantine, and proposals of others for the practice pool."""
    places = actor.authorities(REVIEWER)
    if not places:
        return []
    tasks = []
    held = ItemFlag.objects.filter(
        open_flags(), kind=ItemFlag.Kind.QUARANTINE, version__question__authority__in=places
    ).count()
    if held:
        detail = _("统计结果异常，复核之前不会抽到。")
        address = f"{reverse('question_bank:question_list')}?held=1"
        tasks.append(HomeTask(_("复核暂停使用的试题"), detail, address, count=held))
    waiting = (
        PracticeProposal.objects.filter(is_accepted=None, question__authority__in=places)
        .exclude(proposer=actor.identity())
        .count()
    )
    if waiting:
        detail = _("看过的人太多的考试题，由您决定是否转入。")
        address = reverse("question_bank:proposal_list")
        tasks.append(HomeTask(_("审批转入练习题库"), detail, address, count=waiting))
    return tasks


def _open_imports(actor: Actor) -> list[HomeTask]:
    if not can_write_anywhere(actor):
        return []
    waiting = QuestionImport.objects.filter(reachable_imports(actor), state=QuestionImport.State.PREVIEW).count()
    if not waiting:
        return []
    return [
        HomeTask(
            _("确认试题导入"), _("已上传的文件还没有确认导入。"), reverse("question_bank:import_list"), "info", waiting
        )
    ]


def navigation_for(actor: Actor) -> list[NavigationItem]:
    """Only what the roles can do."""
    items = []
    if can_read_questions(actor) and not actor.is_system:
        items.append(NavigationItem("题库", _("试题"), reverse("question_bank:question_list"), "card-list", 10))
    if can_write_anywhere(actor) and not actor.is_system:
        items.append(NavigationItem("题库", _("导入试题"), reverse("question_bank:import_list"), "upload", 20))
    if can_read_blueprints(actor) and not actor.is_system:
        items.append(NavigationItem("题库", _("组卷方案"), reverse("question_bank:blueprint_list"), "layers", 30))
        items.append(NavigationItem("题库", _("试题分析"), reverse("question_bank:analysis_list"), "graph-up", 40))
    if can_read_questions(actor) and not actor.is_system:
        items.append(
            NavigationItem("题库", _("转入练习题库"), reverse("question_bank:proposal_list"), "box-arrow-right", 50)
        )
        items.append(NavigationItem("题库", _("知识点"), reverse("question_bank:topics"), "list-ul", 52))
        items.append(NavigationItem("题库", _("法规变化"), reverse("question_bank:law_list"), "book", 55))
    if can_read_leaks(actor) and not actor.is_system:
        items.append(NavigationItem("题库", _("查看记录"), reverse("question_bank:viewings"), "clock-history", 60))
    if actor.has_role(REGULATOR) and not actor.is_system:
        items.append(NavigationItem("题库", _("题库规则"), reverse("question_bank:bank_rules"), "sliders", 70))
    return items
