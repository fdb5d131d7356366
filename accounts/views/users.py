"""Accounts, as the security administrator keeps them."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actions import (
    activate_user,
    create_user,
    deactivate_user,
    end_sessions,
    reset_second_factor,
    void_password,
)
from accounts.forms import GrantForm, ReasonForm, RequestRoleForm, UserFilterForm, UserForm
from accounts.models import User
from accounts.policies import can_administer_users
from accounts.queries import (
    UserFilter,
    filtered_users,
    get_user,
    history_of_user,
    place_of_role,
    roles_of,
    with_roles,
)
from accounts.views.lists import SIZES, page_of
from core import clock
from core.actor import Actor
from core.errors import NotAllowed
from core.http import refusals_on
from core.masking import mask_phone

_VERBS: Final[dict[str, tuple[Callable[..., User], str]]] = {
    "deactivate": (deactivate_user, gettext_noop("账号已停用，其登录已全部退出。")),
    "activate": (activate_user, gettext_noop("账号已启用。")),
    "end-sessions": (end_sessions, gettext_noop("该账号的所有登录已退出，接口令牌已撤销。")),
    "void-password": (void_password, gettext_noop("密码已作废。本人可用手机验证码登录后重新设置。")),
    "reset-factor": (reset_second_factor, gettext_noop("第二重验证已清除，本人下次登录时须重新设置。")),
}


@require_GET
def user_list(request: HttpRequest) -> HttpResponse:
    actor = administrator(request)
    form = UserFilterForm(request.GET or None)
    typed = form.cleaned_data if form.is_valid() else {}
    wanted = UserFilter(text=typed.get("q", ""), role=typed.get("role", ""), state=typed.get("state", ""))
    today = clock.today()
    page = page_of(request, with_roles(filtered_users(actor, wanted, today=today), today))
    rows = [
        {"user": user, "phone": mask_phone(user.phone) if user.phone else "", "roles": _roles(user)} for user in page
    ]
    return render(request, "accounts/user_list.html", {"page": page, "rows": rows, "form": form, "sizes": SIZES})


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
def user_create(request: HttpRequest) -> HttpResponse:
    actor = administrator(request)
    form = UserForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            user = create_user(actor, form.draft(), now=clock.now())
            messages.success(request, _("账号“%(name)s”已建立。下一步：授予角色。") % {"name": user.username})
            return redirect("accounts:user_detail", user_id=user.public_id)
    return render(request, "accounts/user_form.html", {"form": form})


@require_GET
def user_detail(request: HttpRequest, user_id: str) -> HttpResponse:
    return user_page(request, user_id)


@require_POST
def user_action(request: HttpRequest, user_id: str, verb: str) -> HttpResponse:
    actor = administrator(request)
    if verb not in _VERBS:
        raise Http404(verb)
    action, done = _VERBS[verb]
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            action(actor, user_id, reason=form.cleaned_data["reason"], now=clock.now())
            messages.success(request, _(done))
            return redirect("accounts:user_detail", user_id=user_id)
    return user_page(request, user_id, reason_form=form)


def user_page(request: HttpRequest, user_id: str, **forms: Any) -> HttpResponse:
    """The page of one account, with the form that was refused in place of the empty one."""
    actor = administrator(request)
    user = get_user(actor, user_id)
    rows = [{"row": row, "place": place_of_role(row), "state": _state_of(row)} for row in roles_of(user)]
    context = {
        "account": user,
        "facts": _facts(user),
        "roles": rows,
        "history": history_of_user(user),
        "is_self": user.pk == actor.user_id,
        "grant_form": forms.get("grant_form") or GrantForm(),
        "request_form": forms.get("request_form") or RequestRoleForm(),
        "reason_form": forms.get("reason_form") or ReasonForm(),
    }
    refused = any(form.is_bound and form.errors for form in forms.values())
    return render(request, "accounts/user_detail.html", context, status=422 if refused else 200)


def administrator(request: HttpRequest) -> Actor:
    """The actor, who must be one that administers accounts."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not can_administer_users(actor):
        raise NotAllowed
    return actor


def _roles(user: User) -> list[dict[str, str]]:
    return [{"name": row.get_role_display(), "place": place_of_role(row)} for row in user.roles_in_force]  # type: ignore[attr-defined]


def _state_of(row: Any) -> dict[str, str]:
    if row.revoked_at is not None:
        return {"label": _("已收回"), "tone": ""}
    if row.valid_to is not None and row.valid_to < clock.today():
        return {"label": _("已到期"), "tone": ""}
    return {"label": _("有效"), "tone": "good"}


def _facts(user: User) -> list[dict[str, Any]]:
    return [
        {"label": _("用户名"), "value": user.username},
        {"label": _("手机号"), "value": mask_phone(user.phone) if user.phone else ""},
        {"label": _("电子邮箱"), "value": user.email},
        {"label": _("对应人员"), "value": user.person.name if user.person else _("未关联")},
        {"label": _("登录方式"), "value": _("密码和手机验证码") if user.has_usable_password() else _("手机验证码")},
        {"label": _("建立时间"), "value": user.date_joined},
        {"label": _("上次登录"), "value": user.last_login or _("从未登录")},
    ]
