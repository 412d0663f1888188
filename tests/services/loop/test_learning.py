"""Learning: what the labels say of the pool, whether retraining helped, and how far successive checkpoints moved."""

import pytest

from labelhub.models import Checkpoint, Generation, Project
from labelhub.queries.loop import learning_curve
from tests import factories
from tests.services.loop.test_evaluating import checkpoint_of

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


@pytest.fixture
def champion(project: Project) -> Checkpoint:
    return checkpoint_of(project, 1)


@pytest.fixture
def closed(project: Project, champion: Checkpoint) -> Generation:
    """Generation 1, selected by checkpoint 1; checkpoint 2 came of it."""
    return factories.GenerationFactory(
        project=project, number=1, rule="convincing", champion=champion, checkpoint=checkpoint_of(project, 2)
    )


def item(generation: Generation, *, ratings=(1, 1, 1), chance=None, probs=None, stratum="control", **values):
    """A labelled item; `probs` are the champion's, from before anybody rated it."""
    solution = factories.SolutionFactory(problem__project=generation.project, problem__split="train", **values)
    put_up = factories.BatchItemFactory(
        generation=generation, solution=solution, stratum=stratum, inclusion_probability=chance
    )
    if probs:
        factories.ScoreFactory(checkpoint=generation.champion, solution=solution, step_probs=probs)
    assignment = factories.AssignmentFactory(item=put_up, state="submitted")
    factories.LabelFactory(assignment=assignment, ratings=list(ratings))
    return put_up


def test_the_control_is_weighted_by_the_chance_each_item_had(closed):
    item(closed, ratings=(1, -1), chance=0.1, wrong=True)
    item(closed, chance=0.5)
    told = learning_curve.by_strata(generation=closed)["control"]
    assert told["mistakes"]["share"] == pytest.approx(10 / 12)
    assert (told["n"], told["mistakes"]["problems"]) == (2, 2)


def test_what_was_selected_is_told_as_it_is_and_apart_from_the_control(closed):
    for stratum in ("wrong", "remainder"):
        item(closed, ratings=(1, -1), stratum=stratum, wrong=True)
    item(closed, stratum="wrong", ratings=(1, 1, 1))
    item(closed, chance=0.2)
    item(closed, stratum="audit", ratings=(-1,))
    told = learning_curve.by_strata(generation=closed)
    assert told["selected"]["mistakes"]["share"] == pytest.approx(2 / 3)
    assert told["control"]["mistakes"]["share"] == 0


def test_the_champion_of_the_launch_agrees_where_it_names_the_same_first_mistake(closed):
    item(closed, ratings=(1, -1), chance=0.2, probs=[0.9, 0.1, 0.3], wrong=True)  # the same step
    item(closed, ratings=(-1,), chance=0.2, probs=[0.9, 0.1, 0.3], wrong=True)  # another
    item(closed, chance=0.2, probs=[0.9, 0.9, 0.9])  # none, and it saw none
    item(closed, chance=0.2, probs=[0.9, 0.9, 0.2])  # it saw one where there is none
    told = learning_curve.by_strata(generation=closed)
    assert told["champion"] == 1
    assert told["control"]["agreement"]["share"] == pytest.approx(0.5)
    assert told["control"]["agreement"]["low"] < 0.5 < told["control"]["agreement"]["high"]


def test_another_checkpoints_scores_say_nothing_of_the_champion(closed):
    put_up = item(closed, chance=0.2)
    factories.ScoreFactory(checkpoint=closed.checkpoint, solution=put_up.solution)
    assert learning_curve.by_strata(generation=closed)["control"]["agreement"] == {"undefined": learning_curve.UNSCORED}


def test_what_the_champion_learned_from_says_nothing_of_it(closed):
    """One trained by hand while the item was open ahead knows its label."""
    known = item(closed, chance=0.2, probs=[0.9, 0.9, 0.9])
    closed.champion.labels.add(known.solution.labels.get())
    told = learning_curve.by_strata(generation=closed)["control"]
    assert (told["n"], told["agreement"]) == (1, {"undefined": learning_curve.UNSCORED})
    item(closed, ratings=(-1,), chance=0.2, probs=[0.9, 0.9, 0.9], wrong=True)
    agreement = learning_curve.by_strata(generation=closed)["control"]["agreement"]
    assert (agreement["share"], agreement["n"]) == (0, 1)


def test_without_a_champion_or_a_label_it_says_why(project):
    first = factories.GenerationFactory(project=project, rule="uniform")
    assert learning_curve.by_strata(generation=first)["control"]["mistakes"] == {"undefined": learning_curve.NO_CONTROL}
    item(first, chance=0.2)
    told = learning_curve.by_strata(generation=first)["control"]
    assert told["mistakes"]["share"] == 0
    assert told["agreement"] == {"undefined": learning_curve.NO_CHAMPION}


def test_an_unfinished_item_is_counted_as_put_up_alone(closed):
    item(closed, chance=0.2)
    factories.BatchItemFactory(generation=closed, stratum="control", inclusion_probability=0.2)
    told = learning_curve.by_strata(generation=closed)["control"]
    assert (told["n"], told["items"]) == (1, 2)


@pytest.fixture
def first(project: Project) -> Checkpoint:
    """Of generation 0."""
    made = checkpoint_of(project, 9)
    factories.GenerationFactory(project=project, number=0, state="closed", checkpoint=made)
    return made


def gate_scores(project: Project, checkpoints, probs) -> None:
    for _ in range(3):
        solution = factories.SolutionFactory(problem__project=project, problem__split="gate")
        for checkpoint, each in zip(checkpoints, probs, strict=True):
            factories.ScoreFactory(checkpoint=checkpoint, solution=solution, step_probs=each)


def test_kappa_is_between_the_checkpoints_of_successive_generations_on_gate(project, first, closed):
    gate_scores(project, (first, closed.checkpoint), ([0.9, 0.8, 0.1], [0.7, 0.9, 0.2]))
    gate_scores(project, (first, closed.checkpoint), ([0.9, 0.8, 0.1], [0.7, 0.1, 0.2]))
    told = learning_curve.stability(checkpoint=closed.checkpoint)
    assert (told["previous"], told["steps"], told["problems"]) == (9, 18, 6)
    assert told["agreed"] == pytest.approx(15 / 18)
    assert told["kappa"] == pytest.approx(2 / 3)
    assert told["low"] < told["kappa"] < told["high"]


def test_each_checkpoint_calls_steps_by_its_own_threshold(project, first, closed):
    closed.checkpoint.config["threshold"] = 0.05
    gate_scores(project, (first, closed.checkpoint), ([0.9, 0.1], [0.9, 0.1]))
    assert learning_curve.stability(checkpoint=closed.checkpoint)["agreed"] == 0.5


@pytest.mark.parametrize(("threshold", "agreed"), [(0.5, 1.0), (0.05, 0.0), (0.95, 0.0)])
def test_agreement_with_the_labelers_is_read_at_the_champions_threshold(closed, threshold, agreed):
    item(closed, ratings=(1, -1), chance=0.2, probs=[0.9, 0.1, 0.3], wrong=True)
    closed.champion.config["threshold"] = threshold
    assert learning_curve.by_strata(generation=closed)["control"]["agreement"]["share"] == agreed


def test_train_problems_are_no_stop_set(project, first, closed):
    solution = factories.SolutionFactory(problem__project=project, problem__split="train")
    for checkpoint in (first, closed.checkpoint):
        factories.ScoreFactory(checkpoint=checkpoint, solution=solution, step_probs=[0.9, 0.1])
    assert learning_curve.stability(checkpoint=closed.checkpoint) == {"undefined": learning_curve.NO_STEPS}


def test_where_kappa_cannot_be_told_it_says_why(project, closed):
    assert learning_curve.stability(checkpoint=closed.checkpoint) == {"undefined": learning_curve.FIRST}
    assert learning_curve.stability(checkpoint=checkpoint_of(project, 5)) == {"undefined": learning_curve.NOT_IN_A_ROW}


def test_two_that_call_every_step_right_say_nothing_by_agreeing(project, first, closed):
    gate_scores(project, (first, closed.checkpoint), ([0.9, 0.8], [0.9, 0.8]))
    assert learning_curve.stability(checkpoint=closed.checkpoint) == {"undefined": learning_curve.ONE_WAY}
