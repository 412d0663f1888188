"""`python -m selector score`: what a checkpoint says of each solution."""

import argparse
import math
from itertools import islice

from selector import cli
from selector.cli import Row
from selector.commands import corpus
from selector.types import Scored

BLOCK = 2000  # solutions read at a time: enough to fill batches of like length, little to hold


def arguments(parser: argparse.ArgumentParser) -> None:
    corpus.arguments(parser, "the solutions to score")
    parser.add_argument("--checkpoint", required=True, metavar="DIR", help="what `train` wrote")


def run(options: argparse.Namespace) -> None:
    from selector import prm

    try:
        model = prm.load(options.checkpoint)
    except prm.BadCheckpoint as error:
        raise cli.CommandError(str(error)) from error
    rows = corpus.read(options)
    done = 0
    while block := list(islice(rows, BLOCK)):
        scored = model.score([(one.problem, one.solution.steps) for one in block])
        cli.write_rows(one.row | _words(found) for one, found in zip(block, scored, strict=True))
        done += len(block)
        cli.say(f"Solutions scored: {done}.")


def _words(scored: Scored) -> Row:
    """JSON has no infinity: a score of zero has the logarithm "-inf", as `select` reads it."""
    log_score = scored.log_score
    return {
        "step_probs": None if scored.step_probs is None else list(scored.step_probs),
        "score": None if log_score is None else math.exp(log_score),
        "log_score": "-inf" if log_score == -math.inf else log_score,
    } | ({"too_long": True} if scored.too_long else {})


COMMAND = cli.Command(
    name="score",
    does='Scores solutions: each row comes back with "step_probs", "score" and "log_score".',
    needs="A checkpoint, the solutions and their problems. A solution too long for the model has nulls, and says so.",
    example="python -m selector score solutions.jsonl --problems problems.jsonl --checkpoint checkpoint > scored.jsonl",
    arguments=arguments,
    run=run,
)
