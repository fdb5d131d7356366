"""Freezes and draws of very many people, which go on in the background: how far they are, and how they ended."""

from datetime import date, datetime, timedelta
from typing import Final

from core.actor import Actor
from core.models import JobRun
from draws.models import Draw, DrawState
from draws.queries.ceremony import plan_of
from draws.queries.population import appointments_in, parameters_of

PROPOSE_JOB: Final = "draws.propose_freeze"
RUN_JOB: Final = "draws.run_draw"
# More than this takes longer than anybody should wait for a page.
LARGE: Final = 20_000
_UNTOLD = timedelta(hours=12)
_STARTS_FROM = {PROPOSE_JOB: DrawState.DRAFT, RUN_JOB: DrawState.FROZEN}


def is_large_population(actor: Actor, draw: Draw, *, on: date) -> bool:
    """Whether the freeze of a draft takes so long that it belongs into the background. One query."""
    return appointments_in(actor, draw, parameters_of(draw), on=on).count() > LARGE


def is_large_roster(draw: Draw) -> bool:
    """The same of the draw itself. Raises NotFound before a proposal."""
    return plan_of(draw).rows > LARGE


def run_under_way(draw: Draw) -> JobRun | None:
    """The freeze or the draw that goes on just now."""
    runs = JobRun.objects.filter(name__in=_STARTS_FROM, arguments__draw_id=draw.public_id)
    return runs.filter(state__in=[JobRun.State.QUEUED, JobRun.State.RUNNING]).order_by("-pk").first()


def refusal_of_last_run(draw: Draw, now: datetime) -> str:
    """Why the last one changed nothing, as long as the draw still stands where it began; empty where it did its work."""
    names = [name for name, state in _STARTS_FROM.items() if state == draw.state]
    runs = JobRun.objects.filter(name__in=names, arguments__draw_id=draw.public_id, created_at__gt=now - _UNTOLD)
    last = runs.order_by("-pk").first()
    if last is None or last.state not in (JobRun.State.REFUSED, JobRun.State.FAILED):
        return ""
    return last.error.partition(": ")[2] or last.error


def is_writing(draw: Draw, run: JobRun) -> bool:
    """Whether everything is computed and the rest is the database's: half of a freeze's bar, the end of a draw's."""
    done = run.progress_done * 2 if draw.state == DrawState.DRAFT else run.progress_done
    return 0 < run.progress_total <= done
