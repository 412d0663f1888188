"""Where long work stands, and how long it may still take."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from labelhub.models import Generation, Job, Project
from labelhub.queries.rows import from_row

CUT = (Job.Kind.SCORE, Job.Kind.EVALUATE)  # kinds that are cut into shards


@dataclass(frozen=True)
class JobRow:
    id: int
    kind: Annotated[str, Job.LISTED]
    state: Annotated[str, Job.State]
    done: int
    total: Annotated[int, "0 while it isn't known."]
    rate: Annotated[float | None, "Done per second, while it runs."]
    seconds_left: float | None
    message: Annotated[str, "What it is doing, or the sentence why it failed."]
    attempt: int


def tell(job: Job, now: datetime | None = None) -> JobRow:
    """The job with its rate (done per second) and the seconds left, null while they can't be told.

    Of one that is cut into shards all three are theirs together.
    """
    done, total = progress(job)
    rate = _rate(job, done, now or timezone.now())
    left = (total - done) / rate if rate and total else None
    return from_row(JobRow, job, done=done, total=total, rate=rate, seconds_left=left)


def progress(job: Job) -> tuple[int, int]:
    """The units of work done, and all there are; for a job that is cut into shards, the sums over its shards."""
    if job.kind not in CUT or job.state not in Job.LIVE:
        return job.done, job.total
    summed = shards_of(job).aggregate(done=Sum("done"), total=Sum("total"))
    return (summed["done"], summed["total"]) if summed["total"] else (job.done, job.total)


def shards_of(job: Job) -> QuerySet[Job]:
    """The shards that a job is cut into, until it ends."""
    return Job.with_shards.filter(parent=job.pk)


def beating() -> QuerySet[Job]:
    """Jobs that somebody has to be heard of: shards too, but no job whose shards are still at it."""
    its_own = Job.with_shards.filter(parent=OuterRef("pk"), state__in=Job.LIVE)
    return Job.with_shards.filter(~Exists(its_own), state__in=Job.LIVE, heartbeat_at__isnull=False)


def _rate(job: Job, done: int, now: datetime) -> float | None:
    if job.state != Job.State.RUNNING or not done or job.started_at is None:
        return None
    seconds = (now - job.started_at).total_seconds()
    return done / seconds if seconds > 0 else None


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
