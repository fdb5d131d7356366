"""The application with one rule broken on purpose: what `CHAOS_MUTANT` names. Served, or run as a worker, by mutants.py."""

import os
import random
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import django
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from exams import actions  # noqa: E402 - models can be imported only now
from exams.actions import journal as journal_actions  # noqa: E402
from exams.domain import journal  # noqa: E402

_save = actions.save_events


def receipt_before_commit() -> None:
    """The candidate is told at once; the answer is written a moment later."""

    def write_later(*arguments: Any, **named: Any) -> None:
        time.sleep(0.4)
        _save(*arguments, **named)
        connection.close()

    def save(*arguments: Any, clock: Callable[[], datetime], **named: Any) -> Any:
        now = clock()
        with transaction.atomic():
            saved = _save(*arguments, clock=lambda: now, **named)
            transaction.set_rollback(True)
        threading.Thread(target=write_later, args=arguments, kwargs={**named, "clock": lambda: now}).start()
        return saved

    actions.save_events = save


def last_arrival_wins() -> None:
    """What came last counts, whatever number it carries."""

    def effective_entries(entries: Any) -> Any:
        return {entry.item: entry for entry in sorted(entries, key=lambda entry: entry.sseq) if entry.counts}

    journal.effective_entries = effective_entries


def no_deduplication() -> None:
    """Every arrival is new."""
    settle = journal_actions.settle
    journal_actions.settle = lambda book, *rest, **named: settle(replace(book, known={}), *rest, **named)


def time_before_the_lock() -> None:
    """The clock is read when the message comes in; what waits for the lock keeps that time."""

    def save(*arguments: Any, clock: Callable[[], datetime], **named: Any) -> Any:
        now = clock()
        time.sleep(random.random() * 0.2)
        return _save(*arguments, clock=lambda: now, **named)

    actions.save_events = save


if mutant := os.environ.get("CHAOS_MUTANT"):
    globals()[mutant]()

if __name__ == "__main__":
    execute_from_command_line(["manage.py", *sys.argv[1:]])
else:
    application = get_wsgi_application()
