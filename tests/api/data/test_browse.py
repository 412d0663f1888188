"""Problems, solutions and labels over HTTP: what is taken, what is refused, and what one solution's page is told."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labelhub.models import BatchItem, Checkpoint, Comment, Generation, Project, Solution, User
from labelhub.queries.data import solutions
from labelhub.queries.data.browse import labels as browse_labels
from labelhub.queries.data.browse import problems as browse_problems
from labelhub.queries.data.browse import solutions as browse_solutions
from tests import factories
from tests.api.conftest import Caller, refused

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

LISTS = ["problems", "solutions", "labels"]


@pytest.fixture
def rita_calls(call_as: Callable[..., Caller], rita: User) -> Caller:
    return call_as(rita)


@pytest.fixture
def known(generation: Generation, checkpoint: Checkpoint, ann: User) -> Solution:
    """A wrong solution with all there is to know: two checkpoints' scores, a revised label with a comment, a pick."""
    project = generation.project
    Project.objects.update(champion=checkpoint)
    solution: Solution = factories.SolutionFactory(problem__project=project, wrong=True, meta={"generator": "small"})
    factories.ProblemKeyFactory(problem=solution.problem, key="p-1")
    factories.SolutionFactory(problem=solution.problem, answer="8")
    other = factories.CheckpointFactory(project=project)
    for each, log_score in ((checkpoint, -0.5), (other, None)):
        probs = None if log_score is None else [0.9, 0.7, 0.9]
        factories.ScoreFactory(checkpoint=each, solution=solution, log_score=log_score, step_probs=probs)
    item = factories.BatchItemFactory(
        generation=generation, solution=solution, stratum="control", rank=4, inclusion_probability=0.25, state="done"
    )
    assignment = factories.AssignmentFactory(item=item, labeler=ann.labeler, state="submitted")
    first = factories.LabelFactory(assignment=assignment, ratings=[1, 1, 1])
    newest = factories.LabelFactory(assignment=assignment, ratings=[1, None, -1], revision=2, supersedes=first)
    Comment.objects.create(label=newest, text="Is 3 + 4 = 8?", is_question=True)
    factories.AlternativeFactory(solution=solution, step=1, text="He buys 4 more, so 3 + 4 = 7.")
    return solution


HOSTILE = [
    {"sort": "labeler__password"},
    {"sort": "-pk"},
    {"ordering": "id"},
    {"labeler__user__password__startswith": "a"},
    {"project": "pears"},
    {"limit": 0},
    {"limit": 201},
    {"limit": "all"},
    {"limit": 2**70},
    {"cursor": "x" * 201},
    {"cursor": "é"},
    {"cursor": "\x00"},
]
OF_ONE: dict[str, list[dict[str, Any]]] = {
    "problems": [
        {"q": "\x00"}, {"q": "a" * 201}, {"split": "everything"}, {"retired": "maybe"},
        {"split": "train' OR 1=1"}, {"text__contains": "a"},
    ],
    "solutions": [
        {"q": "\x00"}, {"q": "a" * 201}, {"problem": 2**63}, {"problem": -1}, {"problem": "1 OR 1=1"},
        {"generation": 2**31}, {"generation": -2}, {"checkpoint": -1}, {"checkpoint": 1, "score_min": "nan"},
        {"checkpoint": 1, "score_max": "inf"}, {"checkpoint": 1, "score_min": -0.1}, {"score_min": 0.5},
        {"sort": "-score"}, {"steps_min": 2**31},
        {"stratum": "wrong"}, {"state": "open"}, {"generation": 0, "stratum": "everything"}, {"grade": "null"},
        {"meta__generator": "a"}, {"model": "\x00"},
    ],
    "labels": [
        {"labeler": "ann"}, {"solution": 2**63}, {"since": "yesterday"}, {"since": "0001-01-01T00:00:00+14:00"},
        {"until": "9999-12-31T23:59:59-14:00"}, {"mistake": 0}, {"stratum": "wrong"}, {"comment": "yes"},
        {"source": "human,imported"}, {"asked_for": "everything"}, {"total_time__gt": 5}, {"q": "a"},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("listing", "query"),
    [(each, query) for each in LISTS for query in HOSTILE + OF_ONE[each]],
    ids=lambda value: value if isinstance(value, str) else str(value)[:40],
)
def test_what_is_no_filter_or_no_value_of_one_is_refused_by_its_name(
    rita_calls: Caller, checkpoint: Checkpoint, generation: Generation, listing: str, query: dict[str, Any]
):
    fields = refused(rita_calls.get(f"projects/apples/{listing}", **query), 400, "invalid")
    assert set(fields) <= set(query) | {"checkpoint", "generation"}
    assert fields


@pytest.mark.parametrize(
    "words",
    [
        "größe ∑ 🍎",
        "%",
        "_",
        "\\",
        "'; DROP TABLE labelhub_label; --",
        '"',
        "a" * 200,
        " ",
        "a b c d e f g h i j",
        "\u202e\ufeff",
    ],
)
@pytest.mark.parametrize("listing", ["problems", "solutions"])
def test_words_are_looked_for_as_they_are(rita_calls: Caller, known: Solution, listing: str, words: str):
    answer = rita_calls.get(f"projects/apples/{listing}", q=words)
    if words.strip():
        assert (answer.status_code, answer.json()["rows"]) == (200, [])
    else:
        refused(answer, 400, "invalid")


@pytest.mark.parametrize("listing", LISTS)
@pytest.mark.parametrize("name", ["problem", "solution"])
def test_rows_of_another_project_are_found_nowhere(rita_calls: Caller, known: Solution, listing: str, name: str):
    theirs = factories.LabelFactory().solution
    takes = {"problem": ["solutions", "labels"], "solution": ["labels"]}
    if listing in takes[name]:
        pk = theirs.problem_id if name == "problem" else theirs.pk
        assert rita_calls.get(f"projects/apples/{listing}", **{name: pk}).json()["rows"] == []
    ids = {row["id"] for row in rita_calls.get(f"projects/apples/{listing}").json()["rows"]}
    assert ids
    assert not ids & {theirs.pk if listing == "solutions" else theirs.problem_id if listing == "problems" else -1}


@pytest.mark.parametrize(
    ("listing", "query"),
    [("solutions", {"generation": 9}), ("solutions", {"checkpoint": 99}), ("labels", {"generation": 9})],
)
def test_a_generation_or_a_checkpoint_that_is_not_there_is_absent(
    rita_calls: Caller, project: Project, listing: str, query: dict[str, Any]
):
    factories.GenerationFactory(number=9)  # of another project
    factories.CheckpointFactory(number=99)
    refused(rita_calls.get(f"projects/apples/{listing}", **query), 404, "not_found")


@pytest.mark.parametrize("pk", [0, 10**9, 2**63, 10**30])
def test_a_solution_that_is_not_there_is_absent(rita_calls: Caller, project: Project, pk: int):
    refused(rita_calls.get(f"projects/apples/solutions/{pk}"), 404, "not_found")


def test_a_solution_of_another_project_is_absent(rita_calls: Caller, project: Project):
    refused(rita_calls.get(f"projects/apples/solutions/{factories.SolutionFactory().pk}"), 404, "not_found")


@pytest.mark.parametrize("listing", [*LISTS, "solutions/{pk}"])
def test_labelers_look_through_nothing(call_as: Callable[..., Caller], ann: User, known: Solution, listing: str):
    """Not even by a link that somebody sent them: scores and strata would tell them what to expect."""
    refused(call_as(ann).get(f"projects/apples/{listing.format(pk=known.pk)}"), 403, "not_allowed")


def test_the_rows_say_what_a_list_shows(rita_calls: Caller, known: Solution, checkpoint: Checkpoint):
    problem = rita_calls.get("projects/apples/problems", key="p-1").json()["rows"][0]
    assert {name: problem[name] for name in ("solutions", "right", "wrong", "labels")} == {
        "solutions": 2, "right": 1, "wrong": 1, "labels": 1
    }  # fmt: skip
    solution = rita_calls.get("projects/apples/solutions", checkpoint=checkpoint.number, generation=0).json()["rows"][0]
    told = {name: solution[name] for name in ("id", "grade", "step_count", "model", "labels", "gold")}
    assert told == {"id": known.pk, "grade": "wrong", "step_count": 3, "model": "small", "labels": 1, "gold": None}
    assert round(solution["score"], 4) == 0.6065
    label = rita_calls.get("projects/apples/labels", comment="question").json()["rows"][0]
    told = {name: label[name] for name in ("username", "mistake", "revision", "stratum", "generation", "asked_for")}
    assert told == {
        "username": "ann", "mistake": 3, "revision": 2, "stratum": "control", "generation": 0, "asked_for": "work"
    }  # fmt: skip
    assert label["comment"] == "Is 3 + 4 = 8?"


def test_a_page_goes_on_by_its_cursor(rita_calls: Caller, known: Solution):
    first = rita_calls.get("projects/apples/solutions", limit=1).json()
    second = rita_calls.get("projects/apples/solutions", limit=1, cursor=first["next"]).json()
    assert [first["count"], first["exact"], second["count"], second["next"]] == [2, True, None, None]
    assert first["rows"][0]["id"] > second["rows"][0]["id"]
    refused(rita_calls.get("projects/apples/problems", cursor=first["next"]), 400, "invalid")


def test_a_solutions_page_is_told_all_that_is_known_of_it(rita_calls: Caller, known: Solution):
    told = rita_calls.get(f"projects/apples/solutions/{known.pk}").json()
    assert (told["problem_key"], told["model"], told["solutions"], told["same_answer"]) == ("p-1", "small", 2, 2)
    newest, champion = told["scores"]
    assert (newest["champion"], newest["step_probs"]) == (False, None)  # too long for it
    assert (champion["champion"], champion["step_probs"]) == (True, [0.9, 0.7, 0.9])
    assert champion["threshold"] == 0.5
    Checkpoint.objects.update(config={"threshold": 0.31})
    again = rita_calls.get(f"projects/apples/solutions/{known.pk}").json()
    assert [score["threshold"] for score in again["scores"]] == [0.31, 0.31]
    assert [(label["revision"], label["current"], label["ratings"]) for label in told["labels"]] == [
        (2, True, [1, None, -1]),
        (1, False, [1, 1, 1]),
    ]
    assert told["labels"][0]["comment"] == {"text": "Is 3 + 4 = 8?", "is_question": True}
    assert told["picks"] == [
        {"generation": 0, "stratum": "control", "rank": 4, "inclusion_probability": 0.25, "log_score": None,
         "state": "done"}
    ]  # fmt: skip
    assert [each["step"] for each in told["alternatives"]] == [1]


def test_a_label_that_a_quarantine_holds_back_says_so(rita_calls: Caller, known: Solution):
    label = known.labels.get(revision=2)
    factories.QuarantineFactory(until=label)
    told = rita_calls.get(f"projects/apples/solutions/{known.pk}").json()["labels"]
    assert [each["held_back"] for each in told] == [True, True]


def test_a_solutions_page_costs_the_same_however_much_is_known(project: Project, known: Solution, ann: User):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            solutions.tell(project=project, pk=known.pk)
        return len(captured)

    before = queries()
    for number in range(1, 6):
        generation = factories.GenerationFactory(project=project, number=number, state="closed")
        item = factories.BatchItemFactory(generation=generation, solution=known)
        factories.LabelFactory(assignment__item=item)
        factories.ScoreFactory(solution=known, checkpoint=factories.CheckpointFactory(project=project))
        factories.AlternativeFactory(solution=known)
    assert (before, queries()) == (8, 8)


@pytest.mark.parametrize(
    ("listing", "query", "most"),
    [(browse_problems, {}, 6), (browse_solutions, {"sort": "-score"}, 9), (browse_labels, {}, 5)],
)
def test_a_page_costs_the_same_however_many_rows_it_has(
    project: Project, known: Solution, checkpoint: Checkpoint, listing: Any, query: dict[str, Any], most: int
):
    if listing is browse_solutions:
        query = query | {"checkpoint": checkpoint.number}

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            listing.page(project, **query)
        return len(captured)

    before = queries()
    for item in factories.BatchItemFactory.create_batch(5, generation=BatchItem.objects.get().generation):
        factories.LabelFactory(assignment__item=item)
        factories.ScoreFactory(solution=item.solution, checkpoint=checkpoint)
    assert queries() == before <= most
