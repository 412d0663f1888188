"""Evaluate: what a checkpoint is worth on held-out problems, beside the champion, majority voting and knowing nothing.

Gate decides promotions; test is reported and decides nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median_low
from typing import Any

from labelhub.models import Checkpoint, Generation, Job, Problem, Project, Score
from labelhub.queries import eligible, pools
from labelhub.services import generations, jobs, promoting, training
from selector import compare, evaluate
from selector.evaluate import Attempt
from selector.labels import first_mistake, main_ratings
from selector.normalize import normalise
from selector.types import BAD

TRIALS = 100
SPLITS = (Problem.Split.GATE, Problem.Split.TEST)


@dataclass(frozen=True)
class RatedSteps:
    """A labelled held-out solution beside what a checkpoint says of its steps."""

    solution_id: int
    problem_id: int
    ratings: list[int | None]
    step_probs: list[float]

    @property
    def mistake(self) -> int | None:
        return first_mistake(self.ratings)


def start(*, checkpoint: Checkpoint) -> Job:
    """A job that measures a checkpoint which was trained outside a generation."""
    return jobs.create(kind=Job.Kind.EVALUATE, project=checkpoint.project, checkpoint=checkpoint)


def contenders(*, project: Project, challenger: Checkpoint) -> list[Checkpoint]:
    """The checkpoints whose scores the decision needs: the champion, if there is one, and the challenger."""
    champion = Project.objects.select_related("champion").get(pk=project.pk).champion
    return [each for each in (champion, challenger) if each and (each is challenger or each.pk != challenger.pk)]


def judge(*, project: Project, challenger: Checkpoint) -> tuple[dict[str, Any], dict[str, Any]]:
    """The challenger's measures by split, and the decision that gate's paired comparison leads to."""
    project = Project.objects.select_related("champion").get(pk=project.pk)
    champion = project.champion if project.champion_id != challenger.pk else None
    measures = {split.value: measure(checkpoint=challenger, champion=champion, split=split) for split in SPLITS}
    comparison = measures[Problem.Split.GATE]["comparison"]
    return measures, promoting.decide(project=project, challenger=challenger, comparison=comparison)


def conclude(
    *, checkpoint: Checkpoint, generation: Generation | None, measures: dict[str, Any], decision: dict[str, Any]
) -> list[Job]:
    """Write measures and decision down and act on them, inside the job's finishing transaction.

    Only a generation's challenger is promoted by itself; the pool is then scored for the next launch, if none follows.
    """
    if generation is None:
        decision |= {"promoted": False, "sentence": f"Trained by hand: promote it by hand. {decision['sentence']}"}
    Checkpoint.objects.filter(pk=checkpoint.pk).update(
        state=Checkpoint.State.READY, measures=measures, decision=decision
    )
    if decision["promoted"]:
        promoting.promote(checkpoint=checkpoint, by=None, reason=decision["sentence"])
    following = generations.evaluated(generation=generation, decision=decision) if generation else []
    if decision["promoted"] and not following:
        following = [promoting.score_ahead(checkpoint=checkpoint)]
    return following


def measure(*, checkpoint: Checkpoint, champion: Checkpoint | None, split: str) -> dict[str, Any]:
    """Best-of-N, first-error F1 and step AUC on one split; a part that can't be told says why under `undefined`."""
    attempts = _attempts(checkpoint, split)
    rated = _rated(checkpoint, split)
    against = _comparison(checkpoint, champion, split, attempts) if champion else {}
    return {
        "best_of_n": _best_of_n(attempts),
        "first_error": _first_error(rated, _threshold(checkpoint)),
        "steps": _steps(rated, checkpoint),
        "champion": champion.number if champion else None,
        "comparison": against,
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


def _best_of_n(attempts: list[Attempt]) -> dict[str, Any]:
    if not attempts:
        return {"undefined": "No problem of this split has two graded solutions."}
    usual = _usual(attempts)
    ns = sorted({usual, *(2**power for power in range(usual.bit_length()))})
    curves = {choice: _chances(attempts, ns, choice).points() for choice in evaluate.CHOICES}
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


def _usual(attempts: list[Attempt]) -> int:
    """Solutions that a problem usually has: some come with a few more."""
    return median_low(Counter(one.problem_id for one in attempts).values())


def _chances(attempts: list[Attempt], ns: list[int], choice: str) -> evaluate.Chances:
    """Exact where there is a closed form: what a problem adds to a comparison is then no single draw's luck.

    Problems of one size at a time: padded to the largest, the small ones would have nothing drawn most of the time,
    and count as no difference between any two checkpoints.
    """
    several, groups = Counter(one.problem_id for one in attempts), defaultdict[int, list[Attempt]](list)
    for one in attempts:
        groups[several[one.problem_id]].append(one)
    tables = map(evaluate.tabulate, groups.values())
    if choice in evaluate.EXACT:
        return evaluate.joined([evaluate.exact(each, ns, choice) for each in tables])
    return evaluate.joined([evaluate.sampled(each, ns, choice, trials=TRIALS) for each in tables])


def _comparison(
    checkpoint: Checkpoint, champion: Checkpoint, split: str, attempts: list[Attempt]
) -> dict[str, dict[str, Any]]:
    """Challenger minus champion by metric, paired on the same problems or labelled solutions."""
    found: dict[str, dict[str, Any]] = {}
    if attempts:
        usual = _usual(attempts)
        ours, theirs = (
            _chances(each, [usual], "best_of_n").by_problem(usual) for each in (attempts, _attempts(champion, split))
        )
        compared = compare.compare_paired(theirs, ours)
        found["best_of_n"] = compared.to_dict() | {"n": compared.problems, "unit": "problems"}
    his_by_solution = {one.solution_id: one for one in _rated(champion, split)}
    mine = [one for one in _rated(checkpoint, split) if one.solution_id in his_by_solution]
    if mine:
        his = [his_by_solution[one.solution_id] for one in mine]
        by_f1 = compare.compare_first_error(
            [one.problem_id for one in mine],
            [one.mistake for one in mine],
            _predicted(his, _threshold(champion)),
            _predicted(mine, _threshold(checkpoint)),
        )
        found |= {"first_error": by_f1.to_dict() | {"n": len(mine), "unit": "solutions"}} if by_f1 else {}
    return found


def _rated(checkpoint: Checkpoint, split: str) -> list[RatedSteps]:
    """The split's labelled solutions that the checkpoint scored step by step."""
    labels = eligible.to_measure(project=checkpoint.project, split=split).select_related("solution")
    agreed = training.consensus(list(labels.order_by("solution_id", "pk")))
    scores = dict(
        Score.objects.filter(checkpoint=checkpoint, solution__in=[label.solution_id for label in agreed]).values_list(
            "solution_id", "step_probs"
        )
    )
    return [
        RatedSteps(label.solution_id, label.solution.problem_id, main_ratings(label.steps), probs)
        for label in agreed
        if (probs := scores.get(label.solution_id))
    ]


def _first_error(rated: list[RatedSteps], threshold: float) -> dict[str, Any]:
    if not rated:
        return {"undefined": "No solution of this split has a label."}
    found = evaluate.first_error(_predicted(rated, threshold), [one.mistake for one in rated])
    if found["f1"] is None:
        found["undefined"] = "The labelled solutions are all with a mistake, or all without one."
    return found | {"n": len(rated), "threshold": threshold}


def _steps(rated: list[RatedSteps], checkpoint: Checkpoint) -> dict[str, Any]:
    """AUC of P(correct) over rated steps, beside the baseline that knows a step's position only."""
    rates = evaluate.position_rates(_seen_ratings(checkpoint))
    rows = [
        (one.problem_id, rating != BAD, p, baseline)
        for one in rated
        for rating, p, baseline in zip(
            one.ratings, one.step_probs, evaluate.position_only(rates, len(one.step_probs)), strict=False
        )
        if rating is not None
    ]
    if not rows:
        return {"undefined": "No step of this split is rated."}
    problems, correct, probs, baseline = map(list, zip(*rows, strict=True))
    gain = compare.auc_gain(problems, correct, probs, baseline)
    return {
        "auc": evaluate.auc(correct, probs),
        "position_only": evaluate.auc(correct, baseline),
        "gain": gain.to_dict() if gain else None,
        "n": len(rows),
        "calibration": evaluate.calibration(probs, correct),
    } | ({} if gain else {"undefined": "The rated steps are all right, or all wrong."})


def _seen_ratings(checkpoint: Checkpoint) -> Iterable[list[int | None]]:
    steps = eligible.seen_by(checkpoint=checkpoint).values_list("steps", flat=True)
    return (main_ratings(each) for each in steps.iterator(chunk_size=1000))


def _predicted(rated: list[RatedSteps], threshold: float) -> list[int | None]:
    return [evaluate.predicted_first_error(one.step_probs, threshold) for one in rated]


def _threshold(checkpoint: Checkpoint) -> float:
    return float(checkpoint.config["threshold"])
