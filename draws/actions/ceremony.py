"""The ceremony: two people type the public numbers, each on their own; then the draw follows from the files."""

from datetime import datetime
from functools import partial

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.canonical import sha256_hex
from core.errors import NotAllowed
from core.queue import enqueue
from draws.actions.announcing import say_in_public
from draws.actions.freeze import store_file
from draws.actions.places import store_places
from draws.actions.prepare import check_reason, check_state
from draws.actions.snapshot import Progress, silent
from draws.domain.protocol import PLAN_FILE, RESULT_FILE, ROSTER_FILE, SOURCES_FILE, Outcome, compute
from draws.domain.sources import DICE, Source, parse_source, read_typed, write_sources
from draws.domain.timing import check_fallback_may_count, check_sources_may_exist
from draws.errors import SourceNotPlanned, SourcePositionUnknown, SourcesDiffer, SourcesIncomplete, WrongDrawState
from draws.events import draw_cancelled, draw_completed
from draws.models import Draw, DrawState, PlaceState, SourceEntry
from draws.policies import awaits_sources, can_conduct, can_prepare
from draws.queries import content_of, lock_draw, plan_of, source_statuses


@transaction.atomic
def type_source(
    actor: Actor,
    draw_id: str,
    *,
    position: int,
    value: str,
    source: str = "",
    now: datetime,
) -> SourceEntry:
    """What this person reads from the notice for one source (`position` from 0); typing again corrects one's own entry.

    `source` names a fallback of the plan (`NAME:ISSUE`); empty: the planned source.
    Raises NotAllowed, WrongDrawState, SourcesTooEarly, FallbackTooEarly, SourcePositionUnknown, SourceNotPlanned, and the
    refusal of the source's kind.
    """
    draw = _lock_conductible(actor, draw_id, now)
    statuses = source_statuses(actor, draw)
    if position not in range(len(statuses)):
        raise SourcePositionUnknown(position=position + 1)
    status, plan = statuses[position], plan_of(draw)
    entered = parse_source(source) if source else status.planned
    if entered not in status.allowed:
        raise SourceNotPlanned(line=position + 1, planned=str(status.planned), found=str(entered))
    assert draw.sources_from is not None
    check_fallback_may_count(
        now, not_before=draw.sources_from, planned=status.planned, entered=entered, fallback=plan.fallback
    )
    thrown = plan.fallback.dice if plan.fallback and entered.name == DICE and entered != status.planned else plan.dice
    canonical = read_typed(entered, value, dice=thrown)
    assert actor.user_id is not None  # only people hold the roles that type
    entry = SourceEntry.objects.create(
        draw=draw, position=position, source=str(entered), value=canonical, typed_by_id=actor.user_id, typed_at=now
    )
    details = {"position": position, "source": str(entered), "sha256": sha256_hex(f"{entered}:{canonical}")}
    audit(actor, "draw.source_typed", draw, details=details)
    return entry


def run_draw(actor: Actor, draw_id: str, *, now: datetime, progress: Progress = silent) -> Draw:
    """Draws: the result follows from plan, roster and the agreed sources; there is nothing to choose and no second time.

    It is computed before anything is locked, since a million tickets take seconds; `progress` is told how many are done.
    Raises NotAllowed, WrongDrawState, SourcesTooEarly, SourcesIncomplete, SourcesDiffer.
    """
    with transaction.atomic():
        draw = check_ready_to_draw(actor, draw_id, now=now)
        sources = write_sources(_agreed_sources(actor, draw))
    plan, roster = content_of(draw, PLAN_FILE), content_of(draw, ROSTER_FILE)
    return _complete(actor, draw_id, (sources, compute(plan, roster, sources, progress=progress)), now=now)


def check_ready_to_draw(actor: Actor, draw_id: str, *, now: datetime) -> Draw:
    """The draw, locked, when nothing stands in the way of `run_draw`; part of the caller's transaction. Raises its refusals."""
    draw = _lock_conductible(actor, draw_id, now)
    check_state(draw, DrawState.FROZEN)
    _agreed_sources(actor, draw)
    return draw


@transaction.atomic
def _complete(actor: Actor, draw_id: str, computed: tuple[bytes, Outcome], *, now: datetime) -> Draw:
    draw = check_ready_to_draw(actor, draw_id, now=now)
    sources, outcome = computed
    agreed = write_sources(_agreed_sources(actor, draw))
    if agreed != sources:  # both corrected themselves while it was computed
        sources, outcome = agreed, compute(content_of(draw, PLAN_FILE), content_of(draw, ROSTER_FILE), agreed)
    store_file(draw, SOURCES_FILE, sources, now=now)
    store_file(draw, RESULT_FILE, outcome.result, now=now)
    store_places(draw, outcome.places, called_as=PlaceState.CALLED)
    draw.state = DrawState.DRAWN
    draw.seed = outcome.seed
    draw.drawn_at = now
    draw.save(update_fields=["state", "seed", "drawn_at"])
    audit(actor, "draw.completed", draw, details=_summary(outcome))
    said = {"seed": outcome.seed, "sources_sha256": sha256_hex(sources), "result_sha256": sha256_hex(outcome.result)}
    lines = sources.decode("ascii").splitlines()
    say_in_public(draw, "draw.drawn", {"plan_sha256": draw.plan_sha256, "sources": lines, **said}, now=now)
    enqueue("draws.pack_bundle", draw_id=draw.pk)
    transaction.on_commit(partial(draw_completed.send, sender=Draw, draw_id=draw.pk))
    return draw


@transaction.atomic
def compute_cancelled(actor: Actor, draw_id: str, *, now: datetime) -> Draw:
    """What a cancelled plan would have given, once its sources are public and two people have typed them. Nobody is called.

    So that a plan cannot be cancelled because of its result in silence.
    Raises NotAllowed, WrongDrawState, SourcesTooEarly, SourcesIncomplete, SourcesDiffer.
    """
    draw = _lock_conductible(actor, draw_id, now)
    check_state(draw, DrawState.CANCELLED)
    sources = write_sources(_agreed_sources(actor, draw))
    outcome = compute(content_of(draw, PLAN_FILE), content_of(draw, ROSTER_FILE), sources)
    store_file(draw, SOURCES_FILE, sources, now=now)
    store_file(draw, RESULT_FILE, outcome.result, now=now)
    draw.seed = outcome.seed
    draw.save(update_fields=["seed"])
    audit(actor, "draw.cancelled_computed", draw, details=_summary(outcome))
    said = {"seed": outcome.seed, "sources_sha256": sha256_hex(sources), "result_sha256": sha256_hex(outcome.result)}
    say_in_public(draw, "draw.cancelled_computed", {"plan_sha256": draw.plan_sha256, **said}, now=now)
    return draw


@transaction.atomic
def cancel_draw(actor: Actor, draw_id: str, *, reason: str, now: datetime) -> Draw:
    """Gives up a draw before it is drawn. Once frozen it stays public with its files and the reason.

    A completed draw cannot be cancelled: an odd-looking result is never repeated.
    Raises NotAllowed, WrongDrawState, ReasonRequired.
    """
    draw = lock_draw(actor, draw_id)
    if not can_prepare(actor, draw):
        raise NotAllowed
    check_state(draw, DrawState.DRAFT, DrawState.FREEZE_PROPOSED, DrawState.FROZEN)
    check_reason(reason)
    if draw.state == DrawState.FROZEN:
        said = {"plan_sha256": draw.plan_sha256, "reason_sha256": sha256_hex(reason.strip())}
        say_in_public(draw, "draw.cancelled", said, now=now)
    draw.state = DrawState.CANCELLED
    draw.cancelled_at = now
    draw.cancel_reason = reason.strip()
    draw.save(update_fields=["state", "cancelled_at", "cancel_reason"])
    audit(actor, "draw.cancelled", draw, details={"plan_sha256": draw.plan_sha256}, reason=draw.cancel_reason)
    transaction.on_commit(partial(draw_cancelled.send, sender=Draw, draw_id=draw.pk))
    return draw


def _lock_conductible(actor: Actor, draw_id: str, now: datetime) -> Draw:
    draw = lock_draw(actor, draw_id)
    if not can_conduct(actor, draw):
        raise NotAllowed
    if not awaits_sources(draw):
        raise WrongDrawState(state=str(DrawState(draw.state).label))
    assert draw.sources_from is not None
    check_sources_may_exist(now, not_before=draw.sources_from)
    return draw


def _agreed_sources(actor: Actor, draw: Draw) -> list[tuple[Source, str]]:
    statuses = source_statuses(actor, draw)
    if differing := [str(status.planned) for status in statuses if status.differs]:
        raise SourcesDiffer(sources=", ".join(differing))
    if missing := [str(status.planned) for status in statuses if not status.is_agreed]:
        raise SourcesIncomplete(sources=", ".join(missing))
    agreed = []
    for status in statuses:
        name, _, value = status.agreed.rpartition(":")
        agreed.append((parse_source(name), value))
    return agreed


def _summary(outcome: Outcome) -> dict[str, object]:
    seats = sum(place.is_seat for place in outcome.places)
    return {
        "seed": outcome.seed,
        "result_sha256": sha256_hex(outcome.result),
        "seats": seats,
        "reserves": len(outcome.places) - seats,
    }
