"""One background job in a process of its own, as the worker of an installation does it: `python -m bench.job RUN MOMENT`.

Prints one line of JSON: seconds on the clock, seconds of CPU, and the most memory that the process ever had, in MiB.
"""

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import django
from django.conf import settings


def leave(_run_id: int) -> None:
    """A backend that leaves what the job enqueues to others, so that its own time is measured alone."""


def main(run_id: int, moment: str) -> None:
    """Do the run that is recorded under this primary key, at a moment (UTC) that may lie in the future."""
    from core import clock  # noqa: PLC0415 - readable only after django.setup()
    from core.queue import execute  # noqa: PLC0415

    settings.QUEUE_BACKENDS = {**settings.QUEUE_BACKENDS, settings.QUEUE: "bench.job.leave"}
    settings.TESTING = True  # what allows another moment
    began, used = time.perf_counter(), time.process_time()
    with clock.simulated(datetime.fromisoformat(moment).replace(tzinfo=UTC)):
        execute(run_id)
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": _most_memory()}))


def _most_memory() -> float:
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    return int(status["VmHWM"].split()[0]) / 1024


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    main(int(sys.argv[1]), sys.argv[2])
