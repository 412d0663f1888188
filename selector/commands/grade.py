"""`python -m selector grade`: a verdict for each pair of answer and ground truth."""

import argparse
import itertools

from selector import cli
from selector.cli import Row
from selector.formats import fields


def arguments(parser: argparse.ArgumentParser) -> None:
    cli.add_input(parser, "PAIRS", 'rows with "model_answer" and "ground_truth", each a string or null')
    parser.add_argument("--time-limit", type=float, default=5.0, metavar="SECONDS", help="per verdict (default: 5)")


def run(options: argparse.Namespace) -> None:
    from selector.grade import Grader, GraderUnavailable

    rows, again = itertools.tee(cli.read_rows(options.pairs, _check, strict=options.strict))
    try:
        with Grader(options.time_limit) as grader:
            verdicts = grader.grade_pairs((row["model_answer"], row["ground_truth"]) for row in again)
            cli.write_rows(row | {"verdict": verdict} for row, verdict in zip(rows, verdicts, strict=True))
    except GraderUnavailable as error:
        raise cli.CommandError(str(error)) from error


def _check(row: Row) -> None:
    for name in ("model_answer", "ground_truth"):
        fields.optional_text(fields.required(row, name), name, longest=fields.MAX_SOLUTION_CHARS)


COMMAND = cli.Command(
    name="grade",
    does='Grades answers: each row comes back with a "verdict", right, wrong or unknown.',
    needs='Rows with "model_answer" and "ground_truth"; an answer that cannot be judged in time is unknown.',
    example="python -m selector grade pairs.jsonl > graded.jsonl",
    arguments=arguments,
    run=run,
)
