"""Problems and solutions as the learning commands take them: two files, joined by the problem's id."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from selector import cli
from selector.cli import Row
from selector.formats import BadRow, SolutionRecord, labelhub


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
        help='JSON Lines with "problem_id", "problem", "ground_truth_answer"',
    )


def read(options: argparse.Namespace) -> Iterator[Solved]:
    """The solutions whose problem is known; any other is a bad line."""
    problems = {}
    for row in cli.read_rows(options.problems, labelhub.parse_problem, strict=options.strict):
        problem = labelhub.parse_problem(row)
        problems[problem.problem_id] = problem.problem

    def check(row: Row) -> None:
        if (problem_id := labelhub.parse_solution(row).problem_id) not in problems:
            raise BadRow(f"problem_id {problem_id!a} is not in {options.problems}.")

    for row in cli.read_rows(options.solutions, check, strict=options.strict):
        solution = labelhub.parse_solution(row)
        yield Solved(row, solution, problems[solution.problem_id])
