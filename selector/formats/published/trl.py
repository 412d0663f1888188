"""TRL's stepwise supervision: a prompt, its completions, and for each whether it is correct."""

from typing import Any

from selector.formats import fields
from selector.formats.records import BadRow, Parsed, ProblemRecord, SolutionRecord
from selector.types import BAD, Example

FIELDS = ("prompt", "completions", "labels")


def parse(row: fields.Row) -> Parsed:
    """True is read as +1 and false as -1: the format knows no neutral steps. Labels behind the first false are cut."""
    fields.check_storable(row)
    problem = ProblemRecord(fields.words(fields.required(row, "prompt"), "prompt"), ground_truth_answer=None)
    steps = fields.steps(fields.required(row, "completions"), "completions")
    labels = [_correct(v, i) for i, v in enumerate(fields.sequence(fields.required(row, "labels"), "labels"))]
    if len(labels) != len(steps):
        raise BadRow(f"labels has {len(labels)} entries for {len(steps)} completions.")
    ratings = fields.ratings([1 if correct else BAD for correct in labels], "labels", len(steps))
    extra = fields.unknown(row, FIELDS)
    solution = SolutionRecord(steps=steps, problem=problem.problem, step_labels=ratings, extra=extra)
    return Parsed(problem, (solution,))


def dump(example: Example) -> dict[str, Any]:
    """Neutral counts as correct (as in the paper), where TRL's own converter makes it false.

    The format has no place for a masked step: `example` is fully rated (see `labels.steps.rated_paths`).
    """
    labels = [rating != BAD for rating in example.ratings]
    return {"prompt": example.problem, "completions": list(example.steps), "labels": labels}


def _correct(value: Any, index: int) -> bool:
    if isinstance(value, bool) or value in (0, 1):
        return bool(value)
    raise BadRow(f"labels[{index}] is not true or false.")
