"""Importing labels: PRM800K's rows, and the formats whose step labels are labels."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from labelhub.models import Label, Labeler, Problem, Solution
from labelhub.queries.loop import eligible
from labelhub.services.data import exporting
from selector.labels.steps import main_path, main_ratings, training_examples
from tests import factories
from tests.services.data.files import Row, counts, made, problem, read, read_rows, solution, write

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

GOLDEN = Path(__file__).parents[2] / "golden" / "prm800k.jsonl"
LABELER = "0b3c1d52-6f0e-4d8e-9c3f-2f6a1f5f7a11"
STEPS = ["Half of 10 is 5.", "Then 5 + 2 = 8.", "So it is 8."]


def row(**fields: object) -> Row:
    """A phase 2 row that found its mistake at the second step, with two alternatives."""

    def step(*completions: tuple[str, int | None, bool | None], chosen: int | None) -> Row:
        texts = [{"text": text, "rating": rating, "flagged": flagged} for text, rating, flagged in completions]
        return {"completions": texts, "human_completion": None, "chosen_completion": chosen}

    steps = [
        step((STEPS[0], 1, None), chosen=0),
        step((STEPS[1], -1, None), ("Then 5 + 2 = 7.", 1, False), ("Then 52.", -1, False), chosen=None),
    ]
    question = {
        "problem": "What is 2 more than half of 10?",
        "ground_truth_solution": "10 / 2 + 2 = 7",
        "ground_truth_answer": "7",
        "pre_generated_steps": STEPS,
        "pre_generated_answer": "8",
        "pre_generated_verifier_score": 0.25,
    }
    return {
        "labeler": LABELER,
        "timestamp": "2022-11-22T16:51:29.980606",
        "generation": 6,
        "is_quality_control_question": True,
        "is_initial_screening_question": False,
        "question": question,
        "label": {"steps": steps, "total_time": 164458, "finish_reason": "found_error"},
    } | fields


def test_a_row_of_phase_2_is_a_problem_a_solution_and_a_label(project, tmp_path):
    report = read_rows(project, tmp_path, [row()], split="train")
    assert report.created == {"problems": 1, "solutions": 1, "labels": 1, "alternatives": 2}
    label = Label.objects.select_related("solution__problem").get()
    assert label.solution.problem.text == "What is 2 more than half of 10?"
    assert label.solution.problem.ground_truth_solution == "10 / 2 + 2 = 7"
    assert (label.solution.steps, label.solution.answer) == (STEPS, "8")
    assert (str(label.labeler_id), label.labeler.user, label.assignment) == (LABELER, None, None)
    assert (label.source, label.phase, label.finish_reason) == ("imported", 2, "found_error")
    assert (label.source_generation, label.total_time) == (6, 164458)
    assert (label.is_quality_control_question, label.is_initial_screening_question) == (True, False)
    assert label.submitted_at == datetime(2022, 11, 22, 16, 51, 29, 980606, tzinfo=UTC)
    assert label.question == row()["question"]
    assert main_ratings(label.steps) == [1, -1]
    offered = label.solution.alternatives.order_by("pk").values_list("step", "text", "source")
    assert list(offered) == [(1, "Then 5 + 2 = 7.", "imported"), (1, "Then 52.", "imported")]


def test_rows_of_phase_1_are_labels_of_the_path_that_was_taken(project, tmp_path):
    rows = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    firsts = [each for each in rows if "pre_generated_steps" not in each["question"]]
    read_rows(project, tmp_path, firsts)
    labels = Label.objects.select_related("solution").all()
    assert len(labels) == len(firsts) > 0
    for label in labels:
        assert (label.phase, label.source_generation) == (1, None)
        assert label.solution.steps == main_path(label.steps)


def test_a_solution_with_two_labels_is_one_solution(project, tmp_path):
    other = row(labeler="7d0a3d1e-2f3f-4ad6-b8a4-4f2d3f0e5c22", timestamp="2022-11-23T00:00:00.000001")
    report = read_rows(project, tmp_path, [row(), other])
    assert report.created == {"problems": 1, "solutions": 1, "labels": 2, "alternatives": 2}


def test_a_label_finds_the_solution_that_came_in_under_an_id_of_its_own(project, tmp_path):
    question = row()["question"]
    read_rows(
        project,
        tmp_path,
        [
            problem(problem=question["problem"]),
            solution(steps=STEPS, solution_id="first"),
            solution(steps=STEPS, solution_id="second"),
        ],
    )
    assert read_rows(project, tmp_path, [row()]).created["solutions"] == 0
    assert Label.objects.get().solution.key == "first"


def test_the_same_rows_again_are_no_new_labels(project, tmp_path):
    assert read(project, GOLDEN)[0].rejected == 0
    before = counts(project)
    (again,) = read(project, GOLDEN)
    assert (again.created, again.skipped) == ({}, before["labels"])
    assert counts(project) == before


def test_a_row_that_went_through_a_table_is_the_same_label(project, tmp_path):
    plain = row()
    completions = [
        step | {"completions": [each | {"rating": float(each["rating"])} for each in step["completions"]]}
        for step in plain["label"]["steps"]
    ]
    completions[0]["chosen_completion"] = 0.0
    label = plain["label"] | {"steps": completions, "total_time": 164458.0}
    table = plain | {"generation": 6.0, "label": label, "note": None}
    assert read_rows(project, tmp_path, [table]).created["labels"] == 1
    (exported,) = b"".join(exporting.stream(project=project, format="prm800k")).splitlines()
    assert exported.decode() == json.dumps(plain)
    assert read_rows(project, tmp_path, [plain]).skipped == 1


def test_a_row_that_differs_in_anything_is_another_label(project, tmp_path):
    label = row()["label"]
    variants = [
        row(),
        row(timestamp="2022-11-22T16:51:29.980607"),
        row(is_quality_control_question=False),
        row(label=label | {"total_time": 164459}),
        row(note="from the archive"),
    ]
    assert read_rows(project, tmp_path, variants).created["labels"] == 5


def test_rows_of_a_labeler_of_this_site_stay_theirs(project, ann, tmp_path):
    read_rows(project, tmp_path, [row(labeler=str(ann.labeler.pk))])
    assert Label.objects.get().labeler.user == ann


def test_labels_made_here_do_not_come_in_again_when_their_export_does(project, tmp_path):
    label = factories.LabelFactory(assignment__item__generation__project=project)
    exported = b"".join(exporting.stream(project=project, format="prm800k")).splitlines()
    report = read_rows(project, tmp_path, exported)
    assert (report.created["labels"], report.skipped) == (0, 1)
    assert Label.objects.get() == label


def test_a_pass_longer_than_the_column_holds_is_told(project, tmp_path):
    long = row(label=row()["label"] | {"total_time": 2**31})
    report = read_rows(project, tmp_path, [long])
    assert report.rejections[0].reason == "label.total_time is more than 2147483647 ms."
    assert counts(project) == made()


BAD_ROWS = {
    "an account instead of a pseudonym": (row(labeler="ann"), "labeler is not a UUID"),
    "a time with a zone": (row(timestamp="2022-11-22T16:51:29+00:00"), "timestamp is not an ISO date and time"),
    "a rating out of range": (
        row(label={**row()["label"], "steps": [{"completions": [{"text": "a", "rating": 2, "flagged": None}]}]}),
        "label.steps[0].completions[0].rating is neither -1, 0, 1 nor null.",
    ),
    "a finish of no kind": (row(label=row()["label"] | {"finish_reason": "done"}), "finish_reason is none of"),
    "a generation that is text": (row(generation="6"), "generation is a string, not an integer."),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_bad_row_is_told_by_its_number_and_the_others_go_in(project, tmp_path, name):
    bad, sentence = BAD_ROWS[name]
    report = read_rows(project, tmp_path, [bad, row()])
    assert [(each.line, each.reason[: len(sentence)]) for each in report.rejections] == [(1, sentence)]
    assert report.created["labels"] == 1


# Formats whose labels name nobody

PROCESSBENCH = {
    "id": "gsm8k-1",
    "generator": "a small model",
    "problem": "What is 2 more than half of 10?",
    "steps": STEPS,
    "final_answer_correct": False,
    "label": 1,
}
TRL = {"prompt": PROCESSBENCH["problem"], "completions": STEPS, "labels": [True, False, False]}
SHEPHERD = {
    "input": "What is 2 more? Step 1: Half of 10 is 5. ки\nStep 2: Then 5 + 2 = 8. ки\nStep 3: So it is 8. ки",
    "label": "What is 2 more? Step 1: Half of 10 is 5. +\nStep 2: Then 5 + 2 = 8. -\nStep 3: So it is 8. -",
    "task": "GSM8K",
}


@pytest.mark.parametrize("foreign", [PROCESSBENCH, TRL, SHEPHERD], ids=["processbench", "trl", "math_shepherd"])
def test_step_labels_of_other_formats_are_labels_up_to_the_first_mistake(project, tmp_path, foreign):
    assert read_rows(project, tmp_path, [foreign]).created == {"problems": 1, "solutions": 1, "labels": 1}
    label = Label.objects.select_related("solution").get()
    assert label.solution.steps == STEPS
    assert main_ratings(label.steps) == [1, -1]
    assert (label.source, label.finish_reason, label.question) == ("imported", "found_error", None)
    assert label.labeler.user is None


def test_without_a_mistake_the_label_is_a_whole_solution(project, tmp_path):
    read_rows(project, tmp_path, [PROCESSBENCH | {"label": -1}])
    label = Label.objects.get()
    assert (label.finish_reason, main_ratings(label.steps)) == ("solution", [1, 1, 1])


def test_the_same_labels_from_a_file_of_another_name_are_the_same(project, tmp_path):
    read_rows(project, tmp_path, [PROCESSBENCH, TRL, SHEPHERD])
    (again,) = read(project, write(tmp_path / "copy.jsonl", [SHEPHERD, TRL, PROCESSBENCH]))
    assert (again.created, again.skipped) == ({}, 3)


def test_one_pseudonym_stands_for_each_format_everywhere(project, tmp_path):
    read_rows(project, tmp_path, [PROCESSBENCH, PROCESSBENCH | {"id": "gsm8k-2", "label": 2}, TRL])
    assert Labeler.objects.count() == 2
    elsewhere = factories.ProjectFactory()
    read_rows(elsewhere, tmp_path, [PROCESSBENCH])
    assert Labeler.objects.count() == 2
    label = Label.objects.get(solution__problem__project=elsewhere)
    assert label.labeler_id == UUID("640a002e-0ac0-5d61-a1c5-e0b5f0176538")  # exports of all sites agree on it


def test_text_behind_the_last_tag_of_math_shepherd_comes_in_as_a_step_that_nobody_rated(project, tmp_path):
    rest = "\nThe answer is 7."
    right = {"input": f"What? Step 1: Half of 10 is 5. ки{rest}", "label": f"What? Step 1: Half of 10 is 5. +{rest}"}
    read_rows(project, tmp_path, [right])
    label = Label.objects.get()
    assert label.solution.steps == ["Half of 10 is 5.", "The answer is 7."]
    assert main_ratings(label.steps) == [1, None]


def test_the_sources_own_verdict_is_kept(project, tmp_path):
    read_rows(project, tmp_path, [PROCESSBENCH])
    found = Solution.objects.get()
    assert (found.source_verdict, found.answer, found.meta) == (False, None, {"generator": "a small model"})


# LabelHub's own rows


@pytest.mark.parametrize(
    ("said", "ratings", "finish"),
    [
        ({"step_labels": [1, -1], "first_error": 1}, [1, -1], "found_error"),
        ({"step_labels": [1, 0, 1], "first_error": None}, [1, 0, 1], "solution"),
        ({"step_labels": [1.0, -1.0, 1.0], "first_error": 1.0}, [1, -1], "found_error"),
        ({"step_labels": [1, 0, 1]}, [1, 0, 1], "solution"),
        ({"first_error": 2}, [1, 1, -1], "found_error"),
        ({"step_labels": [1, None, 1]}, [1, None, 1], "solution"),
        ({"step_labels": [None, -1]}, [None, -1], "found_error"),
        ({"step_labels": [1]}, [1, None], "give_up"),
    ],
)
def test_what_a_row_of_our_own_says_of_its_steps_is_a_label(project, tmp_path, said, ratings, finish):
    report = read_rows(project, tmp_path, [problem(), solution(**said)])
    assert report.created == {"problems": 1, "solutions": 1, "labels": 1}
    label = Label.objects.get()
    assert (main_ratings(label.steps), label.finish_reason) == (ratings, finish)
    assert (label.source, label.labeler.user, label.question) == ("imported", None, None)
    assert "step_labels" not in label.solution.meta
    again = read_rows(project, tmp_path, [problem(), solution(**said)])
    assert (again.created, again.skipped) == ({}, 2)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"step_labels": None, "first_error": None},
        {"first_error": None},
        {"step_labels": []},
        {"step_labels": [None, None, None], "first_error": None},
    ],
)
def test_a_row_that_rates_no_step_is_no_label(project, tmp_path, said):
    assert read_rows(project, tmp_path, [problem(), solution(**said)]).created == {"problems": 1, "solutions": 1}


def test_step_labels_and_a_first_error_that_contradict_each_other_are_turned_away(project, tmp_path):
    rows = [problem(), solution(step_labels=[1, -1], first_error=0), solution(step_labels=[1, 1, 1], first_error=2)]
    report = read_rows(project, tmp_path, rows)
    assert [each.reason for each in report.rejections] == [
        "first_error is 0, but step_labels has its first -1 at 1.",
        "first_error is 2, but step_labels has no -1.",
    ]
    assert counts(project) == made(problems=1)


def test_labels_come_to_solutions_that_are_there_already(project, tmp_path):
    read_rows(project, tmp_path, [problem(), solution()])
    assert read_rows(project, tmp_path, [solution(step_labels=[-1])]).created == {"labels": 1}


def test_labels_of_held_out_problems_measure_and_never_train(project, tmp_path):
    rows = [row for n, split in enumerate(("train", "gate", "test")) for row in (problem(n, split=split), solution(n))]
    rows = [row | ({"first_error": 1} if "steps" in row else {}) for row in rows]
    assert read_rows(project, tmp_path, rows).created["labels"] == 3
    assert [label.solution.problem.split for label in eligible.to_train(project=project)] == ["train"]
    for split in ("gate", "test"):
        assert len(eligible.to_measure(project=project, split=split)) == 1


@pytest.mark.parametrize(
    ("labels", "taught"), [([1, None, 1], [1, None, 1]), ([1, None, -1], [1, None, -1]), ([1], None)]
)
def test_a_step_that_nobody_rated_teaches_nothing(project, tmp_path, labels, taught):
    read_rows(project, tmp_path, [problem(split="train"), solution(step_labels=labels)])
    found = [
        list(each.ratings)
        for label in eligible.to_train(project=project)
        for each in training_examples(label.solution.problem.text, label.steps)
    ]
    assert found == ([taught] if taught else [])


REAL_LABELS = {
    "prm800k_decoded": 830,
    "processbench_gsm8k": 400,
    "bigbench_mistake_multistep_arithmetic": 300,
    "bigbench_mistake_tracking_shuffled_objects": 300,
}


@pytest.mark.parametrize("name", REAL_LABELS)
def test_the_labels_of_real_sets_come_in_as_their_rows_say(project, shared_data, name):
    problems, solutions = (shared_data / f"{name}.{kind}.jsonl" for kind in ("problems", "solutions"))
    _, report = read(project, problems, solutions)
    assert report.created["labels"] == REAL_LABELS[name]
    assert {"source", "license", "label_kind"} <= set(report.as_dict()["unread"])
    rows = {row["solution_id"]: row for row in map(json.loads, solutions.open(encoding="utf-8"))}
    for label in Label.objects.select_related("solution"):
        row = rows[label.solution.key]
        assert main_ratings(label.steps) == row["step_labels"]
        assert label.finish_reason == ("solution" if row["first_error"] is None else "found_error")


def test_example_solutions_come_in_with_a_solution_for_each_model(project, tmp_path):
    line = {
        "question": "What is 2 more than half of 10?",
        "ground_truth": "10 / 2 = 5\n5 + 2 = 7\n#### 7",
        "6b": {"solution": "Half is 5.\nA: 7", "is_correct": True},
        "175b": {"solution": "Half is 5.\nIt is 8.\nA: 8", "is_correct": False},
    }
    assert read_rows(project, tmp_path, [line, line]).created == {"problems": 1, "solutions": 2}
    assert Problem.objects.get().ground_truth_answer == "7"
    assert set(Solution.objects.values_list("answer", "source_verdict")) == {("7", True), ("8", False)}
