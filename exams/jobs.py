"""Background work of this room. Each job calls one action and may run twice; sweepers repair what got lost."""

from core import clock
from core.actor import system_actor
from core.queue import job, sweeper
from exams import actions
from exams.queries.due import overdue_attempts, rounds_to_finish, sittings_to_close, ungraded_attempts

_PER_SWEEP = 500


@job("exams.create_candidates")
def task_create_candidates(*, draw_id: int) -> int:
    return actions.create_candidates(system_actor("exams.create_candidates"), draw_id, now=clock.now())


@job("exams.follow_replacement")
def task_follow_replacement(*, replacement_id: int) -> None:
    actions.follow_replacement(system_actor("exams.follow_replacement"), replacement_id, now=clock.now())


@job("exams.grade_attempt")
def task_grade_attempt(*, attempt_id: int) -> None:
    actions.grade_attempt(system_actor("exams.grade"), attempt_id, reason="after closing", now=clock.now())


@job("exams.finish_grading")
def task_finish_grading(*, round_id: str) -> bool:
    return actions.finish_grading(system_actor("exams.grade"), round_id, now=clock.now())


@job("exams.create_makeup")
def task_create_makeup(*, round_id: str) -> int:
    return actions.create_makeup(system_actor("exams.makeup"), round_id, now=clock.now())


@sweeper("exams.close_overdue", every_seconds=10)
def sweep_overdue() -> int:
    """Overdue attempts are closed by the server, whatever their pages do."""
    now = clock.now()
    actor = system_actor("exams.close")
    return sum(actions.close_overdue_attempt(actor, pk, now=now) for pk in overdue_attempts(now)[:_PER_SWEEP])


@sweeper("exams.close_sittings", every_seconds=60)
def sweep_sittings() -> int:
    """Sittings past their hard end, extra time included, with nobody writing."""
    now = clock.now()
    due = sittings_to_close(now)
    for sitting in due:
        actions.close_sitting(system_actor("exams.close"), sitting.public_id, now=now)
    return len(due)


@sweeper("exams.grade_closed", every_seconds=60)
def sweep_ungraded() -> int:
    """Repairs a crash between closing and grading."""
    now = clock.now()
    due = ungraded_attempts(now)[:_PER_SWEEP]
    for pk in due:
        actions.grade_attempt(system_actor("exams.grade"), pk, reason="after closing", now=now)
    for round_id in rounds_to_finish():
        actions.finish_grading(system_actor("exams.grade"), round_id, now=now)
    return len(due)
