"""The learning curve on the control: whoever becomes champion, every generation that has one is measured by it."""

from decimal import Decimal
from pathlib import Path

import pytest

from labelhub.models import Checkpoint, Generation, Job, Label, Project, Score
from labelhub.queries.loop import checkpoints, pools
from labelhub.services.data import exporting
from labelhub.services.loop import generations, promoting
from labelhub.services.loop.selecting import Parameters
from selector.prm.config import TrainConfig
from tests import sample
from tests.present import present

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer, pytest.mark.slow]

GENERATIONS = 5
UNIFORM = Parameters(rule="uniform", scope="global", k=8, control_share=Decimal("0.25"), audit_share=Decimal(0))
CONVINCING = Parameters(rule="convincing", scope="global", k=4, seed=1)


def work_off(project: Project, but: str = "") -> None:
    """What a worker would do, here: every job there is and those that follow, `but` those of a kind."""
    queued = Job.with_shards.filter(project=project, state=Job.State.QUEUED).exclude(kind=but)
    while job := queued.order_by("pk").first():
        sample.work_on(job)


def opened(project: Project, parameters: Parameters) -> Generation:
    generation = generations.launch(project=project, by=None, parameters=parameters)
    work_off(project)
    assert sample.state_of(generation) == "labeling"
    return generation


def closed(generation: Generation) -> Checkpoint:
    """Its checkpoint: a real model, made in no time. Scoring the pool by it waits."""
    generations.close(generation=generation, by=None)
    quick = TrainConfig(pretrain_updates=0, epochs=1, min_updates=1, seed=generation.number)
    Checkpoint.objects.filter(generation=generation).update(config=quick.to_dict())
    work_off(generation.project, but=Job.Kind.SCORE)
    assert sample.state_of(generation) == "closed"
    return Checkpoint.objects.get(generation=generation)


def champion_of(project: Project) -> Checkpoint:
    return present(Project.objects.get(pk=project.pk).champion)


def test_the_curve_has_no_hole_over_five_generations_and_two_promotions(project: Project, tmp_path: Path):
    oracle = sample.fill(project, tmp_path, problems=22, samples=4, gate=4)
    Project.objects.filter(pk=project.pk).update(promotion_margin=0)  # none of these is shown to be better
    measured_with = []
    for number in range(GENERATIONS):
        generation = opened(project, CONVINCING if number else UNIFORM)
        sample.label_all(project, oracle)
        checkpoint = closed(generation)
        measured_with.append(generation.champion)
        if number == 2:
            promoting.promote(checkpoint=checkpoint, by=None, reason="It is trusted.")
        sample.label_all(project, oracle)  # what opened ahead: before its champion has scored any of it
    first, *curve = checkpoints.rounds(Project.objects.get(pk=project.pk))
    assert [first["champion"], *(each["champion"] for each in curve)] == [None, 1, 1, 3, 3]
    assert [each["control"]["agreement"].get("n") for each in curve] == [each["control"]["n"] for each in curve]
    assert all(each["control"]["n"] for each in curve)
    assert measured_with[3] == Checkpoint.objects.get(project=project, number=3)


def test_an_item_opened_ahead_is_scored_by_the_new_champion_and_stays_out_of_the_pool(project: Project, tmp_path: Path):
    oracle = sample.fill(project, tmp_path, problems=10, samples=4, gate=2)
    generation = opened(project, UNIFORM)
    sample.label_all(project, oracle)
    checkpoint = closed(generation)
    assert champion_of(project) == checkpoint
    ahead = project.generations.get(state="ahead")
    solutions = set(ahead.items.values_list("solution", flat=True))
    sample.label_all(project, oracle)
    assert Label.objects.filter(solution__in=solutions).count() == len(solutions) > 0
    assert not Score.objects.filter(solution__in=solutions).exists()

    opened(project, CONVINCING)
    scores = Score.objects.filter(solution__in=solutions)
    assert set(scores.values_list("solution", "checkpoint")) == {(each, checkpoint.pk) for each in solutions}
    assert not solutions & set(pools.train_pool(project=project).values_list("pk", flat=True))
    control = ahead.items.filter(solution__in=solutions)
    assert set(control.values_list("log_score", flat=True)) == {None}  # no score decided that it was picked
    rows = exporting.stream(project=project, format="prm800k", generation=ahead.number)
    assert b"".join(rows).count(b'"pre_generated_verifier_score": null') == len(solutions)


def test_a_scoring_that_was_killed_goes_on_with_what_is_in_work(project: Project, tmp_path: Path):
    oracle = sample.fill(project, tmp_path, problems=10, samples=4, gate=2)
    generation = opened(project, UNIFORM)
    sample.label_all(project, oracle)
    checkpoint = closed(generation)
    work_off(project)
    assert champion_of(project) == checkpoint
    kept = dict(Score.objects.values_list("solution", "pk"))
    ahead = project.generations.get(state="ahead")
    lost = Score.objects.filter(checkpoint=checkpoint, solution__items__generation=ahead).order_by("pk").first()
    assert lost is not None
    lost.delete()
    promoting.score_ahead(checkpoint=checkpoint)
    work_off(project)
    again = dict(Score.objects.values_list("solution", "pk"))
    assert again.keys() == kept.keys()
    assert {solution for solution, pk in again.items() if kept[solution] != pk} == {lost.solution_id}
