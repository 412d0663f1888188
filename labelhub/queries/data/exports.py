"""Which labels an export holds, and in which order they leave; and the files that were made of them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Case, Q, QuerySet, Value, When

from labelhub.errors import Absent
from labelhub.models import Job, Label, Problem, Project
from labelhub.queries.loop import eligible

VIEWS = ("all", "train")
ASKED = ("format", "view", "generation", "checkpoint", "source")  # of a file, as of a stream


def labels(
    *,
    project: Project,
    view: str = "all",
    generation: int | None = None,
    checkpoint: int | None = None,
    source: str | None = None,
    only_good: bool = False,
) -> QuerySet[Label]:
    """The labels with their problems, solutions and batch items, oldest first: the same labels, the same bytes.

    Current revisions, or with a checkpoint's number the very revisions it saw. `generation` is the number a row
    says: this site's, or the one an imported row came with; the view `train` holds what a checkpoint would be trained
    on now. Each says with `held_back` whether it is in a quarantine, and `only_good` leaves those out, but for a
    checkpoint: what it saw, it saw. Raises Absent for an unknown checkpoint.
    """
    found = _revisions(project, checkpoint).filter(solution__problem__project=project)
    if generation is not None:
        imported = Q(assignment__isnull=True, source_generation=generation)
        found = found.filter(imported | Q(assignment__item__generation__number=generation))
    if source is not None:
        found = found.filter(source=source)
    if view == "train":
        found = eligible.trusted(found).filter(solution__problem__split=Problem.Split.TRAIN)
    if only_good and checkpoint is None:
        found = found.filter(~eligible.HELD_BACK)
    around = ("solution__problem", "assignment__item__generation", "comment")
    held_back = Case(When(eligible.HELD_BACK, then=Value(True)), default=Value(False))
    return found.annotate(held_back=held_back).select_related(*around).order_by("submitted_at", "pk")


def _revisions(project: Project, checkpoint: int | None) -> QuerySet[Label]:
    if checkpoint is None:
        current: QuerySet[Label] = Label.objects.current()
        return current
    if seen := project.checkpoints.filter(number=checkpoint).first():
        return seen.labels.all()
    raise Absent(f"The project has no checkpoint {checkpoint}.")


def files_of(project: Project) -> QuerySet[Job]:
    """The project's exports as files, being written or ready, newest first."""
    found = Job.objects.filter(project=project, kind=Job.Kind.EXPORT)
    return found.select_related("project", "created_by").order_by("-pk")


def outdated(now: datetime) -> QuerySet[Job]:
    """Exports of any project whose time is over; none where files are kept until somebody deletes them."""
    ended = Job.objects.filter(kind=Job.Kind.EXPORT, state__in=[Job.State.DONE, Job.State.FAILED])
    if not settings.FILES_KEPT_DAYS:
        return ended.none()
    return ended.filter(finished_at__lt=now - timedelta(days=settings.FILES_KEPT_DAYS))


def kept_until(job: Job) -> datetime | None:
    """When the file is deleted; None where somebody has to."""
    if job.finished_at is None or not settings.FILES_KEPT_DAYS:
        return None
    return job.finished_at + timedelta(days=settings.FILES_KEPT_DAYS)
