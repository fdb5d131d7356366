"""Pages of accounts."""

from accounts.views.audit import audit_check, audit_entry, audit_export, audit_list
from accounts.views.jobs import job_list, job_retry, messages_sent
from accounts.views.me import me, token
from accounts.views.roles import decide, grant, request_admin_role, revoke, role_requests
from accounts.views.users import user_action, user_create, user_detail, user_list

__all__ = [
    "audit_check",
    "audit_entry",
    "audit_export",
    "audit_list",
    "decide",
    "grant",
    "job_list",
    "job_retry",
    "me",
    "messages_sent",
    "request_admin_role",
    "revoke",
    "role_requests",
    "token",
    "user_action",
    "user_create",
    "user_detail",
    "user_list",
]
