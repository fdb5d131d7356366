"""Background work of the question bank."""

from accounts.queries import actor_for_user
from core import clock
from core.actor import system_actor
from core.queue import job
from question_bank.actions import apply_requested_import, check_staged_import
from question_bank.queries import waiting_import


@job("question_bank.check_import")
def task_check_import(import_id: str) -> int:
    """Reads and checks a large file; running twice finds nothing more to do."""
    return check_staged_import(import_id)


@job("question_bank.apply_import")
def task_apply_import(import_id: str) -> int:
    """Imports a large file in the name of the person who confirmed it."""
    row = waiting_import(import_id)
    if row is None:
        return 0
    today = clock.today()
    actor = actor_for_user(row.decided_by, today=today) if row.decided_by else system_actor("question_bank.import")
    return apply_requested_import(actor, import_id, now=clock.now())
