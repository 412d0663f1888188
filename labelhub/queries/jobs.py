"""Where long work stands, and how long it may still take."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from labelhub.models import Job, Project


def tell(job: Job, now: datetime | None = None) -> dict[str, Any]:
    """The job with its rate (done per second) and the seconds left, null while they can't be told."""
    rate = _rate(job, now or timezone.now())
    return {
        "id": job.pk,
        "kind": job.kind,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "rate": rate,
        "seconds_left": (job.total - job.done) / rate if rate and job.total else None,
        "message": job.message,
        "attempt": job.attempt,
    }


def _rate(job: Job, now: datetime) -> float | None:
    if job.state != Job.State.RUNNING or not job.done or job.started_at is None:
        return None
    seconds = (now - job.started_at).total_seconds()
    return job.done / seconds if seconds > 0 else None


def waiting_for_someone(project: Project) -> QuerySet[Job]:
    """Failed jobs that a person may retry, newest first: a generation's own, or the last of its kind outside one.

    What a cancelled generation left behind waits for nobody.
    """
    failed = Job.objects.filter(project=project, state=Job.State.FAILED)
    return failed.exclude(generation__state__in=["cancelled", "closed"]).order_by("-pk")


def imports_of(project: Project) -> QuerySet[Job]:
    """The project's imports, newest first."""
    return Job.objects.filter(project=project, kind=Job.Kind.IMPORT).order_by("-pk")


def tell_import(job: Job) -> dict[str, Any]:
    """An import as its report: what was asked, how far it is, what became of the lines."""
    nothing: dict[str, Any] = {"created": {}, "skipped": 0, "rejected": 0, "rejections": [], "more": 0, "notes": []}
    asked = {name: job.params.get(name) for name in ("filename", "format", "split")}
    result: dict[str, Any] = job.result
    return tell(job) | asked | nothing | result | {"created_at": job.created_at}
