"""Backend `procrastinate`: the run is deferred in PostgreSQL and executed by `manage.py worker`."""

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from core.queue import execute

QUEUE_NAME = "choukao"


@app.task(name="core.execute", queue=QUEUE_NAME)
def execute_run(run_id: int) -> None:
    execute(run_id)


def defer(run_id: int) -> None:
    """Hands the run to procrastinate; the row claim in `execute` keeps a double delivery harmless."""
    execute_run.defer(run_id=run_id)


def run_worker() -> None:
    """Works off the queue until the process ends. A copy of the app: the original keeps deferring through Django."""
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    app.with_connector(connector.get_worker_connector()).run_worker(
        queues=[QUEUE_NAME],
        concurrency=2,
        install_signal_handlers=False,
    )
