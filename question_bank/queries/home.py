"""What the question bank adds to the home page and to the navigation."""

from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.actor import REVIEWER, TRAINER, Actor
from core.home import HomeTask, NavigationItem
from question_bank.models import Question, QuestionImport, QuestionState
from question_bank.policies import can_read_blueprints, can_read_questions, can_write_anywhere, reachable_imports


def tasks_for(actor: Actor, now: datetime) -> list[HomeTask]:
    """What waits for a reviewer or a trainer; one or two queries, none for anybody else."""
    if not actor.has_role(TRAINER, REVIEWER):
        return []
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
    return tasks + _open_imports(actor)


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
    return items
