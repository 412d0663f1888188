"""`python -m selector evaluate`: what the scores of solutions are worth."""

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from selector.commands import cli
from selector.commands.cli import CommandError, Row
from selector.evaluation.first_error import Source, Threshold
from selector.evaluation.judged import KNOWN, Collected, overlap
from selector.prm.aggregate import AGGREGATES
from selector.prm.config import MARGIN, THRESHOLD

# What each metric reads of what is known of a solution; a fault elsewhere is not its to find.
READ_BY = {
    "best_of_n": ("answer", "is_correct"),
    "first_error": ("step_labels", "first_error"),
    "calibration": ("is_correct", "step_labels", "first_error"),
}
TELL_EVERY = 5.0  # seconds between two lines of progress


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "scored",
        nargs="+",
        metavar="SCORED.jsonl",
        help="what `score` wrote, or OpenAI's scored samples; - for standard input; several files: one model each",
    )
    parser.add_argument("--strict", action="store_true", help="stop at the first bad line instead of skipping it")
    parser.add_argument("--metric", choices=METRICS, help="what to tell (default with --report: all that can be told)")
    parser.add_argument("--report", type=Path, metavar="DIR", help="write evaluation.md with its plots there, too")
    parser.add_argument(
        "--scores", metavar="FILE", help='JSON Lines with "solution_id" and "prm_step_scores": {model: [P(correct)]}'
    )
    parser.add_argument("--aggregate", choices=AGGREGATES, help="score anew from steps (default: as told, or product)")
    parser.add_argument(
        "--neutral-as", choices=("positive", "negative"), default="positive", help="in OpenAI's rating_probs"
    )
    parser.add_argument("--ns", type=_numbers, metavar="N,N,...", help="numbers of attempts (default: powers of two)")
    parser.add_argument("--trials", type=cli.count, default=400, help="draws for each N of best_of_n (default: 400)")
    parser.add_argument(
        "--threshold",
        type=float,
        help=f"a step below it is a mistake (default: the checkpoint's own, which `score` writes; else {THRESHOLD})",
    )
    parser.add_argument(
        "--tune", metavar="OTHERS.jsonl", help="tune each model's threshold on these solutions, of other problems"
    )
    parser.add_argument("--champion", metavar="MODEL", help="compare every other model with this one, paired")
    parser.add_argument(
        "--margin", type=float, default=MARGIN, help=f"what may be lost to it at most (default: {MARGIN})"
    )
    parser.add_argument("--seed", type=int, default=0, help="decides draws and ties (default: 0)")


def run(options: argparse.Namespace) -> None:
    if options.threshold is not None and options.tune:
        raise CommandError("Give --threshold or --tune, not both.")
    if not options.metric and not options.report:
        raise CommandError("Say what to tell by --metric, or where to write everything by --report.")
    if options.margin < 0:
        raise CommandError("A margin is at least 0.")
    if options.report:
        with cli.importing_studies():  # what is missing is told before the work
            from studies import evaluation, page
    found = _collect(options.scored, options, keep_steps=options.metric != "best_of_n")
    _check_champion(found, options)
    rows = _told(_measured(found, options))
    if options.report:
        evaluation.write(options.report, rows, page.command())
        cli.say(f"Report: {options.report / evaluation.NAME}")


def _told(rows: Iterable[Row]) -> list[Row]:
    """The rows, each also written as soon as it is there."""
    kept = []
    for row in rows:
        cli.write_rows([row])
        kept.append(row)
    return kept


def _collect(paths: list[str], options: argparse.Namespace, *, keep_steps: bool = True) -> Collected:
    found = Collected(options.aggregate, options.neutral_as, keep_steps, READ_BY.get(options.metric, KNOWN))
    if options.scores:
        for _ in cli.read_rows(options.scores, found.add_scores, strict=options.strict):
            pass
    for path in paths:
        model = "scored" if path == "-" else Path(path).stem
        progress = _progress(path)
        for _ in cli.read_rows(path, partial(found.add, model=model), strict=options.strict):
            next(progress)
    found.settle()
    found.scorers = found.scorers or {"scored": None}
    return found


def _progress(path: str) -> Iterator[None]:
    """A line on standard error now and then: nothing for a small file."""
    done, told = 0, time.monotonic()
    while True:
        done += 1
        if time.monotonic() - told > TELL_EVERY:
            cli.say(f"{path}: {done:,} lines read.")
            told = time.monotonic()
        yield


def _check_champion(found: Collected, options: argparse.Namespace) -> None:
    names = [*found.scorers, "majority_vote"]
    if options.champion and options.champion not in names:
        raise CommandError(f"No model is called {options.champion!a}; there are {', '.join(names)}.")


def _measured(found: Collected, options: argparse.Namespace) -> Iterator[Row]:
    for name in [options.metric] if options.metric else METRICS:
        yield from METRICS[name](found, options)


def _best_of_n(found: Collected, options: argparse.Namespace) -> Iterator[Row]:
    from selector.evaluation import measures

    settings = measures.Settings(options.ns, options.trials, options.seed, options.champion, options.margin)
    return measures.best_of_n(found, settings, progress=cli.say)


def _first_error(found: Collected, options: argparse.Namespace) -> Iterator[Row]:
    from selector.evaluation import measures

    if not options.tune:
        thresholds = {model: _threshold(found, model, options) for model in found.scorers}
    else:
        others = _collect([options.tune], options)
        if shared := overlap(found.solutions, others.solutions):
            raise CommandError(
                f"{options.tune} shares {len(shared)} problems with what is judged, "
                f"such as {sorted(shared)[0][:60]!a}: a threshold is tuned on others."
            )
        try:
            thresholds = measures.tuned(others, found.scorers)
        except ValueError as error:
            raise CommandError(str(error)) from error
    settings = measures.Settings(None, options.trials, options.seed, options.champion, options.margin)
    if unknown := len(measures.left_out(found)):
        solutions = "solution" if unknown == 1 else "solutions"
        cli.say(f"Left out of first_error: {unknown:,} rated {solutions} whose first mistake is unknown.")
    return measures.first_error(found, thresholds, settings)


def _threshold(found: Collected, model: str, options: argparse.Namespace) -> Threshold:
    """The option's, else the one that the checkpoint's rows bring along."""
    if options.threshold is not None:
        return Threshold(options.threshold, Source.OPTION)
    brought = found.thresholds.get(model, {(THRESHOLD, False)})
    if len(brought) > 1:
        values = " and ".join(f"{value:.4g}" for value, _ in sorted(brought))
        raise CommandError(
            f"The rows of {model} have the thresholds {values}, so they are of several checkpoints: put each one's "
            "rows into a file of its own, or say --threshold."
        )
    ((value, tuned),) = brought
    return Threshold(value, Source.TRAINING if tuned else Source.UNTUNED)


def _calibration(found: Collected, options: argparse.Namespace) -> Iterator[Row]:
    from selector.evaluation import measures

    return measures.calibration(found, options.seed)


METRICS: dict[str, Callable[[Collected, argparse.Namespace], Iterator[Row]]] = {
    "best_of_n": _best_of_n,
    "first_error": _first_error,
    "calibration": _calibration,
}


def _numbers(words: str) -> list[int]:
    return sorted({cli.count(word) for word in words.split(",")})


COMMAND = cli.Command(
    name="evaluate",
    does="Tells what scores are worth: best-of-N beside voting, first-error F1, calibration; each with its interval.",
    needs="Scored solutions with what is known of them: answer and is_correct for best_of_n, else step_labels.",
    example="python -m selector evaluate scored.jsonl --metric first_error",
    arguments=arguments,
    run=run,
)
