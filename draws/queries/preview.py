"""What rules would give before anybody freezes them: for a clerk who tries filters, and for who compares rosters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from core.actor import Actor
from core.errors import DomainError
from draws.domain.coverage import check_coverage, minimum_rounds
from draws.domain.parameters import DrawParameters, check_population
from draws.domain.pool import COVERAGE
from draws.errors import QuotaTooLarge, QuotaUnknownStratum, RosterEmpty
from draws.models import Draw, RosterEntry
from draws.queries.history import earlier_draws
from draws.queries.population import RowToBe, appointments_in, pool_of, rows_to_be
from draws.queries.strata import SmallStrata, StratumCount, small_strata, strata_of
from registry.models import Person

_EVERYBODY: Final = DrawParameters(seats=1, sources=(), posts=("P", "S", "D"))


@dataclass(frozen=True, slots=True)
class Preview:
    """Strata and flags as they would be today, and what a freeze would refuse. `minimum_rounds`: the smallest allowed N."""

    strata: list[StratumCount]
    small: SmallStrata
    flags: dict[str, int]
    minimum_rounds: int
    refusals: tuple[DomainError, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One person who joined, left or moved since the last round. `before` and `after`: stratum, empty when not in it.

    `still_appointed`: left the roster although an appointment is in force, so that a rule or filter left them out.
    """

    person: Person
    enterprise: str
    before: str
    after: str
    flag_before: str
    flag_after: str
    still_appointed: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """The roster against that of the last completed round of the same authority (`last` None: there is none)."""

    last: Draw | None
    joined: list[Change]
    left: list[Change]
    moved: list[Change]
    reflagged: list[Change]
    unchanged: int


def preview_of(
    actor: Actor, draw: Draw, parameters: DrawParameters, *, fixed: Mapping[str, int] | None, on: date
) -> Preview:
    """Counts for `parameters`, that need not be saved; `draw` need not be either. Refusals are told, not raised."""
    try:
        check_population(parameters)
        members = rows_to_be(actor, draw, on=on, parameters=parameters)
    except DomainError as refusal:
        return Preview([], small_strata([]), {}, 0, (refusal,))
    strata = strata_of(members, parameters, fixed=fixed)
    flags = _flag_counts(members)
    # Those whom the coverage rule itself calls belong to the share that is drawn a round.
    people = sum(row.eligible for row in strata) + flags.get(COVERAGE, 0)
    seats = min(parameters.total_seats, people)
    return Preview(
        strata=strata,
        small=small_strata(strata),
        flags=flags,
        minimum_rounds=minimum_rounds(seats=seats, population=people),
        refusals=tuple(_refusals(parameters, strata, fixed=fixed, seats=seats, people=people)),
    )


def difference_of(actor: Actor, draw: Draw, *, on: date) -> Difference:
    """Who joined, left or moved since the last completed round: a draft by today's registry, else by its own roster."""
    last = earlier_draws(draw).first()
    now = _standing_now(actor, draw, on=on)
    if last is None:
        return Difference(None, [], [], [], [], len(now))
    then = _standing_in(last)
    gone = then.keys() - now.keys()
    appointed = (
        set(appointments_in(actor, draw, _EVERYBODY, on=on).values_list("person_id", flat=True)) if gone else set()
    )
    joined = [_change(now[person], after=now[person]) for person in now.keys() - then.keys()]
    left = [_change(then[person], before=then[person], still=person in appointed) for person in gone]
    both = [_change(now[person], before=then[person], after=now[person]) for person in now.keys() & then.keys()]
    moved = [change for change in both if change.before != change.after]
    reflagged = [change for change in both if change.before == change.after and change.flag_before != change.flag_after]
    unchanged = len(both) - len(moved) - len(reflagged)
    return Difference(last, _ordered(joined), _ordered(left), _ordered(moved), _ordered(reflagged), unchanged)


@dataclass(frozen=True, slots=True)
class _Standing:
    person: Person
    enterprise: str
    stratum: str
    flag: str


def _standing_now(actor: Actor, draw: Draw, *, on: date) -> dict[int, _Standing]:
    if draw.proposal and draw.plan_sha256:
        return _standing_in(draw)
    return {
        member.post.person: _Standing(
            member.appointment.person, member.appointment.enterprise.name, member.stratum, member.flag
        )
        for member in pool_of(actor, draw, on=on)
    }


def _standing_in(draw: Draw) -> dict[int, _Standing]:
    rows = RosterEntry.objects.filter(draw=draw, proposal=draw.proposal).order_by()
    return {
        entry.person_id: _Standing(entry.person, entry.enterprise.name, entry.stratum, entry.flag)
        for entry in rows.select_related("person", "enterprise").defer("salt_sealed", "person__id_number_sealed")
    }


def _change(
    who: _Standing, *, before: _Standing | None = None, after: _Standing | None = None, still: bool = False
) -> Change:
    return Change(
        person=who.person,
        enterprise=who.enterprise,
        before=before.stratum if before else "",
        after=after.stratum if after else "",
        flag_before=before.flag if before else "",
        flag_after=after.flag if after else "",
        still_appointed=still,
    )


def _ordered(changes: list[Change]) -> list[Change]:
    return sorted(
        changes, key=lambda change: (change.after or change.before, change.person.name_sort_key, change.person.pk)
    )


def _flag_counts(members: Sequence[RowToBe]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for member in members:
        if member.flag:
            counts[member.flag] = counts.get(member.flag, 0) + 1
    return dict(sorted(counts.items()))


def _refusals(
    parameters: DrawParameters,
    strata: Sequence[StratumCount],
    *,
    fixed: Mapping[str, int] | None,
    seats: int,
    people: int,
) -> list[DomainError]:
    eligible = {row.stratum: row.eligible for row in strata}
    found: list[DomainError] = []
    if not strata:
        found.append(RosterEmpty())
    if parameters.coverage_rounds:
        try:
            check_coverage(parameters.coverage_rounds, seats=seats, population=people)
        except DomainError as refusal:
            found.append(refusal)
    for stratum, asked in sorted((fixed or {}).items()):
        if stratum not in eligible:
            found.append(QuotaUnknownStratum(stratum=stratum))
        elif asked > eligible[stratum]:
            found.append(QuotaTooLarge(stratum=stratum, asked=asked, available=eligible[stratum]))
    return found
