"""Where long work stands, and how long it may still take."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from labelhub.models import Generation, Job, Project


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
    """The project's failed jobs that a person may retry, newest first."""
    return failed_for_someone().filter(project=project).order_by("-pk")


def failed_for_someone() -> QuerySet[Job]:
    """Failed jobs that a person may retry, of all projects.

    What an ended generation left behind waits for nobody, nor what was done since by another job: of its kind, and
    for an import or export of a file by that name.
    """
    same_file = Q(params__filename=OuterRef("params__filename"))
    done_since = Job.objects.filter(
        ~Q(kind__in=[Job.Kind.IMPORT, Job.Kind.EXPORT]) | same_file,
        project=OuterRef("project"),
        kind=OuterRef("kind"),
        pk__gt=OuterRef("pk"),
        generation__isnull=True,
        state=Job.State.DONE,
    )
    failed = Job.objects.filter(state=Job.State.FAILED)
    outside = Q(generation__isnull=True) & ~Exists(done_since)
    return failed.filter(outside | Q(generation__state__in=Generation.ACTIVE))


def imports_of(project: Project) -> QuerySet[Job]:
    """The project's imports, newest first."""
    return Job.objects.filter(project=project, kind=Job.Kind.IMPORT).order_by("-pk")


def tell_import(job: Job) -> dict[str, Any]:
    """An import as its report: what was asked, how far it is, what became of the lines."""
    nothing: dict[str, Any] = {"created": {}, "skipped": 0, "rejected": 0, "rejections": [], "more": 0}
    # An import of an older version counted no merged lines, so what it says doesn't add up to a total.
    nothing |= dict.fromkeys(("lines", "created_lines", "merged"), None if job.result else 0) | {"unread": {}}
    asked = {name: job.params.get(name) for name in ("filename", "format", "split")}
    result: dict[str, Any] = {"reasons": [], "notes": [], **job.result}
    kept = {"rejected_kept": _rejected_kept(job), "created_at": job.created_at}
    return tell(job) | asked | nothing | result | kept


def _rejected_kept(job: Job) -> bool:
    """Whether the rejected lines can still be fetched."""
    if job.state != Job.State.DONE or not job.result.get("aside") or job.finished_at is None:
        return False
    days = settings.FILES_KEPT_DAYS
    return not days or timezone.now() - job.finished_at < timedelta(days=days)
