"""Giving roles and taking them back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.actions import decide_role_request, grant_role, request_role, revoke_role
from accounts.forms import GrantForm, ReasonForm, RequestRoleForm
from accounts.queries import get_role, role_requests_for
from accounts.views.lists import SIZES, page_of
from accounts.views.users import administrator, user_page
from core import clock
from core.http import refusals_on


@require_POST
def grant(request: HttpRequest, user_id: str) -> HttpResponse:
    actor = administrator(request)
    form = GrantForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        with refusals_on(form):
            grant_role(
                actor,
                user_id,
                typed["role"],
                authority_id=typed["authority"].public_id if typed["authority"] else "",
                enterprise_id=typed["enterprise_code"],
                valid_to=typed["valid_to"],
                now=clock.now(),
            )
            messages.success(request, _("角色已授予，下一次操作即生效。"))
            return redirect("accounts:user_detail", user_id=user_id)
    return user_page(request, user_id, grant_form=form)


@require_POST
def request_admin_role(request: HttpRequest, user_id: str) -> HttpResponse:
    actor = administrator(request)
    form = RequestRoleForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            request_role(
                actor,
                user_id,
                form.cleaned_data["admin_role"],
                reason=form.cleaned_data["reason"],
                now=clock.now(),
            )
            messages.success(request, _("授权申请已提出，等待另一位安全管理员审批。"))
            return redirect("accounts:user_detail", user_id=user_id)
    return user_page(request, user_id, request_form=form)


@require_POST
def revoke(request: HttpRequest, assignment_id: str) -> HttpResponse:
    actor = administrator(request)
    row = get_role(actor, assignment_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            revoke_role(actor, assignment_id, reason=form.cleaned_data["reason"], now=clock.now())
            messages.success(request, _("角色已收回，下一次操作即生效。"))
            return redirect("accounts:user_detail", user_id=row.user.public_id)
    return user_page(request, row.user.public_id, reason_form=form)


@require_GET
def role_requests(request: HttpRequest) -> HttpResponse:
    actor = administrator(request)
    page = page_of(request, role_requests_for(actor))
    context = {"page": page, "sizes": SIZES, "me": actor.user_id}
    return render(request, "accounts/role_requests.html", context)


@require_POST
def decide(request: HttpRequest, request_id: str) -> HttpResponse:
    actor = administrator(request)
    approve = request.POST.get("decision") == "approve"
    row = decide_role_request(actor, request_id, approve=approve, now=clock.now())
    text = _("已批准，角色即时生效。") if approve else _("已拒绝这项授权申请。")
    messages.success(request, text)
    return redirect("accounts:user_detail", user_id=row.user.public_id)
