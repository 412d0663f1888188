"""Unsure is not "no mistake": what each reader makes of a pass that leaves a step unrated before any Bad."""

import json

import pytest
from django.core.management import call_command

from labelhub.errors import Invalid
from labelhub.queries.loop import eligible, learning_curve, measuring
from labelhub.queries.loop.measuring import Heard, RatedSteps
from labelhub.queries.quality import agreement, review
from labelhub.services.data import exporting
from labelhub.services.quality import gold
from selector.labels.passes import label_steps
from selector.labels.steps import training_examples
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

STEPS = ["One.", "Two.", "Three."]
UNSURE = [[None, 1, 1], [1, None, 1], [1, 1, None], [1, None, -1], [None, -1]]


@pytest.fixture
def generation(project):
    return factories.GenerationFactory(project=project, state="labeling")


@pytest.fixture
def solution(project):
    return factories.SolutionFactory(problem__project=project, steps=STEPS, grade="right")


def passed(generation, solution, ratings, stratum="control"):
    """A pass by somebody new, as it is handed in."""
    flagged = [step for step, rating in enumerate(ratings) if rating is None]
    item = generation.items.filter(solution=solution).first() or factories.BatchItemFactory(
        generation=generation, solution=solution, stratum=stratum, labels_wanted=3
    )
    return factories.LabelFactory(
        assignment__item=item,
        solution=solution,
        steps=label_steps(solution.steps, ratings, flagged),
        body={"ratings": ratings, "flagged": flagged, "alternatives": []},
        finish_reason="found_error" if -1 in ratings else "solution",
    )


def processbench(project):
    export = exporting.stream(project=project, format="processbench")
    return [json.loads(line)["label"] for line in b"".join(export).splitlines()], export.left_out


@pytest.mark.parametrize("ratings", UNSURE)
def test_processbench_leaves_it_out_and_says_so(project, generation, solution, ratings, capsys):
    passed(generation, solution, ratings)
    assert processbench(project) == ([], 1)
    call_command("export_labels", project.slug, "--format", "processbench")
    said = capsys.readouterr().err
    assert said == "Exported 0 labels.\nLeft out 1: their first mistake is unknown.\n"


@pytest.mark.parametrize(("ratings", "label"), [([1, 1, 1], -1), ([1, 0, -1], 2), ([-1], 0)])
def test_processbench_holds_what_is_known(project, generation, solution, ratings, label):
    passed(generation, solution, ratings)
    assert processbench(project) == ([label], 0)


@pytest.mark.parametrize("ratings", UNSURE)
def test_it_has_no_vote_among_several_and_decides_nothing(generation, solution, ratings):
    unsure = [passed(generation, solution, ratings) for _ in range(2)]
    sure = passed(generation, solution, [1, 1, 1])
    assert eligible.consensus([*unsure, sure]) == [sure]
    assert eligible.consensus(unsure) == []


def test_alone_it_teaches_the_steps_that_it_rates(generation, solution):
    label = passed(generation, solution, [1, None, -1])
    assert eligible.consensus([label]) == [label]
    (example,) = training_examples("How many?", label.steps)
    assert example.ratings == (1, None, -1)


@pytest.mark.parametrize("ratings", UNSURE)
def test_no_first_error_f1_counts_it(ratings):
    known = [
        RatedSteps(1, 1, 3, [1, -1], [0.9, 0.1, 0.9]),
        RatedSteps(2, 2, 3, [1, 1, 1], [0.9, 0.9, 0.9]),
    ]
    unsure = RatedSteps(3, 3, 3, ratings, [0.9, 0.9, 0.1])
    checkpoint = factories.CheckpointFactory()
    measured = Heard(checkpoint, [], [*known, unsure]).measures()["first_error"]
    assert (measured["f1"], measured["n"], measured["n_unknown"]) == (1.0, 2, 1)
    alone = Heard(checkpoint, [], [unsure]).measures()["first_error"]
    assert alone == {"undefined": measuring.NOTHING_KNOWN}


@pytest.mark.parametrize("ratings", UNSURE)
def test_no_share_of_mistakes_counts_it(generation, solution, ratings, project):
    passed(generation, solution, ratings)
    told = learning_curve.by_strata(generation=generation)["control"]
    assert (told["n"], told["unknown"], told["mistakes"]) == (1, 1, {"undefined": learning_curve.ALL_UNSURE})
    other = factories.SolutionFactory(problem__project=project, steps=STEPS)
    passed(generation, other, [1, -1])
    told = learning_curve.by_strata(generation=generation)["control"]
    assert (told["n"], told["unknown"], told["mistakes"]["share"], told["mistakes"]["n"]) == (2, 1, 1.0, 1)


@pytest.mark.parametrize("ratings", UNSURE)
def test_it_agrees_and_disagrees_with_nobody(project, generation, solution, ratings):
    passed(generation, solution, ratings)
    passed(generation, solution, [1, 1, 1])
    measured = agreement.measure(project=project)
    assert (measured.solutions, measured.unknown) == (1, 1)
    assert (measured.exact.value, measured.exact.n) == (None, 0)
    assert list(review.disagreements(project)) == []
    passed(generation, solution, [-1])
    assert agreement.measure(project=project).exact.value == 0
    assert set(review.disagreements(project).values_list("solution", flat=True)) == {solution.pk}


@pytest.mark.parametrize("ratings", UNSURE)
def test_it_makes_gold_only_of_steps_that_a_person_names(generation, solution, ratings):
    label = passed(generation, solution, ratings)
    with pytest.raises(Invalid) as refused:
        gold.make_from_label(label=label, purpose="practice", explanation="", by=None)
    assert "leaves a step unsure" in str(refused.value.fields)
