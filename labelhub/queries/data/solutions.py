"""One solution as its page shows it, in a bounded number of queries however much is known of it."""

from typing import Any

from django.db.models import F, Q, QuerySet

from labelhub.models import BatchItem, Checkpoint, Label, Project, Score, Solution
from labelhub.queries.loop.eligible import HELD_BACK
from labelhub.queries.loop.measuring import threshold
from labelhub.queries.quality import review
from selector.labels.steps import main_ratings

MOST_CHECKPOINTS = 20  # whose scores are told, the newest first
MOST_LABELS = 100  # revisions, the newest first


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


def tell(*, project: Project, pk: int) -> dict[str, Any] | None:
    """Its problem, grade, scores by checkpoint, labels with their revisions, rulings, picks and alternatives.

    Eight queries; None where the project has no such solution.
    """
    found = of_project(project, pk)
    if found is None:
        return None
    labels = list(labels_over(found)[: MOST_LABELS + 1])
    return {
        "solution": found,
        "problem": found.problem,
        "problem_key": found.problem.keys.order_by("pk").values_list("key", flat=True).first(),
        "model": _model(found),
        "gold": getattr(found, "gold", None),
        **review.same_answer(found),
        "scores": [_score(each, project) for each in scores_of(found)[:MOST_CHECKPOINTS]],
        "labels": [_label(each) for each in labels[:MOST_LABELS]],
        "more_labels": len(labels) > MOST_LABELS,
        "rulings": list(review.rulings_on(found)),
        "picks": list(picks_of(found)),
        "alternatives": list(found.alternatives.order_by("step", "pk")),
    }


def _model(solution: Solution) -> str | None:
    name = solution.meta.get("generator")
    return name if isinstance(name, str) else None


def _score(score: Score, project: Project) -> dict[str, Any]:
    return {
        "checkpoint": score.checkpoint.number,
        "kind": score.checkpoint.kind,
        "champion": score.checkpoint_id == project.champion_id,
        "step_probs": score.step_probs,
        "threshold": None if score.checkpoint.kind == Checkpoint.Kind.ORM else threshold(score.checkpoint),
        "log_score": score.log_score,
        "uncertainty": score.uncertainty,
    }


def _label(label: Any) -> dict[str, Any]:
    item = label.assignment.item if label.assignment else None
    last = label.steps[-1]["completions"] if label.steps else None
    names = ("source", "revision", "current", "finish_reason", "reason", "total_time", "submitted_at", "username")
    flags = ("is_quality_control_question", "is_initial_screening_question", "held_back")
    return {name: getattr(label, name) for name in names + flags} | {
        "id": label.pk,
        "labeler": label.labeler_id,
        "generation": item.generation.number if item else label.source_generation,
        "ratings": main_ratings(label.steps),
        "flagged": [i for i, step in enumerate(label.steps) if any(c["flagged"] for c in step["completions"] or ())],
        "alternatives": (last or [])[1:],
        "comment": getattr(label, "comment", None),
    }
