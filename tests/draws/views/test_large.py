"""Freezes and draws of very many people go on in the background, with a bar on the page."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import User
from core.models import JobRun
from core.queue import execute
from draws.actions import snapshot
from draws.jobs import large as large_jobs
from draws.jobs.large import report_from_inside
from draws.models import Draw, DrawState
from draws.queries import progress
from tests.factories.actors import client_of
from tests.factories.draws import AFTER_WINDOW, NOW, make_cast, make_draft, make_frozen, make_population, type_all


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(progress, "LARGE", 3)


@pytest.fixture
def waiting(settings):
    settings.QUEUE_BACKENDS = {**settings.QUEUE_BACKENDS, "immediate": "tests.draws.views.test_large.leave_waiting"}


def leave_waiting(_run_id: int) -> None:
    """A queue whose worker has not come yet."""


def client_for(actor):
    return client_of(User.objects.get(pk=actor.user_id))


def test_large_freeze_shows_its_bar_and_then_the_proposal(
    cast, large, waiting, time_machine, django_capture_on_commit_callbacks
):
    time_machine.move_to(NOW)
    make_population(cast, 5)
    draw = make_draft(cast)
    client = client_for(cast.regulator)
    page = reverse("draws:detail", args=[draw.public_id])
    for _ in range(2):  # pressed twice, begun once
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("draws:propose", args=[draw.public_id]))
    run = JobRun.objects.get(name="draws.propose_freeze")
    assert "正在读取人员" in client.get(page).content.decode()
    for done, says_writing in ((2, False), (5, True)):  # of twice five steps: reading, then writing
        JobRun.objects.filter(pk=run.pk).update(progress_done=done, progress_total=10)
        text = client.get(page).content.decode()
        assert f'<progress max="10" value="{done}"' in text
        assert ("正在写入数据库" in text) is says_writing
    assert execute(run.pk)
    run.refresh_from_db()
    draw.refresh_from_db()
    assert (run.state, run.progress_done, run.progress_total) == (JobRun.State.DONE, 10, 10)
    assert (draw.state, draw.proposed_by_id) == (DrawState.FREEZE_PROPOSED, cast.regulator.user_id)
    assert draw.plan_sha256 in client.get(page).content.decode()


def test_large_freeze_that_is_refused_says_why_and_changes_nothing(
    cast, large, waiting, time_machine, django_capture_on_commit_callbacks
):
    time_machine.move_to(NOW)
    make_population(cast, 5)
    draw = make_draft(cast, coverage_rounds=2)
    client = client_for(cast.regulator)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("draws:propose", args=[draw.public_id]))
    execute(JobRun.objects.get(name="draws.propose_freeze").pk)
    text = client.get(reverse("draws:detail", args=[draw.public_id])).content.decode()
    assert "后台生成没有完成" in text
    assert Draw.objects.get(pk=draw.pk).state == DrawState.DRAFT


def test_large_draw_is_begun_only_when_nothing_stands_in_the_way(
    cast, large, waiting, time_machine, django_capture_on_commit_callbacks
):
    time_machine.move_to(NOW)
    make_population(cast, 5)
    draw = make_frozen(cast)
    time_machine.move_to(AFTER_WINDOW)
    client = client_for(cast.reviewer)
    type_all(cast.regulator, draw)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("draws:run", args=[draw.public_id])).status_code == 422
    assert not JobRun.objects.filter(name="draws.run_draw").exists()
    type_all(cast.reviewer, draw)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("draws:run", args=[draw.public_id])).status_code == 302
    assert "<progress" in client.get(reverse("draws:ceremony", args=[draw.public_id])).content.decode()
    run = JobRun.objects.get(name="draws.run_draw")
    execute(run.pk)
    draw.refresh_from_db()
    assert draw.state == DrawState.DRAWN
    run.refresh_from_db()
    assert (run.result, run.progress_done, run.progress_total) == (draw.seed, 5, 5)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_bar_of_a_freeze_moves_while_rows_are_written(monkeypatch, time_machine):
    monkeypatch.setattr(snapshot, "_BATCH", 2)
    time_machine.move_to(NOW)
    cast = make_cast()
    make_population(cast, 5)
    draw = make_draft(cast)
    arguments = {"draw_id": draw.public_id, "user_id": cast.regulator.user_id}
    run = JobRun.objects.create(name="draws.propose_freeze", arguments=arguments, created_at=NOW, run_after=NOW)
    seen = []

    def report_and_look(done, total):
        report_from_inside(done, total)
        with ThreadPoolExecutor(1) as others:
            seen.append(others.submit(what_others_see, run.pk).result())

    monkeypatch.setattr(large_jobs, "report_from_inside", report_and_look)
    assert execute(run.pk)
    assert seen == [(7, 10, "draft"), (9, 10, "draft"), (10, 10, "draft")]
    assert Draw.objects.get().state == DrawState.FREEZE_PROPOSED


def what_others_see(run_id):
    try:
        bar = JobRun.objects.values_list("progress_done", "progress_total").get(pk=run_id)
        return *bar, Draw.objects.get().state
    finally:
        connection.close()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite has one writer")
def test_bar_of_a_freeze_stands_while_sqlite_writes(cast):
    run = JobRun.objects.create(name="draws.propose_freeze", arguments={}, created_at=NOW, run_after=NOW)
    report_from_inside(7, 10)
    run.refresh_from_db()
    assert run.progress_total == 0
