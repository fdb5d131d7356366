"""Background work: lost jobs do not matter, refusals stop, input and output errors are tried again."""

from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from pytest_django import Settings

from core import clock, queue
from core.errors import NotFound
from core.models import JobRun
from core.queue import UnknownJob, enqueue, execute, report_progress, sweep

done: list[int] = []


@pytest.fixture(autouse=True)
def _own_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_jobs", dict(queue._jobs))
    done.clear()

    @queue.job("tests.add", max_attempts=3)
    def task_add(number: int) -> dict[str, int]:
        done.append(number)
        return {"sum": sum(done)}

    @queue.job("tests.io", max_attempts=3)
    def task_io(number: int) -> None:
        done.append(number)
        raise OperationalError("database is locked") if number else ConnectionError("no network")

    @queue.job("tests.refused")
    def task_refused() -> None:
        done.append(1)
        raise NotFound

    @queue.job("tests.defect")
    def task_defect() -> None:
        raise KeyError("oops")


@pytest.mark.django_db
def test_enqueue_runs_after_the_commit_and_keeps_the_result(django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        run = enqueue("tests.add", number=4, created_by=7)
        assert done == []

    run.refresh_from_db()
    assert (done, run.state, run.result, run.attempts, run.created_by_user_id) == ([4], "done", {"sum": 4}, 1, 7)


@pytest.mark.django_db
def test_enqueue_in_a_transaction_that_fails_leaves_nothing(django_capture_on_commit_callbacks) -> None:
    @transaction.atomic
    def act_and_fail() -> None:
        enqueue("tests.add", number=1)
        raise ZeroDivisionError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError):
        act_and_fail()

    assert (done, JobRun.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_enqueue_typing_errors_fail_in_the_caller() -> None:
    with pytest.raises(UnknownJob):
        enqueue("tests.ad", number=1)
    for wrong in ({}, {"nummer": 1}, {"number": 1, "more": 2}):
        with pytest.raises(TypeError):
            enqueue("tests.add", **wrong)
    assert JobRun.objects.count() == 0


@pytest.mark.django_db
def test_execute_twice_does_it_once() -> None:
    run = enqueue("tests.add", number=1)

    assert (execute(run.pk), execute(run.pk)) == (True, False)
    assert done == [1]


@pytest.mark.django_db
def test_execute_before_its_time_does_nothing() -> None:
    run = enqueue("tests.add", number=1, run_after=clock.now() + timedelta(minutes=1))

    assert execute(run.pk) is False
    with time_machine.travel(timedelta(seconds=61)):
        assert execute(run.pk) is True


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [0, 1])
def test_execute_input_output_error_is_tried_again_later_then_fails(kind: int) -> None:
    run = enqueue("tests.io", number=kind)
    waits = []
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(2):
            assert execute(run.pk) is True
            run.refresh_from_db()
            assert run.state == "queued"
            waits.append((run.run_after - clock.now()).total_seconds())
            traveller.move_to(run.run_after)
        execute(run.pk)

    run.refresh_from_db()
    assert waits == [20, 40]
    assert (run.state, run.attempts, len(done)) == ("failed", 3, 3)
    assert run.error in ("ConnectionError: no network", "OperationalError: database is locked")


@pytest.mark.django_db
def test_execute_refusal_stops_and_is_not_tried_again() -> None:
    run = enqueue("tests.refused")

    assert execute(run.pk) is True

    run.refresh_from_db()
    assert (run.state, run.error.split(":")[0], run.attempts) == ("refused", "not_found", 1)
    with time_machine.travel(timedelta(hours=1)):
        assert sweep() == 0
    assert done == [1]


@pytest.mark.django_db
def test_execute_defect_is_recorded_and_reported() -> None:
    run = enqueue("tests.defect")

    with pytest.raises(KeyError):
        execute(run.pk)

    run.refresh_from_db()
    assert (run.state, run.error) == ("failed", "KeyError: 'oops'")


@pytest.mark.django_db
def test_sweep_finds_a_lost_job_but_not_a_fresh_one() -> None:
    enqueue("tests.add", number=1)  # the test's transaction never commits: the job is lost

    assert sweep() == 0
    with time_machine.travel(timedelta(seconds=31)):
        assert sweep() == 1
    assert done == [1]


@pytest.mark.django_db
def test_sweep_takes_back_a_stalled_run_but_not_one_that_reports_progress() -> None:
    stalled, alive = enqueue("tests.add", number=1), enqueue("tests.add", number=2)
    JobRun.objects.update(state="running", claimed_at=clock.now(), attempts=1)

    with time_machine.travel(timedelta(minutes=14)):
        report_progress(alive.public_id, done=3, total=9)
    with time_machine.travel(timedelta(minutes=16)):
        sweep()

    stalled.refresh_from_db()
    alive.refresh_from_db()
    assert (stalled.state, stalled.attempts) == ("done", 2)
    assert (alive.state, alive.progress_done, alive.progress_total) == ("running", 3, 9)


@pytest.mark.django_db(transaction=True)
def test_thread_backend_does_the_work_beside_the_caller(settings: Settings) -> None:
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("another thread cannot see an in-memory database")
    settings.QUEUE = "thread"

    run = enqueue("tests.add", number=5)
    queue.wait_for_threads()

    run.refresh_from_db()
    assert (done, run.state) == ([5], "done")


def test_sweepers_are_listed_by_name() -> None:
    names = [sweeper.name for sweeper in queue.sweepers()]

    assert names == sorted(names)
    assert "notices.deliver_due" in names
