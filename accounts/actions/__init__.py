"""Writes about accounts: users, roles, candidates' accounts."""

from accounts.actions.candidates import ensure_candidate_account
from accounts.actions.roles import decide_role_request, grant_role, request_role, revoke_role
from accounts.actions.users import activate_user, create_user, deactivate_user, end_sessions

__all__ = [
    "activate_user",
    "create_user",
    "deactivate_user",
    "decide_role_request",
    "end_sessions",
    "ensure_candidate_account",
    "grant_role",
    "request_role",
    "revoke_role",
]
