"""One solution and what is known of it: its scores by checkpoint, its labels by source, its picks."""

from django.db.models import F, Q, QuerySet

from labelhub.models import BatchItem, Label, Project, Score, Solution
from labelhub.queries.loop.eligible import HELD_BACK


def of_project(project: Project, pk: int) -> Solution | None:
    """With its problem and its gold label."""
    return Solution.objects.filter(problem__project=project, pk=pk).select_related("problem", "gold").first()


def scores_of(solution: Solution) -> QuerySet[Score]:
    """By checkpoint, the newest first."""
    return solution.scores.select_related("checkpoint").order_by("-checkpoint__number")


def labels_over(solution: Solution) -> QuerySet[Label]:
    """Every revision of every label, the newest first: who made it, where, and whether it is held back."""
    labels: QuerySet[Label] = Label.objects.filter(solution=solution).annotate(
        current=Q(successor__isnull=True), held_back=HELD_BACK, username=F("labeler__user__username")
    )
    return labels.select_related("assignment__item__generation", "comment").order_by("-submitted_at", "-pk")


def picks_of(solution: Solution) -> QuerySet[BatchItem]:
    """The generations that picked it, the newest first."""
    numbered = solution.items.annotate(generation_number=F("generation__number"))
    return numbered.order_by("-generation_number")
