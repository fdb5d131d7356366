"""What the audit chain keeps about signing in (GB/T 22239: every user's access is audited)."""

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from core.actor import Actor
from core.audit import audit


@transaction.atomic
def record_sign_in_event(
    actor: Actor, event: str, user: User | None, *, details: Mapping[str, object] | None = None
) -> None:
    """`event` is what happened: signed_in, signed_out, sign_in_failed, password_changed … An attempt on an account
    that does not exist leaves an entry as well: the same work, so that the time tells nothing.
    """
    audit(
        actor,
        f"accounts.{event}",
        user or User(username="unknown"),
        details={"known": user is not None, **(details or {})},
    )
