"""ProcessBench: a solution with the index of its first error, -1 for none (arXiv 2412.06559)."""

from collections.abc import Sequence
from typing import Any

from selector.formats import fields
from selector.formats.records import Parsed, ProblemRecord, SolutionRecord

FIELDS = ("id", "generator", "problem", "steps", "final_answer_correct", "label")


def parse(row: fields.Row) -> Parsed:
    """The solution, rated up to its first error; the format tells no ground-truth answer."""
    fields.check_storable(row)
    problem = ProblemRecord(fields.words(fields.required(row, "problem"), "problem"), ground_truth_answer=None)
    steps = fields.steps(fields.required(row, "steps"), "steps")
    error = fields.integer(fields.required(row, "label"), "label", least=-1, most=len(steps) - 1)
    solution = SolutionRecord(
        problem=problem.problem,
        solution_id=fields.identifier(fields.required(row, "id"), "id"),
        steps=steps,
        is_correct=fields.optional_flag(fields.required(row, "final_answer_correct"), "final_answer_correct"),
        generator=fields.optional_text(row.get("generator"), "generator", longest=500),
        step_labels=(1,) * len(steps) if error < 0 else (*[1] * error, -1),
        extra=fields.unknown(row, FIELDS),
    )
    return Parsed(problem, (solution,))


def dump(
    *,
    solution_id: str,
    generator: str | None,
    problem: str,
    steps: Sequence[str],
    final_answer_correct: bool | None,
    first_error: int | None,
) -> dict[str, Any]:
    """All of the solution's steps, those behind the first error too."""
    label = -1 if first_error is None else first_error
    values = (solution_id, generator or "", problem, list(steps), final_answer_correct, label)
    return dict(zip(FIELDS, values, strict=True))
