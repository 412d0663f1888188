"""The samples that OpenAI scored for the paper (scored-test-samples.jsonl): one solution a line, with both its scores.

Fields: problem, answer (or given_answer), is_correct, subject, level, unique_id, steps, rating_probs (one object a
step, P by rating: "-1", "0", "1"), prm_score, orm_score, ground_truth_answer. openai/prm800k's eval.py reads them.
"""

from dataclasses import dataclass

from selector.formats import fields
from selector.formats.records import BadRow
from selector.prm.aggregate import NeutralAs, p_correct
from selector.types import CLASS_INDEX

SCORES = ("prm_score", "orm_score")


@dataclass(frozen=True, slots=True)
class ScoredSample:
    """One line: `scores` by their name without `_score`, in [0, 1]; `step_probs` is P(correct) per step where told.

    The problem's text is its name, as eval.py groups by it. A sample may lack an answer, and then is never chosen.
    """

    problem: str
    answer: str | None
    is_correct: bool
    scores: dict[str, float]
    step_probs: list[float] | None


def is_sample(row: fields.Row) -> bool:
    """Told by its fields: a problem's text and one of the scores, and no id of a solution."""
    named = row.get("solution_id") is not None
    return not named and "problem" in row and "is_correct" in row and any(name in row for name in SCORES)


def parse(row: fields.Row, neutral_as: NeutralAs = "positive", *, steps: bool = True) -> ScoredSample:
    """Raises BadRow with a sentence. Scores are taken as published, not computed anew from `rating_probs`.

    Without `steps` those are left unread, which is most of the work.
    """
    answer = row["answer"] if "answer" in row else row.get("given_answer")
    scores = {name: _probability(row[name], name) for name in SCORES if row.get(name) is not None}
    return ScoredSample(
        problem=fields.words(fields.required(row, "problem"), "problem"),
        answer=fields.optional_answer(answer, "answer", longest=fields.MAX_SOLUTION_CHARS),
        is_correct=fields.flag(fields.required(row, "is_correct"), "is_correct"),
        scores={name.removesuffix("_score"): score for name, score in scores.items()},
        step_probs=_step_probs(row, neutral_as) if steps else None,
    )


def _step_probs(row: fields.Row, neutral_as: NeutralAs) -> list[float] | None:
    rated = row.get("rating_probs")
    return (
        None
        if not rated
        else [
            _step(fields.mapping(one, f"rating_probs[{at}]"), f"rating_probs[{at}]", neutral_as)
            for at, one in enumerate(fields.sequence(rated, "rating_probs"))
        ]
    )


def _step(rated: fields.Row, name: str, neutral_as: NeutralAs) -> float:
    probs = [fields.number(fields.required(rated, f"{name}.{rating}"), name) for rating in map(str, CLASS_INDEX)]
    try:
        return p_correct(probs, neutral_as)
    except ValueError as error:
        raise BadRow(f"{name}: {error}") from error


def _probability(value: object, name: str) -> float:
    score = fields.number(value, name)
    if not 0 <= score <= 1:
        raise BadRow(f"{name} is not between 0 and 1.")
    return score
