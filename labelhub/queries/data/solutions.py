"""One solution as its page shows it, in a bounded number of queries however much is known of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from django.db.models import Q, QuerySet

from labelhub.models import BatchItem, Checkpoint, Gold, Label, Project, Score, Solution
from labelhub.queries.loop.eligible import HELD_BACK
from labelhub.queries.loop.measuring import threshold
from labelhub.queries.quality import review
from labelhub.queries.rows import from_row

MOST_CHECKPOINTS = 20  # whose scores are told, the newest first
MOST_LABELS = 100  # revisions, the newest first


@dataclass(frozen=True)
class KnownScore:
    checkpoint: int
    kind: Annotated[str, Checkpoint.Kind]
    champion: bool
    step_probs: Annotated[list[float] | None, "P(correct) of each step; null where it is too long."]
    threshold: Annotated[
        float | None, "The first step below it is the predicted mistake; null where no step is judged."
    ]
    log_score: float | None
    uncertainty: float | None


@dataclass(frozen=True)
class KnownLabel(review.CaseLabel):
    current: Annotated[bool, "Whether it is the newest revision."]
    is_quality_control_question: bool
    is_initial_screening_question: bool
    held_back: Annotated[bool, "In a quarantine of its labeler's that nobody released."]


@dataclass(frozen=True)
class Pick:
    generation: int
    stratum: str
    rank: int
    inclusion_probability: float | None
    log_score: Annotated[float | None, "At selection."]
    state: Annotated[str, BatchItem.State.values]


@dataclass(frozen=True)
class KnownAlternative:
    id: int
    step: Annotated[int, "From 0."]
    text: str
    source: str


@dataclass(frozen=True)
class KnownGold:
    purpose: Annotated[str, Gold.Purpose]
    first_mistakes: list[int]
    retired_at: datetime | None


@dataclass(frozen=True)
class KnownSolution(review.CaseSolution):
    created_at: datetime


@dataclass(frozen=True)
class SolutionRow:
    """All that is known of one solution."""

    problem: review.CaseProblem
    problem_key: str | None
    solution: KnownSolution
    model: str | None
    gold: KnownGold | None
    solutions: Annotated[int, "Of the problem."]
    same_answer: Annotated[int, "Of them, those that end in the same answer."]
    scores: Annotated[list[KnownScore], "The newest twenty checkpoints'."]
    labels: Annotated[list[KnownLabel], "Every revision, the newest first."]
    more_labels: Annotated[bool, "There are more than the newest hundred."]
    rulings: list[review.RulingRow]
    picks: list[Pick]
    alternatives: list[KnownAlternative]


def of_project(project: Project, pk: int) -> Solution | None:
    """With its problem and its gold label."""
    return Solution.objects.filter(problem__project=project, pk=pk).select_related("problem", "gold").first()


def scores_of(solution: Solution) -> QuerySet[Score]:
    """By checkpoint, the newest first."""
    return solution.scores.select_related("checkpoint").order_by("-checkpoint__number")


def labels_over(solution: Solution) -> QuerySet[Label]:
    """Every revision of every label, the newest first: who made it, where, and whether it is held back."""
    labels: QuerySet[Label] = Label.objects.filter(solution=solution).annotate(
        current=Q(successor__isnull=True), held_back=HELD_BACK
    )
    return labels.select_related("assignment__item__generation", "comment", "labeler__user").order_by(
        "-submitted_at", "-pk"
    )


def tell(*, project: Project, pk: int) -> SolutionRow | None:
    """Its problem, grade, scores by checkpoint, labels with their revisions, rulings, picks and alternatives.

    Eight queries; None where the project has no such solution.
    """
    found = of_project(project, pk)
    if found is None:
        return None
    labels = list(labels_over(found)[: MOST_LABELS + 1])
    picks = found.items.select_related("generation").order_by("-generation__number")
    return SolutionRow(
        problem=from_row(review.CaseProblem, found.problem),
        problem_key=found.problem.keys.order_by("pk").values_list("key", flat=True).first(),
        solution=from_row(KnownSolution, found),
        model=_model(found),
        gold=from_row(KnownGold, found.gold) if hasattr(found, "gold") else None,
        **review.same_answer(found),
        scores=[_score(each, project) for each in scores_of(found)[:MOST_CHECKPOINTS]],
        labels=[review.label_row(KnownLabel, each) for each in labels[:MOST_LABELS]],
        more_labels=len(labels) > MOST_LABELS,
        rulings=review.rulings_on(found),
        picks=[from_row(Pick, each, generation=each.generation.number) for each in picks],
        alternatives=[from_row(KnownAlternative, each) for each in found.alternatives.order_by("step", "pk")],
    )


def _model(solution: Solution) -> str | None:
    name = solution.meta.get("generator")
    return name if isinstance(name, str) else None


def _score(score: Score, project: Project) -> KnownScore:
    return from_row(
        KnownScore,
        score,
        checkpoint=score.checkpoint.number,
        kind=score.checkpoint.kind,
        champion=score.checkpoint_id == project.champion_id,
        threshold=None if score.checkpoint.kind == Checkpoint.Kind.ORM else threshold(score.checkpoint),
    )
