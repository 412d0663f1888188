"""Looking through: every filter against an answer worked out row by row, every row once over all pages."""

import math
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelhub.errors import Absent, Invalid
from labelhub.models import BatchItem, Comment, Gold, Label, Problem, Project, Score, Solution
from labelhub.queries.data import browse
from labelhub.queries.data.browse import labels as browse_labels
from labelhub.queries.data.browse import problems as browse_problems
from labelhub.queries.data.browse import solutions as browse_solutions
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

LISTS: dict[str, Any] = {"problems": browse_problems, "solutions": browse_solutions, "labels": browse_labels}
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
MORE = ["", " and a quince", " of Größe 5", ", 50% of a_b"]
READ_ONLY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
WORDS = [
    "apples",
    "He has",
    "attempt 1",
    "buys tom",
    "Größe",
    "größe",
    'said "so"',
    "50%",
    "a_b",
    "\\frac",
    "[",
    ",",
    "quince",
]


@pytest.fixture
def corpus(project: Project) -> Project:
    """Forty solutions to nine problems of `project`, with all that a filter can ask for; and a neighbour alike."""
    fill(project, random.Random(5))
    fill(factories.ProjectFactory(slug="pears"), random.Random(6))
    return project


def fill(project: Project, chance: random.Random) -> None:
    checkpoints = [factories.CheckpointFactory(project=project, number=n) for n in (1, 2)]
    generations = [factories.GenerationFactory(project=project, number=n, state="closed") for n in (0, 1)]
    labelers = [factories.LabelerFactory() for _ in range(3)]
    for n in range(9):
        problem = factories.ProblemFactory(
            project=project,
            text=f"{chance.choice(['Tom', 'Ann'])} has {n} apples{chance.choice(MORE)}.",
            split=chance.choice(["train", "train", "gate", "test"]),
            retired_at=START if n % 4 == 3 else None,
        )
        factories.ProblemKeyFactory(problem=problem, key=f"p-{n}")
        for _ in range(chance.choice([0, 3, 5, 7])):
            solution = one_solution(problem, chance)
            for checkpoint in checkpoints:
                if chance.random() < 0.7:
                    known = chance.choice([None, -0.5, -0.5, -1000.0, -chance.random(), 0.0])
                    factories.ScoreFactory(checkpoint=checkpoint, solution=solution, log_score=known)
            if chance.random() < 0.2:
                factories.GoldFactory(solution=solution, purpose="check")
            for generation in generations:
                if chance.random() < 0.6:
                    label_it(generation, solution, chance, labelers)


def one_solution(problem: Problem, chance: random.Random) -> Solution:
    grade = chance.choice(["right", "wrong", "wrong", "unknown", None])
    by = chance.choice(["grader", "source", "person"]) if grade else None
    said = chance.choice(["He has 3 apples.", 'Tom said "so".', "Größe 50%", "a_b = \\frac{1}{2}", "One\nline"])
    solution: Solution = factories.SolutionFactory(
        problem=problem,
        steps=[*["Tom buys 4."] * chance.randint(0, 3), said],
        answer=chance.choice(["7", "quince", None]),
        grade=grade,
        graded_by=by,
        meta=chance.choice([{}, {"generator": "small"}, {"generator": "large"}, {"generator": 5}]),
    )
    return solution


def label_it(generation: Any, solution: Solution, chance: random.Random, labelers: list[Any]) -> None:
    item = factories.BatchItemFactory(
        generation=generation,
        solution=solution,
        state=chance.choice(["open", "done"]),
        stratum=chance.choice(["wrong", "control"]),
    )
    if chance.random() < 0.3:
        return
    assignment = factories.AssignmentFactory(item=item, labeler=chance.choice(labelers), state="submitted")
    # Several at one moment: the order has ties.
    moment = START + timedelta(hours=chance.randint(0, 6))
    finish = chance.choice(["solution", "found_error", "found_error", "give_up"])
    ratings = [1] * chance.randint(1, len(solution.steps))
    if finish == "found_error":
        ratings[-1] = -1
    label = factories.LabelFactory(
        assignment=assignment,
        ratings=ratings,
        finish_reason=finish,
        submitted_at=moment,
        is_quality_control_question=chance.random() < 0.2,
        is_initial_screening_question=chance.random() < 0.1,
        source=chance.choice(["human", "simulated"]),
        source_generation=chance.choice([None, None, 3]),
    )
    if chance.random() < 0.3:
        label = factories.LabelFactory(
            assignment=assignment,
            ratings=ratings,
            finish_reason=finish,
            submitted_at=moment + timedelta(hours=1),
            revision=2,
            supersedes=label,
        )
    if chance.random() < 0.3:
        Comment.objects.create(label=label, text="Step 2 reads twice.", is_question=chance.random() < 0.5)


def walked(listing: Any, project: Project, *, limit: int = 200, **asked: Any) -> list[int]:
    """The ids on all pages, one after the other."""
    ids: list[int] = []
    cursor = None
    for _ in range(200):
        page = listing.page(project, cursor=cursor, limit=limit, **asked)
        assert len(page.rows) <= limit
        ids += [row.id for row in page.rows]
        cursor = page.next
        if cursor is None:
            return ids
    raise AssertionError("it never ends")


def test_labelled_solutions_are_not_looked_up_in_each_problem(project):
    """A thousand problems by two thousand labelled solutions is seconds."""
    assert "problem_id=? AND rowid=?" not in browse_solutions.found(project, labels=True).rows.explain()


# What each filter means, told over one row in Python.


def has(text: str, words: str) -> bool:
    return all(lower(word) in lower(text) for word in words.split())


def lower(text: str) -> str:
    """As both databases fold case: SQLite leaves letters other than ASCII as they are."""
    if connection.vendor == "postgresql":
        return text.lower()
    return "".join(c.lower() if c.isascii() else c for c in text)


def current(labels: Any) -> list[Label]:
    return [label for label in labels if not Label.objects.filter(supersedes=label).exists()]


OF_A_PROBLEM: dict[str, Callable[[Problem, Any], bool]] = {
    "split": lambda p, wanted: p.split == wanted,
    "retired": lambda p, wanted: (p.retired_at is not None) is wanted,
    "labels": lambda p, wanted: Label.objects.filter(solution__problem=p).exists() is wanted,
    "solutions": lambda p, wanted: p.solutions.exists() is wanted,
    "key": lambda p, wanted: p.keys.filter(key=wanted).exists(),
    "q": lambda p, wanted: has(p.text, wanted),
}


def of_a_solution(s: Solution, asked: dict[str, Any]) -> bool:
    items = BatchItem.objects.filter(solution=s, **{"generation__number": asked.get("generation")})
    items = items.filter(**{name: asked[name] for name in ("stratum", "state") if name in asked})
    score = Score.objects.filter(
        solution=s, log_score__isnull=False, **{"checkpoint__number": asked.get("checkpoint")}
    ).first()
    p = math.exp(score.log_score or 0) if score else math.nan
    generator = s.meta.get("generator")
    answers: dict[str, Callable[[Any], bool]] = {
        "problem": lambda wanted: s.problem_id == wanted,
        "generation": lambda wanted: items.exists(),
        "stratum": lambda wanted: items.exists(),
        "state": lambda wanted: items.exists(),
        "checkpoint": lambda wanted: score is not None,
        "score_min": lambda wanted: p >= wanted,
        "score_max": lambda wanted: p <= wanted,
        "gold": lambda wanted: Gold.objects.filter(solution=s).exists() is wanted,
        "labels": lambda wanted: Label.objects.filter(solution=s).exists() is wanted,
        "graded_by": lambda wanted: s.graded_by == wanted,
        "grade": lambda wanted: s.grade == (None if wanted == "none" else wanted),
        "model": lambda wanted: generator == wanted,
        "steps_min": lambda wanted: len(s.steps) >= wanted,
        "steps_max": lambda wanted: len(s.steps) <= wanted,
        # Each word anywhere in the steps, the answer or the key, not all of them in one place.
        "q": lambda wanted: all(any(has(t, w) for t in (*s.steps, s.answer or "", s.key)) for w in wanted.split()),
    }
    return all(answers[name](wanted) for name, wanted in asked.items())


def of_a_label(label: Label, asked: dict[str, Any]) -> bool:
    item = label.assignment.item if label.assignment else None
    comment = Comment.objects.filter(label=label).first()
    check, screening = label.is_quality_control_question, label.is_initial_screening_question
    work = not check and not screening
    contradicts = work and label.finish_reason == "solution" and label.solution.grade == "wrong"
    mistake = len(label.steps) if label.finish_reason == "found_error" else 0
    answers: dict[str, Callable[[Any], bool]] = {
        "generation": lambda wanted: item is not None and item.generation.number == wanted,
        "stratum": lambda wanted: item is not None and item.stratum == wanted,
        "labeler": lambda wanted: label.labeler_id == wanted,
        "solution": lambda wanted: label.solution_id == wanted,
        "problem": lambda wanted: label.solution.problem_id == wanted,
        "since": lambda wanted: label.submitted_at >= wanted,
        "until": lambda wanted: label.submitted_at < wanted,
        "comment": lambda wanted: comment is not None and (wanted == "any" or comment.is_question),
        "source": lambda wanted: label.source == wanted,
        "finish": lambda wanted: label.finish_reason == wanted,
        "mistake": lambda wanted: mistake == wanted,
        "source_generation": lambda wanted: label.source_generation == wanted,
        "revised": lambda wanted: (label.revision > 1) is wanted,
        "contradiction": lambda wanted: contradicts is wanted,
        "asked_for": lambda wanted: {"work": work, "check": check, "screening": screening}[wanted],
    }
    return all(answers[name](wanted) for name, wanted in asked.items())


def right_answer(name: str, project: Project, asked: dict[str, Any]) -> set[int]:
    if name == "problems":
        rows = Problem.objects.filter(project=project)
        return {p.pk for p in rows if all(OF_A_PROBLEM[each](p, wanted) for each, wanted in asked.items())}
    if name == "solutions":
        return {s.pk for s in Solution.objects.filter(problem__project=project) if of_a_solution(s, asked)}
    labels = Label.objects.filter(solution__problem__project=project).select_related("solution", "assignment__item")
    return {label.pk for label in current(labels) if of_a_label(label, asked)}


YES = [False, True]
HOURS = [START + timedelta(hours=passed) for passed in range(8)]
FILTERS: dict[str, dict[str, Sequence[Any]]] = {
    "problems": {
        "split": ["train", "gate", "test"], "retired": YES, "labels": YES, "solutions": YES,
        "q": WORDS, "key": ["p-1", "p-7", "none"],
    },
    "solutions": {
        "generation": [0, 1], "stratum": ["wrong", "control", "audit"],
        "state": ["open", "done"], "checkpoint": [1, 2],
        "score_min": [0, 0.3, math.exp(-0.5), 1], "score_max": [0, 0.5, 0.7, 1],
        "gold": YES, "labels": YES, "graded_by": ["grader", "source", "person"],
        "grade": ["right", "wrong", "unknown", "none"], "model": ["small", "5", "x"],
        "steps_min": range(6), "steps_max": range(6), "q": WORDS,
    },
    "labels": {
        "generation": [0, 1], "stratum": ["wrong", "control", "audit"],
        "since": HOURS,
        "until": HOURS,
        "comment": ["any", "question"], "source": ["human", "simulated"],
        "finish": ["solution", "found_error", "give_up"], "mistake": range(1, 5),
        "source_generation": [3, 4], "revised": YES, "contradiction": YES,
        "asked_for": ["work", "check", "screening"],
    },
}  # fmt: skip
NEEDS = {"stratum": "generation", "state": "generation", "score_min": "checkpoint", "score_max": "checkpoint"}


@st.composite
def asking(draw: Any, name: str, most: int = 3) -> dict[str, Any]:
    """Some of the list's filters, with what they need; and an order."""
    chosen = draw(st.lists(st.sampled_from(sorted(FILTERS[name])), max_size=most, unique=True))
    chosen = list(dict.fromkeys([*chosen, *(NEEDS[each] for each in chosen if each in NEEDS)]))
    asked = {each: draw(st.sampled_from(FILTERS[name][each])) for each in chosen}
    sorts = [s for s in LISTS[name].SORTS if "checkpoint" in asked or "score" not in s]
    return asked | {"sort": draw(st.sampled_from(sorts))}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(("window", "few"), [(3, 0), (7, 20_000), (20_000, 0)])
@READ_ONLY
@given(data=st.data())
def test_filters_find_what_a_look_at_each_row_finds_whatever_the_page_and_the_window(
    corpus: Project, monkeypatch: pytest.MonkeyPatch, name: str, window: int, few: int, data: Any
):
    monkeypatch.setattr(browse, "WINDOW", window)
    monkeypatch.setattr(browse, "FEW", few)
    asked = data.draw(asking(name))
    ids = walked(LISTS[name], corpus, limit=data.draw(st.sampled_from([1, 2, 5, 200])), **asked)
    sort = asked.pop("sort")
    assert len(ids) == len(set(ids)), "no row twice"
    assert set(ids) == right_answer(name, corpus, asked)
    if sort in ("id", "-id"):
        assert ids == sorted(ids, reverse=sort == "-id")


@pytest.mark.parametrize("name", LISTS)
def test_each_filter_alone_finds_what_a_look_at_each_row_finds(corpus: Project, name: str):
    """With each of its values, and with what it needs; some leave something out."""
    for each, values in FILTERS[name].items():
        everything = right_answer(name, corpus, {})
        needed = {NEEDS[each]: 1} if each in NEEDS else {}
        found = []
        for value in values:
            found.append(set(walked(LISTS[name], corpus, **needed, **{each: value})))
            assert found[-1] == right_answer(name, corpus, {**needed, each: value}), f"{each}={value}"
        assert any(some != everything for some in found), f"{each} narrows nothing"


@pytest.mark.parametrize("sort", ["-submitted_at", "submitted_at"])
def test_labels_of_one_moment_are_told_once_each_in_order(corpus: Project, sort: str):
    ids = walked(browse_labels, corpus, limit=2, sort=sort)
    key = {label.pk: (label.submitted_at, label.pk) for label in Label.objects.all()}
    assert ids == sorted(ids, key=lambda pk: key[pk], reverse=sort.startswith("-"))
    assert len({key[pk][0] for pk in ids}) < len(ids), "there are ties"


@pytest.mark.parametrize("sort", ["-score", "score"])
def test_solutions_of_one_score_are_told_once_each_in_order(corpus: Project, sort: str):
    ids = walked(browse_solutions, corpus, limit=2, sort=sort, checkpoint=1)
    scores = Score.objects.filter(checkpoint__project=corpus, checkpoint__number=1, log_score__isnull=False)
    key = {score.solution_id: (score.log_score, score.solution_id) for score in scores}
    assert ids == sorted(key, key=lambda pk: key[pk], reverse=sort == "-score")
    assert len(set(key.values())) > len({log_score for log_score, _ in key.values()}), "there are ties"


def test_a_page_looks_through_its_window_and_says_so(project: Project, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(browse, "WINDOW", 10)
    monkeypatch.setattr(browse, "FEW", 0)
    problem = factories.ProblemFactory(project=project)
    for n in range(25):
        factories.SolutionFactory(problem=problem, answer="quince" if n in (3, 4) else "7")
    first = browse_solutions.page(project, q="quince", limit=1)
    assert (first.rows, first.searched, first.count, first.exact) == ([], 10, 0, False)
    second = browse_solutions.page(project, q="quince", limit=1, cursor=first.next)
    assert (second.rows, second.searched, second.count) == ([], 10, None)
    third = browse_solutions.page(project, q="quince", limit=1, cursor=second.next)
    assert (len(third.rows), third.searched) == (1, None)
    last = browse_solutions.page(project, q="quince", limit=1, cursor=third.next)
    assert (len(last.rows), last.next, last.searched) == (1, None, None)


def test_no_more_are_counted_than_are_told(project: Project, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(browse, "COUNTED", 4)
    problem = factories.ProblemFactory(project=project)
    factories.SolutionFactory.create_batch(4, problem=problem)
    told = browse_solutions.page(project, limit=2)
    assert (told.count, told.exact) == (4, True)
    factories.SolutionFactory(problem=problem)
    told = browse_solutions.page(project, limit=2)
    assert (told.count, told.exact) == (4, False)
    assert browse_solutions.page(project, limit=2, cursor=told.next).count is None


def test_rows_that_come_in_between_are_told_on_no_page_behind_them(project: Project):
    problem = factories.ProblemFactory(project=project)
    before = [each.pk for each in factories.SolutionFactory.create_batch(4, problem=problem)]
    first = browse_solutions.page(project, limit=2)
    factories.SolutionFactory(problem=problem)
    rest = browse_solutions.page(project, limit=9, cursor=first.next).rows
    assert [row.id for row in [*first.rows, *rest]] == before[::-1]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("other", LISTS)
def test_a_cursor_of_another_list_or_order_is_refused(corpus: Project, name: str, other: str):
    for sort in LISTS[other].SORTS:
        asked = {"checkpoint": 1} if "score" in sort else {}
        cursor = LISTS[other].page(corpus, sort=sort, limit=1, **asked).next
        for mine in LISTS[name].SORTS:
            if (name, mine) != (other, sort):
                with pytest.raises(Invalid):
                    LISTS[name].page(corpus, sort=mine, cursor=cursor, **({"checkpoint": 1} if "score" in mine else {}))


def forged(*parts: Any) -> str:
    return browse.write_cursor(browse.Sort(parts[0], ("pk",), (int,)), parts[1:])


BY_TIME = "labels -submitted_at"
MADE_UP = [
    "-", "é", "AAAA", "bnVsbA", "W10", "WyItaWQiXQ",
    forged(BY_TIME, 2**63, 1), forged(BY_TIME, "2026-03-02T08:00:00", 1),
    forged(BY_TIME, "0001-01-01T00:00:00+14:00", 1), forged(BY_TIME, "9999-12-31T23:59:59-14:00", 1),
    forged(BY_TIME, "2026-03-02T08:00:00Z", 1, 1), forged(BY_TIME, "2026-03-02T08:00:00Z", True),
    forged(BY_TIME, "2026-03-02T08:00:00Z", "1"), forged(BY_TIME, "2026-03-02T08:00:00Z", 2**63),
]  # fmt: skip


@pytest.mark.parametrize("cursor", MADE_UP)
def test_a_cursor_that_was_made_up_is_refused(corpus: Project, cursor: str):
    with pytest.raises(Invalid) as refusal:
        browse_labels.page(corpus, cursor=cursor)
    assert refusal.value.fields["cursor"]


@pytest.mark.parametrize("asked", [{"sort": "-score"}, {"sort": "score"}, {"score_min": 0.5}, {"score_max": 0.5}])
def test_a_score_is_one_of_a_checkpoint(corpus: Project, asked: dict[str, Any]):
    with pytest.raises(Invalid) as refusal:
        browse_solutions.page(corpus, **asked)
    assert refusal.value.fields["checkpoint"]


@pytest.mark.parametrize("name", ["solutions", "labels"])
def test_a_stratum_is_one_of_a_generation(corpus: Project, name: str):
    with pytest.raises(Invalid) as refusal:
        LISTS[name].page(corpus, stratum="wrong")
    assert refusal.value.fields["generation"]


@pytest.mark.parametrize(
    ("name", "asked"),
    [("solutions", {"generation": 9}), ("labels", {"generation": 9}), ("solutions", {"checkpoint": 9})],
)
def test_what_the_project_does_not_have_is_absent(corpus: Project, name: str, asked: dict[str, Any]):
    with pytest.raises(Absent):
        LISTS[name].page(corpus, **asked)


def test_a_row_of_another_project_narrows_to_nothing(corpus: Project):
    theirs = Solution.objects.exclude(problem__project=corpus).filter(labels__isnull=False).first()
    assert theirs is not None
    assert walked(browse_solutions, corpus, problem=theirs.problem_id) == []
    assert walked(browse_labels, corpus, problem=theirs.problem_id) == []
    assert walked(browse_labels, corpus, solution=theirs.pk) == []


def test_a_long_text_is_listed_by_how_it_begins(project: Project):
    text = "How many apples? " + "x" * 500
    solution = factories.SolutionFactory(problem=factories.ProblemFactory(project=project, text=text))
    factories.LabelFactory(assignment__item__solution=solution)
    assert [row.text for row in browse_problems.page(project).rows] == [text[:400]]
    assert [row.problem_text for row in browse_solutions.page(project).rows] == [text[:400]]
    assert [row.problem_text for row in browse_labels.page(project).rows] == [text[:400]]


@pytest.mark.parametrize(("name", "most"), [("problems", 6), ("solutions", 9), ("labels", 6)])
@READ_ONLY
@given(data=st.data())
def test_a_page_takes_a_bounded_number_of_queries(corpus: Project, name: str, most: int, data: Any):
    asked = data.draw(asking(name))
    with CaptureQueriesContext(connection) as few:
        LISTS[name].page(corpus, limit=2, **asked)
    assert len(few) <= most
