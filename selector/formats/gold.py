"""Gold labels: solutions whose first mistake is known, by a row of our own or by one that tells it in another format.

Our own row: `problem` (or `problem_id`, of a problem that is there), `ground_truth_answer`, `steps`, `first_mistakes`
(indices from 0 of the steps that may acceptably be called the first mistake; empty: there is none), and where known
`explanation`, `answer`, `is_correct`, `solution_id`, `generator`, `alternatives`.
"""

from dataclasses import dataclass

from selector.formats import fields, labelhub
from selector.formats.published import prm800k, processbench
from selector.formats.records import BadRow, Parsed, ProblemRecord, SolutionRecord
from selector.labels.steps import UNKNOWN, FirstMistake, first_mistake, main_ratings
from selector.types import WHOLE

LONGEST_EXPLANATION = 10_000
OWN = ("first_mistakes", "explanation")
SILENT = "The row doesn't tell the first mistake: it needs first_mistakes, label, step_labels or first_error."


@dataclass(frozen=True, slots=True)
class GoldRecord:
    """A solution, the problem if the row carries it, and the set of its acceptable first mistakes, in order."""

    problem: ProblemRecord | None
    solution: SolutionRecord
    first_mistakes: tuple[int, ...]
    explanation: str


def parse(row: fields.Row) -> GoldRecord:
    """Raises BadRow with a sentence where the row is no gold label."""
    fields.check_storable(row)
    explanation = fields.text(row.get("explanation") or "", "explanation", longest=LONGEST_EXPLANATION)
    if row.get("first_mistakes") is not None:
        problem, solution = _own(row)
        return GoldRecord(problem, solution, _first_mistakes(row, len(solution.steps)), explanation)
    rest = fields.unknown(row, OWN)
    if row.get("question") is not None and "label" in row:
        return _of_label(prm800k.parse(rest), explanation)
    if row.get("label") is not None:
        parsed = processbench.parse(rest)
        return _known(parsed.problem, parsed.solutions[0], explanation)
    if row.get("first_error") is not None or row.get("step_labels") is not None:
        return _known(None, labelhub.parse_solution(rest), explanation)
    raise BadRow(SILENT)


def _own(row: fields.Row) -> tuple[ProblemRecord | None, SolutionRecord]:
    steps = fields.steps(fields.required(row, "steps"), "steps")
    key = row.get("problem_id")
    problem = _problem(row) if row.get("problem") is not None else None
    if problem is None and key is None:
        raise BadRow("problem is missing, and so is problem_id.")
    solution_id = row.get("solution_id")
    return problem, SolutionRecord(
        steps=steps,
        answer=fields.optional_answer(row.get("answer"), "answer", longest=fields.MAX_SOLUTION_CHARS),
        is_correct=fields.optional_flag(row.get("is_correct"), "is_correct"),
        problem_id=None if key is None else fields.identifier(key, "problem_id"),
        problem=problem.problem if problem else None,
        solution_id=None if solution_id is None else fields.identifier(solution_id, "solution_id"),
        generator=fields.optional_text(row.get("generator"), "generator", longest=500),
        alternatives=labelhub.alternatives(row.get("alternatives"), len(steps)),
    )


def _problem(row: fields.Row) -> ProblemRecord:
    key = row.get("problem_id")
    return ProblemRecord(
        problem=fields.words(row["problem"], "problem"),
        ground_truth_answer=fields.optional_answer(row.get("ground_truth_answer"), "ground_truth_answer"),
        problem_id=None if key is None else fields.identifier(key, "problem_id"),
    )


def _first_mistakes(row: fields.Row, step_count: int) -> tuple[int, ...]:
    indices = fields.sequence(row["first_mistakes"], "first_mistakes")
    found = [
        fields.integer(each, f"first_mistakes[{i}]", least=0, most=step_count - 1) for i, each in enumerate(indices)
    ]
    return tuple(sorted(set(found)))


def _known(problem: ProblemRecord | None, solution: SolutionRecord, explanation: str) -> GoldRecord:
    return GoldRecord(problem, solution, _told(solution.first_mistake), explanation)


def _told(mistake: FirstMistake) -> tuple[int, ...]:
    if mistake is UNKNOWN:
        raise BadRow("A step before the first -1, or before the end, is not rated: the first mistake is not known.")
    return () if mistake is None else (mistake,)


def _of_label(parsed: Parsed, explanation: str) -> GoldRecord:
    label = parsed.label
    if label is None or not parsed.solutions or label.finish_reason not in WHOLE:
        raise BadRow("The pass was not finished over a whole solution, so it tells no first mistake.")
    mistake = first_mistake(main_ratings(label.steps), len(parsed.solutions[0].steps))
    return GoldRecord(parsed.problem, parsed.solutions[0], _told(mistake), explanation)
