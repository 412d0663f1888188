"""Generations: each step from launch to the end, what refuses it, and what it leaves behind."""

import pytest
from django.db import IntegrityError, transaction

from labelhub.errors import GenerationActive, NoChampion, NothingToSelect, NothingToTrain, WrongState
from labelhub.models import BatchItem, Checkpoint, Event, Generation, Job, Project, Solution, User
from labelhub.queries.labeling import queue
from labelhub.services.labeling import leases
from labelhub.services.loop import generations, selecting
from labelhub.services.loop.selecting import Parameters
from tests import factories
from tests.present import present
from tests.services.labeling.test_leases import held, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

UNIFORM = Parameters(rule="uniform", scope="global", k=3)
CONVINCING = Parameters(rule="convincing", scope="global", k=4)


@pytest.fixture
def pool(project: Project) -> list[Solution]:
    problem = factories.ProblemFactory(project=project)
    return [factories.SolutionFactory(problem=problem, wrong=n % 2 == 0) for n in range(8)]


@pytest.fixture
def champion(project: Project, pool: list[Solution]) -> Checkpoint:
    champion = factories.CheckpointFactory(project=project)
    for n, solution in enumerate(pool):
        factories.ScoreFactory(checkpoint=champion, solution=solution, log_score=-1.0 - n)
    project.champion = champion
    project.save()
    return champion


@pytest.fixture
def labeling(project: Project, generation: Generation, ann: User) -> Generation:
    """A generation with one finished label and two unfinished items, one of them leased."""
    done = factories.BatchItemFactory(generation=generation, position=0)
    factories.LabelFactory(assignment=factories.AssignmentFactory(item=done, labeler=ann.labeler, state="submitted"))
    BatchItem.objects.filter(pk=done.pk).update(state="done")
    for position in (1, 2):
        factories.BatchItemFactory(generation=generation, position=position)
    held(project, ann)
    return generation


def launch(project: Project, parameters: Parameters = UNIFORM) -> Generation:
    return generations.launch(project=project, by=None, parameters=parameters)


def test_generation_0_is_uniform_and_starts_with_selecting(project, pool):
    generation = launch(project)
    assert (generation.number, generation.state, generation.champion) == (0, "selecting", None)
    assert [job.kind for job in generation.jobs.all()] == ["select"]


def test_with_a_champion_the_pool_is_scored_first_and_the_champion_pinned(project, champion):
    generation = launch(project, CONVINCING)
    assert (generation.state, generation.champion) == ("scoring", champion)
    project.champion = factories.CheckpointFactory(project=project)
    project.save()
    generation.refresh_from_db()
    assert generation.champion == champion


def test_convincing_without_a_champion_is_refused(project, pool):
    with pytest.raises(NoChampion):
        launch(project, CONVINCING)
    assert not Generation.objects.exists()


def test_an_empty_pool_is_refused(project):
    with pytest.raises(NothingToSelect):
        launch(project)


def test_a_project_has_one_active_generation(project, pool):
    launch(project)
    with pytest.raises(GenerationActive):
        launch(project)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.GenerationFactory(project=project, number=9)


def test_a_preview_changes_nothing(project, champion):
    told = generations.preview(project=project, parameters=CONVINCING)
    assert (told.picks, told.wrong, told.candidates, told.unscored) == (4, 3, 8, 0)
    assert sum(present(told.histogram).pool) == 8
    assert not Generation.objects.exists()
    assert not Job.objects.exists()


def test_the_batch_keeps_rank_stratum_and_score_at_selection(project, champion, pool):
    generation = launch(project, CONVINCING)
    generations.scored(generation=generation)
    batch = selecting.pick(project=project, champion=champion, parameters=CONVINCING)
    generations.selected(generation=generation, batch=batch)
    wrong = generation.items.filter(stratum="wrong").order_by("rank")
    assert [item.solution for item in wrong] == [pool[0], pool[2], pool[4]]
    assert [item.log_score for item in wrong] == [-1.0, -3.0, -5.0]
    assert generation.manifest["checkpoint"] == champion.number
    assert generation.state == "labeling"


def test_closing_trains_and_takes_back_what_is_unfinished(labeling, olga):
    job = generations.close(generation=labeling, by=olga)
    labeling.refresh_from_db()
    assert (labeling.state, job.kind, job.checkpoint) == ("training", "train", labeling.checkpoint)
    assert sorted(labeling.items.values_list("state", flat=True)) == ["done", "withdrawn", "withdrawn"]
    assert Event.objects.filter(verb="close", actor=olga, subject="generation 0").exists()


def test_a_generation_is_closed_once(labeling):
    generations.close(generation=labeling, by=None)
    with pytest.raises(WrongState):
        generations.close(generation=labeling, by=None)


def test_closing_without_a_label_to_learn_from_is_refused(generation):
    with pytest.raises(NothingToTrain):
        generations.close(generation=generation, by=None)
    generation.refresh_from_db()
    assert generation.state == "labeling"
    assert not Checkpoint.objects.exists()


def test_cancelling_stops_jobs_and_keeps_labels(labeling, olga):
    generations.cancel(generation=labeling, by=olga, reason="wrong k")
    labeling.refresh_from_db()
    assert labeling.state == "cancelled"
    assert labeling.items.get(state="done").solution.labels.exists()
    assert Event.objects.get(verb="cancel").reason == "wrong k"
    with pytest.raises(WrongState):
        generations.cancel(generation=labeling, by=olga)


def test_the_checkpoint_of_a_cancelled_training_is_not_in_training_any_more(labeling):
    generations.close(generation=labeling, by=None)
    generations.cancel(generation=labeling, by=None)
    assert Checkpoint.objects.get().state == "failed"
    assert Job.objects.get(kind="train").message == "Cancelled."


def test_a_cancelled_item_may_be_selected_again(project, pool):
    generation = launch(project)
    batch = selecting.pick(project=project, champion=None, parameters=UNIFORM)
    generations.selected(generation=generation, batch=batch)
    generations.cancel(generation=generation, by=None)
    assert len(selecting.pick(project=project, champion=None, parameters=UNIFORM).picks) == len(batch.picks)


def test_a_failed_generation_is_retried_in_the_state_that_failed(project, pool):
    generation = launch(project)
    job = generation.jobs.get()
    Job.objects.filter(pk=job.pk).update(state="failed")
    Generation.objects.filter(pk=generation.pk).update(state="failed", failed_in="selecting", failure="Disk full.")
    assert generations.retry(generation=generation, by=None).attempt == 2
    generation.refresh_from_db()
    assert (generation.state, generation.failure) == ("selecting", "")
    with pytest.raises(WrongState):
        generations.retry(generation=generation, by=None)


def test_a_full_batch_closes_by_itself_only_where_the_project_says_so(project, labeling, ann):
    labeling.items.exclude(state="done").update(state="done")
    assert generations.close_full() == []
    Project.objects.filter(pk=project.pk).update(auto_advance=True)
    assert [job.kind for job in generations.close_full()] == ["train"]
    assert generations.close_full() == []


def test_what_somebody_closed_meanwhile_does_not_keep_a_sweep_from_the_rest(project, labeling, ann, monkeypatch):
    labeling.items.exclude(state="done").update(state="done")
    monkeypatch.setattr(queue, "full_batches", lambda: [labeling, labeling])  # two sweeps looked before one closed
    assert [job.kind for job in generations.close_full()] == ["train"]


def test_a_batch_with_an_open_or_leased_item_is_not_full(project, labeling):
    Project.objects.filter(pk=project.pk).update(auto_advance=True)
    assert generations.close_full() == []
    assert state_of(labeling.items.get(position=1)) == "leased"


def test_a_full_batch_that_teaches_nothing_stops_advancing_and_says_why(project, generation):
    factories.BatchItemFactory(generation=generation, state="done")
    Project.objects.filter(pk=project.pk).update(auto_advance=True)
    assert generations.close_full() == []
    assert not Project.objects.get(pk=project.pk).auto_advance
    assert Event.objects.get(verb="stop advancing").reason == NothingToTrain.sentence


def test_a_full_batch_whose_base_model_is_no_longer_listed_stops_advancing_and_not_the_sweep(project, labeling):
    labeling.items.exclude(state="done").update(state="done")
    Project.objects.filter(pk=project.pk).update(auto_advance=True, base_model="owner/unlisted")
    assert generations.close_full() == []
    assert not Project.objects.get(pk=project.pk).auto_advance
    assert "BASE_MODELS" in Event.objects.get(verb="stop advancing").reason


def evaluating_generation(project: Project) -> Generation:
    checkpoint = factories.CheckpointFactory(project=project)
    return factories.GenerationFactory(project=project, state="evaluating", checkpoint=checkpoint, k=3, seed=5)


def test_a_generation_ends_with_its_decision(project):
    generation = evaluating_generation(project)
    assert generations.evaluated(generation=generation, decision={"promoted": False, "sentence": "Lower."}) == []
    assert (generation.state, generation.decision["sentence"]) == ("closed", "Lower.")


def test_the_next_generation_opens_by_itself_with_the_next_seed(project, champion):
    Project.objects.filter(pk=project.pk).update(auto_advance=True)
    jobs = generations.evaluated(generation=evaluating_generation(project), decision={"promoted": True})
    following = Generation.objects.get(number=1)
    assert (following.rule, following.seed, following.k) == ("convincing", 6, 3)
    assert [job.kind for job in jobs] == ["score"]


def test_an_empty_pool_ends_the_advance_with_a_sentence(project):
    Project.objects.filter(pk=project.pk).update(auto_advance=True)
    generations.evaluated(generation=evaluating_generation(project), decision={"promoted": True})
    assert not Project.objects.get(pk=project.pk).auto_advance
    assert Event.objects.get(verb="stop advancing").reason == NothingToSelect.sentence


def test_nothing_is_served_after_cancelling(project, labeling, bob):
    generations.cancel(generation=labeling, by=None)
    assert leases.claim_next(project=project, labeler=bob.labeler, holding=()).assignment is None
