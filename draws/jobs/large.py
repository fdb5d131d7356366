"""The freeze and the draw of very many people, with a bar on the page of the draw."""

from accounts.queries import actor_for_user_id
from core import clock
from core.queue import job, report
from draws.actions import propose_freeze, run_draw
from draws.queries import PROPOSE_JOB, RUN_JOB


@job(PROPOSE_JOB)
def task_propose_freeze(*, draw_id: str, user_id: int) -> str:
    """As the person who asked for it; a second run is refused, since the draw is no draft any more."""
    actor = actor_for_user_id(user_id, today=clock.today())
    return propose_freeze(actor, draw_id, now=clock.now(), progress=report).plan_sha256


@job(RUN_JOB)
def task_run_draw(*, draw_id: str, user_id: int) -> str:
    """As the person who pressed the button; a second run is refused, since the draw is done."""
    actor = actor_for_user_id(user_id, today=clock.today())
    return run_draw(actor, draw_id, now=clock.now(), progress=report).seed
