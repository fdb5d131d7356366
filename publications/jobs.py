"""Background work: corrections that follow from corrected keys; proposals that nobody decided in time go back."""

from core import clock
from core.actor import system_actor
from core.queue import job, sweeper
from publications.actions import expire_proposals, propose_after_appeal, propose_after_key_correction


@job("publications.propose_correction")
def task_propose_correction(*, correction_id: int) -> str:
    """Of the round of a key correction, by primary key; refused where nothing is public or nothing changed."""
    actor = system_actor("publications.propose_correction")
    return propose_after_key_correction(actor, correction_id, now=clock.now()).public_id


@job("publications.propose_after_appeal")
def task_propose_after_appeal(*, appeal_id: int) -> str:
    """Of the round of an appeal that changed a score, by primary key; refused where no public figure moved."""
    actor = system_actor("publications.propose_correction")
    return propose_after_appeal(actor, appeal_id, now=clock.now()).public_id


@sweeper("publications.expire_proposals", every_seconds=600)
def task_expire_proposals() -> int:
    """Safe to run twice: only what is still proposed and too old is touched."""
    return expire_proposals(system_actor("publications.expire"), clock.now())
