"""Gold labels: made once, for one purpose, out of the pool, and a bad line is told by its number."""

import json

import pytest

from labelhub.errors import Conflict, Invalid, UnfitSet, WrongState
from labelhub.models import Event, Gold, Label, Problem, Project, Solution
from labelhub.queries.loop import pools
from labelhub.queries.quality.mistakes import GoldAnswer
from labelhub.services.quality import gold, screening
from labelhub.services.quality.gold import file as gold_file
from labelhub.services.quality.gold import sets as gold_sets
from tests import factories
from tests.services.data.files import write

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

OURS = {
    "problem": "Ana has 3 pears and picks 2 more. How many does she have?",
    "ground_truth_answer": "5",
    "steps": ["Ana starts with 3.", "3 + 2 = 6.", "So she has 6."],
    "answer": "6",
    "first_mistakes": [1],
    "explanation": "3 + 2 is 5.",
}
PROCESSBENCH = {
    "id": "gsm8k-0",
    "generator": "a model",
    "problem": "Ben has 4 plums and eats 1. How many are left?",
    "steps": ["Ben starts with 4.", "4 - 1 = 3."],
    "final_answer_correct": True,
    "label": -1,
}


def read(project, tmp_path, rows, purpose="practice"):
    return gold_file.read_file(project=project, path=write(tmp_path / "gold.jsonl", rows), purpose=purpose).report


def try_out(project, tmp_path, rows, purpose="practice"):
    with write(tmp_path / "gold.jsonl", rows).open("rb") as stream:
        return gold_file.try_out(project=project, stream=stream, name="gold.jsonl", purpose=purpose)


def test_our_rows_and_those_of_processbench_become_gold_and_no_label(project, tmp_path):
    report = read(project, tmp_path, [OURS, PROCESSBENCH])
    assert (report.created["golds"], report.rejected) == (2, 0)
    ours, theirs = Gold.objects.order_by("pk")
    assert (ours.first_mistakes, ours.explanation, ours.purpose) == ([1], "3 + 2 is 5.", "practice")
    assert ours.solution.answer == "6"
    assert theirs.first_mistakes == []
    assert not Label.objects.exists()
    assert Event.objects.filter(verb="import gold").count() == 1


def test_a_solution_of_the_projects_own_is_gold_by_its_problems_id(project, tmp_path):
    problem = factories.ProblemFactory(project=project)
    factories.ProblemKeyFactory(problem=problem, key="p1")
    row = {"problem_id": "p1", "solution_id": "s1", "steps": ["One.", "Two."], "first_error": 1}
    whole = {"problem_id": "p1", "solution_id": "s2", "steps": ["One.", "2."], "step_labels": [1, 0]}
    assert read(project, tmp_path, [row, whole]).created["golds"] == 2
    assert list(Gold.objects.order_by("pk").values_list("first_mistakes", flat=True)) == [[1], []]
    assert set(Gold.objects.values_list("solution__problem", flat=True)) == {problem.pk}


def test_a_file_twice_creates_nothing(project, tmp_path):
    read(project, tmp_path, [OURS, PROCESSBENCH])
    again = read(project, tmp_path, [OURS, PROCESSBENCH])
    assert (again.created.total(), again.skipped, again.rejected) == (0, 2, 0)
    assert Gold.objects.count() == 2


SILENT = "The row doesn't tell the first mistake: it needs first_mistakes, label, step_labels or first_error."


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (b"[]", "The line is not a JSON object."),
        ({"a": 1}, SILENT),
        ({"problem_id": "p", "solution_id": "1", "steps": ["One."], "first_error": None}, SILENT),
        (OURS | {"first_mistakes": [3]}, "first_mistakes[0] is 3, not between 0 and 2."),
        (OURS | {"first_mistakes": 1}, "first_mistakes is a number, not a list."),
        ({k: v for k, v in OURS.items() if k != "problem"}, "problem is missing, and so is problem_id."),
        (
            {"problem_id": "nobody", "solution_id": "1", "steps": ["One."], "first_error": 0},
            "There is no problem nobody in this project or in the files given.",
        ),
        (
            {"problem_id": "p", "solution_id": "1", "steps": ["One.", "Two."], "step_labels": [1]},
            "A step before the first -1, or before the end, is not rated: the first mistake is not known.",
        ),
    ],
)
def test_a_bad_line_is_told_by_its_number_and_the_others_go_in(project, tmp_path, row, sentence):
    report = read(project, tmp_path, [PROCESSBENCH, row, OURS])
    assert [(each.line, each.reason) for each in report.rejections] == [(2, sentence)]
    assert report.created["golds"] == 2


def test_the_sets_are_disjoint_and_gold_is_not_overwritten(project, tmp_path):
    read(project, tmp_path, [OURS])
    for row, purpose in ((OURS, "screening"), (OURS | {"first_mistakes": []}, "practice")):
        [rejection] = read(project, tmp_path, [row], purpose).rejections
        assert rejection.reason.startswith("This solution is gold for practice already")
    assert Gold.objects.get().first_mistakes == [1]


def test_gold_is_in_no_pool_nor_is_what_says_the_same(project):
    solution = factories.SolutionFactory(problem__project=project)
    twin = factories.SolutionFactory(problem=solution.problem, steps=solution.steps)
    other = factories.SolutionFactory(problem=solution.problem)
    gold.make(project=project, solution=solution, purpose="check", first_mistakes=[], explanation="", by=None)
    assert list(pools.train_pool(project=project)) == [other]
    with pytest.raises(Conflict):
        gold.make(project=project, solution=twin, purpose="screening", first_mistakes=[], explanation="", by=None)


def test_what_is_out_for_labeling_is_not_made_gold(project, generation):
    item = factories.BatchItemFactory(generation=generation)
    with pytest.raises(WrongState):
        gold.make(project=project, solution=item.solution, purpose="check", first_mistakes=[], explanation="", by=None)


@pytest.mark.parametrize(("ratings", "first_mistakes"), [([1, -1], [1]), ([1, 0, 1], [])])
def test_a_reviewed_label_becomes_gold(rita, generation, ratings, first_mistakes):
    label = factories.LabelFactory(ratings=ratings, assignment__item__generation=generation)
    made = gold.make_from_label(label=label, purpose="practice", explanation="Look at the sum.", by=rita)
    assert (made.first_mistakes, made.label, made.solution) == (first_mistakes, label, label.solution)
    assert Event.objects.get(verb="make gold").actor == rita


def test_half_a_pass_is_no_gold(rita, generation):
    label = factories.LabelFactory(finish_reason="give_up", ratings=[1], assignment__item__generation=generation)
    with pytest.raises(Invalid):
        gold.make_from_label(label=label, purpose="practice", explanation="", by=rita)


def test_a_set_with_too_few_sound_solutions_is_told_so(project, tmp_path):
    read(project, tmp_path, [OURS])
    assert gold_sets.shortcomings(project=project, purpose="practice") == [
        "0 of 1 have no mistake; at least two in five should."
    ]
    read(project, tmp_path, [PROCESSBENCH])
    assert gold_sets.shortcomings(project=project, purpose="practice") == []


def test_a_file_tried_out_tells_what_each_line_would_become_and_keeps_nothing(project, tmp_path):
    bad = OURS | {"first_mistakes": [3]}
    found = try_out(project, tmp_path, [PROCESSBENCH, bad, OURS])
    assert (found.report.created["golds"], found.report.created["solutions"], found.report.rejected) == (2, 2, 1)
    assert [(each.line, each.gold.first_mistakes, each.gold.explanation) for each in found.made] == [
        (1, [], ""),
        (3, [1], "3 + 2 is 5."),
    ]
    assert [(each.line, each.reason) for each in found.report.rejections] == [
        (2, "first_mistakes[0] is 3, not between 0 and 2.")
    ]
    assert [model.objects.count() for model in (Gold, Solution, Problem, Event)] == [0, 0, 0, 0]
    assert read(project, tmp_path, [PROCESSBENCH, bad, OURS]).created["golds"] == 2


def test_a_try_out_tells_what_the_set_would_lack(project, tmp_path):
    found = try_out(project, tmp_path, [OURS, OURS | {"problem": "Ana has 4 pears."}])
    assert found.after == gold_sets.GoldSet(
        purpose="practice",
        labels=2,
        without_mistake=0,
        retired=0,
        shortcomings=["0 of 2 have no mistake; at least two in five should."],
    )


def test_a_line_that_is_gold_already_is_no_news_but_one_that_says_otherwise_is_told(project, tmp_path):
    read(project, tmp_path, [OURS])
    found = try_out(project, tmp_path, [OURS, OURS | {"first_mistakes": [2]}])
    assert (found.report.skipped, found.report.rejected, found.made) == (1, 1, [])


def test_the_screening_set_lacks_what_keeps_it_from_being_opened(project, tmp_path):
    Project.objects.filter(pk=project.pk).update(screening_size=2)
    project.refresh_from_db()
    empty = gold_sets.shortcomings(project=project, purpose="screening")
    assert empty == ["There are 0 questions, and 2 are asked."]
    rows = [OURS | {"problem": f"Ana has {n} pears and picks 2 more."} for n in range(3)]
    read(project, tmp_path, [PROCESSBENCH, *rows], "screening")
    guessed, too_few = gold_sets.shortcomings(project=project, purpose="screening")
    assert "somebody who says Bad at the answer exactly where it differs agrees with 4 of them" in guessed
    assert too_few == "1 of 4 have no mistake; at least two in five should."
    with pytest.raises(UnfitSet, match="exactly where it differs"):
        screening.open_set(project=project, by=None)


@pytest.mark.parametrize(
    ("sound", "mistaken", "lacks"),
    [
        (0, 0, "There are 0 checks, and a generation asks 5."),
        (2, 3, None),
        (2, 0, "There are 2 checks, and a generation asks 5."),
        (6, 0, "Of these 6 checks no two can be asked together so that nobody agrees with half of them"),
    ],
)
def test_checks_that_can_be_guessed_are_told_so(project, sound, mistaken, lacks):
    Project.objects.filter(pk=project.pk).update(check_count=5)
    project.refresh_from_db()
    check = {"purpose": "check", "solution__problem__project": project}
    wrong = {"first_mistakes": [1], "solution__wrong": True, "solution__answer": "eight"}
    factories.GoldFactory.create_batch(sound, **check)
    factories.GoldFactory.create_batch(mistaken, **check, **wrong)
    told = gold_sets.shortcomings(project=project, purpose="check")
    assert told == [] if lacks is None else told[0].startswith(lacks)


def test_checks_that_a_labeler_can_tell_by_the_answer_they_lack_are_told_so(project):
    sentence = (
        "1 of the 1 checks have no ground-truth answer, and other items have one: a labeler can tell them by that."
    )
    unanswered = factories.ProblemFactory(project=project, ground_truth_answer=None)
    factories.GoldFactory(purpose="check", solution__problem=unanswered)
    assert sentence not in gold_sets.shortcomings(project=project, purpose="check")  # no item has one
    factories.SolutionFactory(problem__project=project)
    assert sentence in gold_sets.shortcomings(project=project, purpose="check")


def test_an_explanation_is_said_in_other_words_and_the_old_ones_are_kept(project, rita):
    made = factories.GoldFactory(solution__problem__project=project, explanation="See step 2.")
    gold.explain(gold=made, explanation="3 + 4 is 7.", by=rita)
    gold.explain(gold=made, explanation="3 + 4 is 7.", by=rita)  # the same words are no news
    made.refresh_from_db()
    assert made.explanation == "3 + 4 is 7."
    event = Event.objects.get(verb="explain gold")
    assert (event.actor, event.detail) == (rita, {"before": "See step 2.", "now": "3 + 4 is 7."})


def test_one_gold_label_is_told_with_its_answers_and_its_history(project, rita, ann, bob):
    solution = factories.SolutionFactory(problem__project=project, wrong=True)
    made = gold.make(project=project, solution=solution, purpose="check", first_mistakes=[1], explanation="", by=rita)
    for person, ratings in ((ann, [1, 1, 1]), (bob, [1, 1, 1]), (rita, [1, -1])):
        factories.LabelFactory(
            assignment__item__solution=solution,
            assignment__labeler=person.labeler,
            ratings=ratings,
            is_quality_control_question=True,
        )
    gold.explain(gold=made, explanation="3 + 4 is 7.", by=rita)
    gold.retire(gold=made, reason="Everybody knows it.", by=rita)
    told = gold.tell_all(made)
    assert told.answers == [
        GoldAnswer(finish_reason="solution", said=None, outcome="said_none", count=2),
        GoldAnswer(finish_reason="found_error", said=1, outcome="agreed", count=1),
    ]
    assert (told.shown, told.agreed.hits, told.agreed.n, told.created_by) == (3, 1, 3, "rita")
    assert [(act.verb, act.reason) for act in told.history] == [
        ("make gold", ""),
        ("explain gold", ""),
        ("retire gold", "Everybody knows it."),
    ]


def test_a_page_of_gold_costs_as_many_queries_however_long_it_is(project, django_assert_num_queries):
    for length in (2, 8):
        factories.GoldFactory.create_batch(length - Gold.objects.count(), solution__problem__project=project)
        with django_assert_num_queries(3):  # the page, passes handed in, practice
            page, following = gold.page(project=project, after=0, limit=50)
        assert (len(page), following) == (length, None)


def test_pages_of_gold_go_on_where_the_last_one_ended_and_keep_to_what_was_asked_for(project):
    of_project = {"solution__problem__project": project}
    golds = factories.GoldFactory.create_batch(5, **of_project)
    factories.GoldFactory(purpose="check", **of_project)
    factories.GoldFactory()  # another project's
    gold.retire(gold=golds[0], reason="", by=None)
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page, after = gold.page(project=project, after=after, limit=2, purpose="practice", retired=False)
        seen += [each.id for each in page]
    assert seen == [each.pk for each in golds[1:]]
    [retired], _ = gold.page(project=project, after=0, limit=50, retired=True)
    assert retired.id == golds[0].pk


def test_real_rows_of_processbench_can_be_read(project, tmp_path, shared_data):
    problems = {}
    for line in (shared_data / "processbench_gsm8k.problems.jsonl").read_text().splitlines():
        row = json.loads(line)
        problems[row["problem_id"]] = row["problem"]
    rows = []
    for line in (shared_data / "processbench_gsm8k.solutions.jsonl").read_text().splitlines()[150:250]:
        row = json.loads(line)
        error = -1 if row["first_error"] is None else row["first_error"]
        told = {"id": row["solution_id"], "problem": problems[row["problem_id"]], "steps": row["steps"]}
        rows.append(told | {"generator": row["generator"], "final_answer_correct": row["is_correct"], "label": error})
    report = read(project, tmp_path, rows, "screening")
    assert (report.created["golds"], report.rejections) == (100, [])
