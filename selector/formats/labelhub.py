"""LabelHub's own files: problems, solutions that name their problem by id, labels with all that is known of them."""

from collections.abc import Sequence
from typing import Any, get_args

from selector.formats import fields
from selector.formats.records import BadRow, Parsed, ProblemRecord, SolutionRecord, Split
from selector.labels.steps import UNKNOWN, first_mistake, main_ratings
from selector.types import BAD, LabelStep

PROBLEM_FIELDS = ("problem_id", "problem", "ground_truth_answer", "ground_truth_solution", "split")
SOLUTION_FIELDS = (
    *("problem_id", "solution_id", "steps", "answer", "is_correct"),
    *("step_labels", "first_error", "generator", "alternatives"),
)
EXPORTED = (
    "This is a label as an export in LabelHub's own format writes it, for reading: to import labels, export them as "
    "prm800k."
)
# Other people's names for a split. `dev` in a source file says nothing about ours.
SPLIT_ALIASES: dict[str, Split | None] = {"held_out": "test", "dev": None, "": None}


def parse(row: fields.Row) -> Parsed:
    """A solution, or else a problem."""
    fields.check_storable(row)
    if row.get("labeler") is not None and "rated_alternatives" in row:
        raise BadRow(EXPORTED)
    if is_solution(row):
        return Parsed(solutions=(parse_solution(row),))
    return Parsed(problem=parse_problem(row))


def is_solution(row: fields.Row) -> bool:
    """A row with steps or a solution's id, which names its problem and doesn't carry it."""
    if row.get("steps") is None and row.get("solution_id") is None:
        return "problem" not in row and ("steps" in row or "solution_id" in row)
    return True


def parse_problem(row: fields.Row) -> ProblemRecord:
    """A problem; an answer may be null (nothing can be graded then) but not left out."""
    return ProblemRecord(
        problem_id=fields.identifier(fields.required(row, "problem_id"), "problem_id"),
        problem=fields.words(fields.required(row, "problem"), "problem"),
        ground_truth_answer=fields.optional_answer(fields.required(row, "ground_truth_answer"), "ground_truth_answer"),
        ground_truth_solution=fields.optional_text(row.get("ground_truth_solution"), "ground_truth_solution"),
        split=parse_split(row.get("split")),
        extra=fields.unknown(row, PROBLEM_FIELDS),
    )


def parse_solution(row: fields.Row) -> SolutionRecord:
    """A solution, with what its source says of the steps where it says anything."""
    steps = fields.steps(fields.required(row, "steps"), "steps")
    return SolutionRecord(
        problem_id=fields.identifier(fields.required(row, "problem_id"), "problem_id"),
        solution_id=fields.identifier(fields.required(row, "solution_id"), "solution_id"),
        steps=steps,
        answer=fields.optional_answer(row.get("answer"), "answer", longest=fields.MAX_SOLUTION_CHARS),
        is_correct=fields.optional_flag(row.get("is_correct"), "is_correct"),
        generator=fields.optional_text(row.get("generator"), "generator", longest=500),
        step_labels=rated(row, len(steps)),
        alternatives=alternatives(row.get("alternatives"), len(steps)),
        extra=fields.unknown(row, SOLUTION_FIELDS),
    )


def parse_split(value: Any) -> Split | None:
    """`held_out` is test; null, empty and `dev` leave the split to whoever imports."""
    known: tuple[Split, ...] = get_args(Split)
    if value is None or (isinstance(value, str) and value in SPLIT_ALIASES):
        return SPLIT_ALIASES[value or ""]
    return fields.choice(value, "split", known)


def rated(row: fields.Row, step_count: int) -> tuple[int | None, ...] | None:
    """The ratings that `step_labels` holds, or that `first_error` alone implies; together they must agree.

    Where `step_labels` leaves the first mistake unknown, `first_error` is null or the step of its first -1.
    """
    labels, error = row.get("step_labels"), row.get("first_error")
    if error is not None:
        error = fields.integer(error, "first_error", least=0, most=step_count - 1)
    if labels is None:
        return None if error is None else (*[1] * error, BAD)
    ratings = fields.ratings(labels, "step_labels", step_count)
    bad = ratings.index(BAD) if BAD in ratings else None
    may_be = (bad, None) if first_mistake(ratings, step_count) is UNKNOWN else (bad,)
    if "first_error" in row and error not in may_be:
        said, there = "null" if error is None else error, "no -1" if bad is None else f"its first -1 at {bad}"
        raise BadRow(f"first_error is {said}, but step_labels has {there}.")
    return ratings


def alternatives(value: Any, step_count: int) -> dict[int, tuple[str, ...]]:
    """`{"2": ["another text for the third step", ...]}`: the keys are indices, as text since JSON has no other."""
    known = {str(step): step for step in range(step_count)}
    found = {}
    for key, texts in fields.mapping({} if value is None else value, "alternatives").items():
        if key not in known:
            raise BadRow(f"alternatives has the key {key[:40]!a}, which is no index of a step.")
        found[known[key]] = fields.steps(texts, f"alternatives[{key}]")
    return found


def dump_label(*, rated: Sequence[LabelStep], **values: Any) -> dict[str, Any]:
    """A label as a row of its own: what the other formats have no room for, such as its comment, is here too.

    `step_labels` covers the steps that were rated; `rated_alternatives` are the other texts at each, by its index.
    `first_error` is null where there is none, and where a null or missing rating leaves it unknown.
    """
    ratings = main_ratings(rated)
    mistake = first_mistake(ratings, len(values["steps"]))
    others = {str(i): (step["completions"] or [])[1:] for i, step in enumerate(rated)}
    return values | {
        "step_labels": ratings,
        "first_error": None if mistake is UNKNOWN else mistake,
        "rated_alternatives": {index: texts for index, texts in others.items() if texts},
    }
