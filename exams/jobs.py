"""Background work of this room. Each job calls one action and may run twice; sweepers repair what got lost."""

from django.conf import settings

from core import clock
from core.actor import system_actor
from core.queue import job, sweeper
from exams import actions
from exams.actions.analysis import hand_down_responses
from exams.actions.papers import build_papers
from exams.actions.photos import erase_photo
from exams.actions.recomputing import recompute_papers
from exams.models import PhotoErasure
from exams.queries.appeals import annulments_due
from exams.queries.corrections import corrections_to_apply
from exams.queries.due import (
    overdue_attempts,
    overdue_drills,
    photos_to_erase,
    rounds_to_finish,
    rounds_to_recompute,
    sittings_to_close,
    sittings_to_remind,
    ungraded_attempts,
)

_PER_SWEEP = 500


@job("exams.create_candidates")
def task_create_candidates(*, draw_id: int) -> int:
    return actions.create_candidates(system_actor("exams.create_candidates"), draw_id, now=clock.now())


@job("exams.follow_replacement")
def task_follow_replacement(*, replacement_id: int) -> None:
    actions.follow_replacement(system_actor("exams.follow_replacement"), replacement_id, now=clock.now())


@job("exams.build_papers")
def task_build_papers(*, sitting_id: int) -> int:
    return build_papers(sitting_id, now=clock.now())


@job("exams.grade_attempt")
def task_grade_attempt(*, attempt_id: int) -> None:
    actions.grade_attempt(system_actor("exams.grade"), attempt_id, reason="after closing", now=clock.now())


@job("exams.finish_grading")
def task_finish_grading(*, round_id: str) -> bool:
    return actions.finish_grading(system_actor("exams.grade"), round_id, now=clock.now())


@job("exams.create_makeup")
def task_create_makeup(*, round_id: str) -> int:
    return actions.create_makeup(system_actor("exams.makeup"), round_id, now=clock.now())


@job("exams.apply_key_correction")
def task_apply_key_correction(*, correction_id: int) -> int:
    return actions.apply_key_correction(system_actor("exams.correct_key"), correction_id, now=clock.now())


@sweeper("exams.apply_corrections", every_seconds=300)
def sweep_corrections() -> int:
    """Repairs a crash in the middle of a regrading."""
    due = corrections_to_apply()
    for pk in due:
        actions.apply_key_correction(system_actor("exams.correct_key"), pk, now=clock.now())
    return len(due)


@job("exams.apply_annulment")
def task_apply_annulment(*, annulment_id: int) -> bool:
    return actions.apply_annulment(system_actor("exams.apply_annulment"), annulment_id, now=clock.now())


@sweeper("exams.apply_annulments", every_seconds=300)
def sweep_annulments() -> int:
    """Repairs a crash between the decision and the new result, and waits for markers where there are texts."""
    actor, now = system_actor("exams.apply_annulment"), clock.now()
    return sum(actions.apply_annulment(actor, pk, now=now) for pk in annulments_due())


@sweeper("exams.erase_photos", every_seconds=3600)
def sweep_photos() -> int:
    """Check-in photos whose time is over (PHOTO_KEEP_DAYS)."""
    now, actor = clock.now(), system_actor("exams.erase_photos")
    due = photos_to_erase(now, days=settings.PHOTO_KEEP_DAYS)
    return sum(erase_photo(actor, row, PhotoErasure.Ground.EXPIRED, now=now) for row in due)


@sweeper("exams.remind", every_seconds=600)
def sweep_reminders() -> int:
    """Tells those who are called, some days before each sitting (REMINDER_DAYS)."""
    now, actor = clock.now(), system_actor("exams.remind")
    due = sittings_to_remind(now, days=settings.REMINDER_DAYS)
    return sum(actions.remind_candidates(actor, pk, days=days, now=now) for pk, days in due)


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


@job("exams.hand_down_responses")
def task_hand_down_responses(*, round_id: int) -> bool:
    return hand_down_responses(system_actor("exams.item_statistics"), round_id, now=clock.now())


@sweeper("exams.close_drills", every_seconds=60)
def sweep_drills() -> int:
    """Rehearsals and on-the-spot exams that were left open."""
    now = clock.now()
    return sum(actions.close_overdue_drill(pk, now=now) for pk in overdue_drills(now))


@job("exams.recompute_papers")
def task_recompute_papers(*, round_id: int) -> int:
    """How many stored papers differ from what the revealed key gives."""
    return len(recompute_papers(system_actor("exams.recompute_papers"), round_id, now=clock.now()))


@sweeper("exams.recompute_papers", every_seconds=86_400)
def sweep_recomputation() -> int:
    """Makes up for a lost job, and finds what was changed after the first comparison."""
    actor, due = system_actor("exams.recompute_papers"), rounds_to_recompute()
    return sum(len(recompute_papers(actor, pk, now=clock.now())) for pk in due)
