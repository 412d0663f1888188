"""Labels that contradict the grade of their solution."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from labelhub.models import Label, Problem, Project, Ruling, Solution
from labelhub.queries.loop.eligible import HELD_BACK, asked_for_training


@dataclass(frozen=True)
class Contradiction:
    label: int
    labeler: UUID
    source: Annotated[str, Label.Source]
    submitted_at: datetime
    generation: int | None
    solution_id: int
    solution: Annotated[str, "Its id in the file it came from."]
    problem: str
    answer: str | None
    ground_truth_answer: str | None
    graded_by: Annotated[str, Solution.GradedBy]


@dataclass(frozen=True)
class ContradictionsPage:
    results: list[Contradiction]
    next: Annotated[int | None, "Give it as `after` for the next page."]


def contradictions(project: Project) -> QuerySet[Label]:
    """Labels that found no mistake in a solution graded wrong, and no ruling since: either may be at fault."""
    labels: QuerySet[Label] = Label.objects.current()
    return (
        unsettled(asked_for_training(of_project(labels, project)))
        .filter(
            ~HELD_BACK,
            finish_reason=Label.FinishReason.SOLUTION,
            solution__grade=Solution.Grade.WRONG,
        )
        .select_related("solution__problem", "assignment__item__generation")
    )


def of_project(labels: QuerySet[Label], project: Project) -> QuerySet[Label]:
    """By a subquery and not a join: SQLite would begin with the project's problems, and pass a million solutions."""
    return labels.filter(Exists(Problem.objects.filter(solutions=OuterRef("solution"), project=project)))


def unsettled(labels: QuerySet[Label]) -> QuerySet[Label]:
    """Those over whose solution no reviewer has ruled since."""
    since = Ruling.objects.filter(solution=OuterRef("solution"), decided_at__gte=OuterRef("submitted_at"))
    return labels.filter(~Exists(since))


def contradictions_page(project: Project, *, after: int, limit: int) -> ContradictionsPage:
    """`limit` contradictions behind label `after`, oldest first, and the label to go on from, if there are more."""
    page = list(contradictions(project).filter(pk__gt=after).order_by("pk")[: limit + 1])
    more = page[limit - 1].pk if len(page) > limit else None
    return ContradictionsPage([_contradiction(label) for label in page[:limit]], more)


def _contradiction(label: Label) -> Contradiction:
    """What a reviewer sees of it in a list."""
    solution = label.solution
    return Contradiction(
        label=label.pk,
        labeler=label.labeler_id,
        source=label.source,
        submitted_at=label.submitted_at,
        generation=label.assignment.item.generation.number if label.assignment else None,
        solution_id=solution.pk,
        solution=solution.key,
        problem=solution.problem.text,
        answer=solution.answer,
        ground_truth_answer=solution.problem.ground_truth_answer,
        graded_by=solution.graded_by,  # type: ignore[arg-type]  # it is graded wrong, so by somebody
    )
