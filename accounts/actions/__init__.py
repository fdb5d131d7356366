"""Writes about accounts: users, roles, candidates' accounts, tokens, background work."""

from accounts.actions.candidates import ensure_candidate_account
from accounts.actions.jobs import record_audit_export, retry_job, start_audit_check
from accounts.actions.roles import decide_role_request, grant_role, request_role, revoke_role
from accounts.actions.sign_ins import record_sign_in_event
from accounts.actions.tokens import make_token, revoke_token
from accounts.actions.users import (
    activate_user,
    checked_account,
    create_user,
    deactivate_user,
    end_sessions,
    reset_second_factor,
    void_password,
)
from accounts.domain.users import UserDraft

__all__ = [
    "UserDraft",
    "activate_user",
    "checked_account",
    "create_user",
    "deactivate_user",
    "decide_role_request",
    "end_sessions",
    "ensure_candidate_account",
    "grant_role",
    "make_token",
    "record_audit_export",
    "record_sign_in_event",
    "request_role",
    "reset_second_factor",
    "retry_job",
    "revoke_role",
    "revoke_token",
    "start_audit_check",
    "void_password",
]
