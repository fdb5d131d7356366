"""Backend `procrastinate`: the run is deferred in PostgreSQL and executed by `manage.py worker`."""

from procrastinate import App
from procrastinate.contrib.django import app as django_app

from core.queue import execute

app: App = django_app


@app.task(name="core.execute", queue="choukao")
def execute_run(run_id: int) -> None:
    execute(run_id)


def defer(run_id: int) -> None:
    """Hands the run to procrastinate; the row claim in `execute` keeps a double delivery harmless."""
    execute_run.defer(run_id=run_id)
