"""The audit chain: read, recomputed, copied."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.actions import record_audit_export, start_audit_check
from accounts.forms import AuditFilterForm
from accounts.policies import can_read_audit
from accounts.queries import audit_entries_for, find_last_audit_check, get_audit_entry
from accounts.views.lists import SIZES, page_of
from core import clock
from core.actor import Actor
from core.errors import NotAllowed
from core.models import AuditEntry
from core.spreadsheets import write_csv

_EXPORT_ROWS = 50_000


@require_GET
def audit_list(request: HttpRequest) -> HttpResponse:
    actor = _auditor(request)
    form = AuditFilterForm(request.GET or None)
    page = page_of(request, audit_entries_for(actor, form.wanted()))
    check = find_last_audit_check(actor)
    context = {"page": page, "form": form, "sizes": SIZES, "check": check, "limit": _EXPORT_ROWS}
    return render(request, "accounts/audit_list.html", context)


@require_GET
def audit_entry(request: HttpRequest, sequence: int) -> HttpResponse:
    entry = get_audit_entry(_auditor(request), sequence)
    facts = [
        {"label": _("时间"), "value": timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M:%S")},
        {"label": _("操作人"), "value": entry.actor_label},
        {"label": _("角色"), "value": entry.roles or _("无")},
        {"label": _("来源地址"), "value": entry.address or _("系统内部")},
        {"label": _("操作"), "value": entry.action, "mono": True},
        {"label": _("对象"), "value": f"{entry.object_type} {entry.object_id}", "mono": True},
        {"label": _("对象名称"), "value": entry.object_label or _("无")},
        {"label": _("原因"), "value": entry.reason or _("无")},
    ]
    details = json.dumps(json.loads(entry.details), ensure_ascii=False, indent=2, sort_keys=True)
    return render(request, "accounts/audit_entry.html", {"entry": entry, "facts": facts, "details": details})


@require_POST
def audit_check(request: HttpRequest) -> HttpResponse:
    start_audit_check(_auditor(request), now=clock.now())
    return redirect("accounts:audit_list")


@require_POST
def audit_export(request: HttpRequest) -> HttpResponse:
    """The filtered entries as CSV, newest first; the copy itself is audited."""
    actor = _auditor(request)
    form = AuditFilterForm(request.POST)
    entries = list(audit_entries_for(actor, form.wanted())[:_EXPORT_ROWS])
    filters = {name: str(value) for name, value in form.cleaned_data.items() if value}
    record_audit_export(actor, rows=len(entries), filters=filters)
    header = [
        _("序号"), _("时间"), _("操作人"), _("角色"), _("来源地址"), _("操作"),
        _("对象类型"), _("对象编号"), _("对象名称"), _("详情"), _("原因"), _("本条摘要"),
    ]  # fmt: skip
    response = HttpResponse(write_csv(header, map(_cells, entries)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{clock.today():%Y%m%d}.csv"'
    return response


def _cells(entry: AuditEntry) -> list[str | int]:
    return [
        entry.sequence, entry.at.isoformat(), entry.actor_label, entry.roles, entry.address, entry.action,
        entry.object_type, entry.object_id, entry.object_label, entry.details, entry.reason, entry.entry_hash,
    ]  # fmt: skip


def _auditor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not can_read_audit(actor):
        raise NotAllowed
    return actor
