"""`/metrics`: figures for a monitoring system, to whoever holds the token."""

from datetime import timedelta

import pytest
from django.test import Client

from core import clock, queue
from core.models import JobRun


@pytest.fixture
def asked(db, settings):
    settings.METRICS_TOKEN = "s3cret"

    def ask(token: str | None) -> tuple[int, str]:
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        answer = Client().get("/metrics", headers=headers)
        return answer.status_code, answer.content.decode()

    return ask


def test_metrics_with_the_token_show_waiting_jobs(asked):
    late = clock.now() - timedelta(seconds=90)
    JobRun.objects.create(name="core.example", state=JobRun.State.QUEUED, run_after=late, created_at=late)
    status, text = asked("s3cret")
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert status == 200
    assert figures['choukao_job_runs{state="queued"}'] == "1.0"
    assert figures['choukao_job_runs{state="failed"}'] == "0.0"
    assert 90 <= float(figures["choukao_job_waiting_seconds"]) < 150
    assert "choukao_public_log_leaves" in figures


@pytest.mark.parametrize("token", [None, "", "wrong", "s3cre", "s3cret\u00e9"])
def test_metrics_without_the_token_are_not_there(asked, token):
    assert asked(token) == (404, "not found\n")


@pytest.mark.parametrize("token", ["", None])
def test_metrics_without_the_setting_are_not_there(asked, settings, token):
    settings.METRICS_TOKEN = ""
    assert asked(token)[0] == 404


def test_backlog_of_an_idle_queue_waits_no_second(db):
    assert queue.backlog(clock.now()).waiting_seconds == 0
