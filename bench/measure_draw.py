"""What a draw of very many people takes, freeze and export included, against the least that docs/draw.md lets it take.

Without anything: 100,000 people. `BENCH_FULL=1`: one million in 1,200 strata, 50,000 of them drawn. Freeze, draw and ZIP are
done by the background jobs, each in a process of its own, on a database in a file or on PostgreSQL.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.bare_draw import bare_draw, bare_freeze
from bench.registry import Figure, measurement, median_seconds
from bench.served import database_cpu_seconds, database_url
from core import clock
from core.actor import REGULATOR, REVIEWER
from core.canonical import canonical_json
from core.crypto import seal
from core.models import JobRun
from core.seeded import fresh_token
from draws.actions import approve_freeze
from draws.actions.bulk import write_rows
from draws.domain.protocol import PLAN_FILE, RESULT_FILE, ROSTER_FILE, compute
from draws.models import Draw, RosterEntry
from draws.queries import PROPOSE_JOB, RUN_JOB, content_of
from registry.models import Appointment, Area, Enterprise, IdType, Industry, Person, Post
from scripts.console import ROOT
from scripts.environment import child_env
from tests.factories.actors import make_actor
from tests.factories.draws import Cast, make_draft, type_all
from tests.factories.registry import make_area, make_authority, make_industry

FULL = os.environ.get("BENCH_FULL", "") == "1"
PEOPLE, STRATA, PICKED = (1_000_000, 1200, 50_000) if FULL else (100_000, 120, 5_000)
STREETS = STRATA // 12
STANDBY = 2
BATCH = 5000
SOURCES = b"SSQ:2026023:03.07.12.19.25.33+08\nDLT:26023:02.11.17.28.35+04.09\nFC3D:2026060:0.3.7\n"
DISTRICT = "430602"
MEMORY = 1024.0  # MiB
PACK_JOB = "draws.pack_bundle"
ENTRY_COLUMNS = "draw proposal person enterprise post pid salt_sealed stratum lots flag".split()
ENTERPRISE_COLUMNS = (
    "public_id uscc name area industry is_large_scale is_high_hazard needs_safety_director is_active created_at updated_at"
).split()
PERSON_COLUMNS = (
    "public_id name name_sort_key id_type id_number_sealed id_number_digest id_number_masked phone created_at updated_at"
).split()
APPOINTMENT_COLUMNS = "public_id person enterprise post capacity valid_from".split()


def make_roster(people: int, strata: int) -> bytes:
    """A roster.csv of so many people, spread evenly."""
    pids = sorted(hashlib.sha256(f"person {number}".encode()).hexdigest() for number in range(people))
    lines = [f"{pid},A{number % strata:03d}-{DISTRICT}-P,1,\n" for number, pid in enumerate(pids)]
    return ("pid,stratum,lots,flag\n" + "".join(lines)).encode()


def make_plan(roster: bytes, people: int, *, picked: int) -> bytes:
    """Its plan.json, with largest remainders and two reserves."""
    plan = {
        "alg": "CHOUKAO-DRAW/1",
        "n": picked,
        "quota": "hamilton",
        "roster_sha256": hashlib.sha256(roster).hexdigest(),
        "round": "2026Q1",
        "rows": people,
        "sources": ["SSQ:2026023", "DLT:26023", "FC3D:2026060"],
        "standby": STANDBY,
        "verify_sha256": "0" * 64,
    }
    return f"{canonical_json(plan)}\n".encode()


@measurement("draw")
def measure_draw() -> Iterator[Figure]:
    """Freeze, draw and export as background jobs in a process of their own, beside the bare computation of the same round."""
    cast = _registry()
    parts = bare_freeze(PEOPLE, STRATA)
    bare = sum(parts.values())
    for name, seconds in parts.items():
        yield Figure(f"draw.bare {name}", seconds, "s")
    draft = make_draft(cast, seats=PICKED, standby=STANDBY, objection_days=1, now=clock.now())
    freezing = _done(PROPOSE_JOB, draft, cast)
    yield from _figures("freeze", freezing, words=f"computing alone ({bare:.1f} s)", floor=bare)
    frozen = _frozen(cast, draft)
    plan, roster = content_of(frozen, PLAN_FILE), content_of(frozen, ROSTER_FILE)
    sorting = median_seconds(lambda: bare_draw(roster, PICKED // STRATA), repeats=1 if FULL else 3)
    seconds = median_seconds(lambda: compute(plan, roster, SOURCES_TYPED), repeats=1 if FULL else 3)
    words = f"tickets and sorting alone ({sorting:.2f} s)"
    yield Figure(f"draw.compute {PICKED} of {PEOPLE}", seconds, "s", words, sorting)
    roster = b""
    seconds = median_seconds(lambda: _read_draw_export(frozen), repeats=1, warm_up=0)
    yield Figure(f"draw.database to result.csv {PICKED} of {PEOPLE}", seconds, "s", words, sorting)
    drawing = _done(RUN_JOB, frozen, cast)
    yield from _figures("draw", drawing, words=words, floor=sorting)
    together = freezing.seconds + drawing.seconds
    yield Figure(f"draw.freeze and draw {PEOPLE}", together, "s", f"bare ({bare + sorting:.1f} s)", bare + sorting)
    yield Figure(f"draw.freeze and draw {PEOPLE}, beside hash and sort", together, "s", words, sorting)
    packing = _done(PACK_JOB, frozen, cast)
    yield Figure("draw.everything in one ZIP", packing.seconds, "s")
    yield Figure("draw.everything in one ZIP, memory", packing.peak, "MiB", "budget", MEMORY)
    yield from _pages(frozen)
    storing = median_seconds(lambda: _store_alone(frozen), repeats=1, warm_up=0)
    words = f"computing and storing alone ({bare + storing:.1f} s)"
    yield Figure(f"draw.storing {PEOPLE} rows alone", storing, "s")
    yield Figure(f"draw.freeze {PEOPLE}, beside computing and storing", freezing.seconds, "s", words, bare + storing)


def _figures(name: str, job: "_Job", *, words: str, floor: float) -> Iterator[Figure]:
    yield Figure(f"draw.{name} {PEOPLE} people", job.seconds, "s", words, floor)
    yield Figure(f"draw.{name} {PEOPLE}, CPU of the process", job.cpu, "s", words, floor)
    yield Figure(f"draw.{name} {PEOPLE}, CPU of PostgreSQL", job.database_cpu, "s")
    yield Figure(f"draw.{name} {PEOPLE}, memory", job.peak, "MiB", "budget", MEMORY)
    yield Figure(f"draw.{name} {PEOPLE}, moves of the bar", job.moves, "")
    yield Figure(f"draw.{name} {PEOPLE}, longest standstill of the bar", job.standstill, "s")


def _read_draw_export(draw: Draw) -> None:
    plan, roster = content_of(draw, PLAN_FILE), content_of(draw, ROSTER_FILE)
    Path(os.devnull).write_bytes(compute(plan, roster, SOURCES_TYPED).result)


def _store_alone(draw: Draw) -> None:
    """Rows that are ready, with every index and foreign key, in the order of people; taken back afterwards."""
    people = Appointment.objects.order_by("person_id").values_list("person_id", "enterprise_id").iterator(BATCH)
    box, stratum, post = bytes(95), f"I00-{DISTRICT}001-P", str(Post.PRINCIPAL)
    pairs = list(people)
    rows = (
        (draw.pk, 9999, person, enterprise, post, hashlib.sha256(b"%d" % person).hexdigest(), box, stratum, 1, "")
        for person, enterprise in pairs
    )
    with transaction.atomic():
        write_rows(RosterEntry, ENTRY_COLUMNS, rows)
        transaction.set_rollback(True)


def _pages(draw: Draw) -> Iterator[Figure]:
    client = Client(SERVER_NAME=urlsplit(settings.BASE_URL).hostname or "localhost")
    detail = reverse("draws:public_detail", args=[draw.public_id])
    for name, address in (
        ("first page", detail),
        ("page again", detail),
        ("places", reverse("draws:public_places", args=[draw.public_id])),
        ("verify page", reverse("draws:public_verify", args=[draw.public_id])),
        (RESULT_FILE, reverse("draws:public_file", args=[draw.public_id, RESULT_FILE])),
        (ROSTER_FILE, reverse("draws:public_file", args=[draw.public_id, ROSTER_FILE])),
    ):
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as statements:
            answer = client.get(address)
            if answer.status_code != HTTPStatus.OK:
                raise RuntimeError(f"{address} answered {answer.status_code}")
            size = sum(len(part) for part in answer) if answer.streaming else len(answer.content)
        seconds = time.perf_counter() - began
        yield Figure(f"draw.public {name}, {size // 1024} KiB, {len(statements)} statements", seconds, "s")


# --- a job as the worker does it ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Job:
    """What a run has cost. `standstill`: the longest time in which its bar did not move, its end included."""

    seconds: float
    cpu: float
    peak: float
    database_cpu: float
    moves: int
    standstill: float


def _done(name: str, draw: Draw, cast: Cast) -> _Job:
    arguments = (
        {"draw_id": draw.pk} if name == PACK_JOB else {"draw_id": draw.public_id, "user_id": cast.regulator.user_id}
    )
    due = clock.now() - timedelta(minutes=1)
    run = JobRun.objects.create(name=name, arguments=arguments, created_at=due, run_after=due)
    database = database_cpu_seconds()
    # The moment is what the job goes by: a draw is done when its sources can be there.
    moment = f"{_later(draw) if name == RUN_JOB else clock.now():%Y-%m-%dT%H:%M:%S}"
    command = [sys.executable, "-m", "bench.job", str(run.pk), moment]
    process = subprocess.Popen(
        command, cwd=ROOT, env=child_env(DATABASE_URL=database_url(), LOG_LEVEL="WARNING"), stdout=subprocess.PIPE
    )
    moves, standstill = _watch(process, run)
    said = json.loads(process.communicate()[0].splitlines()[-1])
    run.refresh_from_db()
    if run.state != JobRun.State.DONE:
        raise RuntimeError(f"{name}: {run.error}")
    return _Job(said["seconds"], said["cpu"], said["peak"], database_cpu_seconds() - database, moves, standstill)


def _watch(process: "subprocess.Popen[bytes]", run: JobRun) -> tuple[int, float]:
    moves, longest, bar, since = -1, 0.0, None, time.monotonic()  # the first is that it begins
    while process.poll() is None:
        time.sleep(0.05)
        seen = (
            JobRun.objects.filter(pk=run.pk, state=JobRun.State.RUNNING).values_list("progress_done", flat=True).first()
        )
        if seen != bar:
            longest = max(longest, time.monotonic() - since) if bar is not None else 0.0
            moves, bar, since = moves + 1, seen, time.monotonic()
    return moves, longest


# --- the world ---------------------------------------------------------------------------------------------------------


TYPED = ("03.07.12.19.25.32+08", "02.11.17.28.33+04.09", "1.0.9.9.7")
SOURCES_TYPED = "".join(
    f"{name}:{value}\n" for name, value in zip(("SSQ:2026136", "DLT:26136", "PL5:26313"), TYPED, strict=True)
).encode()


def _frozen(cast: Cast, draft: Draw) -> Draw:
    draft.refresh_from_db()
    frozen = approve_freeze(cast.reviewer, draft.public_id, plan_sha256=draft.plan_sha256, now=clock.now())
    later = _later(frozen)
    type_all(cast.regulator, frozen, TYPED, now=later)
    type_all(cast.reviewer, frozen, TYPED, now=later)
    return frozen


def _later(frozen: Draw) -> datetime:
    assert frozen.sources_from is not None  # frozen
    return frozen.sources_from


def _registry() -> Cast:
    """So many people, each a principal at an enterprise of their own, in streets × twelve industries."""
    district = make_area(code=DISTRICT, name="基准区")
    streets = [make_area(code=f"{DISTRICT}{number:03d}", parent=district) for number in range(1, STREETS + 1)]
    industries = [make_industry(code=f"I{number:02d}", name=f"行业{number}") for number in range(12)]
    with transaction.atomic():
        write_rows(Enterprise, ENTERPRISE_COLUMNS, _enterprises(streets, industries))
        write_rows(Person, PERSON_COLUMNS, _people())
        enterprises, people = (
            model.objects.order_by("pk").values_list("pk", flat=True) for model in (Enterprise, Person)
        )
        write_rows(Appointment, APPOINTMENT_COLUMNS, _appointments(list(people), list(enterprises)))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    authority = make_authority(area=district)
    roles = (make_actor(role, authority=authority) for role in (REGULATOR, REVIEWER))
    return Cast(authority, industries[0], *roles)


def _enterprises(streets: list[Area], industries: list[Industry]) -> Iterator[tuple[object, ...]]:
    now = clock.now()
    for number in range(PEOPLE):
        area, industry = streets[number % len(streets)], industries[number // len(streets) % 12]
        names = fresh_token(16), f"91{number:016d}", f"单位{number}"
        yield *names, area.pk, industry.pk, False, False, False, True, now, now


def _people() -> Iterator[tuple[object, ...]]:
    now = clock.now()
    for number in range(PEOPLE):
        public_id = fresh_token(16)
        document = f"{DISTRICT}19800101{number % 10_000:04d}{number:07d}"
        box = seal(document, table="registry_person", column="id_number", row=public_id)
        digest = hashlib.sha256(document.encode()).hexdigest()
        yield public_id, f"人{number}", f"ren{number}", str(IdType.ID_CARD), box, digest, "4306***", "", now, now


def _appointments(people: list[int], enterprises: list[int]) -> Iterator[tuple[object, ...]]:
    for person, enterprise in zip(people, enterprises, strict=True):
        yield fresh_token(16), person, enterprise, str(Post.PRINCIPAL), "", date(2026, 1, 1)
