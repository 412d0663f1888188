"""Training: which labels teach, frozen before the run, one voice per solution."""

import pytest

from labelhub.errors import NothingToTrain
from labelhub.models import Label, Project, Solution
from labelhub.queries.loop import eligible, measuring
from labelhub.services.loop import training
from tests import factories
from tests.present import present

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


def label(project: Project, ratings: list[int] | None = None, solution: Solution | None = None, **values) -> Label:
    solution = solution or factories.SolutionFactory(problem__project=project)
    item = factories.BatchItemFactory(generation=values.pop("generation"), solution=solution, labels_wanted=9)
    assignment = factories.AssignmentFactory(item=item, state="submitted")
    return factories.LabelFactory(assignment=assignment, ratings=ratings or [1, -1], **values)


def teaches(project: Project) -> list[Label]:
    return list(eligible.to_train(project=project))


def test_a_whole_pass_on_a_train_problem_teaches(project, generation):
    good = label(project, generation=generation)
    assert teaches(project) == [good]


@pytest.mark.parametrize(
    "values",
    [
        {"is_quality_control_question": True},
        {"is_initial_screening_question": True},
        {"finish_reason": "give_up", "reason": "?"},
        {"finish_reason": "bad_problem", "reason": "?"},
    ],
)
def test_quality_control_screening_and_unfinished_passes_teach_nothing(project, generation, values):
    label(project, generation=generation, **values)
    assert teaches(project) == []


def test_an_imported_label_of_generation_minus_1_is_screening_and_teaches_nothing(project):
    """PRM800K's rows of it need not carry the flag."""
    solution = factories.SolutionFactory(problem__project=project)
    of_file = {"assignment": None, "source": "imported", "labeler": factories.LabelerFactory(), "ratings": [1, -1]}
    taught = [
        factories.LabelFactory(solution=solution, import_digest=f"{number}", source_generation=number, **of_file)
        for number in (-1, 0, None)
    ]
    assert set(teaches(project)) == set(taught[1:])


@pytest.mark.parametrize("split", ["gate", "test"])
def test_held_out_problems_teach_nothing(project, generation, split):
    solution = factories.SolutionFactory(problem__project=project, problem__split=split)
    measured = label(project, solution=solution, generation=generation)
    assert teaches(project) == []
    assert list(eligible.to_measure(project=project, split=split)) == [measured]


def test_a_contradiction_teaches_nothing_until_it_is_settled(project, generation):
    wrong = factories.SolutionFactory(problem__project=project, wrong=True)
    label(project, [1, 1, 1], solution=wrong, generation=generation)
    assert teaches(project) == []


def test_a_right_answer_with_a_bad_step_teaches(project, generation):
    right_answer = label(project, [1, -1], generation=generation)
    assert teaches(project) == [right_answer]


def test_only_the_newest_revision_teaches(project, generation):
    old = label(project, generation=generation)
    new = factories.LabelFactory(
        assignment=old.assignment, solution=old.solution, ratings=[-1], revision=2, supersedes=old
    )
    assert teaches(project) == [new]


def test_another_projects_labels_teach_nothing_here(project, generation):
    other = factories.GenerationFactory()
    label(other.project, generation=other)
    assert teaches(project) == []


def several(project, generation, *ratings: list[int]) -> list[Label]:
    solution = factories.SolutionFactory(problem__project=project)
    first = label(project, ratings[0], solution=solution, generation=generation)
    rest = [
        factories.LabelFactory(
            assignment=factories.AssignmentFactory(item=present(first.assignment).item, state="submitted"), ratings=each
        )
        for each in ratings[1:]
    ]
    return [first, *rest]


def test_of_several_labels_the_majority_on_the_first_mistake_speaks(project, generation):
    labels = several(project, generation, [-1], [1, -1], [0, -1])
    assert eligible.consensus(labels) == [labels[1]]


def test_a_tie_teaches_nothing(project, generation):
    assert eligible.consensus(several(project, generation, [-1], [1, -1])) == []


def test_labels_are_frozen_once_and_later_ones_go_to_the_next_checkpoint(project, generation):
    first = label(project, generation=generation)
    checkpoint = training.create_checkpoint(project=project)
    training.prepare(checkpoint=checkpoint, attempt=1)
    label(project, generation=generation)
    again = training.prepare(checkpoint=checkpoint, attempt=2)
    assert list(checkpoint.labels.all()) == [first]
    assert len(again.examples) == 1


def test_attempts_write_to_different_places_and_go_on_from_the_same(project, generation):
    label(project, generation=generation)
    checkpoint = training.create_checkpoint(project=project)
    first, second = (training.prepare(checkpoint=checkpoint, attempt=attempt) for attempt in (1, 2))
    assert first.out != second.out
    assert first.unfinished == second.unfinished


def test_alternatives_teach_as_prefix_and_alternative(project, generation):
    taught = label(project, generation=generation)
    steps = taught.steps
    steps[1]["completions"].append({"text": "He buys 4 more, which makes 7.", "rating": 1, "flagged": False})
    with_alternative = Label(solution=taught.solution, steps=steps)
    examples = training._processes([with_alternative])
    assert [example.ratings for example in examples] == [(1, -1), (None, 1)]
    assert examples[1].steps[-1] == "He buys 4 more, which makes 7."


def test_an_orm_learns_the_grade_at_the_end_of_the_whole_solution(project, generation):
    label(project, generation=generation)
    checkpoint = training.create_checkpoint(project=project, kind="orm")
    (example,) = training.prepare(checkpoint=checkpoint, attempt=1).examples
    assert example.ratings == (None, None, 1)


def test_a_checkpoint_keeps_the_threshold_that_training_tuned_and_how(project, generation):
    label(project, generation=generation)
    checkpoint = training.create_checkpoint(project=project)
    assert checkpoint.config["threshold"] == 0.5
    place = training.prepare(checkpoint=checkpoint, attempt=1).out
    card = {"config": checkpoint.config | {"threshold": 0.31}, "tuning": {"tuned": True}}
    training.trained(checkpoint=checkpoint, report=card, path=place)
    checkpoint.refresh_from_db()
    assert measuring.threshold(checkpoint) == 0.31
    assert checkpoint.report["tuning"]["tuned"]


def test_gate_and_test_labels_tune_nothing(project, generation):
    """What training reads, it learns and tunes from; held-out labels are no part of it."""
    label(project, generation=generation)
    before = training.prepare(checkpoint=training.create_checkpoint(project=project), attempt=1)
    for split in ("gate", "test"):
        held_out = factories.SolutionFactory(problem__project=project, problem__split=split)
        label(project, solution=held_out, generation=generation)
    after = training.prepare(checkpoint=training.create_checkpoint(project=project), attempt=1)
    assert (after.examples, after.config) == (before.examples, before.config)


def test_an_alternative_is_told_from_a_pass(project, generation):
    taught = label(project, [-1], generation=generation)
    steps = taught.steps
    steps[0]["completions"].append({"text": "He buys 4.", "rating": 1, "flagged": False})
    examples = training._processes([Label(solution=taught.solution, steps=steps)])
    assert [(example.ratings, example.is_branch) for example in examples] == [((-1,), False), ((1,), True)]


def test_the_corpus_holds_no_held_out_text(project, generation):
    label(project, generation=generation)
    factories.SolutionFactory(problem__project=project, problem__split="gate", steps=["A secret."])
    material = training.prepare(checkpoint=training.create_checkpoint(project=project), attempt=1)
    assert "A secret." not in set(material.corpus)


def test_without_a_label_there_is_nothing_to_train(project):
    with pytest.raises(NothingToTrain):
        training.create_checkpoint(project=project)


def test_checkpoints_are_numbered_from_1(project, generation):
    label(project, generation=generation)
    assert [training.create_checkpoint(project=project).number for _ in range(2)] == [1, 2]
