"""What an exam costs the server: saving beside a bare durable insert in the same run, starting, handing in, asking.

Everything goes through granian as in production. Values are CPU milliseconds for one operation: of the application's
processes, and with those of PostgreSQL beside them. Throughput is what this machine does with the client on it as well.
"""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.registry import Figure, measurement
from bench.served import Served, database_cpu_seconds, served
from core import clock
from core.canonical import canonical_sha256
from exams.models import Attempt, Sitting
from exams.queries.journal import item_shapes_of
from exams.views.protocol import cookie_name, sign_cookie
from tests.chaos.lines import Answer, Line, request_bytes
from tests.exams.domain.bank import make_bank
from tests.factories.exams import CID, Stage, lease, make_stage, right_answers, send, wire

PEOPLE = 320
STARTS = 180
WARM_UPS = 40
SAVES = 6400  # of each kind at each width, warming up aside
TURNS = 5
WIDTHS = (8, 32, 128)
BANK = {"singles": 500, "multiples": 250, "judgements": 250, "asked": (25, 15, 10)}
APP, BOTH = "ms CPU app", "ms CPU app + database"
_SECRET = "c" * 32  # the page's own: cookie and form carry the same


@measurement("exams")
def measure_exams() -> Iterator[Figure]:
    """Bare insert, save, HELLO, start, submit with grading, result page."""
    # Passwords of invented people are not what is measured.
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(QUEUE="immediate", PASSWORD_HASHERS=quick):
        stage = _stage()
        yield from _statements(stage)
        with served("config.wsgi:application", QUEUE="immediate") as product:
            yield from _starts(stage, product)
            attempts = _attempts(stage)
            with served("bench.bare:application") as floor:
                yield from _saves(attempts, product, floor)
            yield from _submits(stage, attempts, product)


def _stage() -> Stage:
    stage = make_stage(people=PEOPLE, bank=make_bank(**BANK))
    now = clock.now()
    Sitting.objects.filter(pk=stage.sitting.pk).update(
        opens_at=now - timedelta(minutes=1),
        last_start_at=now + timedelta(hours=1),
        hard_end_at=now + timedelta(hours=3),
    )
    stage.sitting.refresh_from_db()
    stage.open(now=now)
    return stage


def _attempts(stage: Stage) -> list[Attempt]:
    begun = set(Attempt.objects.values_list("candidate_id", flat=True))
    for index, candidate in enumerate(stage.candidates):
        if candidate.pk not in begun:
            stage.start(index, now=clock.now())
    attempts = list(Attempt.objects.select_related("paper", "candidate__person").order_by("pk"))
    for attempt in attempts:
        lease(attempt, now=clock.now())
    return attempts


# --- what is measured ------------------------------------------------------------------------------------------------


def _statements(stage: Stage) -> Iterator[Figure]:
    """Statements of a start and a save in this process, the login of the start included."""
    client = Client(headers={"X-Choukao": "1"}, SERVER_NAME="127.0.0.1")
    for index in (0, 1):  # the first one reads the bank, once for each process
        client.force_login(stage.user(index))
        url = reverse("exams:my_exam", args=[stage.candidates[index].public_id])
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.post(url, {"opening_code": stage.sitting.opening_code})
    yield Figure("exams.start.statements", float(_count(captured)), "SQL", "at most", 12.0)
    attempt = Attempt.objects.latest("pk")
    lease(attempt, now=clock.now())
    client.cookies[cookie_name(attempt.public_id)] = sign_cookie(attempt)
    bodies = _bodies(attempt)
    with CaptureQueriesContext(connection) as captured:
        for body in itertools.islice(bodies, 2):
            client.post(f"/sit/{attempt.public_id}/events", body, content_type="application/json")
    yield Figure("exams.save.statements", _count(captured) / 2, "SQL", "at most", 2.0)


def _starts(stage: Stage, product: Served) -> Iterator[Figure]:
    # Everybody has signed in before, and papers were built when the sitting was opened.
    people = [(stage.user(index), stage.candidates[index].public_id) for index in range(2, STARTS + 2)]
    code = stage.sitting.opening_code
    posts = [_start_request(user, candidate, port=product.port, code=code) for user, candidate in people]
    used = _after_warm_up(product, posts, expect=302)
    yield Figure("exams.start", used.app, APP, "budget", 6.0)
    yield Figure("exams.start", used.both, BOTH)


def _saves(attempts: Sequence[Attempt], product: Served, floor: Served) -> Iterator[Figure]:
    writers = [_Writer(attempt) for attempt in attempts[:128]]
    for width in WIDTHS:
        each = SAVES // TURNS // width
        kinds = {
            "bare_insert": (floor, _Writer.bare),
            "row_insert": (floor, _Writer.row),
            "save": (product, _Writer.save),
        }
        turns: dict[str, list[_Used]] = {kind: [] for kind in kinds}
        for turn in range(TURNS + 1):  # in turns, so that whatever else the machine does falls on all alike
            for kind, (server, request) in kinds.items():
                scripts = [[request(writer) for _ in range(each)] for writer in writers[:width]]
                used = _measured(server, partial(_run, server.port, scripts), operations=each * width)
                if turn:  # the first one warms up
                    turns[kind].append(used)
        under = _median(turns["bare_insert"])
        for kind in kinds:
            used, names = _median(turns[kind]), (f"exams.{kind} x{width}", f"exams.bare_insert x{width}")
            against = (names[1],) if kind != "bare_insert" else ()
            yield Figure(names[0], used.app, APP, *against, baseline=under.app if against else None)
            yield Figure(names[0], used.both, BOTH, *against, baseline=under.both if against else None)
            yield Figure(names[0], used.rate, "per second", *against, baseline=under.rate if against else None)
        row, over = _median(turns["row_insert"]), _median(turns["save"])
        yield Figure(f"exams.save x{width}", over.both, BOTH, f"exams.row_insert x{width}", row.both)


def _asking(attempts: Sequence[Attempt], product: Served) -> Iterator[Figure]:
    """HELLO of devices that have given all their answers."""
    asks = [[_ask(attempt)] * 120 for attempt in attempts[:16]]
    _run(product.port, [one[:10] for one in asks])
    used = _measured(product, partial(_run, product.port, asks), operations=120 * 16)
    yield Figure("exams.hello", used.app, APP, "budget", 1.0)
    yield Figure("exams.hello", used.both, BOTH)


def _submits(stage: Stage, attempts: Sequence[Attempt], product: Served) -> Iterator[Figure]:
    posts = []
    for attempt in attempts[128:]:
        right = right_answers(attempt)
        wires = [wire(seq, item, answer) for seq, (item, answer) in enumerate(right.items(), start=1)]
        send(attempt, *wires, now=clock.now())
        hashes = {item: canonical_sha256(answer) for item, answer in right.items()}
        body = {"epoch": 1, "cid": CID, "last_seq": len(wires), "items": hashes}
        posts.append(request_bytes(f"POST /sit/{attempt.public_id}/submit", headers=_proof(attempt), body=body))
    yield from _asking(attempts[128:], product)
    used = _after_warm_up(product, posts)
    yield Figure("exams.submit_and_grade", used.app, APP, "budget", 10.0)
    yield Figure("exams.submit_and_grade", used.both, BOTH)
    yield from _result_pages(stage, attempts[128:], product)


def _result_pages(stage: Stage, attempts: Sequence[Attempt], product: Served) -> Iterator[Figure]:
    places = {candidate.pk: index for index, candidate in enumerate(stage.candidates)}
    pages = []
    for attempt in attempts:
        cookie = {"Cookie": f"sid={_session(stage.user(places[attempt.candidate_id]))}"}
        pages.append(request_bytes(f"GET /my/exams/{attempt.candidate.public_id}/", headers=cookie))
    _run(product.port, [pages])
    used = _measured(product, lambda: _run(product.port, _dealt(pages * 5, 4)), operations=len(pages) * 5)
    yield Figure("exams.result_page", used.app, APP, "budget", 8.0)
    yield Figure("exams.result_page", used.both, BOTH)


# --- requests --------------------------------------------------------------------------------------------------------


class _Writer:
    """One candidate at work: the next save, and the bare inserts of bytes like it."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.headers = _proof(attempt)
        self.bodies = _bodies(attempt)
        self.body = next(_bodies(attempt))

    def save(self) -> bytes:
        return request_bytes(f"POST /sit/{self.attempt.public_id}/events", headers=self.headers, body=next(self.bodies))

    def bare(self) -> bytes:
        return request_bytes(f"POST /bare/{self.attempt.pk}", headers=self.headers, body=self.body)

    def row(self) -> bytes:
        return request_bytes(f"POST /row/{self.attempt.pk}", headers=self.headers, body=self.body)


def _bodies(attempt: Attempt) -> Iterator[dict[str, Any]]:
    items = sorted(item_shapes_of(attempt.public_id).items())
    for seq in itertools.count(1):
        item, shape = items[seq % len(items)]
        yield {"epoch": 1, "cid": CID, "events": [wire(seq, item, sorted(shape.options)[:1])]}


def _proof(attempt: Attempt) -> dict[str, str]:
    return {"X-Choukao": "1", "Cookie": f"{cookie_name(attempt.public_id)}={sign_cookie(attempt)}"}


def _ask(attempt: Attempt) -> bytes:
    return request_bytes(f"GET /sit/{attempt.public_id}/have", headers=_proof(attempt))


def _session(user: Any) -> str:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store["last_seen"] = int(clock.now().timestamp())
    store.save()
    return str(store.session_key)


def _start_request(user: Any, candidate_id: str, *, port: int, code: str) -> bytes:
    form = f"csrfmiddlewaretoken={_SECRET}&opening_code={code}".encode()
    headers = {
        "Cookie": f"sid={_session(user)}; csrf={_SECRET}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": f"http://127.0.0.1:{port}",
        "Host": f"127.0.0.1:{port}",
    }
    return request_bytes(f"POST /my/exams/{candidate_id}/", headers=headers, body=form)


# --- measuring -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Used:
    app: float
    both: float
    rate: float


def _measured(server: Served, work: Callable[[], object], *, operations: int) -> _Used:
    app, database, started = server.cpu_seconds(), database_cpu_seconds(), time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    app, database = server.cpu_seconds() - app, database_cpu_seconds() - database
    return _Used(app * 1000 / operations, (app + database) * 1000 / operations, operations / seconds)


def _after_warm_up(product: Served, requests: Sequence[bytes], *, expect: int = 200) -> _Used:
    """The first ones load what a process loads once; the rest is measured, on eight connections."""
    _run(product.port, _dealt(requests[:WARM_UPS], 8), expect=expect)
    rest = requests[WARM_UPS:]
    return _measured(product, lambda: _run(product.port, _dealt(rest, 8), expect=expect), operations=len(rest))


def _median(turns: Sequence[_Used]) -> _Used:
    return sorted(turns, key=lambda one: one.both)[len(turns) // 2]


def _dealt(requests: Sequence[bytes], lines: int) -> list[list[bytes]]:
    return [list(requests[start::lines]) for start in range(lines)]


def _run(port: int, scripts: Sequence[Sequence[bytes]], *, expect: int = 200) -> list[Answer]:
    """Every script on a connection of its own, all at once."""

    async def all_of_them() -> list[Answer]:
        return list(itertools.chain(*await asyncio.gather(*[_script(port, script, expect) for script in scripts])))

    return asyncio.run(all_of_them())


async def _script(port: int, script: Sequence[bytes], expect: int) -> list[Answer]:
    line, answers = Line(port), []
    for request in script:
        answer = await line.ask(request, seconds=60)
        if answer.status != expect:
            raise RuntimeError(f"{request[:120]!r}: {answer.status} {answer.body[:300]!r}")
        answers.append(answer)
    line.close()
    return answers


def _count(captured: CaptureQueriesContext) -> int:
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for query in captured)
