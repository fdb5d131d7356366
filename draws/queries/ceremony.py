"""Where the typing of the sources stands: who has typed, whether the two agree; never what the other one typed."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from accounts.queries import identity_of_user
from core.actor import Actor
from draws.domain.plan import Plan, parse_plan
from draws.domain.protocol import PLAN_FILE
from draws.domain.sources import Source, allowed_sources
from draws.models import Draw
from draws.queries.draws import content_of


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One source of the plan. `own` is what this actor typed; `agreed` the value once two people typed the same."""

    position: int
    planned: Source
    allowed: tuple[Source, ...]
    typists: int
    own: str
    agreed: str
    differs: bool
    typed_at: datetime | None = None

    @property
    def number(self) -> int:
        return self.position + 1

    @property
    def is_agreed(self) -> bool:
        return bool(self.agreed)


def plan_of(draw: Draw) -> Plan:
    """The plan as committed. Raises NotFound before a proposal."""
    return parse_plan(content_of(draw, PLAN_FILE))


def latest_entries(draw: Draw) -> dict[int, dict[str, str]]:
    """Position → identity of the typist → `NAME:ISSUE:VALUE` as typed last."""
    entries: dict[int, dict[str, str]] = {}
    for entry in draw.source_entries.select_related("typed_by"):
        typed = entries.setdefault(entry.position, {})
        typed[identity_of_user(entry.typed_by)] = f"{entry.source}:{entry.value}"
    return entries


def source_statuses(actor: Actor, draw: Draw) -> list[SourceStatus]:
    """One status for each source of the plan, in order. Two queries."""
    plan = plan_of(draw)
    entries = latest_entries(draw)
    return [
        _status(actor, position, planned, plan=plan, typed=entries.get(position, {}))
        for position, planned in enumerate(plan.sources)
    ]


def typists_of(draw: Draw) -> list[User]:
    """Who typed sources of this draw, each once, for the minutes."""
    users = {entry.typed_by_id: entry.typed_by for entry in draw.source_entries.select_related("typed_by")}
    return list(users.values())


def _status(actor: Actor, position: int, planned: Source, *, plan: Plan, typed: dict[str, str]) -> SourceStatus:
    values = set(typed.values())
    agreed = next(iter(values)) if len(typed) >= 2 and len(values) == 1 else ""
    return SourceStatus(
        position=position,
        planned=planned,
        allowed=allowed_sources(position + 1, planned, plan.fallback),
        typists=len(typed),
        own=typed.get(actor.identity(), ""),
        agreed=agreed,
        differs=len(values) > 1,
    )
