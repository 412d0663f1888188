"""`python -m selector score`: what a checkpoint, here or served elsewhere, says of each solution."""

import argparse
import math
from itertools import islice
from pathlib import Path

from selector.commands import cli, corpus
from selector.commands.cli import Row
from selector.types import Scored, Scorer

STYLES = (
    "tokens",
    "qwen",
    "math_shepherd",
    "rlhflow",
    "skywork",
)  # those of selector/prm/styles, which is slow to import
THRESHOLD = ("threshold", "threshold_tuned")  # the fields that `evaluate` reads the checkpoint's threshold from
BLOCK = 512  # solutions read at a time: many share a problem, and progress is told after each


def arguments(parser: argparse.ArgumentParser) -> None:
    corpus.arguments(parser, "the solutions to score")
    model = parser.add_mutually_exclusive_group(required=True)
    model.add_argument("--checkpoint", metavar="DIR", help="what `train` wrote")
    model.add_argument(
        "--remote", metavar="URL", help="where vLLM serves a model (`vllm serve MODEL --runner pooling`)"
    )
    parser.add_argument(
        "--features",
        type=Path,
        metavar="DIR",
        help="of a frozen base: what `train` kept of each solution",
    )
    remote = parser.add_argument_group(
        "with --remote", "A bearer token is taken from the environment variable REMOTE_SCORER_TOKEN."
    )
    remote.add_argument("--model", metavar="NAME", help="the model's name on the server")
    remote.add_argument(
        "--tokenizer", metavar="DIR_OR_HUB_ID", help="the model's tokenizer; for tokens, the checkpoint"
    )
    remote.add_argument(
        "--style",
        choices=STYLES,
        default=STYLES[0],
        help="how the model reads a solution: as our checkpoints do (tokens, the default), as a Qwen2.5-Math-PRM, "
        "as Math-Shepherd; docs/public-models.md says how each is served",
    )


def run(options: argparse.Namespace) -> None:
    if options.remote is None:
        _score(options, _checkpoint(options.checkpoint, options.features), _threshold(options.checkpoint))
    else:
        _score_remotely(options)


def _checkpoint(path: str, features: Path | None) -> Scorer:
    from selector.prm import reward_model

    try:
        return reward_model.load(path, features=features)
    except reward_model.BadCheckpoint as error:
        raise cli.CommandError(str(error)) from error


def _score_remotely(options: argparse.Namespace) -> None:
    from selector.prm import reward_model, styles
    from selector.prm.served import pooling, server

    if options.model is None or options.tokenizer is None:
        raise cli.CommandError("--remote asks for --model and --tokenizer too.")
    try:
        scorer = pooling.load(options.remote, model=options.model, tokenizer=options.tokenizer, style=options.style)
        ours = options.style == STYLES[0] and (Path(options.tokenizer) / reward_model.CARD).is_file()
        _score(options, scorer, _threshold(options.tokenizer) if ours else {})
    except (server.RemoteScorerError, styles.BadTokenizer, reward_model.BadCheckpoint) as error:
        raise cli.CommandError(str(error)) from error


def _threshold(path: str) -> Row:
    """The checkpoint's threshold of a first mistake and whether it was tuned, for `evaluate` to read in each row."""
    from selector.prm import reward_model

    card = reward_model.read_card(Path(path))
    return dict(zip(THRESHOLD, (reward_model.config_of(card).threshold, reward_model.is_tuned(card)), strict=True))


def _score(options: argparse.Namespace, model: Scorer, threshold: Row) -> None:
    """A threshold that the rows have from an earlier checkpoint doesn't stay."""
    rows = corpus.read(options, corpus.bare_solution)
    done = 0
    while block := list(islice(rows, BLOCK)):
        scored = model.score([(one.problem, one.solution.steps) for one in block])
        cli.write_rows(
            _bare(one.row) | _words(found) | (threshold if found.step_probs else {})
            for one, found in zip(block, scored, strict=True)
        )
        done += len(block)
        cli.say(f"Solutions scored: {done}.")


def _bare(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in THRESHOLD}


def _words(scored: Scored) -> Row:
    """JSON has no infinity: a score of zero has the logarithm "-inf", as `select` reads it."""
    log_score = scored.log_score
    return (
        {
            "step_probs": None if scored.step_probs is None else list(scored.step_probs),
            "score": None if log_score is None else math.exp(log_score),
            "log_score": "-inf" if log_score == -math.inf else log_score,
        }
        | _of_heads(scored)
        | ({"too_long": True} if scored.too_long else {})
    )


def _of_heads(scored: Scored) -> Row:
    """What the rule uncertain asks for, where there are heads to disagree."""
    heads = scored.head_step_probs
    return {"head_step_probs": [list(head) for head in heads]} if heads else {}


COMMAND = cli.Command(
    name="score",
    does='Scores solutions: each row comes back with "step_probs", "score" and "log_score".',
    needs="A checkpoint, or a model served by vLLM, the solutions and their problems. "
    "A solution too long for the model has nulls, and says so. A checkpoint's rows bring its threshold of a first "
    "mistake along.",
    example="python -m selector score solutions.jsonl --problems problems.jsonl --checkpoint checkpoint > scored.jsonl"
    "; with a served model, --remote http://127.0.0.1:8000 --model Qwen/Qwen2.5-Math-PRM-7B "
    "--tokenizer Qwen/Qwen2.5-Math-PRM-7B --style qwen in place of --checkpoint.",
    arguments=arguments,
    run=run,
)
