"""The exam under attack: made through the product's own actions, and read back as plain rows when it is over."""

import json
import os
import random
import subprocess
import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connections

from accounts.models import User
from core import clock
from exams.models import AnswerEvent, Attempt, AttemptState, Sitting
from exams.views.protocol import cookie_name, sign_cookie
from tests.chaos.devices import Paper
from tests.chaos.history import Closed, Row
from tests.chaos.servers import manage_command
from tests.exams.domain.bank import make_bank
from tests.factories.exams import make_stage

ROOT = Path(__file__).resolve().parents[2]
GRACE_SECONDS = 2


def app_env(database_url: str, folder: Path) -> dict[str, str]:
    """The environment of the application: production settings with the keys of the tests."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url,
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "WARNING",
        "STAFF_MFA_REQUIRED": "0",
        "EMAIL_URL": "dummymail://",
        "CHAOS_LOG": str(folder / "server.log"),
    }


def migrate(env: dict[str, str]) -> None:
    """All tables."""
    subprocess.run([sys.executable, "manage.py", "migrate", "--noinput", "-v0"], cwd=ROOT, env=env, check=True)


def begin(people: int) -> list[Paper]:
    """So many candidates who have just begun."""
    stage = make_stage(people=people)
    now = clock.now()
    Sitting.objects.filter(pk=stage.sitting.pk).update(
        opens_at=now - timedelta(minutes=1),
        last_start_at=now + timedelta(minutes=30),
        hard_end_at=now + timedelta(hours=3),
    )
    stage.sitting.refresh_from_db()
    stage.open(now)
    papers = [_paper(stage.start(index, now)) for index in range(people)]
    Attempt.objects.update(grace_seconds=GRACE_SECONDS)
    connections.close_all()
    return papers


def seats(people: int) -> list[tuple[str, str, str]]:
    """Session, candidate and opening code of so many candidates, signed in and ready; fifty questions of a thousand."""
    stage = make_stage(people=people, bank=make_bank(singles=500, multiples=250, judgements=250, asked=(25, 15, 10)))
    now = clock.now()
    Sitting.objects.filter(pk=stage.sitting.pk).update(
        opens_at=now - timedelta(minutes=1),
        last_start_at=now + timedelta(hours=2),
        hard_end_at=now + timedelta(hours=4),
    )
    stage.sitting.refresh_from_db()
    stage.open(now)
    code = stage.sitting.opening_code
    found = [
        (_session(stage.user(index)), candidate.public_id, code) for index, candidate in enumerate(stage.candidates)
    ]
    connections.close_all()
    return found


def _session(user: User) -> str:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store["last_seen"] = int(clock.now().timestamp())
    store.save()
    return str(store.session_key)


def _paper(attempt: Attempt) -> Paper:
    items = json.loads(attempt.paper.content)["items"]
    return Paper(
        attempt=attempt.public_id,
        cookie=f"{cookie_name(attempt.public_id)}={sign_cookie(attempt)}",
        items={item["id"]: [option["id"] for option in item["options"]] for item in items},
        most={item["id"]: len(item["options"]) if item["input"] == "checkbox" else 1 for item in items},
    )


def shorten(papers: list[Paper], dice: random.Random, *, least: float, most: float) -> None:
    """Deadlines in the middle of the writing, so that closing and saving meet."""
    for paper in papers:
        ends = clock.now() + timedelta(seconds=dice.uniform(least, most))
        Attempt.objects.filter(public_id=paper.attempt).update(deadline=ends)
    connections.close_all()


def end_all() -> None:
    """Every deadline has passed."""
    Attempt.objects.filter(state=AttemptState.OPEN).update(deadline=clock.now() - timedelta(seconds=GRACE_SECONDS + 1))
    connections.close_all()


def close_twice(env: dict[str, str]) -> None:
    """Two machines close what is overdue, at the same moment."""
    command = manage_command(env, "worker", "--once")
    both = [subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL) for _ in range(2)]
    if [one.wait(timeout=120) for one in both] != [0, 0]:
        raise RuntimeError("a worker failed")


def rows(papers: list[Paper]) -> list[Row]:
    """The whole journal of these attempts."""
    return rows_of([paper.attempt for paper in papers])


def rows_of(attempt_ids: list[str]) -> list[Row]:
    """The same by public ids."""
    fields = ("cid", "seq", "epoch", "item", "answer", "sha256", "server_ts", "late", "sseq", "chain", "receipt")
    ours = AnswerEvent.objects.filter(attempt__public_id__in=attempt_ids)
    found = ours.order_by("attempt_id", "sseq").values_list("attempt__public_id", *fields)
    return [Row(*row) for row in found]


def attempts(papers: list[Paper]) -> list[Closed]:
    """These attempts as they stand."""
    return attempts_of([paper.attempt for paper in papers])


def attempts_of(attempt_ids: list[str]) -> list[Closed]:
    """The same by public ids."""
    ours = Attempt.objects.filter(public_id__in=attempt_ids)
    return [
        Closed(
            attempt=attempt.public_id,
            paper_sha256=attempt.paper.sha256,
            head=attempt.head,
            next_sseq=attempt.next_sseq,
            answers=None if attempt.state == AttemptState.OPEN else attempt.answers,
        )
        for attempt in ours.select_related("paper")
    ]
