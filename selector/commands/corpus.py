"""Problems and solutions as the learning commands take them: two files, joined by the problem's id."""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from selector.commands import cli
from selector.commands.cli import Row
from selector.formats import BadRow, SolutionRecord, fields


@dataclass(frozen=True, slots=True)
class Solved:
    """A solution's row as it came in, what it holds, and the text of its problem."""

    row: Row
    solution: SolutionRecord
    problem: str


def arguments(parser: argparse.ArgumentParser, holds: str) -> None:
    cli.add_input(parser, "SOLUTIONS", holds)
    parser.add_argument(
        "--problems",
        required=True,
        metavar="FILE",
        help='JSON Lines with "problem_id" and "problem"',
    )


def read(options: argparse.Namespace, parse: Callable[[Row], SolutionRecord]) -> Iterator[Solved]:
    """The solutions whose problem is known; any other is a bad line. Nothing that `parse` doesn't read is at fault."""
    problems = {_id(row): _text(row) for row in cli.read_rows(options.problems, _check_problem, strict=options.strict)}

    def check(row: Row) -> None:
        if (problem_id := parse(row).problem_id) not in problems:
            raise BadRow(f"problem_id {problem_id!a} is not in {options.problems}.")

    for row in cli.read_rows(options.solutions, check, strict=options.strict):
        yield Solved(row, parse(row), problems[_id(row)])


def bare_solution(row: Row) -> SolutionRecord:
    """The steps, and whose they are."""
    return SolutionRecord(problem_id=_id(row), steps=fields.steps(fields.required(row, "steps"), "steps"))


def _check_problem(row: Row) -> None:
    _id(row)
    _text(row)


def _id(row: Row) -> str:
    return fields.identifier(fields.required(row, "problem_id"), "problem_id")


def _text(row: Row) -> str:
    return fields.words(fields.required(row, "problem"), "problem")
