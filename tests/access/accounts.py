"""Accounts: allauth's pages that we use, and our own."""

from typing import Any

from accounts.models import RoleAssignment, RoleRequest
from core.models import AuditEntry, JobRun
from tests.access import API_LOGIN, LOGIN, Row, only, public, signed_in
from tests.factories.actors import MADE_AT, World


def _user(world: World) -> dict[str, Any]:
    return {"user_id": world.users["candidate"].public_id}


def _verb(world: World) -> dict[str, Any]:
    return _user(world) | {"verb": "end-sessions"}


def _assignment(world: World) -> dict[str, Any]:
    return {"assignment_id": RoleAssignment.objects.get(user=world.users["trainer"]).public_id}


def _request(world: World) -> dict[str, Any]:
    row = RoleRequest.objects.create(
        user=world.users["trainer"],
        role="auditor",
        reason="值班",
        requested_by=world.users["regulator"],
        requested_at=MADE_AT,
    )
    return {"request_id": row.public_id}


def _run(world: World) -> dict[str, Any]:
    run = JobRun.objects.create(
        name="accounts.verify_audit",
        state="failed",
        created_at=MADE_AT,
        run_after=MADE_AT,
    )
    return {"run_id": run.public_id}


def _entry(world: World) -> dict[str, Any]:
    entry = AuditEntry.objects.create(
        sequence=1,
        at=MADE_AT,
        actor_label="x",
        action="x.y",
        object_type="x.y",
        previous_hash="0" * 64,
        entry_hash="1" * 64,
    )
    return {"sequence": entry.sequence}


def _reason(world: World) -> dict[str, Any]:
    return {"reason": "核对"}


def _refuse(world: World) -> dict[str, Any]:
    return {"decision": "refuse"}


def _grant(world: World) -> dict[str, Any]:
    return {"role": "reviewer", "authority": world.authority.public_id}


def _ask(world: World) -> dict[str, Any]:
    return {"admin_role": "auditor", "reason": "值班"}


def _new_user(world: World) -> dict[str, Any]:
    return {"username": "fresh", "display_name": "新人", "phone": "13900000001"}


_SIGNED_IN_STAY_OUT = {"anonymous": 200, "*": 302}
# The factory's staff have one, the others have none.
_NEEDS_A_FACTOR = Row({"anonymous": LOGIN, "*": frozenset({302, 404})})

# django-allauth's: signing in and out is open, everything else needs a login. Some ask for the password again (302).
ALLAUTH: dict[str, Row | tuple[Row, ...]] = {
    "account_login": Row(_SIGNED_IN_STAY_OUT),
    "account_signup": Row(_SIGNED_IN_STAY_OUT),
    "account_request_login_code": Row(_SIGNED_IN_STAY_OUT),
    "account_confirm_login_code": public(302),
    "account_logout": Row({"anonymous": 302, "*": 200}),
    "account_inactive": public(),
    "account_reset_password": public(),
    "account_reset_password_done": public(),
    "account_reset_password_from_key": public(kwargs=lambda world: {"uidb36": "1", "key": "no-such"}),
    "account_reset_password_from_key_done": public(),
    "account_reauthenticate": signed_in(),
    "account_change_password": signed_in(),
    "account_set_password": signed_in(302),
    "mfa_index": signed_in(),
    "mfa_authenticate": public(302),
    "mfa_reauthenticate": Row({"anonymous": LOGIN, "*": frozenset({200, 302})}),  # 302 without a factor
    "mfa_activate_totp": signed_in(302),
    "mfa_deactivate_totp": _NEEDS_A_FACTOR,
    "mfa_view_recovery_codes": _NEEDS_A_FACTOR,
    "mfa_generate_recovery_codes": signed_in(302),
    "mfa_download_recovery_codes": _NEEDS_A_FACTOR,
    "mfa_list_webauthn": signed_in(),
    "mfa_add_webauthn": signed_in(302),
    "mfa_reauthenticate_webauthn": signed_in(302),
    "mfa_remove_webauthn": signed_in(302, kwargs=lambda world: {"pk": 1}),
    "mfa_edit_webauthn": signed_in(302, kwargs=lambda world: {"pk": 1}),
    "mfa_login_webauthn": public(302),
    "usersessions_list": signed_in(),
}

MATRIX: dict[str, Row | tuple[Row, ...]] = ALLAUTH | {
    "accounts:me": signed_in(),
    "accounts:token": signed_in(method="post"),
    "accounts:user_list": only("security_admin"),
    "accounts:user_create": (
        only("security_admin"),
        only("security_admin", status=302, method="post", data=_new_user),
    ),
    "accounts:user_detail": only("security_admin", kwargs=_user),
    "accounts:user_action": only("security_admin", status=302, kwargs=_verb, method="post", data=_reason),
    "accounts:grant": only("security_admin", status=302, kwargs=_user, method="post", data=_grant),
    "accounts:request_role": only("security_admin", status=302, kwargs=_user, method="post", data=_ask),
    "accounts:revoke": only("security_admin", status=302, kwargs=_assignment, method="post", data=_reason),
    "accounts:role_requests": only("security_admin"),
    "accounts:decide": only("security_admin", status=302, kwargs=_request, method="post", data=_refuse),
    "accounts:job_list": only("system_admin"),
    "accounts:job_retry": only("system_admin", status=302, kwargs=_run, method="post"),
    "accounts:audit_list": only("auditor"),
    "accounts:audit_entry": only("auditor", kwargs=_entry),
    "accounts:audit_check": only("auditor", status=302, method="post"),
    "accounts:audit_export": only("auditor", method="post"),
    "accounts:messages": public(404),  # exists in the demo only
    "api:me": signed_in(anonymous=API_LOGIN),
    "api:tokens": (
        signed_in(anonymous=API_LOGIN),
        signed_in(201, anonymous=API_LOGIN, method="post"),
        signed_in(204, anonymous=API_LOGIN, method="delete"),
    ),
}
