"""The same freeze and draw for very many people: begun here, done in the background."""

from datetime import datetime

from django.db import transaction

from core.actor import Actor
from core.models import JobRun
from core.queue import enqueue
from draws.actions.ceremony import check_ready_to_draw
from draws.actions.prepare import lock_preparable
from draws.models import Draw
from draws.queries import PROPOSE_JOB, RUN_JOB, run_under_way


@transaction.atomic
def propose_freeze_later(actor: Actor, draw_id: str) -> JobRun:
    """Begins `propose_freeze` in the background, once. Raises NotAllowed, WrongDrawState; the rest is told on the draw's page."""
    return _begin(actor, lock_preparable(actor, draw_id), PROPOSE_JOB)


@transaction.atomic
def run_draw_later(actor: Actor, draw_id: str, *, now: datetime) -> JobRun:
    """Begins `run_draw` in the background, once. Raises what `run_draw` would refuse."""
    return _begin(actor, check_ready_to_draw(actor, draw_id, now=now), RUN_JOB)


def _begin(actor: Actor, draw: Draw, job: str) -> JobRun:
    return run_under_way(draw) or enqueue(job, created_by=actor.user_id, draw_id=draw.public_id, user_id=actor.user_id)
