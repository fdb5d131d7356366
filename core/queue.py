"""Background work behind one façade (house_style section 6).

Actions call `enqueue("app.verb", thing_id=1)`: a JobRun row in the action's transaction, sent on commit. Where it runs is
settings.QUEUE: `immediate` (tests), `thread` (SQLite: in a thread of this process), `procrastinate` (PostgreSQL).
A lost job does not matter: `sweep` finds due rows again. A job may run twice; its actions are idempotent.
"""

import inspect
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Protocol

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection, transaction
from django.db.models import Count, F, Min, Q
from django.utils.module_loading import import_string

from core import clock
from core.actor import Actor
from core.errors import DomainError
from core.models import JobRun

logger = logging.getLogger(__name__)

LOST_AFTER = timedelta(seconds=30)
STALLED_AFTER = timedelta(minutes=15)
IO_ERRORS = (OSError, OperationalError, InterfaceError)


class UnknownJob(LookupError):
    """No job of that name is registered: a defect of the caller."""


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    run: Callable[..., object]
    max_attempts: int


@dataclass(frozen=True, slots=True)
class Sweeper:
    name: str
    run: Callable[[], object]
    every_seconds: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many runs are in each state, and for how many seconds the oldest due one has waited."""

    by_state: dict[str, int]
    waiting_seconds: float


class Backend(Protocol):
    """Starts a claimed-later run somewhere."""

    def __call__(self, run_id: int) -> None: ...


_jobs: dict[str, Job] = {}
_sweepers: dict[str, Sweeper] = {}
_at_once: ContextVar[bool] = ContextVar("jobs_at_once", default=False)
_under_way_here: ContextVar[str] = ContextVar("job_run", default="")
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="jobs")
_under_way: set[Future[None]] = set()


def job(name: str, *, max_attempts: int = 5) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Registers a `task_x` function under `app.verb`. It takes ids as keywords, and may run twice."""

    def register(function: Callable[..., object]) -> Callable[..., object]:
        _jobs[name] = Job(name, function, max_attempts)
        return function

    return register


def sweeper(name: str, *, every_seconds: int) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Registers a repeated search for due work. It must be safe to run on two machines at once."""

    def register(function: Callable[[], object]) -> Callable[[], object]:
        _sweepers[name] = Sweeper(name, function, every_seconds)
        return function

    return register


def enqueue(
    name: str, *, run_after: datetime | None = None, created_by: int | None = None, **arguments: object
) -> JobRun:
    """Records the job in the current transaction and sends it on commit. Unknown names and arguments fail here."""
    found = _jobs.get(name)
    if found is None:
        raise UnknownJob(name)
    inspect.signature(found.run).bind(**arguments)
    moment = clock.now()
    run = JobRun.objects.create(
        name=name,
        arguments=arguments,
        created_at=moment,
        run_after=run_after or moment,
        created_by_user_id=created_by,
    )
    if run_after is None or run_after <= moment:
        transaction.on_commit(partial(_backend(), run.pk))
    return run


def execute(run_id: int) -> bool:
    """Claims the run by a conditional update and does it; False when another worker has it."""
    moment = clock.now()
    claimed = JobRun.objects.filter(pk=run_id, state=JobRun.State.QUEUED, run_after__lte=moment).update(
        state=JobRun.State.RUNNING,
        claimed_at=moment,
        attempts=F("attempts") + 1,
    )
    if not claimed:
        return False
    run = JobRun.objects.get(pk=run_id)
    token = _under_way_here.set(run.public_id)
    try:
        result = _jobs[run.name].run(**run.arguments)
    except DomainError as refusal:
        logger.info("job %s %s refused: %s", run.name, run.arguments, refusal.code)
        _finish(run, JobRun.State.REFUSED, error=f"{refusal.code}: {refusal}")
    except IO_ERRORS as error:
        logger.warning("job %s %s met %s", run.name, run.arguments, type(error).__name__)
        _retry_or_fail(run, error)
    except BaseException as error:
        # A defect: recorded so that staff see it, then reported like any other.
        _finish(run, JobRun.State.FAILED, error=f"{type(error).__name__}: {error}"[:2000])
        raise
    else:
        _finish(run, JobRun.State.DONE, result=result if isinstance(result, dict | list | str | int) else None)
    finally:
        _under_way_here.reset(token)
    return True


def actor_in_the_name_of(user_id: int, *, today: date) -> Actor:
    """The actor of an account for a job of a room below `accounts`, through settings.ACTOR_OF_USER.

    Raises NotFound when the account is gone; an account that was closed has an actor without any grant.
    """
    actor: Actor = import_string(settings.ACTOR_OF_USER)(user_id, today=today)
    return actor


def report(done: int, total: int) -> None:
    """`report_progress` of the run that this call is part of. Not from inside a transaction: nobody would see it."""
    report_progress(_under_way_here.get(), done=done, total=total)


def report_progress(public_id: str, *, done: int, total: int) -> None:
    """What the waiting person sees; also the sign of life that keeps `sweep` from restarting the run."""
    JobRun.objects.filter(public_id=public_id).update(
        progress_done=done,
        progress_total=total,
        claimed_at=clock.now(),
    )


def sweep() -> int:
    """Sends again what was lost, and takes back what stalled. Returns how many runs were sent."""
    moment = clock.now()
    JobRun.objects.filter(state=JobRun.State.RUNNING, claimed_at__lt=moment - STALLED_AFTER).update(
        state=JobRun.State.QUEUED,
        run_after=moment - LOST_AFTER,
    )
    due = JobRun.objects.filter(
        Q(run_after__lte=moment - LOST_AFTER) | Q(attempts__gt=0, run_after__lte=moment),
        state=JobRun.State.QUEUED,
    ).values_list("pk", flat=True)
    lost = list(due[:500])
    for run_id in lost:
        _backend()(run_id)
    return len(lost)


def backlog(now: datetime) -> Backlog:
    """What a monitoring system watches."""
    counted = dict(JobRun.objects.order_by().values_list("state").annotate(Count("pk")))
    due = JobRun.objects.filter(state=JobRun.State.QUEUED, run_after__lte=now)
    oldest = due.aggregate(oldest=Min("run_after"))["oldest"]
    return Backlog(
        by_state={state: counted.get(state, 0) for state in JobRun.State.values},
        waiting_seconds=(now - oldest).total_seconds() if oldest else 0.0,
    )


def sweepers() -> list[Sweeper]:
    """All registered sweepers, by name."""
    return [_sweepers[name] for name in sorted(_sweepers)]


def run_immediately(run_id: int) -> None:
    """Backend `immediate`: in the caller, after its commit."""
    execute(run_id)


def run_in_thread(run_id: int) -> None:
    """Backend `thread`: in this process, beside the request."""
    started = _threads.submit(_execute_with_own_connection, run_id)
    _under_way.add(started)
    started.add_done_callback(_under_way.discard)


@contextmanager
def working_at_once() -> Iterator[None]:
    """Inside, jobs run in the caller after its commit, whatever QUEUE says. For commands that build on their results."""
    token = _at_once.set(True)
    try:
        yield
    finally:
        _at_once.reset(token)


def wait_for_threads() -> None:
    """Returns when the thread backend is idle. For commands that must not end before their jobs."""
    # A job may enqueue another before it ends, hence the loop.
    while _under_way:
        wait(tuple(_under_way))


def _execute_with_own_connection(run_id: int) -> None:
    close_old_connections()
    try:
        execute(run_id)
    except BaseException:
        logger.exception("job run %s failed", run_id)
        raise
    finally:
        connection.close()


def _backend() -> Backend:
    if _at_once.get():
        return run_immediately
    backend: Backend = import_string(settings.QUEUE_BACKENDS[settings.QUEUE])
    return backend


def _finish(run: JobRun, state: str, *, error: str = "", result: object = None) -> None:
    JobRun.objects.filter(pk=run.pk).update(state=state, finished_at=clock.now(), error=error, result=result)


def _retry_or_fail(run: JobRun, error: BaseException) -> None:
    if run.attempts >= _jobs[run.name].max_attempts:
        _finish(run, JobRun.State.FAILED, error=f"{type(error).__name__}: {error}"[:2000])
        return
    again = clock.now() + timedelta(seconds=10 * 2**run.attempts)
    JobRun.objects.filter(pk=run.pk).update(
        state=JobRun.State.QUEUED,
        run_after=again,
        error=f"{type(error).__name__}: {error}"[:2000],
    )
