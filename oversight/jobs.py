"""Background work: the first step after a failed makeup, and those that were missed."""

from core import clock
from core.actor import system_actor
from core.queue import enqueue, job, sweeper
from oversight.actions import end_follow_ups, open_follow_up
from oversight.queries.follow_ups import candidates_without_follow_up

_BATCH = 200


@job("oversight.open_follow_up")
def task_open_follow_up(candidate_id: int) -> str:
    """For one candidate, by primary key."""
    return open_follow_up(system_actor("oversight.open_follow_up"), candidate_id, now=clock.now()).public_id


@job("oversight.end_follow_ups")
def task_end_follow_ups(candidate_id: int) -> int:
    """Of one candidate who passed after a correction, by primary key."""
    return end_follow_ups(system_actor("oversight.end_follow_ups"), candidate_id, now=clock.now())


@sweeper("oversight.open_missing_follow_ups", every_seconds=900)
def task_open_missing_follow_ups() -> int:
    """Candidates who did not pass the makeup and for whom no step was opened."""
    waiting = list(candidates_without_follow_up().values_list("pk", flat=True)[:_BATCH])
    for candidate_id in waiting:
        enqueue("oversight.open_follow_up", candidate_id=candidate_id)
    return len(waiting)
