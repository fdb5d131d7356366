"""What a draw takes from the database to result.csv, against the least that its hashes and sorting can take.

Without anything: 100,000 people. `BENCH_FULL=1`: one million in 1,200 strata, 50,000 of them drawn; then the freeze is
measured through the action as well, from a registry of that size, and the public page of the result.
"""

import hashlib
import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from bench.registry import Figure, measurement, median_seconds
from core import clock
from core.actor import REGULATOR, REVIEWER
from core.canonical import canonical_json
from core.crypto import seal, unseal
from core.seeded import fresh_token
from draws.actions import approve_freeze, propose_freeze, run_draw
from draws.domain.protocol import PLAN_FILE, RESULT_FILE, ROSTER_FILE, compute
from draws.models import Draw
from draws.queries import content_of
from registry.models import Appointment, Area, Enterprise, Industry, Person, Post
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
MEBI = 1 << 20


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


def bare(roster: bytes, share: int) -> list[tuple[str, str]]:
    """Tickets and selection alone, unchecked: the floor for any implementation in plain Python."""
    strata = defaultdict(list)
    for line in roster.decode().splitlines()[1:]:
        pid, stratum, _lots, _flag = line.split(",")
        strata[stratum].append((hashlib.sha256(f"draw/1|seed|{pid}|1".encode()).hexdigest(), pid))
    return [person for stratum in sorted(strata) for person in sorted(strata[stratum])[:share]]


def _bare_freeze() -> list[tuple[str, bytes]]:
    """What a snapshot cannot do without: open a document, hash it with a fresh salt, seal the salt, sort."""
    place = {"table": "registry_person", "column": "id_number", "row": "0" * 32}
    box = seal("430602198001010011", **place)
    rows = []
    for number in range(PEOPLE):
        document, salt = unseal(box, **place), fresh_token(32)
        pid = hashlib.sha256(f"pid/1|2026Q1|{salt}|ID|{document}|91{number:016d}|P".encode()).hexdigest()
        rows.append((pid, seal(salt, **place)))
    return sorted(rows)


@measurement("draw")
def measure_draw() -> Iterator[Figure]:
    """Freeze, draw and export through the actions, beside the bare hashing and sorting of the same roster."""
    cast = _registry()
    frozen, freezing, memory = _frozen(cast)
    roster = content_of(frozen, ROSTER_FILE)
    floor = median_seconds(lambda: bare(roster, PICKED // STRATA), repeats=1 if FULL else 3)
    words = f"tickets and sorting alone ({floor:.2f} s)"
    least = median_seconds(_bare_freeze, repeats=1, warm_up=0)
    yield Figure(
        f"draw.freeze {PEOPLE} people", freezing, "s", f"opening, hashing, sealing alone ({least:.2f} s)", least
    )
    yield Figure(f"draw.freeze {PEOPLE} people, memory", memory, "MiB", "budget", 1024.0)
    plan, sources = content_of(frozen, PLAN_FILE), SOURCES_TYPED
    seconds = median_seconds(lambda: compute(plan, roster, sources), repeats=1 if FULL else 3)
    yield Figure(f"draw.compute {PICKED} of {PEOPLE}", seconds, "s", words, floor)
    roster = b""  # a hundred megabytes that the next figure shall not count
    with _measured() as cost:
        _read_draw_export(frozen)
    yield Figure(f"draw.database to result.csv {PICKED} of {PEOPLE}", cost.seconds, "s", words, floor)
    with _measured() as cost:
        run_draw(cast.regulator, frozen.public_id, now=_later(frozen))
    yield Figure(f"draw.action {PICKED} of {PEOPLE}", cost.seconds, "s", words, floor)
    yield Figure(f"draw.action {PICKED} of {PEOPLE}, memory", cost.peak, "MiB", "budget", 1024.0)
    yield from _pages(frozen)


def _read_draw_export(draw: Draw) -> None:
    plan, roster = content_of(draw, PLAN_FILE), content_of(draw, ROSTER_FILE)
    Path(os.devnull).write_bytes(compute(plan, roster, SOURCES_TYPED).result)


def _pages(draw: Draw) -> Iterator[Figure]:
    client = Client(SERVER_NAME=urlsplit(settings.BASE_URL).hostname or "localhost")
    for name, address in (
        ("first page", reverse("draws:public_detail", args=[draw.public_id])),
        ("page again", reverse("draws:public_detail", args=[draw.public_id])),
        ("verify page", reverse("draws:public_verify", args=[draw.public_id])),
        (RESULT_FILE, reverse("draws:public_file", args=[draw.public_id, RESULT_FILE])),
        (ROSTER_FILE, reverse("draws:public_file", args=[draw.public_id, ROSTER_FILE])),
    ):
        with _measured() as cost:
            answer = client.get(address)
            if answer.status_code != HTTPStatus.OK:
                raise RuntimeError(f"{address} answered {answer.status_code}")
            size = sum(len(part) for part in answer) if answer.streaming else len(answer.content)
        yield Figure(f"draw.public {name}, {size // 1024} KiB", cost.seconds, "s")


# --- the world ---------------------------------------------------------------------------------------------------------


TYPED = ("03.07.12.19.25.32+08", "02.11.17.28.33+04.09", "1.0.9.9.7")
SOURCES_TYPED = "".join(
    f"{name}:{value}\n" for name, value in zip(("SSQ:2026136", "DLT:26136", "PL5:26313"), TYPED, strict=True)
).encode()


def _frozen(cast: Cast) -> tuple[Draw, float, float]:
    now = clock.now()
    draft = make_draft(cast, seats=PICKED, standby=STANDBY, objection_days=1, now=now)
    with _measured() as cost:
        proposed = propose_freeze(cast.regulator, draft.public_id, now=now)
    frozen = approve_freeze(cast.reviewer, proposed.public_id, plan_sha256=proposed.plan_sha256, now=now)
    later = _later(frozen)
    type_all(cast.regulator, frozen, TYPED, now=later)
    type_all(cast.reviewer, frozen, TYPED, now=later)
    return frozen, cost.seconds, cost.peak


def _later(frozen: Draw) -> datetime:
    assert frozen.sources_from is not None  # frozen
    return frozen.sources_from


def _registry() -> Cast:
    """So many people, each a principal at an enterprise of their own, in streets × twelve industries."""
    district = make_area(code=DISTRICT, name="基准区")
    streets = [make_area(code=f"{DISTRICT}{number:03d}", parent=district) for number in range(1, STREETS + 1)]
    industries = [make_industry(code=f"I{number:02d}", name=f"行业{number}") for number in range(12)]
    for start in range(0, PEOPLE, BATCH):
        _some_people(range(start, min(start + BATCH, PEOPLE)), streets, industries)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    authority = make_authority(area=district)
    roles = (make_actor(role, authority=authority) for role in (REGULATOR, REVIEWER))
    return Cast(authority, industries[0], *roles)


def _some_people(numbers: range, streets: list[Area], industries: list[Industry]) -> None:
    now = clock.now()
    enterprises = [
        Enterprise(
            uscc=f"91{number:016d}",
            name=f"单位{number}",
            area=streets[number % len(streets)],
            industry=industries[number // len(streets) % 12],
            created_at=now,
            updated_at=now,
        )
        for number in numbers
    ]
    people = [_person(number) for number in numbers]
    for person in people:
        person.created_at = person.updated_at = now
    Enterprise.objects.bulk_create(enterprises)
    Person.objects.bulk_create(people)
    Appointment.objects.bulk_create(
        Appointment(person=person, enterprise=enterprise, post=Post.PRINCIPAL, valid_from=date(2026, 1, 1))
        for person, enterprise in zip(people, enterprises, strict=True)
    )


def _person(number: int) -> Person:
    public_id = fresh_token(16)
    document = f"{DISTRICT}19800101{number % 10_000:04d}{number:07d}"
    return Person(
        public_id=public_id,
        name=f"人{number}",
        name_sort_key=f"ren{number}",
        id_number_sealed=seal(document, table="registry_person", column="id_number", row=public_id),
        id_number_digest=hashlib.sha256(document.encode()).hexdigest(),
        id_number_masked="4306***",
    )


# --- the watch ---------------------------------------------------------------------------------------------------------


class _Cost:
    """Seconds, and the greatest memory of this process while it went on, in MiB."""

    seconds = 0.0
    peak = 0.0


@contextmanager
def _measured() -> Iterator[_Cost]:
    cost, done = _Cost(), threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            cost.peak = max(cost.peak, _resident())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    began = time.perf_counter()
    try:
        yield cost
    finally:
        cost.seconds = time.perf_counter() - began
        done.set()
        watcher.join()


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MEBI
