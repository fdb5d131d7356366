"""Measurements for a monitoring system, in the text format of Prometheus."""

import hmac
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from core import audit, clock, public_log, queue


class _Ledgers(Collector):
    """Read from the database when asked, so that every process of the server gives the same figures."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        backlog = queue.backlog(self._now)
        runs = GaugeMetricFamily("choukao_job_runs", "Background jobs by state", labels=["state"])
        for state, count in backlog.by_state.items():
            runs.add_metric([state], count)
        yield runs
        yield _gauge("job_waiting_seconds", "Age of the oldest job that is due", backlog.waiting_seconds)
        yield _gauge("audit_entries", "Length of the audit chain", audit.head()[0])
        yield _gauge("public_log_leaves", "Size of the public log", public_log.size())


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"choukao_{name}", meaning, value=value)


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures without names, to whoever shows METRICS_TOKEN; without the setting there is no such page."""
    shown = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    if not settings.METRICS_TOKEN or not hmac.compare_digest(shown.encode(), wanted.encode()):
        return HttpResponse("not found\n", status=HTTPStatus.NOT_FOUND, content_type="text/plain")
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Ledgers(clock.now()))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
