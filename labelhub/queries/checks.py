"""Running checks: how often each was shown, and which a labeler has not met."""

from django.db.models import Count, Exists, OuterRef, Q

from labelhub.models import Assignment, BatchItem, Generation, Gold, Labeler, Project
from labelhub.queries import gold as golds

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
