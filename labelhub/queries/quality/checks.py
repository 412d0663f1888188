"""Running checks: how often each was shown, and which a labeler has not met."""

from django.db.models import Count, Exists, OuterRef, Q

from labelhub.models import Assignment, BatchItem, Generation, Gold, Labeler, Problem, Project
from labelhub.queries.quality import gold as golds

SHOWN = Q(
    solution__items__stratum=BatchItem.Stratum.CHECK,
    solution__items__assignments__state=Assignment.State.SUBMITTED,
)


def exposures(project: Project) -> list[tuple[Gold, int]]:
    """The gold labels for checks that are in use, each with how many passes over it there are."""
    found = golds.in_use(project, Gold.Purpose.CHECK).annotate(
        shown=Count("solution__items__assignments", filter=SHOWN)
    )
    return [(gold, gold.shown) for gold in found.select_related("solution").order_by("pk")]


def without_answer(project: Project) -> int:
    """Checks in use of problems without a ground-truth answer, where other problems of the project have one."""
    others = Problem.objects.filter(project=project, ground_truth_answer__isnull=False)
    if not others.exclude(solutions__gold__purpose=Gold.Purpose.CHECK).exists():
        return 0
    return golds.in_use(project, Gold.Purpose.CHECK).filter(solution__problem__ground_truth_answer=None).count()


def left(project: Project, labeler: Labeler) -> list[int]:
    """Items of the generation in labeling that are checks which the labeler never had in front of them."""
    had = Assignment.objects.filter(labeler=labeler, item__solution=OuterRef("solution"))
    untouched = had.exclude(item=OuterRef("pk"), state__in=[Assignment.State.LAPSED, Assignment.State.RELEASED])
    items = BatchItem.objects.filter(
        generation__project=project,
        generation__state=Generation.State.LABELING,
        state=BatchItem.State.STANDING,
        solution__gold__retired_at=None,
        solution__problem__retired_at=None,
    )
    return list(items.filter(~Exists(untouched)).values_list("pk", flat=True))
