"""`python -m selector evaluate`: what the scores of solutions are worth."""

import argparse
import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from selector import cli
from selector.cli import Row
from selector.formats import BadRow, SolutionRecord, fields, labelhub
from selector.normalize import normalise
from selector.types import BAD

NOWHERE = -1  # the prediction for a solution without scores: it agrees with no first mistake, and not with none


@dataclass(frozen=True, slots=True)
class Judged:
    """A solution as its source knows it, beside what a model said of it."""

    solution: SolutionRecord
    step_probs: list[float] | None
    log_score: float | None


def arguments(parser: argparse.ArgumentParser) -> None:
    cli.add_input(parser, "SCORED", "what `score` wrote")
    parser.add_argument("--metric", choices=METRICS, required=True, help="what to tell")
    parser.add_argument("--threshold", type=float, default=0.5, help="a step below it is a mistake (default: 0.5)")
    parser.add_argument("--trials", type=int, default=400, help="draws for each N of best_of_n (default: 400)")
    parser.add_argument("--seed", type=int, default=0, help="decides draws and ties (default: 0)")


def run(options: argparse.Namespace) -> None:
    rows = [_judged(row) for row in cli.read_rows(options.scored, _judged, strict=options.strict)]
    cli.write_rows(METRICS[options.metric](rows, options))


def _best_of_n(rows: list[Judged], options: argparse.Namespace) -> Iterable[Row]:
    from selector import evaluate

    attempts = [
        evaluate.Attempt(
            str(one.solution.problem_id),
            str(one.solution.solution_id),
            one.log_score,
            None if one.solution.answer is None else normalise(one.solution.answer),
            one.solution.is_correct is True,
        )
        for one in rows
    ]
    most = max(Counter(one.problem_id for one in attempts).values(), default=0)
    ns = sorted({most, *(2**power for power in range(most.bit_length()) if 2**power < most)} - {0})
    curves = {
        choice: evaluate.curve(attempts, ns, choice, trials=options.trials, seed=options.seed)
        for choice in evaluate.CHOICES
    }
    for points in zip(*curves.values(), strict=True):
        means = {
            choice: {"mean": point["mean"], "sd": point["sd"]} for choice, point in zip(curves, points, strict=True)
        }
        yield {"n": points[0]["n"], **means, "problems": points[0]["problems"], "trials": options.trials}


def _first_error(rows: list[Judged], options: argparse.Namespace) -> Iterable[Row]:
    from selector import evaluate

    known = [one for one in rows if _is_finished(one.solution)]
    predicted = [
        NOWHERE if one.step_probs is None else evaluate.predicted_first_error(one.step_probs, options.threshold)
        for one in known
    ]
    yield evaluate.first_error(predicted, [one.solution.first_error for one in known]) | {
        "threshold": options.threshold
    }


def _calibration(rows: list[Judged], options: argparse.Namespace) -> Iterable[Row]:
    """Over rated steps: calibration, and AUC beside the position-only baseline, which is fitted to these very rows."""
    from selector import compare, evaluate

    rates = evaluate.position_rates(one.solution.step_labels or () for one in rows)
    steps = [
        (one.solution.problem_id or "", rating != BAD, p, baseline)
        for one in rows
        for rating, p, baseline in zip(
            one.solution.step_labels or (),
            one.step_probs or (),
            evaluate.position_only(rates, len(one.solution.steps)),
            strict=False,
        )
        if rating is not None
    ]
    problems, correct, probs, baseline = zip(*steps, strict=True) if steps else ((), (), (), ())
    gain = compare.auc_gain(problems, correct, probs, baseline, seed=options.seed) if steps else None
    yield {
        **evaluate.calibration(probs, correct),
        "auc": evaluate.auc(correct, probs) if steps else None,
        "position_only_auc": evaluate.auc(correct, baseline) if steps else None,
        "auc_gain": gain.to_dict() if gain else None,
    }


METRICS: dict[str, Callable[[list[Judged], argparse.Namespace], Iterable[Row]]] = {
    "best_of_n": _best_of_n,
    "first_error": _first_error,
    "calibration": _calibration,
}


def _is_finished(solution: SolutionRecord) -> bool:
    """Whether the source rated all up to the first mistake, or everything."""
    labels = solution.step_labels
    return labels is not None and (BAD in labels or len(labels) == len(solution.steps))


def _judged(row: Row) -> Judged:
    solution = labelhub.parse_solution(row)
    return Judged(solution, _step_probs(row, len(solution.steps)), _log_score(row))


def _step_probs(row: Row, steps: int) -> list[float] | None:
    if (value := row.get("step_probs")) is None:
        return None
    probs = [fields.number(p, "step_probs") for p in fields.sequence(value, "step_probs")]
    if len(probs) != steps or not all(0 <= p <= 1 for p in probs):
        raise BadRow("step_probs is not one probability for each step.")
    return probs


def _log_score(row: Row) -> float | None:
    """`log_score`, or any `score` that ranks: choosing the best asks for no more."""
    name = "log_score" if "log_score" in row else "score"
    value = row.get(name)
    if value is None or value == "-inf":
        return None if value is None else -math.inf
    return fields.number(value, name)


COMMAND = cli.Command(
    name="evaluate",
    does="Tells what scores are worth: best-of-N beside majority voting, first-error F1, or calibration.",
    needs="Scored solutions with what is known of them: answer and is_correct for best_of_n, else step_labels.",
    example="python -m selector evaluate scored.jsonl --metric first_error",
    arguments=arguments,
    run=run,
)
