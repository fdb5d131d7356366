"""One's own account."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from accounts.actions import make_token, revoke_token
from accounts.queries import find_token_made_at, get_user, reach_label, role_label
from core import clock
from core.masking import mask_phone


@require_GET
def me(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@sensitive_variables("key")
def token(request: HttpRequest) -> HttpResponse:
    """Makes a key, shown in this one answer, or revokes it."""
    actor = request.actor  # type: ignore[attr-defined]
    if request.POST.get("verb") == "revoke":
        revoke_token(actor, now=clock.now())
        messages.success(request, _("接口令牌已撤销。"))
        return redirect("accounts:me")
    key = make_token(actor, now=clock.now())
    return _page(request, key=key)


def _page(request: HttpRequest, key: str = "") -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    user = get_user(actor, request.user.public_id)  # type: ignore[union-attr]
    has_factor = is_mfa_enabled(user)
    facts = [
        {"label": _("姓名"), "value": user.display_name},
        {"label": _("用户名"), "value": user.username},
        {"label": _("手机号"), "value": mask_phone(user.phone) if user.phone else ""},
        {"label": _("电子邮箱"), "value": user.email},
        {"label": _("角色"), "value": role_label(actor)},
        {"label": _("范围"), "value": reach_label(actor)},
        {
            "label": _("第二重验证"),
            "state": _("已启用") if has_factor else _("未启用"),
            "tone": "good" if has_factor else "warn" if actor.is_staff else "",
        },
    ]
    context = {
        "facts": facts,
        "key": key,
        "token_made_at": find_token_made_at(actor),
        "may_use_api": bool(actor.grants),
        "has_password": user.has_usable_password(),
    }
    return render(request, "accounts/me.html", context)
