"""`python -m selector grade`: a verdict for each pair of answer and ground truth."""

import argparse
import itertools
import math
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator

from selector.commands import cli
from selector.commands.cli import Row
from selector.formats import fields

_SILENCE = 10.0  # seconds without a word, on a terminal a tenth of it


def arguments(parser: argparse.ArgumentParser) -> None:
    cli.add_input(parser, "PAIRS", 'rows with "model_answer" and "ground_truth", each a string, a number or null')
    parser.add_argument("--time-limit", type=_seconds, default=5.0, metavar="SECONDS", help="per verdict (default: 5)")


def run(options: argparse.Namespace) -> None:
    from selector.grading.grade import Grader, GraderUnavailable

    rows, again = itertools.tee(cli.read_rows(options.pairs, _pair, strict=options.strict))
    try:
        with Grader(options.time_limit) as grader:
            verdicts = grader.grade_pairs(map(_pair, again))
            cli.write_rows(_told(row | {"verdict": verdict} for row, verdict in zip(rows, verdicts, strict=True)))
    except GraderUnavailable as error:
        raise cli.CommandError(str(error)) from error


def _told(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows as they come; what they came to is said now and then where it takes long, and on a terminal."""
    counts: Counter[str] = Counter()
    silence = _SILENCE / 10 if sys.stderr.isatty() else _SILENCE
    last, told = time.monotonic(), False
    for row in rows:
        yield row
        counts[row["verdict"]] += 1
        if time.monotonic() - last >= silence:
            last, told = time.monotonic(), True
            cli.say(f"{_sentence(counts)} so far.")
    if told or sys.stderr.isatty():
        cli.say(f"{_sentence(counts)}.")


def _sentence(counts: Counter[str]) -> str:
    return f"Graded: {counts.total()}, {counts['right']} right, {counts['wrong']} wrong, {counts['unknown']} unknown"


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise argparse.ArgumentTypeError("a number of seconds above 0 is needed")
    return seconds


def _pair(row: Row) -> tuple[str | None, str | None]:
    return _answer(row, "model_answer"), _answer(row, "ground_truth")


def _answer(row: Row, name: str) -> str | None:
    return fields.optional_answer(fields.required(row, name), name, longest=fields.MAX_SOLUTION_CHARS)


COMMAND = cli.Command(
    name="grade",
    does='Grades answers: each row comes back with a "verdict", right, wrong or unknown.',
    needs='Rows with "model_answer" and "ground_truth"; an answer that cannot be judged in time is unknown.',
    example="python -m selector grade pairs.jsonl > graded.jsonl",
    arguments=arguments,
    run=run,
)
