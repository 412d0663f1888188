"""Which labels an export holds, and in which order they leave."""

from django.db.models import Case, Q, QuerySet, Value, When

from labelhub.errors import Absent
from labelhub.models import Label, Problem, Project
from labelhub.queries import eligible

VIEWS = ("all", "train")


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
