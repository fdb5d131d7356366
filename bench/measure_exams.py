"""What an exam costs the server: saving beside a bare durable insert in the same run, starting, handing in, asking.

Values are CPU milliseconds of the application process for one operation, through the whole WSGI application where a request
is named; the database's own work is not in them, except on SQLite.
"""

import io
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from bench.registry import Figure, measurement
from core import clock
from core.canonical import canonical_sha256
from exams.actions import start_attempt, submit_attempt
from exams.actions.journal import holder_of
from exams.domain.messages import Submit
from exams.models import Attempt, Sitting
from exams.queries.journal import item_shapes_of
from exams.views.protocol import cookie_name, sign_cookie
from tests.exams.domain.bank import make_bank
from tests.factories.exams import CID, Stage, lease, make_stage, right_answers, send, wire

SAVES = 400
PEOPLE = 40
BANK = {"singles": 500, "multiples": 250, "judgements": 250, "asked": (25, 15, 10)}
UNIT = "ms CPU"


@measurement("exams")
def measure_exams() -> Iterator[Figure]:
    """Bare insert, save, HELLO, start, submit with grading."""
    with override_settings(QUEUE="immediate"):
        stage = _stage()
        yield from _starts(stage)
        attempts = list(Attempt.objects.order_by("pk"))
        yield from _saves(attempts[0])
        yield from _submits(attempts[1:])


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


def _starts(stage: Stage) -> Iterator[Figure]:
    people = [(stage.actor(index), stage.candidates[index].public_id) for index in range(PEOPLE)]
    code = stage.sitting.opening_code
    starts = [partial(start_attempt, actor, who, opening_code=code, now=clock.now()) for actor, who in people]
    with CaptureQueriesContext(connection) as captured:
        # The first one reads the bank into memory, once for each process.
        starts[0]()
    del captured
    with CaptureQueriesContext(connection) as captured:
        starts[1]()
    yield Figure("exams.start.statements", float(_count(captured)), "SQL", "at most", 12.0)
    yield Figure("exams.start", _cpu_ms(starts[2:]), UNIT, "budget", 6.0)


def _saves(attempt: Attempt) -> Iterator[Figure]:
    lease(attempt, now=clock.now())
    items = sorted(item_shapes_of(attempt.public_id))
    right = right_answers(attempt)
    bodies = [
        {"epoch": 1, "cid": CID, "events": [wire(seq, items[seq % len(items)], right[items[seq % len(items)]])]}
        for seq in range(1, 2 * SAVES + 60)
    ]
    save = [partial(_post, f"/sit/{attempt.public_id}/events", attempt, body) for body in bodies]
    with CaptureQueriesContext(connection) as captured:
        save[0]()
        save[1]()
    yield Figure("exams.save.statements", _count(captured) / 2, "SQL", "at most", 2.0)
    bare = [partial(_bare, attempt, body) for body in bodies]
    # In turns, so that whatever else the machine does falls on both alike.
    bare_ms, save_ms = [], []
    for start in range(2, SAVES, 50):
        bare_ms.append(_cpu_ms(bare[start : start + 50]))
        save_ms.append(_cpu_ms(save[start : start + 50]))
    floor = sorted(bare_ms)[len(bare_ms) // 2]
    yield Figure("exams.bare_insert", floor, UNIT)
    yield Figure("exams.save", sorted(save_ms)[len(save_ms) // 2], UNIT, "exams.bare_insert", floor)
    hello = partial(_ask, f"/sit/{attempt.public_id}/have", attempt)
    yield Figure("exams.hello", _cpu_ms([hello] * 100), UNIT, "exams.bare_insert", floor)


def _submits(attempts: list[Attempt]) -> Iterator[Figure]:
    now = clock.now()
    calls: list[Callable[[], object]] = []
    for attempt in attempts:
        lease(attempt, now=now)
        right = right_answers(attempt)
        wires = [wire(seq, item, answer) for seq, (item, answer) in enumerate(right.items(), start=1)]
        send(attempt, *wires, now=now)
        message = Submit(1, CID, len(wires), {item: canonical_sha256(answer) for item, answer in right.items()})
        calls.append(partial(submit_attempt, attempt.public_id, message, actor=partial(holder_of, address=""), now=now))
    yield Figure("exams.submit_and_grade", _cpu_ms(calls), UNIT, "budget", 10.0)


class BareHandler(WSGIHandler):
    """The same application with the addresses of `bench.bare`."""

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Point the request at the bare view."""
        request.urlconf = "bench.bare"
        return super().get_response(request)


_application, _bare_application = WSGIHandler(), BareHandler()


def _post(path: str, attempt: Attempt, body: dict[str, Any]) -> bytes:
    return _call(_application, f"POST {path}", attempt, content=json.dumps(body).encode())


def _ask(path: str, attempt: Attempt) -> bytes:
    return _call(_application, f"GET {path}", attempt)


def _bare(attempt: Attempt, body: dict[str, Any]) -> bytes:
    return _call(_bare_application, f"POST /bare/{attempt.pk}", attempt, content=json.dumps(body).encode())


def _call(application: WSGIHandler, line: str, attempt: Attempt, *, content: bytes = b"") -> bytes:
    method, path = line.split()
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(content)),
        "HTTP_X_CHOUKAO": "1",
        "HTTP_COOKIE": f"{cookie_name(attempt.public_id)}={sign_cookie(attempt)}",
        "wsgi.input": io.BytesIO(content),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }
    answer = b"".join(application(environ, lambda status, _headers: statuses.append(status)))
    if not statuses[0].startswith("200"):
        raise RuntimeError(f"{path}: {statuses[0]} {answer[:200]!r}")
    return answer


def _cpu_ms(calls: list[Callable[[], object]]) -> float:
    started = time.process_time()
    for call in calls:
        call()
    return (time.process_time() - started) * 1000 / len(calls)


def _count(captured: CaptureQueriesContext) -> int:
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for query in captured)
