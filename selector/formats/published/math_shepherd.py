"""Math-Shepherd: one text with a tag after each step, and the same text with + or - in the tag's place."""

import re
from typing import Any

from selector.formats import fields
from selector.formats.records import BadRow, Parsed, ProblemRecord, SolutionRecord
from selector.types import BAD, Example

FIELDS = ("input", "label", "task")
TAG = "\u043a\u0438"
_FIRST_STEP = re.compile(r"\s*Step 1:")
_STEP_NUMBER = re.compile(r"\A\s*Step \d+:\s*")


def parse(row: fields.Row) -> Parsed:
    """The problem ends at the last `Step 1:` before the first tag, since a problem may speak of a step 1 itself.

    Numbers are taken off the steps, and marks behind the first - are cut. Text behind the last tag is one more step,
    which nobody rated.
    """
    fields.check_storable(row)
    tagged, marked = (fields.words(fields.required(row, name), name, longest=10**6) for name in ("input", "label"))
    found = list(_FIRST_STEP.finditer(tagged.partition(TAG)[0]))
    if not found or TAG not in tagged:
        raise BadRow(f"input has no 'Step 1:' before the first {TAG}.")
    first = found[-1].start()
    problem = ProblemRecord(fields.words(tagged[:first], "input, before the steps,"), ground_truth_answer=None)
    *texts, rest = tagged[first:].split(TAG)
    marks: list[int | None] = [*_marks(tagged, marked)]
    if rest.strip():
        texts.append(rest)
        marks.append(None)
    steps = fields.steps([_STEP_NUMBER.sub("", text).strip() for text in texts], "input's steps")
    ratings = fields.ratings(marks, "label", len(steps))
    solution = SolutionRecord(
        steps=steps,
        problem=problem.problem,
        step_labels=ratings,
        extra=fields.unknown(row, FIELDS) | {"task": row.get("task")},
    )
    return Parsed(problem, (solution,))


def dump(example: Example, task: str = "") -> dict[str, Any]:
    """Neutral counts as correct; `example` is fully rated, as for `trl.dump`."""
    numbered = [f"Step {i}: {step}" for i, step in enumerate(example.steps, start=1)]
    marks = ["-" if rating == BAD else "+" for rating in example.ratings]
    tagged = "\n".join(f"{step} {TAG}" for step in numbered)
    marked = "\n".join(f"{step} {mark}" for step, mark in zip(numbered, marks, strict=True))
    return {"input": f"{example.problem} {tagged}", "label": f"{example.problem} {marked}", "task": task}


def _marks(tagged: str, marked: str) -> list[int]:
    """The sign at each tag's place, found by walking both texts together: a step may hold + and - of its own."""
    found, at = [], 0
    for text in tagged.split(TAG)[:-1]:
        at += len(text) + 1
        if marked[at - 1 : at] not in ("+", "-") or not marked.startswith(text, at - len(text) - 1):
            raise BadRow(f"label does not follow input with + or - in place of {TAG}.")
        found.append(1 if marked[at - 1] == "+" else BAD)
    if marked[at:].strip() != tagged.rpartition(TAG)[2].strip():
        raise BadRow(f"label does not end as input does, behind the last {TAG}.")
    return found
