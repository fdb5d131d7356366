"""Planning a round, committing its bank and paper key into the draw, cancelling, publishing."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.crypto import seal
from core.errors import NotAllowed
from core.public_log import append_leaf
from core.queue import enqueue
from core.seeded import fresh_token
from draws.actions import DrawParameters, cancel_draw, prepare_draw
from draws.models import Draw, DrawState
from exams.domain.access import Rules, Window, check_rules
from exams.domain.custody import NUMBERS
from exams.domain.papers import paper_key_commit
from exams.domain.states import ROUND_LABELS, RoundState, SittingState, advance_round
from exams.errors import CustodyIncomplete, PassMarkWrong, ReasonMissing, RoundExists, RoundNotInState
from exams.events import round_published
from exams.models import ReviewLevel, Round, Sitting
from exams.policies import can_plan_round_at, can_run_round
from exams.queries.bank import key_place, paper_key_of
from exams.queries.custody import shares_of
from exams.queries.rounds import lock_round, round_facts
from question_bank.actions import commit_bank_snapshot
from question_bank.queries import get_blueprint
from registry.queries import get_authority


@dataclass(frozen=True, slots=True)
class SittingWindow:
    """When and where one sitting takes place. Without `asks_code` (online) nobody types an opening code."""

    opens_at: datetime
    last_start_at: datetime
    hard_end_at: datetime
    place: str = ""
    asks_code: bool = True


@dataclass(frozen=True, slots=True)
class RoundDraft:
    """What a regulator plans. `minutes` of writing, `grace_seconds` for the network after the deadline."""

    authority_id: str
    year: int
    quarter: int
    title: str
    blueprint_id: str
    minutes: int
    pass_mark: Decimal
    first: SittingWindow
    makeup: SittingWindow | None = None
    grace_seconds: int = 30
    review: ReviewLevel = ReviewLevel.SCORE
    appeal_days: int = 5


@transaction.atomic
def plan_round(actor: Actor, draft: RoundDraft, *, now: datetime) -> Round:
    """Plans a round with its sittings. The rules are copied in: a later setting changes nothing.

    Raises NotAllowed, RoundExists, PassMarkWrong, DurationWrong, WindowWrong, NotFound.
    """
    authority = get_authority(actor, draft.authority_id)
    if not can_plan_round_at(actor, authority.pk):
        raise NotAllowed
    blueprint = get_blueprint(actor, draft.blueprint_id)
    total_mark = sum((cell.count * cell.mark for cell in blueprint.cells.all()), Decimal(0))
    _check_draft(draft, total_mark)
    if (
        Round.objects.filter(authority=authority, year=draft.year, quarter=draft.quarter)
        .exclude(state="cancelled")
        .exists()
    ):
        raise RoundExists
    exam_round = Round.objects.create(
        authority=authority,
        year=draft.year,
        quarter=draft.quarter,
        title=draft.title,
        blueprint=blueprint,
        total_mark=total_mark,
        pass_mark=draft.pass_mark,
        minutes=draft.minutes,
        grace_seconds=draft.grace_seconds,
        review=draft.review,
        appeal_days=draft.appeal_days,
        created_by_id=actor.user_id,
        created_at=now,
    )
    for number, window in enumerate((draft.first, draft.makeup), start=1):
        if window is not None:
            _plan_sitting(exam_round, number, window)
    audit(actor, "exams.round_planned", exam_round, details={"round": exam_round.code, "pass_mark": draft.pass_mark})
    return exam_round


@transaction.atomic
def prepare_round_draw(actor: Actor, unsafe_round_id: str, *, parameters: DrawParameters, now: datetime) -> Draw:
    """Commits the bank as it is now and K, and prepares the draw that publishes both hashes.

    K is fresh and sealed here, unless two custodians have it: then its hash alone is known.
    Raises NotAllowed, RoundNotInState, CustodyIncomplete, and what the blueprint's feasibility and the draw's plan refuse.
    """
    exam_round = lock_round(actor, unsafe_round_id)
    if not can_run_round(actor, exam_round):
        raise NotAllowed
    live = exam_round.draw is not None and exam_round.draw.state != DrawState.CANCELLED
    if exam_round.state != RoundState.PLANNED or live:
        raise RoundNotInState(state=_label(exam_round), needed=ROUND_LABELS[RoundState.PLANNED])
    snapshot = commit_bank_snapshot(actor, exam_round.blueprint.public_id, now=now)
    exam_round.bank_snapshot = snapshot
    _commit_key(exam_round)
    exam_round.draw = prepare_draw(
        actor,
        authority_id=exam_round.authority_id,
        year=exam_round.year,
        quarter=exam_round.quarter,
        parameters=parameters,
        bank_root=snapshot.bank_root,
        paper_key_commit=exam_round.paper_key_commit,
        now=now,
    )
    exam_round.save(update_fields=["bank_snapshot", "paper_key_sealed", "paper_key_commit", "draw"])
    details = {"bank_root": snapshot.bank_root, "paper_key_commit": exam_round.paper_key_commit}
    audit(actor, "exams.draw_prepared", exam_round, details=details)
    return exam_round.draw


@transaction.atomic
def record_frozen(actor: Actor, draw_pk: int, *, now: datetime) -> None:
    """Follows the draw: its roster and plan are frozen, so the round is."""
    exam_round = Round.objects.select_for_update().filter(draw_id=draw_pk, state=RoundState.PLANNED).first()
    if exam_round is not None:
        _advance(actor, exam_round, RoundState.FROZEN)


@transaction.atomic
def record_draw_cancelled(actor: Actor, draw_pk: int, *, now: datetime) -> None:
    """Follows the draw: a cancelled plan stays public, and the round goes back to planning another one."""
    exam_round = Round.objects.select_for_update().filter(draw_id=draw_pk, state=RoundState.FROZEN).first()
    if exam_round is not None:
        exam_round.state = RoundState.PLANNED
        exam_round.save(update_fields=["state"])
        audit(actor, "exams.round_replanned", exam_round)


@transaction.atomic
def cancel_round(actor: Actor, unsafe_round_id: str, *, reason: str, now: datetime) -> Round:
    """Cancels a round that has not opened, with its draw; both stay on record. Raises ReasonMissing, RoundNotInState."""
    exam_round = lock_round(actor, unsafe_round_id)
    if not can_run_round(actor, exam_round):
        raise NotAllowed
    if len(reason.strip()) < 2:
        raise ReasonMissing
    exam_round.state = advance_round(round_facts(exam_round), RoundState.CANCELLED)
    exam_round.save(update_fields=["state"])
    if exam_round.draw is not None and exam_round.draw.state not in {DrawState.CANCELLED, DrawState.DRAWN}:
        cancel_draw(actor, exam_round.draw.public_id, reason=reason, now=now)
    audit(actor, "exams.round_cancelled", exam_round, reason=reason)
    return exam_round


@transaction.atomic
def mark_published(actor: Actor, unsafe_round_id: str, *, now: datetime) -> Round:
    """The approved publication is out. Called by publications after its own four-eyes check; a repeat does nothing.

    K is revealed now, or when the makeup is over: before that it would tell the makeup's papers.
    """
    exam_round = lock_round(actor, unsafe_round_id)
    if exam_round.state == RoundState.PUBLISHED:
        return exam_round
    _advance(actor, exam_round, RoundState.PUBLISHED)
    exam_round.published_at = now
    exam_round.save(update_fields=["published_at"])
    reveal_paper_key(actor, exam_round, now=now)
    transaction.on_commit(partial(round_published.send, sender=None, round_id=exam_round.pk))
    return exam_round


def reveal_paper_key(actor: Actor, exam_round: Round, *, now: datetime) -> None:
    """Opens K of a published round once no sitting is left; part of the caller's transaction, the round is locked."""
    waiting = exam_round.sittings.exclude(state=SittingState.CLOSED).exists()
    if waiting or exam_round.paper_key_revealed or exam_round.state != RoundState.PUBLISHED:
        return
    if exam_round.paper_key_sealed is None:
        return
    exam_round.paper_key_revealed = paper_key_of(exam_round).hex()
    exam_round.save(update_fields=["paper_key_revealed"])
    audit(actor, "exams.paper_key_revealed", exam_round, details={"commit": exam_round.paper_key_commit})
    said = {"authority": exam_round.authority.code, "round": exam_round.code, "commit": exam_round.paper_key_commit}
    append_leaf("paper_key.revealed", {**said, "key": exam_round.paper_key_revealed}, now=now)
    enqueue("exams.recompute_papers", round_id=exam_round.pk)


def _commit_key(exam_round: Round) -> None:
    shares = len(shares_of(exam_round))
    if shares:
        if shares < len(NUMBERS):
            raise CustodyIncomplete
        return
    key = bytes.fromhex(fresh_token(32))
    exam_round.paper_key_sealed = seal(key.hex(), **key_place(exam_round))
    exam_round.paper_key_commit = paper_key_commit(key)


def _advance(actor: Actor, exam_round: Round, to: RoundState) -> None:
    exam_round.state = advance_round(round_facts(exam_round), to)
    exam_round.save(update_fields=["state"])
    audit(actor, f"exams.round_{to}", exam_round)


def _check_draft(draft: RoundDraft, total_mark: Decimal) -> None:
    if not 0 < draft.pass_mark <= total_mark:
        raise PassMarkWrong(total=total_mark)
    rules = Rules(duration_seconds=draft.minutes * 60, grace_seconds=draft.grace_seconds)
    for window in (draft.first, draft.makeup):
        if window is not None:
            times = Window(window.opens_at, window.last_start_at, window.hard_end_at, SittingState.PLANNED)
            check_rules(rules, times)


def _plan_sitting(exam_round: Round, number: int, window: SittingWindow) -> None:
    Sitting.objects.create(
        round=exam_round,
        number=number,
        place=window.place,
        opens_at=window.opens_at,
        last_start_at=window.last_start_at,
        hard_end_at=window.hard_end_at,
        asks_code=window.asks_code,
    )


def _label(exam_round: Round) -> str:
    return ROUND_LABELS[RoundState(exam_round.state)]
