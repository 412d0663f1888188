"""`python -m selector select`: the solutions worth labeling next."""

import argparse
import json
import math
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from selector.commands import cli
from selector.commands.cli import Row
from selector.formats import fields, write_line
from selector.formats.records import BadRow
from selector.grading.normalize import solution_digest
from selector.prm.config import THRESHOLD
from selector.selection.rules import RULES, Needs
from selector.types import Candidate, Grade, Pick

_GRADES = {True: Grade.RIGHT, False: Grade.WRONG, None: Grade.UNKNOWN}


def arguments(parser: argparse.ArgumentParser) -> None:
    cli.add_input(parser, "POOL", "one solution a row")
    parser.add_argument(
        "--rule",
        default="convincing",
        help=" ".join(f"{name}: {rule.description}" for name, rule in RULES.items()) + " (default: convincing)",
    )
    parser.add_argument("--scope", default="per_problem", help="what k counts within: per_problem (default) or global")
    parser.add_argument("--k", type=int, default=8, help="solutions of each problem, or in all (default: 8)")
    parser.add_argument("--wrong-share", default="0.8", help="share of wrong answers in k (default: 0.8)")
    parser.add_argument("--control-share", default="0", help="drawn by lot beside the rule's picks (default: 0)")
    parser.add_argument("--audit-share", default="0", help="best-scored right answers beside them (default: 0)")
    parser.add_argument(
        "--near-duplicates",
        metavar="LIKENESS",
        help="of solutions of a problem that share at least this much of their characters in the same order "
        "(0.9: nine tenths), take the best ranked alone (default: of equal ones only)",
    )
    parser.add_argument("--seed", type=int, default=0, help="decides ties and draws (default: 0)")
    parser.add_argument("--manifest", type=Path, metavar="FILE", help="write what made the batch there, as JSON")


def run(options: argparse.Namespace) -> None:
    from selector.selection import select
    from selector.selection.pool import Pool

    names = ("rule", "scope", "k", "wrong_share", "control_share", "audit_share", "near_duplicates", "seed")
    with tempfile.TemporaryFile() as file:
        ranks_by_steps = options.rule in RULES and RULES[options.rule].needs is Needs.STEP_PROBS
        rows = _Rows(file, ranks_by_steps=ranks_by_steps)
        try:
            pool = Pool.of(rows.kept(cli.read_rows(options.pool, rows.candidate, strict=options.strict)), rows.recall)
            batch = select.compose(pool, **{name: getattr(options, name) for name in names})
        except ValueError as error:
            raise cli.CommandError(str(error)) from error
        if options.manifest:
            cli.write_json(options.manifest, select.manifest(batch))
        cli.write_rows(rows[pick.place] | _place(pick) for pick in batch.picks)
    if short := [f"{count} {stratum}" for stratum, count in batch.shortfall.items() if count]:
        cli.say(f"The pool was short of what was asked: {', '.join(short)}.")


class _Rows:
    """The rows of a pool as they came, put aside in a file.

    Of one that is not picked memory keeps its place in the pool's columns, 29 bytes, and while they are put in order
    16 more; where it stands is kept of one row in `EVERY`.
    """

    EVERY = 16

    def __init__(self, file: BinaryIO, *, ranks_by_steps: bool) -> None:
        self.file, self.ranks_by_steps, self.start = file, ranks_by_steps, array("q")

    def kept(self, rows: Iterable[Row]) -> Iterator[Candidate]:
        end = 0
        for place, row in enumerate(rows):
            if place % self.EVERY == 0:
                self.start.append(end)
            end += self.file.write(write_line(row).encode())
            yield self.candidate(row)

    def __getitem__(self, place: int) -> Row:
        self.file.seek(self.start[place // self.EVERY])
        for _ in range(place % self.EVERY):
            self.file.readline()
        row: Row = json.loads(self.file.readline())
        return row

    def recall(self, place: int) -> Candidate:
        return self.candidate(self[place])

    def candidate(self, row: Row) -> Candidate:
        """Rows without steps have no duplicates but those of their id."""
        solution_id = _id(row, "solution_id")
        steps = fields.steps(row["steps"], "steps") if row.get("steps") is not None else None
        return Candidate(
            problem_id=_id(row, "problem_id"),
            solution_id=solution_id,
            grade=_GRADES[fields.optional_flag(fields.required(row, "is_correct"), "is_correct")],
            log_score=_log_score(row),
            digest=solution_digest(steps) if steps is not None else f"id {solution_id}",
            uncertainty=_uncertainty(row) if self.ranks_by_steps else None,
            steps=steps,
        )


def _id(row: Row, name: str) -> str | int:
    value = fields.whole(fields.required(row, name))
    return value if isinstance(value, int) and not isinstance(value, bool) else fields.words(value, name, longest=500)


def _log_score(row: Row) -> float | None:
    """`log_score` where the row comes from a checkpoint, whose `score` is a probability; `score` otherwise."""
    name = "log_score" if "log_score" in row else "score"
    value = row.get(name)
    if value is None:
        return None
    return -math.inf if value == "-inf" else fields.number(value, name)


def _uncertainty(row: Row) -> float | None:
    """None where the row has neither kind of probabilities, as one that was too long to score."""
    from selector.selection.uncertain import uncertainty

    heads, alone = row.get("head_step_probs"), row.get("step_probs")
    if heads is None and alone is None:
        return None
    threshold = fields.number(row.get("threshold", THRESHOLD), "threshold")
    try:
        if heads is None:
            return uncertainty(None, _numbers(alone, "step_probs"), threshold)
        each = enumerate(fields.sequence(heads, "head_step_probs"))
        return uncertainty([_numbers(head, f"head_step_probs[{index}]") for index, head in each], None, threshold)
    except ValueError as error:
        raise BadRow(str(error)) from error


def _numbers(value: Any, name: str) -> list[float]:
    return [fields.number(each, f"{name}[{index}]") for index, each in enumerate(fields.sequence(value, name))]


def _place(pick: Pick) -> Row:
    chance = pick.inclusion_probability
    drawn = {} if chance is None else {"inclusion_probability": chance}
    return {"rank": pick.rank, "stratum": pick.stratum} | drawn


COMMAND = cli.Command(
    name="select",
    does='Picks what to label next: the picked rows come back with "rank" (from 1, within the scope) and "stratum".',
    needs='Rows with "problem_id", "solution_id", "is_correct" and the logarithm of the score in "log_score" or '
    '"score"; with "steps", duplicates collapse. The rule uncertain reads "head_step_probs" (each head\'s '
    'probabilities that a step is correct) or, without an ensemble, "step_probs". A row whose is_correct is null is '
    "never picked. The rows are put aside in the folder for temporary files until the batch is made.",
    example="python -m selector select pool.jsonl --rule convincing --scope per_problem --k 8 --wrong-share 0.8",
    arguments=arguments,
    run=run,
)
