"""Grading: each solution once, by the grader, or by its source where there is nothing to compare."""

from collections.abc import Callable, Iterator

import pytest

from labelhub.errors import Superseded
from labelhub.models import Project, Solution
from labelhub.services.data import grading
from selector.grading.grade import Grader
from selector.types import Grade
from tests import factories
from tests.present import present
from tests.services.data.files import read

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader() as grader:
        yield grader


class Attentive(Grader):
    """A grader that tells which pairs it is asked, before it answers."""

    def __init__(self, tell: Callable[[str | None], object]) -> None:
        super().__init__()
        self._tell = tell

    def grade(self, answer: str | None, ground_truth: str | None) -> Grade:
        self._tell(answer)
        return super().grade(answer, ground_truth)


def pending(project: Project, answer: str | None = "7", **fields: object) -> Solution:
    return factories.SolutionFactory(problem__project=project, answer=answer, grade=None, **fields)


def graded(solution: Solution) -> tuple[str | None, str | None]:
    solution.refresh_from_db()
    return solution.grade, solution.graded_by


def test_answers_are_compared_with_the_ground_truth(project, grader):
    right, wrong = pending(project, "14/2"), pending(project, "8")
    counts = grading.grade_pending(project=project, grader=grader)
    assert (graded(right), graded(wrong)) == (("right", "grader"), ("wrong", "grader"))
    assert counts == {"right": 1, "wrong": 1, "unknown": 0, "source": 0}


@pytest.mark.parametrize("missing", [{"answer": None}, {"answer": " "}, {"problem__ground_truth_answer": None}])
@pytest.mark.parametrize(("verdict", "grade"), [(True, "right"), (False, "wrong")])
def test_where_there_is_nothing_to_compare_the_source_decides(project, grader, missing, verdict, grade):
    solution = pending(project, **{"source_verdict": verdict} | missing)
    counts = grading.grade_pending(project=project, grader=grader)
    assert graded(solution) == (grade, "source")
    assert (counts[grade], counts["source"]) == (1, 1)


def test_where_there_is_something_to_compare_the_source_is_not_asked(project, grader):
    solution = pending(project, "8", source_verdict=True)
    grading.grade_pending(project=project, grader=grader)
    assert graded(solution) == ("wrong", "grader")


def test_with_neither_an_answer_nor_a_verdict_the_grade_is_unknown(project, grader):
    solution = pending(project, None)
    assert grading.grade_pending(project=project, grader=grader)["unknown"] == 1
    assert graded(solution) == ("unknown", "grader")


def test_a_timeout_is_unknown_whatever_the_source_says(project):
    solution, other = pending(project, "10^{10^{10^{10}}}", source_verdict=True), pending(project, "21/3")
    with Grader(time_limit=1) as grader:
        grading.grade_pending(project=project, grader=grader)
    assert graded(solution) == ("unknown", "grader")
    assert graded(other) == ("right", "grader")


def test_what_is_graded_stays_and_other_projects_wait(project, grader):
    by_hand = factories.SolutionFactory(problem__project=project, answer="8", grade="right", graded_by="person")
    elsewhere = pending(factories.ProjectFactory())
    assert sum(grading.grade_pending(project=project, grader=grader).values()) == 0
    assert (graded(by_hand), graded(elsewhere)) == (("right", "person"), (None, None))


def test_a_persons_grade_given_meanwhile_is_kept(project):
    solution = pending(project, "8")

    def decide(answer: str | None) -> None:
        Solution.objects.filter(pk=solution.pk).update(grade="right", graded_by="person")

    with Attentive(decide) as grader:
        counts = grading.grade_pending(project=project, grader=grader)
    assert graded(solution) == ("right", "person")
    assert sum(counts.values()) == 0


def test_an_answer_given_by_many_samples_is_judged_once(project):
    problem = factories.ProblemFactory(project=project)
    asked: list[str | None] = []
    for _ in range(4):
        pending(project, "14/2", problem=problem)
    with Attentive(asked.append) as grader:
        assert grading.grade_pending(project=project, grader=grader)["right"] == 4
    assert asked == ["14/2"]


def test_chunks_leave_nothing_out_and_each_is_kept_when_the_next_breaks_off(project, grader, monkeypatch):
    monkeypatch.setattr(grading, "CHUNK", 3)
    for _ in range(8):
        pending(project)
    told = []

    def overtaken(done: int, total: int, message: str) -> None:
        told.append((done, total))
        if done == 5:
            raise Superseded

    with pytest.raises(Superseded):
        grading.grade_pending(project=project, grader=grader, beat=overtaken)
    assert told == [(n, 8) for n in range(1, 6)]
    assert Solution.objects.filter(grade="right").count() == 3
    assert grading.grade_pending(project=project, grader=grader)["right"] == 5
    assert not Solution.objects.filter(grade=None).exists()


def test_grades_take_a_handful_of_queries(project, grader, django_assert_num_queries):
    for answer in ("7", "8", "9", "9"):
        pending(project, answer)
    # count, chunk, begin, one update a verdict, commit, the chunk after the last
    with django_assert_num_queries(7):
        grading.grade_pending(project=project, grader=grader)


def test_the_sources_verdicts_of_a_real_set_are_used_where_no_answer_was_extracted(project, grader, shared_data):
    read(project, *(shared_data / f"processbench_math.{kind}.jsonl" for kind in ("problems", "solutions")))
    without = Solution.objects.filter(answer=None)
    assert without.count() > 0
    counts = grading.grade_pending(project=project, grader=grader)
    assert counts["source"] == without.count()
    verdicts = {"right": True, "wrong": False}
    assert all(each.graded_by == "source" and verdicts[present(each.grade)] == each.source_verdict for each in without)
    assert sum(counts.values()) - counts["source"] == 1000
