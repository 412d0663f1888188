"""Measure: what one checkpoint is worth on one held-out split, from the scores it gave and the labels there are now."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Any

from labelhub.models import Checkpoint, Score
from labelhub.queries.loop import checkpoints, eligible, pools
from selector.evaluation import best_of_n as choosing
from selector.evaluation import calibration as calibrating
from selector.evaluation import compare
from selector.evaluation import first_error as finding
from selector.evaluation.best_of_n import Attempt
from selector.evaluation.bootstrap import Interval
from selector.grading.normalize import normalise
from selector.labels.steps import UNKNOWN, FirstMistake, first_mistake, main_ratings
from selector.prm.config import THRESHOLD
from selector.types import BAD

TRIALS = 100
NOTHING_KNOWN = "Every label of this split leaves a step unsure: their first mistakes are unknown."


@dataclass(frozen=True)
class RatedSteps:
    """A labelled held-out solution beside what a checkpoint says of its steps."""

    solution_id: int
    problem_id: int
    step_count: int
    ratings: list[int | None]
    step_probs: list[float]

    @property
    def mistake(self) -> FirstMistake:
        return first_mistake(self.ratings, self.step_count)


@dataclass(frozen=True)
class Heard:
    """A checkpoint's part in a split: its scores of all attempts, and of those that people rated."""

    checkpoint: Checkpoint
    attempts: list[Attempt]
    rated: list[RatedSteps]

    @classmethod
    def of(cls, checkpoint: Checkpoint, split: str) -> "Heard":
        return cls(checkpoint, _attempts(checkpoint, split), _rated(checkpoint, split))

    def measures(self) -> dict[str, Any]:
        """Best-of-N, first-error F1 and calibration; a part that can't be told says why under `undefined`."""
        return {
            "best_of_n": best_of_n(self.attempts),
            "first_error": _first_error(self.rated, self.checkpoint),
            "steps": _steps(self.rated, self.checkpoint),
        }


def _attempts(checkpoint: Checkpoint, split: str) -> list[Attempt]:
    """The split's solutions with their scores, of problems with at least two: choosing among one says nothing."""
    solutions = pools.with_scores(
        pools.held_out(project=checkpoint.project, split=split).filter(grade__isnull=False), checkpoint=checkpoint
    )
    rows = list(solutions.values_list("problem_id", "pk", "score_by__log_score", "answer", "grade").order_by("pk"))
    several = Counter(problem for problem, *_ in rows)
    return [
        Attempt(problem, solution, log_score, None if answer is None else normalise(answer), grade == "right")
        for problem, solution, log_score, answer, grade in rows
        if several[problem] > 1
    ]


def _rated(checkpoint: Checkpoint, split: str) -> list[RatedSteps]:
    """The split's labelled solutions that the checkpoint scored step by step."""
    labels = eligible.to_measure(project=checkpoint.project, split=split).select_related("solution")
    agreed = eligible.consensus(list(labels.order_by("solution_id", "pk")))
    scores = dict(
        Score.objects.filter(checkpoint=checkpoint, solution__in=[label.solution_id for label in agreed]).values_list(
            "solution_id", "step_probs"
        )
    )
    return [
        RatedSteps(one.pk, one.problem_id, len(one.steps), main_ratings(label.steps), probs)
        for label in agreed
        if (probs := scores.get((one := label.solution).pk))
    ]


def best_of_n(attempts: list[Attempt]) -> dict[str, Any]:
    if not attempts:
        return {"undefined": "No problem of this split has two graded solutions."}
    usual = usual_number(attempts)
    ns = sorted({usual, *(2**power for power in range(usual.bit_length()))})
    curves = {choice: chances(attempts, ns, choice).points() for choice in choosing.CHOICES}
    at_usual = {choice: rows[-1]["mean"] for choice, rows in curves.items()}
    return {
        "n": usual,
        "problems": curves["best_of_n"][-1]["problems"],
        "accuracy": at_usual["best_of_n"],
        "majority_vote": at_usual["majority_vote"],
        "oracle": at_usual["oracle"],
        "pass_at_1": curves["best_of_n"][0]["mean"],
        "curves": curves,
    }


def usual_number(attempts: list[Attempt]) -> int:
    """Solutions that a problem usually has: some come with a few more."""
    return median_low(Counter(one.problem_id for one in attempts).values())


def chances(attempts: list[Attempt], ns: list[int], choice: str) -> choosing.Chances:
    """Exact where there is a closed form: what a problem adds to a comparison is then no single draw's luck.

    Problems of one size at a time: padded to the largest, the small ones would have nothing drawn most of the time,
    and count as no difference between any two checkpoints.
    """
    several, groups = Counter(one.problem_id for one in attempts), defaultdict[int, list[Attempt]](list)
    for one in attempts:
        groups[several[one.problem_id]].append(one)
    tables = map(choosing.tabulate, groups.values())
    if choice in choosing.EXACT:
        return choosing.joined([choosing.exact(each, ns, choice) for each in tables])
    return choosing.joined([choosing.sampled(each, ns, choice, trials=TRIALS) for each in tables])


def _first_error(rated: list[RatedSteps], checkpoint: Checkpoint) -> dict[str, Any]:
    """Of the solutions whose first mistake is known; `n_unknown` counts the others."""
    known, actual = telling(rated)
    if not known:
        return {"undefined": NOTHING_KNOWN if rated else "No solution of this split has a label."}
    at = threshold(checkpoint)
    guessed = predicted(known, at)
    found = finding.first_error(guessed, actual)
    if found["f1"] is None:
        found["undefined"] = "The labelled solutions are all with a mistake, or all without one."
    intervals = finding.first_error_intervals([one.problem_id for one in known], guessed, actual)
    bounds = {name: span(one) for name, one in intervals.items()}
    counts = {"n": len(known), "n_unknown": len(rated) - len(known)}
    tuned = checkpoints.is_tuned(checkpoint)
    return found | counts | {"threshold": at, "tuned": tuned, "intervals": bounds}


def telling(rated: Sequence[RatedSteps]) -> tuple[list[RatedSteps], list[int | None]]:
    """Those whose first mistake is known, and it: where a labeler was unsure before any Bad, it isn't."""
    known = [(one, mistake) for one in rated if (mistake := one.mistake) is not UNKNOWN]
    return [one for one, _ in known], [mistake for _, mistake in known]


def span(found: Interval | None) -> list[float] | None:
    """A 95% interval as the measures keep it."""
    return [found.low, found.high] if found else None


def _steps(rated: list[RatedSteps], checkpoint: Checkpoint) -> dict[str, Any]:
    """AUC of P(correct) over rated steps, beside the baseline that knows a step's position only."""
    rates = calibrating.position_rates(_seen_ratings(checkpoint))
    rows = [
        (one.problem_id, rating != BAD, p, baseline)
        for one in rated
        for rating, p, baseline in zip(
            one.ratings, one.step_probs, calibrating.position_only(rates, len(one.step_probs)), strict=False
        )
        if rating is not None
    ]
    if not rows:
        return {"undefined": "No step of this split is rated."}
    problems, correct, probs, baseline = map(list, zip(*rows, strict=True))
    gain = compare.auc_gain(problems, correct, probs, baseline)
    return {
        "auc": calibrating.auc(correct, probs),
        "position_only": calibrating.auc(correct, baseline),
        "gain": gain.to_dict() if gain else None,
        "n": len(rows),
        "calibration": calibrating.reliability(problems, probs, correct),
    } | ({} if gain else {"undefined": "The rated steps are all right, or all wrong."})


def _seen_ratings(checkpoint: Checkpoint) -> Iterable[list[int | None]]:
    steps = eligible.seen_by(checkpoint=checkpoint).values_list("steps", flat=True)
    return (main_ratings(each) for each in steps.iterator(chunk_size=1000))


def step_auc(ours: list[RatedSteps], theirs: list[RatedSteps]) -> dict[str, Any] | None:
    """Step AUC of one checkpoint minus another's, paired on the same labelled solutions.

    None where all rated steps are right, or all wrong.
    """
    rows = [
        (one.problem_id, rating != BAD, mine, his)
        for one, other in zip(ours, theirs, strict=True)
        for rating, mine, his in zip(one.ratings, one.step_probs, other.step_probs, strict=False)
        if rating is not None
    ]
    if not rows:
        return None
    problems, correct, mine, his = map(list, zip(*rows, strict=True))
    gain = compare.auc_gain(problems, correct, mine, his)
    return gain.to_dict() | {"n": len(rows), "unit": "steps"} if gain else None


def predicted(rated: list[RatedSteps], at: float) -> list[int | None]:
    return [finding.predicted_first_error(one.step_probs, at) for one in rated]


def threshold(checkpoint: Checkpoint) -> float:
    """P(correct) below which it calls a step a mistake."""
    return float(checkpoint.config.get("threshold", THRESHOLD))
