"""The threshold of a first mistake of a model that was not trained here, tuned on training labels; gate tunes nothing.

No folds are needed: such a model learned from none of the project's labels. One that was trained elsewhere on them is
left untuned.
"""

from django.db.models import QuerySet

from labelhub.models import Checkpoint, Score, Solution
from labelhub.queries.loop import eligible
from labelhub.queries.loop.measuring import RatedSteps, telling
from selector.evaluation.first_error import LEAST_TO_TUNE, tuned_threshold
from selector.labels.steps import main_ratings


def wants_tuning(checkpoint: Checkpoint) -> bool:
    """Whether its threshold is still the default: neither published nor tuned."""
    return checkpoint.source != Checkpoint.Source.TRAINED and not (
        checkpoint.report.get("threshold") or (checkpoint.report.get("tuning") or {}).get("tuned")
    )


def to_tune_on(checkpoint: Checkpoint) -> QuerySet[Solution]:
    """The training solutions that have an eligible label."""
    labels = eligible.to_train(project=checkpoint.project)
    return Solution.objects.filter(pk__in=labels.values("solution"))


def tune(*, checkpoint: Checkpoint) -> None:
    """Tune it by first-error F1 on the labelled training solutions that it scored; too few of them leave it untuned."""
    labels = eligible.to_train(project=checkpoint.project).select_related("solution")
    agreed = eligible.consensus(list(labels.order_by("solution_id", "pk")))
    scores = Score.objects.filter(checkpoint=checkpoint, solution__in=[label.solution_id for label in agreed])
    probs = dict(scores.values_list("solution_id", "step_probs"))
    rated = [
        RatedSteps(one.pk, one.problem_id, len(one.steps), main_ratings(label.steps), judged)
        for label in agreed
        if (judged := probs.get((one := label.solution).pk))
    ]
    known, mistakes = telling(rated)
    with_mistake = sum(mistake is not None for mistake in mistakes)
    counts = {"with_mistake": with_mistake, "without_mistake": len(mistakes) - with_mistake}
    tuned = min(counts.values()) >= LEAST_TO_TUNE
    if tuned:
        checkpoint.config["threshold"] = tuned_threshold([one.step_probs for one in known], mistakes)
    checkpoint.report["tuning"] = {"tuned": tuned, "folds": 0, "least": LEAST_TO_TUNE} | counts
    Checkpoint.objects.filter(pk=checkpoint.pk).update(config=checkpoint.config, report=checkpoint.report)
