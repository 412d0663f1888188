"""Grade: is a solution's final answer right, wrong or unknown, and who said so."""

from collections import Counter
from collections.abc import Callable, Iterator

from django.db import transaction
from django.db.models import QuerySet

from labelhub.models import Project, Solution
from selector.grading.grade import Grader
from selector.types import Grade

CHUNK = 500

Verdict = tuple[Grade, Solution.GradedBy]
Beat = Callable[[int, int, str], None]


def grade_pending(
    *, project: Project, grader: Grader, beat: Beat = lambda done, total, message: None
) -> dict[str, int]:
    """Grade every solution of the project that has no grade, and count them by grade and, of all, the source's own.

    A person's grade is never overwritten, also one given while this runs. Grading is slow (a verdict may take
    seconds) and happens outside the transactions, one of which writes each chunk.
    """
    counts = Counter({each.value: 0 for each in (*Grade, Solution.GradedBy.SOURCE)})
    done, total = 0, _pending(project).count()
    for chunk in _chunks(project):
        verdicts: dict[Verdict, list[int]] = {}
        grades = grader.grade_pairs((each.answer, each.problem.ground_truth_answer) for each in chunk)
        for solution, grade in zip(chunk, grades, strict=True):
            verdicts.setdefault(_verdict(solution, grade), []).append(solution.pk)
            done += 1
            beat(done, total, "Grading answers")
        counts.update(_write(verdicts))
    return dict(counts)


def _verdict(solution: Solution, grade: Grade) -> Verdict:
    """The grader's word, a timeout too; where there was nothing to compare, the source's own, if it has one."""
    compared = (solution.answer or "").strip() and (solution.problem.ground_truth_answer or "").strip()
    if compared or solution.source_verdict is None:
        return grade, Solution.GradedBy.GRADER
    return Grade.RIGHT if solution.source_verdict else Grade.WRONG, Solution.GradedBy.SOURCE


@transaction.atomic
def _write(verdicts: dict[Verdict, list[int]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for (grade, graded_by), ids in verdicts.items():
        ungraded = Solution.objects.filter(pk__in=ids, grade__isnull=True)
        written = ungraded.update(grade=grade.value, graded_by=graded_by)
        counts[grade.value] += written
        if graded_by == Solution.GradedBy.SOURCE:
            counts[graded_by.value] += written
    return counts


def _pending(project: Project) -> QuerySet[Solution]:
    return Solution.objects.filter(problem__project=project, grade__isnull=True)


def _chunks(project: Project) -> Iterator[list[Solution]]:
    """By id, so that a solution somebody grades meanwhile shifts nothing."""
    last = 0
    rows = _pending(project).select_related("problem").order_by("pk")
    rows = rows.only("answer", "source_verdict", "problem__ground_truth_answer")
    while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
        yield chunk
        last = chunk[-1].pk
