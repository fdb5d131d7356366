"""The freeze and the draw of very many people, with a bar on the page of the draw."""

from contextvars import copy_context
from threading import Thread

from django.db import connection

from accounts.queries import actor_for_user_id
from core import clock
from core.queue import job, report
from draws.actions import propose_freeze, run_draw
from draws.queries import PROPOSE_JOB, RUN_JOB


@job(PROPOSE_JOB)
def task_propose_freeze(*, draw_id: str, user_id: int) -> str:
    """As the person who asked for it; a second run is refused, since the draw is no draft any more."""
    actor = actor_for_user_id(user_id, today=clock.today())
    return propose_freeze(actor, draw_id, now=clock.now(), progress=report, writing=report_from_inside).plan_sha256


@job(RUN_JOB)
def task_run_draw(*, draw_id: str, user_id: int) -> str:
    """As the person who pressed the button; a second run is refused, since the draw is done."""
    actor = actor_for_user_id(user_id, today=clock.today())
    return run_draw(actor, draw_id, now=clock.now(), progress=report).seed


def report_from_inside(done: int, total: int) -> None:
    """`report` from inside a transaction, seen at once: over a connection of its own, hence in a thread of its own.

    SQLite lets nobody else write before the transaction ends: there the bar stands, and the page says that rows are written.
    """
    if connection.vendor != "postgresql":
        return
    aside = Thread(target=copy_context().run, args=(_report_and_hang_up, done, total))
    aside.start()
    aside.join()


def _report_and_hang_up(done: int, total: int) -> None:
    try:
        report(done, total)
    finally:
        connection.close()
