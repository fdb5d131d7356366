"""The freeze: one proposes, another approves the very bytes, and from then on nothing changes."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.db import transaction

import draws
from accounts.queries import identity_of_user
from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed, SameApprover
from core.queue import enqueue
from draws.actions.announcing import say_in_public
from draws.actions.bulk import write_rows
from draws.actions.days import local_date, window_closes_on
from draws.actions.prepare import check_reason, check_state, lock_preparable
from draws.actions.snapshot import Progress, Snapshot, asked_of, silent, store_entries, take_snapshot
from draws.domain.coverage import check_coverage
from draws.domain.parameters import DrawParameters, population_to_json
from draws.domain.plan import Plan, check_before_freeze, write_plan
from draws.domain.protocol import PLAN_FILE, ROSTER_FILE
from draws.domain.timing import add_working_days
from draws.errors import DraftChanged, FlagsPending, ProposalChanged, ProposalExpired, SourcesBeforeWindow
from draws.events import draw_frozen
from draws.models import Draw, DrawFile, DrawState
from draws.policies import can_conduct, can_prepare
from draws.queries import VERIFY_FILE, lock_draw, parameters_of

_FILE_COLUMNS: Final = "draw proposal name content sha256 created_at".split()


def propose_freeze(
    actor: Actor, draw_id: str, *, now: datetime, progress: Progress = silent, writing: Progress = silent
) -> Draw:
    """Takes the snapshot of the population, writes roster, plan and program, and asks another person to approve their hashes.

    The snapshot is taken before anything is locked, since with very many people it takes a while. Rules or flags that
    changed meanwhile refuse it. `progress` is told how far the snapshot is, the first half of the work; `writing`, the
    same for the second half, is called inside the transaction.
    Raises NotAllowed, WrongDrawState, FlagsPending, RosterEmpty, SourcesBeforeWindow, CoverageTooFast, EntropyTooLow,
    QuotaTooLarge, QuotaUnknownStratum, DraftChanged.
    """
    with transaction.atomic():
        draw = lock_preparable(actor, draw_id)
        if pending := draw.flags.filter(approved_at=None).count():
            raise FlagsPending(count=pending)
        _sources_from(parameters_of(draw), now)
    snapshot = take_snapshot(actor, draw, on=local_date(now), progress=progress)
    proposed = _propose(actor, draw_id, snapshot, now=now, writing=writing)
    progress(2 * snapshot.appointments, 2 * snapshot.appointments)
    return proposed


@transaction.atomic
def _propose(actor: Actor, draw_id: str, snapshot: Snapshot, *, now: datetime, writing: Progress) -> Draw:
    draw = lock_preparable(actor, draw_id)
    if asked_of(draw) != snapshot.asked:
        raise DraftChanged
    parameters = parameters_of(draw)
    eligible = snapshot.draft.eligible()
    _check_coverage(parameters, eligible)
    sources_from = _sources_from(parameters, now)
    plan = _plan(draw, parameters, roster=snapshot.roster, rows=len(snapshot.draft), sources_from=sources_from)
    check_before_freeze(plan, eligible, is_demo=draw.is_demo)
    draw.proposal += 1
    store_entries(draw, snapshot, progress=writing)
    files = write_plan(plan), snapshot.roster
    return _store_proposal(actor, draw, files, rows=plan.rows, sources_from=sources_from, now=now)


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
    papers = {"bank_root": draw.bank_root, "paper_key_commit": draw.paper_key_commit} if draw.paper_key_commit else {}
    say_in_public(draw, "draw.frozen", {**details, **papers}, now=now)
    enqueue("draws.print_notice", draw_id=draw.pk)
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


def _check_coverage(parameters: DrawParameters, eligible: Mapping[str, int]) -> None:
    if parameters.coverage_rounds:
        seats = parameters.seats if isinstance(parameters.seats, int) else sum(parameters.seats.values())
        population = sum(eligible.values())
        check_coverage(parameters.coverage_rounds, seats=min(seats, population), population=population)


def _plan(
    draw: Draw,
    parameters: DrawParameters,
    *,
    roster: bytes,
    rows: int,
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
        verify_sha256=sha256(published_program()).hexdigest(),
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
    files: tuple[bytes, bytes],
    *,
    rows: int,
    sources_from: datetime,
    now: datetime,
) -> Draw:
    for name, content in zip((PLAN_FILE, ROSTER_FILE, VERIFY_FILE), (*files, published_program()), strict=True):
        store_file(draw, name, content, now=now)
    draw.plan_sha256, draw.roster_sha256 = (sha256(content).hexdigest() for content in files)
    draw.state = DrawState.FREEZE_PROPOSED
    draw.proposed_by_id = actor.user_id
    draw.proposed_at = now
    draw.sources_from = sources_from
    draw.save()
    details = {
        "proposal": draw.proposal,
        "rows": rows,
        "plan_sha256": draw.plan_sha256,
        "roster_sha256": draw.roster_sha256,
    }
    audit(actor, "draw.freeze_proposed", draw, details=details)
    return draw


def store_file(draw: Draw, name: str, content: bytes, *, now: datetime) -> None:
    """Keeps the exact bytes of one file of the current proposal, for good."""
    row = (draw.pk, draw.proposal, name, content.decode("ascii"), sha256(content).hexdigest(), now)
    write_rows(DrawFile, _FILE_COLUMNS, [row])
