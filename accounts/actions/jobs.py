"""Background work as its administrator handles it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.errors import JobNotRetryable
from accounts.models import User
from accounts.policies import can_read_audit, can_run_jobs
from accounts.queries.jobs import lock_job_run
from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed
from core.models import JobRun
from core.queue import enqueue

_RETRYABLE = frozenset({JobRun.State.FAILED, JobRun.State.REFUSED})


@transaction.atomic
def retry_job(actor: Actor, run_id: str, *, now: datetime) -> JobRun:
    """Enqueues failed or refused work again, as a new run with the same arguments. Raises JobNotRetryable."""
    if not can_run_jobs(actor):
        raise NotAllowed
    run = lock_job_run(actor, run_id)
    if run.state not in _RETRYABLE:
        raise JobNotRetryable(state=run.get_state_display())
    again = enqueue(run.name, created_by=actor.user_id, **run.arguments)
    audit(actor, "accounts.job_retried", run, details={"name": run.name, "again": again.public_id})
    return again


@transaction.atomic
def start_audit_check(actor: Actor, *, now: datetime) -> JobRun:
    """Has the audit chain recomputed in the background. The auditor writes nothing: the run is the only trace."""
    if not can_read_audit(actor):
        raise NotAllowed
    return enqueue("accounts.verify_audit", created_by=actor.user_id)


@transaction.atomic
def record_audit_export(actor: Actor, *, rows: int, filters: Mapping[str, str]) -> None:
    """Who took a copy of the audit log, and of which part."""
    if not can_read_audit(actor) or actor.user_id is None:
        raise NotAllowed
    user = User.objects.get(pk=actor.user_id)
    audit(actor, "accounts.audit_exported", user, details={"rows": rows, **filters})
