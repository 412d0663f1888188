"""The example solutions of OpenAI's grade-school-math: one question, and one solution for each of several models."""

import re
from typing import Any

from selector.formats import fields
from selector.formats.records import BadRow, Parsed, ProblemRecord, SolutionRecord

_ANSWER = re.compile(r"(?:^|\n)(?:A:|####)[ \t]*(\S.*?)\s*\Z")


def parse(row: fields.Row) -> Parsed:
    """A step is a line, the answer what the last one names behind `A:` or `####`."""
    fields.check_storable(row)
    question = fields.words(fields.required(row, "question"), "question")
    reference = fields.words(fields.required(row, "ground_truth"), "ground_truth")
    samples = {name: value for name, value in row.items() if is_sample(value)}
    problem = ProblemRecord(
        problem=question,
        ground_truth_answer=_answer(reference),
        ground_truth_solution=reference,
        extra=fields.unknown(row, ("question", "ground_truth", *samples)),
    )
    if not samples:
        raise BadRow("No field holds a model's solution and is_correct.")
    return Parsed(problem, tuple(_solution(question, name, sample) for name, sample in samples.items()))


def is_sample(value: Any) -> bool:
    return isinstance(value, dict) and "solution" in value


def _solution(question: str, model: str, sample: dict[str, Any]) -> SolutionRecord:
    text = fields.words(sample["solution"], f"{model}.solution")
    lines = [line for line in text.splitlines() if line.strip()]
    return SolutionRecord(
        problem=question,
        steps=fields.steps(lines, f"{model}.solution"),
        answer=_answer(text),
        is_correct=fields.optional_flag(sample.get("is_correct"), f"{model}.is_correct"),
        generator=model,
        extra=fields.unknown(sample, ("solution", "is_correct")),
    )


def _answer(text: str) -> str | None:
    found = _ANSWER.search(text.rstrip())
    return found[1] if found else None
