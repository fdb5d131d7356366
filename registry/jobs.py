"""Background work of the registry."""

from core import clock
from core.actor import system_actor
from core.queue import sweeper
from registry.actions import forget_old_imports


@sweeper("registry.forget_old_imports", every_seconds=3600)
def task_forget_old_imports() -> int:
    """Uploads hold ID numbers: those that nobody applied are forgotten."""
    return forget_old_imports(system_actor("registry.forget_old_imports"), now=clock.now())
