"""Background work as its administrator sees it."""

from django.db.models import QuerySet

from accounts.policies import can_read_audit, can_run_jobs
from core.actor import Actor
from core.errors import NotFound
from core.models import JobRun, OutgoingMessage


def job_runs_for(actor: Actor) -> QuerySet[JobRun]:
    """All runs, newest first, for the system administrator. Arguments are not shown: some are sealed secrets."""
    runs = JobRun.objects.order_by("-created_at", "-pk")
    return runs if can_run_jobs(actor) else runs.none()


def lock_job_run(actor: Actor, run_id: str) -> JobRun:
    """The run, locked; raises NotFound."""
    run = job_runs_for(actor).select_for_update().filter(public_id=run_id).first()
    if run is None:
        raise NotFound
    return run


def find_last_audit_check(actor: Actor) -> JobRun | None:
    """The newest recomputation of the audit chain, finished or not."""
    if not can_read_audit(actor):
        return None
    return JobRun.objects.filter(name="accounts.verify_audit").order_by("-created_at", "-pk").first()


def outgoing_messages() -> QuerySet[OutgoingMessage]:
    """Texts that the database channel kept, newest first: for the demo's page only."""
    return OutgoingMessage.objects.order_by("-sent_at", "-pk")


def filtered_job_runs(actor: Actor, *, state: str = "", name: str = "") -> QuerySet[JobRun]:
    """Runs in a state, and whose name begins so; empty asks for nothing."""
    runs = job_runs_for(actor)
    if state:
        runs = runs.filter(state=state)
    return runs.filter(name__startswith=name) if name else runs
