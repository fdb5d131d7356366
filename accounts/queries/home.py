"""What waits for the three administrators, and their places in the navigation."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.domain.roles import REQUEST_VALID_FOR
from accounts.models import RoleRequest
from accounts.policies import can_administer_users, can_read_audit, can_run_jobs
from accounts.queries.jobs import find_last_audit_check
from core.actor import Actor
from core.home import HomeTask, NavigationItem
from core.models import JobRun


def tasks_for(actor: Actor, now: datetime) -> list[HomeTask]:
    """Role requests to decide, failed jobs, and an audit check that was never made or found a break."""
    tasks: list[HomeTask] = []
    if can_administer_users(actor):
        tasks += _requests_to_decide(actor, now)
    if can_run_jobs(actor):
        tasks += _failed_jobs()
    if can_read_audit(actor):
        tasks += _audit_check(actor)
    return tasks


def navigation_for(actor: Actor) -> list[NavigationItem]:
    """Entries of the group 设置."""
    items = []
    if can_administer_users(actor):
        items += [
            NavigationItem("设置", _("账号与角色"), reverse("accounts:user_list"), "people", 10),
            NavigationItem("设置", _("管理员授权审批"), reverse("accounts:role_requests"), "person-check", 20),
        ]
    if can_run_jobs(actor):
        items.append(NavigationItem("设置", _("后台任务"), reverse("accounts:job_list"), "gear", 30))
    if can_read_audit(actor):
        items.append(NavigationItem("设置", _("审计记录"), reverse("accounts:audit_list"), "journal-check", 40))
    if actor.user_id is not None:
        items.append(NavigationItem("设置", _("我的账号"), reverse("accounts:me"), "person-circle", 90))
    return items


def _requests_to_decide(actor: Actor, now: datetime) -> list[HomeTask]:
    rows = RoleRequest.objects.filter(state=RoleRequest.State.OPEN, requested_at__gte=now - REQUEST_VALID_FOR)
    rows = rows.exclude(Q(requested_by=actor.user_id or 0) | Q(user=actor.user_id or 0))
    first = rows.order_by("requested_at").first()
    if first is None:
        return []
    count = rows.count()
    return [
        HomeTask(
            title=_("审批 %(count)d 项管理员授权") % {"count": count},
            detail=_("由另一位安全管理员提出，24 小时内有效。"),
            url=reverse("accounts:role_requests"),
            count=count,
            due_at=first.requested_at + REQUEST_VALID_FOR,
        ),
    ]


def _failed_jobs() -> list[HomeTask]:
    count = JobRun.objects.filter(state=JobRun.State.FAILED).count()
    if not count:
        return []
    return [
        HomeTask(
            title=_("处理 %(count)d 项失败的后台任务") % {"count": count},
            detail=_("查看原因，排除后重试。"),
            url=f"{reverse('accounts:job_list')}?state=failed",
            urgency="overdue",
            count=count,
        ),
    ]


def _audit_check(actor: Actor) -> list[HomeTask]:
    run = find_last_audit_check(actor)
    url = reverse("accounts:audit_list")
    if run is None:
        return [HomeTask(title=_("核验审计记录"), detail=_("审计链还没有核验过。"), url=url, urgency="info")]
    if isinstance(run.result, dict) and run.result.get("broken_at"):
        detail = _("第 %(number)s 条起审计链不完整，请立即上报。") % {"number": run.result["broken_at"]}
        return [HomeTask(title=_("处理审计链断裂"), detail=detail, url=url, urgency="overdue")]
    return []
