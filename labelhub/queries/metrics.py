"""The product's own gauges for Prometheus: counted when it asks, each by one query that an index answers."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import Error
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from labelhub.models import Assignment, BatchItem, Job, Label
from labelhub.queries import jobs
from labelhub.queries.loop import workers

RECENTLY = timedelta(hours=1)  # all labels ever would be a walk through the largest table at every scrape
WATCHED = (Job.State.QUEUED, Job.State.RUNNING)


class Gauges(Collector):
    """What an operator sets alarms on."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """While the database doesn't answer, only that: the process's own metrics still tell that it is up."""
        try:
            told = [_open_items(), _live_leases(), _labels(), _jobs(), _silence(), _worker()]
        except Error:
            told = []
        yield GaugeMetricFamily("labelhub_database_answers", "1 while the database answers.", value=bool(told))
        yield from told


REGISTRY = CollectorRegistry()
REGISTRY.register(Gauges())


def text() -> bytes:
    """Prometheus' text of the gauges."""
    return generate_latest(REGISTRY)


def _open_items() -> GaugeMetricFamily:
    count = BatchItem.objects.filter(state=BatchItem.State.OPEN).count()
    return GaugeMetricFamily("labelhub_open_items", "Items that wait for a labeler.", value=count)


def _live_leases() -> GaugeMetricFamily:
    live = Assignment.objects.filter(state=Assignment.State.LEASED, expires_at__gte=timezone.now())
    return GaugeMetricFamily("labelhub_live_leases", "Assignments that a labeler has now.", value=live.count())


def _labels() -> GaugeMetricFamily:
    recent = Label.objects.filter(submitted_at__gte=timezone.now() - RECENTLY)
    counted = dict(recent.order_by().values_list("source").annotate(n=Count("pk")))
    return _by("labelhub_labels_last_hour", "Labels of the last hour.", "source", Label.Source.values, counted)


def _jobs() -> GaugeMetricFamily:
    watched = Job.objects.filter(state__in=WATCHED).order_by().values_list("state")
    counted = dict(watched.annotate(n=Count("pk"))) | {Job.State.FAILED.value: jobs.failed_for_someone().count()}
    told = "Jobs that wait for a worker, that one is at, or that failed and wait for a person."
    return _by("labelhub_jobs", told, "state", [*WATCHED, Job.State.FAILED], counted)


def _silence() -> GaugeMetricFamily:
    quietest = jobs.beating().aggregate(at=Min("heartbeat_at"))["at"]
    seconds = (timezone.now() - quietest).total_seconds() if quietest else 0.0
    told = "Since the quietest queued or running job was heard of; it stays under a minute while the sweep runs."
    return GaugeMetricFamily("labelhub_job_silence_seconds", told, value=seconds)


def _worker() -> GaugeMetricFamily:
    return GaugeMetricFamily("labelhub_worker_answers", "1 while a worker answers.", value=workers.ask().alive)


def _by(name: str, told: str, label: str, values: list[str], counted: dict[str, int]) -> GaugeMetricFamily:
    """One sample for each value, its zero included: an alarm on what is absent never rings."""
    gauge = GaugeMetricFamily(name, told, labels=[label])
    for value in values:
        gauge.add_metric([str(value)], counted.get(value, 0))
    return gauge
