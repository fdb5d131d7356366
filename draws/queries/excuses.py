"""How often somebody was let off, by month, reason and approver: so that a habit is seen."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.timezone import localtime

from accounts.models import User
from core.actor import Actor
from draws.models import Draw, Replacement, RosterFlag
from draws.queries.draws import draws_for, public_draws

EXCUSED = "excused"
EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True, order=True)
class ExcuseCount:
    """So many approvals in a month. `kind`: excused after the draw, or excluded before it; `approver` empty in public."""

    month: str
    authority: str
    kind: str
    code: str
    approver: str
    number: int


def excuse_counts(actor: Actor) -> list[ExcuseCount]:
    """Approvals at the authorities where the actor works, newest month first, each with who approved. Two queries."""
    return _count(draws_for(actor), with_approver=True)


def public_excuse_counts() -> list[ExcuseCount]:
    """The same for everybody, of draws that are public, without the approvers. Two queries."""
    return _count(public_draws(), with_approver=False)


def _count(draws: QuerySet[Draw], *, with_approver: bool) -> list[ExcuseCount]:
    within = draws.order_by().values("pk")
    excuses = Replacement.objects.filter(draw__in=within, state=Replacement.State.APPROVED)
    flags = RosterFlag.objects.filter(draw__in=within, kind=RosterFlag.Kind.EXCLUDED, approved_at__isnull=False)
    counts = Counter[tuple[str, str, str, str, str]]()
    for row in excuses.select_related("draw__authority", "decided_by").order_by():
        counts[_key(EXCUSED, row.draw, row.reason_code, approval=(row.decided_at, row.decided_by))] += 1
    for flag in flags.select_related("draw__authority", "approved_by").order_by():
        counts[_key(EXCLUDED, flag.draw, flag.code, approval=(flag.approved_at, flag.approved_by))] += 1
    return _newest_first(counts, with_approver=with_approver)


def _key(
    kind: str, draw: Draw, code: str, *, approval: tuple[datetime | None, User | None]
) -> tuple[str, str, str, str, str]:
    approved_at, approver = approval
    assert approved_at is not None
    return f"{localtime(approved_at):%Y-%m}", draw.authority.name, kind, code, str(approver or "")


def _newest_first(counts: Counter[tuple[str, str, str, str, str]], *, with_approver: bool) -> list[ExcuseCount]:
    merged = Counter[tuple[str, str, str, str, str]]()
    for key, number in counts.items():
        merged[key if with_approver else (*key[:4], "")] += number
    rows: Iterable[ExcuseCount] = (ExcuseCount(*key, number) for key, number in merged.items())
    return sorted(sorted(rows), key=lambda row: row.month, reverse=True)
