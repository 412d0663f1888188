"""What files of solutions know about their steps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from selector.formats import BadLine, BadRow, SolutionRecord, parse, read_jsonl
from selector.formats.fields import Row
from selector.grading.normalize import problem_digest, solution_digest

Ratings = tuple[int | None, ...]
Key = tuple[str, str]  # digests of the problem and of the steps


class Oracle:
    """The ratings of solutions, by the text of problem and steps: ids differ from site to site.

    A row that names its problem by id is found by the problems in the same files, or else by `problems`, the digest
    of a problem's text by its id.
    """

    def __init__(self, files: Iterable[Path], problems: Mapping[str, str]) -> None:
        self._problems = dict(problems)
        self._ratings: dict[Key, Ratings] = {}
        by_id: list[tuple[SolutionRecord, Ratings]] = []
        for path in files:
            by_id += self._read(path)
        for solution, ratings in by_id:
            if digest := self._problems.get(solution.problem_id or ""):
                self._ratings[digest, solution_digest(solution.steps)] = ratings

    def __len__(self) -> int:
        return len(self._ratings)

    def ratings(self, problem: str, steps: Sequence[str]) -> Ratings | None:
        """Ratings of the steps up to the first -1, else of all; None where the files don't know them."""
        return self._ratings.get((problem_digest(problem), solution_digest(steps)))

    def _read(self, path: Path) -> Iterator[tuple[SolutionRecord, Ratings]]:
        """Take up what holds its problem; return what names it by id, which a later line may explain."""
        for row in _rows(path):
            try:
                parsed = parse(row)
            except BadRow:
                continue  # the import has told it, by line
            if parsed.problem and parsed.problem.problem_id:
                self._problems[parsed.problem.problem_id] = problem_digest(parsed.problem.problem)
            for solution in parsed.solutions:
                if (ratings := _known(solution)) is None:
                    continue
                if text := solution.problem or (parsed.problem and parsed.problem.problem):
                    self._ratings[problem_digest(text), solution_digest(solution.steps)] = ratings
                else:
                    yield solution, ratings


def _rows(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        for line in read_jsonl(file):
            if not isinstance(line, BadLine):
                yield line.row


def _known(solution: SolutionRecord) -> Ratings | None:
    """The ratings to the first -1 or to the end; `first_error: null` alone says nothing."""
    if (labels := solution.step_labels) is None:
        return None
    if -1 in labels:
        return labels[: labels.index(-1) + 1]
    return labels if len(labels) == len(solution.steps) else None
