"""What the demo tells of the loop: once, in order, with the numbers that matter."""

import pytest

from labelhub.demo.news import News
from labelhub.demo.place import SAMPLE
from labelhub.models import Generation
from tests import factories

State = Generation.State


@pytest.fixture
def generation(db):
    made = factories.GenerationFactory(project__slug=SAMPLE, state=State.SELECTING)
    factories.BatchItemFactory.create_batch(3, generation=made)
    return made


def move(generation, state, **values):
    Generation.objects.filter(pk=generation.pk).update(state=state, **values)


def measured(project, number=1, **values):
    best = {"n": 8, "problems": 30, "accuracy": 0.9, "majority_vote": 0.8, "pass_at_1": 0.55}
    return factories.CheckpointFactory(
        project=project,
        number=number,
        measures={"gate": {"best_of_n": best}},
        decision={"promoted": True, "sentence": "It is the project's first evaluated checkpoint."},
        **values,
    )


def test_a_generation_is_told_from_its_opening_to_its_end(generation):
    news = News()
    assert news.since_last_look() == []
    move(generation, State.LABELING)
    assert news.since_last_look() == ["Generation 0 is open: 3 solutions to label, a uniform draw."]
    assert news.since_last_look() == []
    move(generation, State.TRAINING, checkpoint=measured(generation.project))
    assert "training checkpoint 1" in news.since_last_look()[0]
    move(generation, State.CLOSED)
    assert news.since_last_look() == [
        "Checkpoint 1 on 30 gate problems: best of 8 90% right, majority vote 80%, any one 55%.",
        "Checkpoint 1 is promoted. It is the project's first evaluated checkpoint.",
        "Generation 0 is closed.",
    ]


def test_the_next_generation_names_the_checkpoint_that_picked_it(generation):
    news = News()
    news.since_last_look()
    champion = measured(generation.project)
    move(generation, State.CLOSED, checkpoint=champion)
    following = factories.GenerationFactory(project=generation.project, number=1, champion=champion, rule="convincing")
    factories.BatchItemFactory.create_batch(2, generation=following)
    assert news.since_last_look()[-1] == "Generation 1 is open: 2 solutions to label, picked by checkpoint 1."


def test_a_restart_tells_where_the_loop_stands_and_repeats_nothing(generation):
    move(generation, State.CLOSED, checkpoint=measured(generation.project))
    factories.GenerationFactory(project=generation.project, number=1)
    assert News().since_last_look() == ["Generation 1 is open: 0 solutions to label, a uniform draw."]


def test_a_failure_is_told_with_its_sentence(generation):
    news = News()
    news.since_last_look()
    move(generation, State.FAILED, failed_in=State.SELECTING, failure="The disk is full.")
    assert news.since_last_look() == ["Generation 0 failed: The disk is full."]


def test_a_checkpoint_that_could_not_be_measured_says_why(generation):
    news = News()
    news.since_last_look()
    unmeasured = factories.CheckpointFactory(
        project=generation.project, number=4, measures={"gate": {"best_of_n": {"undefined": "No problem."}}}
    )
    move(generation, State.CLOSED, checkpoint=unmeasured)
    assert news.since_last_look()[:2] == ["Checkpoint 4: No problem.", "Checkpoint 4 is not promoted."]


def test_another_project_is_no_news(generation):
    news = News()
    news.since_last_look()
    factories.GenerationFactory(project__slug="another")
    assert news.since_last_look() == []


def test_a_look_is_one_query(generation, django_assert_num_queries):
    news = News()
    with django_assert_num_queries(1):
        news.since_last_look()
