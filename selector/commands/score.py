"""`python -m selector score`: what a reward model, here or served elsewhere, or a judge says of each solution."""

import argparse
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from selector.commands import cli, corpus
from selector.commands.cli import Row
from selector.prm.identity import DifferentModels, IdentifiedScorer, Identity, require_same
from selector.types import Scored, Scorer

STYLES = ("tokens", "qwen", "math_shepherd", "rlhflow", "skywork")  # of selector/prm/styles, slow to import
JUDGE = "judge"  # the style of a chat model, which reads no tokens here
VOTES = 5
THRESHOLD = ("threshold", "threshold_tuned")  # the fields that `evaluate` reads the checkpoint's threshold from
BLOCK = 512  # solutions read at a time: many share a problem, and progress is told after each
JUDGED = 16  # solutions judged at a time: votes cost more than a reward model's reading, and no more are to be lost


def arguments(parser: argparse.ArgumentParser) -> None:
    corpus.arguments(parser, "the solutions to score")
    model = parser.add_mutually_exclusive_group(required=True)
    model.add_argument("--checkpoint", metavar="DIR", help="what `train` wrote")
    model.add_argument(
        "--model",
        metavar="NAME",
        help="a published reward model: a directory or a hub id; with --endpoint, the model's name on the server",
    )
    parser.add_argument(
        "--features",
        type=Path,
        metavar="DIR",
        help="of a checkpoint on a frozen base: what `train` kept of each solution",
    )
    public = parser.add_argument_group("with --model")
    public.add_argument(
        "--style",
        choices=(*STYLES, JUDGE),
        help="how the model reads a solution: needed where its architecture doesn't tell; with --endpoint, tokens if "
        "left out. docs/public-models.md says what each is, and how it is served; judge is a chat model that votes",
    )
    public.add_argument("--revision", metavar="NAME", help="a hub id's branch, tag or commit; the newest if left out")
    public.add_argument(
        "--identity",
        metavar="FILE",
        help="which model gives the scores: written there, or if the file is there, compared with it, so that scores "
        "of different models never meet in one file",
    )
    served = parser.add_argument_group(
        "with --endpoint", "A bearer token is taken from the environment variable REMOTE_SCORER_TOKEN."
    )
    served.add_argument(
        "--endpoint",
        "--remote",
        metavar="URL",
        help="where vLLM serves the model (`vllm serve MODEL --runner pooling`), or a chat server the judge",
    )
    served.add_argument(
        "--tokenizer",
        metavar="DIR_OR_HUB_ID",
        help="the model's tokenizer, where --model is no directory or hub id; for a checkpoint, its directory",
    )
    served.add_argument(
        "--votes", type=cli.count, default=VOTES, metavar="N", help="a judge's votes on each solution (default 5)"
    )


def run(options: argparse.Namespace) -> None:
    _check(options)
    with _told():
        if options.checkpoint is not None:
            _score(options, _checkpoint(options.checkpoint, options.features), _threshold(options.checkpoint))
        elif options.style == JUDGE:
            _judge(options)
        else:
            _score_by_model(options)


def _check(options: argparse.Namespace) -> None:
    """Raises CommandError for words that don't go together."""
    if options.model is None:
        for name in ("endpoint", "style", "revision", "identity", "tokenizer"):
            if getattr(options, name) is not None:
                raise cli.CommandError(f"--{name} asks for --model too.")
    elif options.features is not None:
        raise cli.CommandError("--features asks for --checkpoint too.")
    elif options.endpoint is None:
        if options.tokenizer is not None:
            raise cli.CommandError("--tokenizer asks for --endpoint too: a model's own is beside its weights.")
        if options.style == JUDGE:
            raise cli.CommandError("--style judge asks for --endpoint too: a judge is a chat model on a server.")
    elif options.revision is not None:
        raise cli.CommandError("--revision is of a model that is loaded here; a server has chosen its own.")


@contextmanager
def _told() -> Iterator[None]:
    """What is wrong with a model or a server ends the command with its sentence."""
    from selector.prm import reward_model, styles
    from selector.prm.public.architectures import BadModel
    from selector.prm.served.server import RemoteScorerError

    try:
        yield
    except (
        reward_model.BadCheckpoint,
        styles.BadTokenizer,
        BadModel,
        RemoteScorerError,
        DifferentModels,
    ) as error:
        raise cli.CommandError(str(error)) from error


def _checkpoint(path: str, features: Path | None) -> Scorer:
    from selector.prm import reward_model

    return reward_model.load(path, features=features)


def _score_by_model(options: argparse.Namespace) -> None:
    from selector.prm import reward_model
    from selector.prm.public import opening
    from selector.prm.served import pooling

    tokenizer = options.tokenizer or options.model
    scorer: IdentifiedScorer
    if options.endpoint is None:
        scorer = opening.load(options.model, style=options.style, revision=options.revision)
    else:
        style = options.style or STYLES[0]
        scorer = pooling.load(options.endpoint, model=options.model, tokenizer=tokenizer, style=style)
    _identify(options, scorer)
    ours = (Path(tokenizer) / reward_model.CARD).is_file()
    _score(options, scorer, _threshold(tokenizer) if ours else {})


def _judge(options: argparse.Namespace) -> None:
    from selector.prm.served import judge

    scorer = judge.load(options.endpoint, model=options.model, votes=options.votes)
    _identify(options, scorer)
    _score(options, scorer, {}, JUDGED)
    if scorer.malformed:
        cli.say(f"Votes left out, because they could not be read: {scorer.malformed} of {scorer.asked}.")


def _identify(options: argparse.Namespace, scorer: IdentifiedScorer) -> None:
    """Writes which model it is, or compares it with what is written. Raises DifferentModels and CommandError."""
    if options.identity is None:
        return
    path, found = Path(options.identity), scorer.identity()
    if not path.exists():
        return cli.write_json(path, found.as_dict())
    try:
        before = Identity.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise cli.CommandError(f"{path} holds no identity that --identity wrote.") from error
    require_same(before, found)


def _threshold(path: str) -> Row:
    """The checkpoint's threshold of a first mistake and whether it was tuned, for `evaluate` to read in each row."""
    from selector.prm import reward_model

    card = reward_model.read_card(Path(path))
    return dict(zip(THRESHOLD, (reward_model.config_of(card).threshold, reward_model.is_tuned(card)), strict=True))


def _score(options: argparse.Namespace, model: Scorer, threshold: Row, most: int | None = None) -> None:
    """A threshold that the rows have from an earlier checkpoint doesn't stay."""
    rows = corpus.read(options, corpus.bare_solution)
    done = 0
    while block := list(islice(rows, most or BLOCK)):
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
    needs="A checkpoint, a published reward model here or served by vLLM, or a chat model as a judge; the solutions "
    "and their problems. A solution too long for the model has nulls, and says so; one none of whose votes can be read "
    "has nulls. A checkpoint's rows bring its threshold of a first mistake along.",
    example="python -m selector score solutions.jsonl --problems problems.jsonl --checkpoint checkpoint > scored.jsonl"
    "; in place of --checkpoint, --model Qwen/Qwen2.5-Math-PRM-7B; if a server has it, --endpoint "
    "http://127.0.0.1:8000 --style qwen too.",
    arguments=arguments,
    run=run,
)
