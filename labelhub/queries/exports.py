"""Which labels an export holds, and in which order they leave."""

from django.db.models import Q, QuerySet

from labelhub.errors import Absent
from labelhub.models import Label, Problem, Project

VIEWS = ("all", "train")
SCREENING_GENERATION = -1


def labels(
    *,
    project: Project,
    view: str = "all",
    generation: int | None = None,
    checkpoint: int | None = None,
    source: str | None = None,
) -> QuerySet[Label]:
    """The labels with their problems, solutions and batch items, oldest first: the same labels, the same bytes.

    Current revisions, or with a checkpoint's number the very revisions it saw. `generation` is the number a row
    says: this site's, or the one an imported row came with. Raises Absent for an unknown checkpoint.
    """
    found = _revisions(project, checkpoint).filter(solution__problem__project=project)
    if generation is not None:
        imported = Q(assignment__isnull=True, source_generation=generation)
        found = found.filter(imported | Q(assignment__item__generation__number=generation))
    if source is not None:
        found = found.filter(source=source)
    if view == "train":
        found = _trainable(found)
    return found.select_related("solution__problem", "assignment__item__generation").order_by("submitted_at", "pk")


def _revisions(project: Project, checkpoint: int | None) -> QuerySet[Label]:
    if checkpoint is None:
        current: QuerySet[Label] = Label.objects.current()
        return current
    if seen := project.checkpoints.filter(number=checkpoint).first():
        return seen.labels.all()
    raise Absent(f"The project has no checkpoint {checkpoint}.")


def _trainable(found: QuerySet[Label]) -> QuerySet[Label]:
    """Without what never trains: held-out problems, quality control, screening (a flag of its own), half passes."""
    whole = (Label.FinishReason.FOUND_ERROR, Label.FinishReason.SOLUTION)
    kept = found.filter(solution__problem__split=Problem.Split.TRAIN, finish_reason__in=whole)
    kept = kept.filter(is_quality_control_question=False, is_initial_screening_question=False)
    return kept.filter(Q(source_generation__isnull=True) | ~Q(source_generation=SCREENING_GENERATION))
