"""The freeze: one proposes, another approves the very bytes, and from then on nothing changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from django.db import transaction

import draws
from accounts.queries import identity_of_user
from core.actor import Actor
from core.audit import audit
from core.crypto import seal
from core.errors import NotAllowed, SameApprover
from core.seeded import fresh_token
from draws.actions.announcing import say_in_public
from draws.actions.days import local_date, window_closes_on
from draws.actions.prepare import check_reason, check_state, lock_preparable
from draws.domain.coverage import check_coverage
from draws.domain.parameters import DrawParameters, population_to_json
from draws.domain.plan import Plan, check_before_freeze, write_plan
from draws.domain.pool import COVERAGE
from draws.domain.protocol import PLAN_FILE, ROSTER_FILE
from draws.domain.quotas import eligible_by_stratum
from draws.domain.roster import Identity, Row, pid_of, write_roster
from draws.domain.timing import add_working_days
from draws.errors import FlagsPending, ProposalChanged, ProposalExpired, RosterEmpty, SourcesBeforeWindow
from draws.events import draw_frozen
from draws.models import Draw, DrawFile, DrawState, RosterEntry
from draws.policies import can_conduct, can_prepare
from draws.queries import (
    SALT_COLUMN,
    SALT_TABLE,
    VERIFY_FILE,
    PoolMember,
    acting_for,
    lock_draw,
    parameters_of,
    pool_of,
)
from registry.queries import id_numbers_of

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class _Drafted:
    """A pool member with the row that the roster will have, and the salt behind its pid."""

    member: PoolMember
    row: Row
    salt: str


@transaction.atomic
def propose_freeze(actor: Actor, draw_id: str, *, now: datetime) -> Draw:
    """Takes the snapshot of the population, writes roster, plan and program, and asks another person to approve their hashes.

    Raises NotAllowed, WrongDrawState, FlagsPending, RosterEmpty, SourcesBeforeWindow, CoverageTooFast, EntropyTooLow,
    QuotaTooLarge, QuotaUnknownStratum.
    """
    draw = lock_preparable(actor, draw_id)
    if pending := draw.flags.filter(approved_at=None).count():
        raise FlagsPending(count=pending)
    parameters = parameters_of(draw)
    sources_from = _sources_from(parameters, now)
    drafted = _draft_rows(actor, draw, pool_of(actor, draw, on=local_date(now)))
    rows = [each.row for each in drafted]
    _check_coverage(parameters, rows)
    roster = write_roster(rows)
    program = published_program()
    plan = _plan(draw, parameters, roster=roster, rows=len(rows), program=program, sources_from=sources_from)
    check_before_freeze(plan, eligible_by_stratum(rows), is_demo=draw.is_demo)
    return _store_proposal(
        actor, draw, drafted, files=(write_plan(plan), roster, program), sources_from=sources_from, now=now
    )


@transaction.atomic
def approve_freeze(actor: Actor, draw_id: str, *, plan_sha256: str, now: datetime) -> Draw:
    """Freezes exactly what was proposed: `plan_sha256` is the hash that the approver has seen.

    Raises NotAllowed, WrongDrawState, SameApprover, ProposalChanged, ProposalExpired.
    """
    draw = lock_draw(actor, draw_id)
    if not can_conduct(actor, draw):
        raise NotAllowed
    check_state(draw, DrawState.FREEZE_PROPOSED)
    if draw.proposed_by is not None and identity_of_user(draw.proposed_by) == actor.identity():
        raise SameApprover
    if plan_sha256 != draw.plan_sha256:
        raise ProposalChanged
    parameters = parameters_of(draw)
    earliest = add_working_days(local_date(now), parameters.objection_days)
    if parameters.objection_days and draw.sources_from and earliest > local_date(draw.sources_from):
        raise ProposalExpired(earliest=earliest)
    draw.state = DrawState.FROZEN
    draw.frozen_by_id = actor.user_id
    draw.frozen_at = now
    draw.save(update_fields=["state", "frozen_by", "frozen_at"])
    details = {"plan_sha256": draw.plan_sha256, "roster_sha256": draw.roster_sha256, "sources_from": draw.sources_from}
    audit(actor, "draw.frozen", draw, details=details)
    say_in_public(draw, "draw.frozen", details, now=now)
    transaction.on_commit(partial(draw_frozen.send, sender=Draw, draw_id=draw.pk))
    return draw


@transaction.atomic
def send_back(actor: Actor, draw_id: str, *, reason: str, now: datetime) -> Draw:
    """Returns a proposal to the draft, by the approver or by who proposed. Its files stay as a record.

    Raises NotAllowed, WrongDrawState, ReasonRequired.
    """
    draw = lock_draw(actor, draw_id)
    if not (can_conduct(actor, draw) or can_prepare(actor, draw)):
        raise NotAllowed
    check_state(draw, DrawState.FREEZE_PROPOSED)
    check_reason(reason)
    details = {"proposal": draw.proposal, "plan_sha256": draw.plan_sha256, "at": now}
    draw.state = DrawState.DRAFT
    draw.plan_sha256 = draw.roster_sha256 = ""
    draw.sources_from = draw.proposed_at = draw.proposed_by = None
    draw.save()
    audit(actor, "draw.sent_back", draw, details=details, reason=reason.strip())
    return draw


def published_program() -> bytes:
    """The verify.py that this installation publishes with a draw, byte for byte."""
    return Path(draws.__file__).with_name(VERIFY_FILE).read_bytes()


def _sources_from(parameters: DrawParameters, now: datetime) -> datetime:
    if not parameters.objection_days:
        return max(parameters.sources_after or now, now)
    earliest = add_working_days(local_date(now), parameters.objection_days)
    if parameters.sources_after is None:
        return window_closes_on(earliest)
    if local_date(parameters.sources_after) < earliest:
        raise SourcesBeforeWindow(sources_after=parameters.sources_after, earliest=earliest)
    return parameters.sources_after


def _draft_rows(actor: Actor, draw: Draw, members: Sequence[PoolMember]) -> list[_Drafted]:
    if not members:
        raise RosterEmpty
    people = [member.appointment.person for member in members]
    numbers = id_numbers_of(acting_for(actor, draw.authority), people)
    drafted = []
    for member in members:
        salt = fresh_token(32)
        person = member.appointment.person
        identity = Identity(person.id_type, numbers[person.pk], member.post.credit_code, member.post.post)
        pid = pid_of(identity, round_label=draw.round_code, salt=salt)
        drafted.append(_Drafted(member, Row(pid, member.stratum, 1, member.flag), salt))
    return drafted


def _check_coverage(parameters: DrawParameters, rows: Sequence[Row]) -> None:
    if parameters.coverage_rounds:
        # Those whom this very rule puts outside the quota belong to the share, or N = 1 would call everybody unrefused.
        population = sum(row.flag in ("", COVERAGE) for row in rows)
        seats = min(parameters.total_seats, population)
        check_coverage(parameters.coverage_rounds, seats=seats, population=population)


def _plan(
    draw: Draw,
    parameters: DrawParameters,
    *,
    roster: bytes,
    rows: int,
    program: bytes,
    sources_from: datetime,
) -> Plan:
    return Plan(
        round_label=draw.round_code,
        method=parameters.method,
        seats=parameters.seats,
        standby=parameters.standby,
        roster_sha256=sha256(roster).hexdigest(),
        rows=rows,
        sources=parameters.parsed_sources,
        verify_sha256=sha256(program).hexdigest(),
        bank_root=draw.bank_root or None,
        paper_key_commit=draw.paper_key_commit or None,
        dice=parameters.dice,
        fallback=parameters.fallback,
        extra={
            "authority": draw.authority.code,
            "serial": draw.serial,
            "objection_days": parameters.objection_days,
            "population": population_to_json(parameters),
            "sources_after": sources_from.strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
    )


def _store_proposal(
    actor: Actor,
    draw: Draw,
    drafted: Sequence[_Drafted],
    *,
    files: tuple[bytes, bytes, bytes],
    sources_from: datetime,
    now: datetime,
) -> Draw:
    draw.proposal += 1
    RosterEntry.objects.bulk_create((_entry(draw, each) for each in drafted), batch_size=_BATCH)
    for name, content in zip((PLAN_FILE, ROSTER_FILE, VERIFY_FILE), files, strict=True):
        store_file(draw, name, content, now=now)
    draw.plan_sha256, draw.roster_sha256 = (sha256(content).hexdigest() for content in files[:2])
    draw.state = DrawState.FREEZE_PROPOSED
    draw.proposed_by_id = actor.user_id
    draw.proposed_at = now
    draw.sources_from = sources_from
    draw.save()
    details = {
        "proposal": draw.proposal,
        "rows": len(drafted),
        "plan_sha256": draw.plan_sha256,
        "roster_sha256": draw.roster_sha256,
    }
    audit(actor, "draw.freeze_proposed", draw, details=details)
    return draw


def store_file(draw: Draw, name: str, content: bytes, *, now: datetime) -> DrawFile:
    """Keeps the exact bytes of one file of the current proposal, for good."""
    return DrawFile.objects.create(
        draw=draw,
        proposal=draw.proposal,
        name=name,
        content=content.decode("ascii"),
        sha256=sha256(content).hexdigest(),
        created_at=now,
    )


def _entry(draw: Draw, drafted: _Drafted) -> RosterEntry:
    row = drafted.row
    return RosterEntry(
        draw=draw,
        proposal=draw.proposal,
        person=drafted.member.appointment.person,
        enterprise=drafted.member.appointment.enterprise,
        post=drafted.member.appointment.post,
        pid=row.pid,
        salt_sealed=seal(drafted.salt, table=SALT_TABLE, column=SALT_COLUMN, row=row.pid),
        stratum=row.stratum,
        lots=row.lots,
        flag=row.flag,
    )
