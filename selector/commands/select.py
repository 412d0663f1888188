"""`python -m selector select`: the solutions worth labeling next."""

import argparse
import math
from pathlib import Path

from selector import cli
from selector.cli import Row
from selector.formats import fields
from selector.normalize import solution_digest
from selector.types import Candidate, Grade, Pick

_GRADES = {True: Grade.RIGHT, False: Grade.WRONG, None: Grade.UNKNOWN}


def arguments(parser: argparse.ArgumentParser) -> None:
    cli.add_input(parser, "POOL", "one solution a row")
    parser.add_argument("--rule", default="convincing", help="convincing (default) or uniform, which needs no scores")
    parser.add_argument("--scope", default="per_problem", help="what k counts within: per_problem (default) or global")
    parser.add_argument("--k", type=int, default=8, help="solutions of each problem, or in all (default: 8)")
    parser.add_argument("--wrong-share", default="0.8", help="share of wrong answers in k (default: 0.8)")
    parser.add_argument("--control-share", default="0", help="drawn by lot beside the rule's picks (default: 0)")
    parser.add_argument("--audit-share", default="0", help="best-scored right answers beside them (default: 0)")
    parser.add_argument("--seed", type=int, default=0, help="decides ties and draws (default: 0)")
    parser.add_argument("--manifest", type=Path, metavar="FILE", help="write what made the batch there, as JSON")


def run(options: argparse.Namespace) -> None:
    from selector import select

    rows = {_candidate(row): row for row in cli.read_rows(options.pool, _candidate, strict=options.strict)}
    names = ("rule", "scope", "k", "wrong_share", "control_share", "audit_share", "seed")
    try:
        batch = select.compose(rows, **{name: getattr(options, name) for name in names})
    except ValueError as error:
        raise cli.CommandError(str(error)) from error
    if options.manifest:
        cli.write_json(options.manifest, select.manifest(batch))
    cli.write_rows(rows[pick.candidate] | _place(pick) for pick in batch.picks)
    if short := [f"{count} {stratum}" for stratum, count in batch.shortfall.items() if count]:
        cli.say(f"The pool was short of what was asked: {', '.join(short)}.")


def _place(pick: Pick) -> Row:
    chance = pick.inclusion_probability
    drawn = {} if chance is None else {"inclusion_probability": chance}
    return {"rank": pick.rank, "stratum": pick.stratum} | drawn


def _candidate(row: Row) -> Candidate:
    """Rows without steps have no duplicates but those of their id."""
    solution_id = _id(row, "solution_id")
    steps = row.get("steps")
    return Candidate(
        problem_id=_id(row, "problem_id"),
        solution_id=solution_id,
        grade=_GRADES[fields.optional_flag(fields.required(row, "is_correct"), "is_correct")],
        log_score=_log_score(row),
        digest=solution_digest(fields.steps(steps, "steps")) if steps is not None else f"id {solution_id}",
    )


def _id(row: Row, name: str) -> str | int:
    value = fields.required(row, name)
    return value if isinstance(value, int) and not isinstance(value, bool) else fields.words(value, name, longest=500)


def _log_score(row: Row) -> float | None:
    """`log_score` where the row comes from a checkpoint, whose `score` is a probability; `score` otherwise."""
    name = "log_score" if "log_score" in row else "score"
    value = row.get(name)
    if value is None:
        return None
    return -math.inf if value == "-inf" else fields.number(value, name)


COMMAND = cli.Command(
    name="select",
    does='Picks what to label next: the picked rows come back with "rank" (from 1, within the scope) and "stratum".',
    needs='Rows with "problem_id", "solution_id", "is_correct" and the logarithm of the score in "log_score" or '
    '"score"; with "steps", duplicates collapse. A row whose is_correct is null is never picked.',
    example="python -m selector select pool.jsonl --rule convincing --scope per_problem --k 8 --wrong-share 0.8",
    arguments=arguments,
    run=run,
)
