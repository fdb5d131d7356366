"""Background work of the registry."""

from core import clock
from core.actor import system_actor
from core.queue import actor_in_the_name_of, job, sweeper
from registry.actions import apply_requested_import, check_staged_import, forget_old_imports
from registry.queries.imports import waiting_import


@job("registry.check_import")
def task_check_import(import_id: str) -> int:
    """Reads and checks a large upload; running twice finds nothing more to do."""
    row = waiting_import(import_id)
    if row is None:
        return 0
    actor = actor_in_the_name_of(row.created_by_user_id, today=clock.today())
    return check_staged_import(actor, import_id, now=clock.now())


@job("registry.apply_import")
def task_apply_import(import_id: str) -> bool:
    """Imports a large upload in the name of the clerk who confirmed it."""
    row = waiting_import(import_id)
    if row is None:
        return False
    actor = actor_in_the_name_of(row.created_by_user_id, today=clock.today())
    return apply_requested_import(actor, import_id, now=clock.now())


@sweeper("registry.forget_old_imports", every_seconds=3600)
def task_forget_old_imports() -> int:
    """Uploads hold ID numbers: those that nobody applied are forgotten."""
    return forget_old_imports(system_actor("registry.forget_old_imports"), now=clock.now())
