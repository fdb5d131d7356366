"""Where each role can be held, which need a second pair of eyes, and which exclude each other."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from accounts.errors import ReasonMissing, RequestDecided, RequestExpired, RolePlaceWrong, RolesConflict, RoleUnknown
from core import actor
from core.errors import SameApprover

AT_ENTERPRISE: Final = frozenset({actor.ENTERPRISE_ADMIN})
# The three administrations of GB/T 22239: they reach no regulated rows, and no one holds two of them.
WITHOUT_PLACE: Final = frozenset({actor.SYSTEM_ADMIN, actor.SECURITY_ADMIN, actor.AUDITOR})
AT_AUTHORITY: Final = frozenset({actor.TRAINER, actor.REVIEWER, actor.REGULATOR, actor.INVIGILATOR})
NEEDS_SECOND_PERSON: Final = WITHOUT_PLACE
REQUEST_VALID_FOR: Final = timedelta(hours=24)


def check_place(role: str, *, has_authority: bool, has_enterprise: bool) -> None:
    """Raises RoleUnknown or RolePlaceWrong unless the role is held where it belongs."""
    if role not in AT_ENTERPRISE | WITHOUT_PLACE | AT_AUTHORITY:
        raise RoleUnknown(role=role)
    if has_authority != (role in AT_AUTHORITY) or has_enterprise != (role in AT_ENTERPRISE):
        raise RolePlaceWrong


def check_separation(role: str, held: Iterable[str]) -> None:
    """Raises RolesConflict when the account would hold two of the three administrations."""
    if role in WITHOUT_PLACE and (WITHOUT_PLACE - {role}) & frozenset(held):
        raise RolesConflict


def check_decision(*, requested_by: str, decided_by: str, requested_at: datetime, now: datetime, is_open: bool) -> None:
    """Second pair of eyes on a grant: `requested_by` and `decided_by` are identities of people (security.md 4)."""
    if not is_open:
        raise RequestDecided
    if requested_by == decided_by:
        raise SameApprover
    if now > requested_at + REQUEST_VALID_FOR:
        raise RequestExpired(hours=int(REQUEST_VALID_FOR.total_seconds() // 3600))


def checked_reason(text: str) -> str:
    """The trimmed reason; raises ReasonMissing."""
    reason = text.strip()
    if not reason:
        raise ReasonMissing
    return reason[:500]
