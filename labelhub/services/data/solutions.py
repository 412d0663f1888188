"""One solution as its page shows it, in a bounded number of queries however much is known of it."""

from typing import Any

from labelhub.models import Checkpoint, Project, Score, Solution
from labelhub.queries.data import solutions as queries
from labelhub.queries.quality import review
from labelhub.services.loop.measuring import threshold
from selector.labels import main_ratings

MOST_CHECKPOINTS = 20  # whose scores are told, the newest first
MOST_LABELS = 100  # revisions, the newest first


def tell(*, project: Project, pk: int) -> dict[str, Any] | None:
    """Its problem, grade, scores by checkpoint, labels with their revisions, rulings, picks and alternatives.

    Eight queries; None where the project has no such solution.
    """
    found = queries.of_project(project, pk)
    if found is None:
        return None
    labels = list(queries.labels_over(found)[: MOST_LABELS + 1])
    return {
        "solution": found,
        "problem": found.problem,
        "problem_key": found.problem.keys.order_by("pk").values_list("key", flat=True).first(),
        "model": _model(found),
        "gold": getattr(found, "gold", None),
        **review.same_answer(found),
        "scores": [_score(each, project) for each in queries.scores_of(found)[:MOST_CHECKPOINTS]],
        "labels": [_label(each) for each in labels[:MOST_LABELS]],
        "more_labels": len(labels) > MOST_LABELS,
        "rulings": list(review.rulings_on(found)),
        "picks": list(queries.picks_of(found)),
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
