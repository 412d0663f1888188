"""The sample's practice set: solutions whose mistakes are known, each with a word on why."""

import json
from collections.abc import Iterator
from typing import Any

from labelhub.demo.place import Place
from labelhub.models import Gold, Project, Solution
from labelhub.services.quality import gold

MISTAKEN, SOUND = 4, 3
SOUND_WORD = (
    "Every sentence of the problem is read right and reckoned right. A step that only comments is Okay, not Bad."
)

Row = dict[str, Any]


def put_up(project: Project, place: Place) -> None:
    """A few of the pool's solutions, of as many problems, become gold; people start labeling without being screened."""
    found = _with_mistake(place), _without(place)
    for row, mistakes, why in (
        each for rows, most in zip(found, (MISTAKEN, SOUND), strict=True) for each in rows[:most]
    ):
        solution = Solution.objects.get(
            problem__project=project, problem__keys__key=row["problem_id"], key=row["solution_id"]
        )
        gold.make(
            project=project,
            solution=solution,
            purpose=Gold.Purpose.PRACTICE,
            first_mistakes=mistakes,
            explanation=why,
            by=None,
        )


Known = tuple[Row, list[int], str]


def _with_mistake(place: Place) -> list[Known]:
    """One of each problem whose mistake is not in its first step, with the sum that should stand there."""
    found: dict[str, Known] = {}
    for problem, row in _solutions(place):
        error = row["first_error"]
        if error and (right := _right_sum(problem, row["step_labels"][:error])):
            found.setdefault(row["problem_id"], (row, [error], f"The sum should be {right}."))
    return list(found.values())


def _without(place: Place) -> list[Known]:
    """One of each problem, from the last: other problems than those with a mistake."""
    found = {
        row["problem_id"]: (row, list[int](), SOUND_WORD) for _, row in _solutions(place) if row["first_error"] is None
    }
    return list(found.values())[::-1]


def _right_sum(problem: Row, before: list[int]) -> str | None:
    """Each step rated Great before the mistake reckoned a line of the ground-truth solution; the Okay only comment."""
    lines = problem["ground_truth_solution"].splitlines()
    return lines[before.count(1)] if before.count(1) < len(lines) else None


def _solutions(place: Place) -> Iterator[tuple[Row, Row]]:
    problem: Row = {}
    with place.oracle.open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            if "problem" in row:
                problem = row
            else:
                yield problem, row
