"""Reads about users and their roles."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.authtoken.models import Token

from accounts.models import Role, RoleAssignment, RoleRequest, User
from accounts.policies import can_administer_users, reachable_users
from accounts.queries.actors import in_force_on
from core.actor import SECURITY_ADMIN, Actor
from core.errors import NotFound
from core.models import AuditEntry
from registry.models import Person

_HISTORY: Final = 20
_EVENTS: Final = {
    "user_created": _("建立账号"),
    "candidate_account_made": _("为考生建立账号"),
    "phone_changed": _("手机号随人员登记更新"),
    "user_deactivated": _("停用账号"),
    "user_activated": _("启用账号"),
    "sessions_ended": _("退出全部登录"),
    "password_voided": _("作废密码"),
    "second_factor_reset": _("清除第二重验证"),
    "role_granted": _("授予角色"),
    "role_revoked": _("收回角色"),
    "role_requested": _("申请管理员角色"),
    "role_request_approved": _("批准管理员角色"),
    "role_request_refused": _("拒绝管理员角色"),
    "signed_in": _("登录"),
    "signed_out": _("退出登录"),
    "sign_in_failed": _("登录失败"),
    "sign_in_code_rejected": _("登录验证码错误"),
    "second_factor_rejected": _("第二重验证失败"),
    "password_changed": _("修改密码"),
    "password_reset": _("重设密码"),
    "second_factor_added": _("添加第二重验证"),
    "second_factor_removed": _("移除第二重验证"),
    "recovery_codes_made": _("生成恢复码"),
    "token_made": _("生成接口令牌"),
    "token_revoked": _("撤销接口令牌"),
    "audit_exported": _("导出审计记录"),
}


def users_for(actor: Actor) -> QuerySet[User]:
    """The accounts that the actor may see."""
    return User.objects.filter(reachable_users(actor)).select_related("person")


def with_roles(users: QuerySet[User], today: date) -> QuerySet[User]:
    """Adds `roles_in_force` (a list of role rows with their places) to each user, in one query."""
    rows = (
        RoleAssignment.objects.filter(in_force_on(today))
        .select_related("authority__area", "enterprise")
        .prefetch_related("authority__industries")
    )
    return users.prefetch_related(Prefetch("role_assignments", queryset=rows, to_attr="roles_in_force"))


@dataclass(frozen=True, slots=True)
class UserFilter:
    """What to look for; empty fields ask for nothing. `state`: active or inactive."""

    text: str = ""
    role: str = ""
    state: str = ""


def filtered_users(actor: Actor, wanted: UserFilter, *, today: date) -> QuerySet[User]:
    """The accounts in reach that the filter asks for, by username."""
    users = users_for(actor)
    if wanted.text:
        text = wanted.text.strip()
        users = users.filter(
            Q(username__icontains=text) | Q(display_name__icontains=text) | Q(phone__endswith=text.removeprefix("+86")),
        )
    if wanted.role:
        rows = RoleAssignment.objects.filter(in_force_on(today), role=wanted.role)
        users = users.filter(pk__in=rows.values("user"))
    if wanted.state:
        users = users.filter(is_active=wanted.state == "active")
    return users.order_by("username")


def get_user(actor: Actor, user_id: str) -> User:
    """The account with that public id; raises NotFound."""
    user = users_for(actor).filter(public_id=user_id).first()
    if user is None:
        raise NotFound
    return user


def lock_user(actor: Actor, user_id: str) -> User:
    """As `get_user`, locked until the transaction ends."""
    user = User.objects.filter(reachable_users(actor), public_id=user_id).select_for_update().first()
    if user is None:
        raise NotFound
    return user


def find_user_by_username(username: str) -> User | None:
    """For installation commands and tests; pages use `get_user`."""
    return User.objects.filter(username=username.lower()).first()


def find_user_by_phone(phone: str) -> User | None:
    """The active account that a code to this number (E.164) opens: for the sign-in page only."""
    return User.objects.filter(phone=phone, is_active=True).first()


def find_user_by_login(login: str) -> User | None:
    """The account that a failed sign-in meant, by username, phone or e-mail: for the audit chain only."""
    return User.objects.filter(Q(username__iexact=login) | Q(phone=login) | Q(email__iexact=login)).first()


def roles_of(user: User) -> QuerySet[RoleAssignment]:
    """All role rows of an account that was reached, past ones too, newest first."""
    rows = user.role_assignments.select_related("authority__area", "enterprise", "granted_by")
    return rows.prefetch_related("authority__industries").order_by("-valid_from", "-pk")


def get_role(actor: Actor, assignment_id: str) -> RoleAssignment:
    """One role row, for those who administer accounts; raises NotFound."""
    row = RoleAssignment.objects.filter(public_id=assignment_id).select_related("user").first()
    if row is None or not can_administer_users(actor):
        raise NotFound
    return row


def history_of_user(user: User) -> list[dict[str, object]]:
    """The last entries about an account that was reached, as the timeline component takes them."""
    entries = AuditEntry.objects.filter(object_type="accounts.user", object_id=user.public_id).order_by("-sequence")
    roles = AuditEntry.objects.filter(
        object_type__in=("accounts.roleassignment", "accounts.rolerequest"),
        details__contains=user.public_id,
    ).order_by("-sequence")
    newest = sorted([*entries[:_HISTORY], *roles[:_HISTORY]], key=lambda entry: -entry.sequence)[:_HISTORY]
    return [
        {"when": entry.at, "who": entry.actor_label, "what": _what_happened(entry), "why": entry.reason}
        for entry in newest
    ]


def event_label(action: str) -> str:
    """An audit action about accounts in words; an unknown one as it is written."""
    return str(_EVENTS.get(action.removeprefix("accounts."), action))


def _what_happened(entry: AuditEntry) -> str:
    role = json.loads(entry.details).get("role")
    label = event_label(entry.action)
    return f"{label}：{Role(role).label}" if role in Role.values else label


def find_token_made_at(actor: Actor) -> datetime | None:
    """When the actor's API key was made; None without one."""
    if actor.user_id is None:
        return None
    return Token.objects.filter(user_id=actor.user_id).values_list("created", flat=True).first()


def role_requests_for(actor: Actor) -> QuerySet[RoleRequest]:
    """Requests for administrator roles, for those who may decide them."""
    rows = RoleRequest.objects.select_related("user", "requested_by", "decided_by")
    return rows if can_administer_users(actor) else rows.none()


def lock_role_request(actor: Actor, request_id: str) -> RoleRequest:
    """The request, locked; raises NotFound."""
    row = RoleRequest.objects.filter(public_id=request_id).select_for_update().first()
    if row is None or not can_administer_users(actor):
        raise NotFound
    return row


def count_security_admins(today: date) -> int:
    """How many active accounts can administer users today."""
    rows = RoleAssignment.objects.filter(in_force_on(today), role=SECURITY_ADMIN, user__is_active=True)
    return rows.values("user").distinct().count()


def find_mail_address(person: Person) -> str:
    """Where a person's mail goes: the address of their active account, or empty."""
    mail = User.objects.filter(person=person, is_active=True).values_list("email", flat=True).first()
    return mail or ""
