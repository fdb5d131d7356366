"""Repeated work: proposals that nobody decided in time go back."""

from core import clock
from core.actor import system_actor
from core.queue import sweeper
from publications.actions import expire_proposals


@sweeper("publications.expire_proposals", every_seconds=600)
def task_expire_proposals() -> int:
    """Safe to run twice: only what is still proposed and too old is touched."""
    return expire_proposals(system_actor("publications.expire"), clock.now())
