"""Importing labels: PRM800K's rows, and the formats whose step labels are labels."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from labelhub.models import Label, Labeler, Problem, Solution
from labelhub.services import exporting
from selector.labels import main_path, main_ratings
from tests import factories
from tests.services.files import Row, counts, made, problem, read, read_rows, solution, write

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

GOLDEN = Path(__file__).parents[1] / "golden" / "prm800k.jsonl"
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


def test_the_sources_own_verdict_is_kept(project, tmp_path):
    read_rows(project, tmp_path, [PROCESSBENCH])
    found = Solution.objects.get()
    assert (found.source_verdict, found.answer, found.meta) == (False, None, {"generator": "a small model"})


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
