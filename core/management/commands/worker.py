"""`manage.py worker`: background jobs and sweepers, beside the web server. Any number may run."""

import logging
import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections

from core import queue

logger = logging.getLogger(__name__)
TICK_SECONDS = 1.0
LOST_JOBS_EVERY_SECONDS = 10


class Command(BaseCommand):
    help = "Runs background jobs and the sweepers that repair lost ones, until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one pass over lost jobs and sweepers, then end")

    def handle(self, *args: object, **options: object) -> None:
        if options["once"]:
            _pass(dict.fromkeys((sweeper.name for sweeper in queue.sweepers()), 0.0))
            queue.wait_for_threads()
            return
        stopping = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stopping.set())
        if settings.QUEUE == "procrastinate":
            threading.Thread(target=_run_procrastinate, daemon=True, name="procrastinate").start()
        due: dict[str, float] = {}
        while not stopping.wait(TICK_SECONDS):
            _pass(due)
        queue.wait_for_threads()


def _pass(due: dict[str, float]) -> None:
    close_old_connections()
    moment = time.monotonic()
    if due.get("", 0.0) <= moment:
        due[""] = moment + LOST_JOBS_EVERY_SECONDS
        _run_safely("core.lost_jobs", queue.sweep)
    for sweeper in queue.sweepers():
        if due.get(sweeper.name, 0.0) <= moment:
            due[sweeper.name] = moment + sweeper.every_seconds
            _run_safely(sweeper.name, sweeper.run)


def _run_safely(name: str, run: Callable[[], object]) -> None:
    # One sweeper's defect must not stop the others: it is reported, and tried again at its next turn.
    try:
        run()
    except Exception:  # the boundary of a long-running process: everything is reported
        logger.exception("sweeper %s failed", name)


def _run_procrastinate() -> None:
    from core.procrastinate_backend import run_worker  # noqa: PLC0415 - needs PostgreSQL and is installed only there

    run_worker()
