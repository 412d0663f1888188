"""`python -m selector train`: a reward model from rated solutions."""

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

from selector.commands import cli, corpus
from selector.commands.cli import Row
from selector.commands.corpus import Solved
from selector.formats import SolutionRecord, fields, labelhub
from selector.prm.config import READING, TrainConfig, Way, read_setting
from selector.types import BAD, GREAT, Example

TELL_EVERY = 20  # updates between two lines of progress


def arguments(parser: argparse.ArgumentParser) -> None:
    corpus.arguments(parser, 'solutions; a prm learns from "step_labels", an orm from "is_correct"')
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the checkpoint goes")
    parser.add_argument("--base", default="", metavar="MODEL", help="local directory or hub id (default: the embedded)")
    parser.add_argument("--way", choices=get_args(Way), help="how it learns (default: full with a base, else embedded)")
    parser.add_argument("--kind", choices=("prm", "orm"), default="prm", help="judge each step, or the whole solution")
    parser.add_argument(
        "--features",
        type=Path,
        metavar="DIR",
        help="of a frozen base: where it is kept what it made of each solution"
        " (default: features, beside the checkpoint)",
    )
    parser.add_argument("--seed", type=int, default=0, help="fixes all that is random (default: 0)")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SETTING=VALUE",
        help="any other setting of selector/prm/config.py, such as epochs=4",
    )


def run(options: argparse.Namespace) -> None:
    if options.solutions == "-" and os.environ.get("WORLD_SIZE", "1") != "1":
        raise cli.CommandError("Several processes cannot share standard input: name a file.")
    try:
        settings = {"seed": options.seed} | dict(map(read_setting, options.set))
        config = TrainConfig.for_base(options.base, options.kind, options.way, **settings)
        solved = list(corpus.read(options, _judged if options.kind == "orm" else _rated))
        examples = [example for one in solved if (example := _example(one, options.kind))]
        from selector.prm.training.train import train

        card = train(
            examples,
            config=config,
            corpus=_texts(solved),
            out=options.out,
            features=options.features,
            progress=_tell,
        )
    except (ValueError, OSError) as error:
        raise cli.CommandError(str(error)) from error
    if os.environ.get("RANK", "0") == "0":  # of several processes the first one speaks
        cli.write_rows([card])


def _rated(row: Row) -> SolutionRecord:
    solution = corpus.bare_solution(row)
    return replace(solution, step_labels=labelhub.rated(row, len(solution.steps)))


def _judged(row: Row) -> SolutionRecord:
    return replace(corpus.bare_solution(row), is_correct=fields.optional_flag(row.get("is_correct"), "is_correct"))


def _example(solved: Solved, kind: str) -> Example | None:
    """What the solution teaches, if it says anything of its steps, or for an orm of its answer."""
    steps, ratings = solved.solution.steps, solved.solution.step_labels
    if kind == "orm":
        right = solved.solution.is_correct
        ratings = None if right is None else (None,) * (len(steps) - 1) + (GREAT if right else BAD,)
    return Example(solved.problem, steps, ratings) if ratings else None


def _texts(solved: Sequence[Solved]) -> Iterator[str]:
    """All text there is, rated or not: the embedded base's tokenizer is made from it."""
    for one in solved:
        yield from (one.problem, *one.solution.steps)


def _tell(done: int, total: int, message: str) -> None:
    """Solutions are read by the hundred, so each word on that is told; updates are many."""
    if done % TELL_EVERY == 0 or done == total or message.startswith(READING):
        cli.say(message)


COMMAND = cli.Command(
    name="train",
    does="Trains a reward model and prints what its checkpoint says of itself.",
    needs="Solutions with what is known of them, and their problems. Rows without labels still teach the tokenizer.",
    example="python -m selector train solutions.jsonl --problems problems.jsonl --out checkpoint",
    arguments=arguments,
    run=run,
)
