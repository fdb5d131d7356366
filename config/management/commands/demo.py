"""`manage.py demo`: builds the demo district through the actions. A second run changes nothing."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo.build import STEPS, build_step, demo_accounts
from core import clock
from core.queue import working_at_once

Result = TypeVar("Result")


class Command(BaseCommand):
    help = "Builds the demo district, with two quarters, through the same actions that people use."

    def handle(self, *args: object, **options: object) -> None:
        if not settings.DEMO:
            raise CommandError("DEMO is not set: the demo is never mixed with real data. Set DEMO=1 on a new database.")
        now = clock.now()
        with working_at_once():
            for step in STEPS:
                self._timed(step.title, lambda step=step: build_step(step, now=now))  # type: ignore[misc]
        for line in demo_accounts():
            self.stdout.write(line)

    def _timed(self, title: str, work: Callable[[], Result]) -> Result:
        started = time.monotonic()
        self.stdout.write(f"  {title} … ", ending="")
        self.stdout.flush()
        result = work()
        self.stdout.write(f"{result} ({time.monotonic() - started:.1f} s)")
        return result
