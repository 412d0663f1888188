"""kill -9 in the middle of each state: the generation goes on by itself, to the same picks and the same labels."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from labelhub import tasks
from labelhub.models import Checkpoint, Generation, Job, Problem, Project, Solution
from labelhub.services import generations, jobs, selecting
from selector.config import TrainConfig
from selector.normalize import solution_digest
from selector.train import train
from selector.types import Example
from tests import sample
from tests.workers import Worker, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer, pytest.mark.slow]

SILENCE = "3"  # seconds until a silent job counts as dead: shorter than in production, for the test's sake
CROWD = 30_000  # solutions in the pool: enough that selecting takes a moment in which it can be killed


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real checkpoint on disk that has learnt hardly anything: what it says doesn't matter here."""
    out = tmp_path_factory.mktemp("checkpoints") / "small"
    steps = ("Tom has 3 apples.", "He buys 4 more, so 3 + 4 = 8.")
    config = TrainConfig(epochs=1, min_updates=1)
    train([Example("How many?", steps, (1, -1))], config=config, corpus=steps, out=out)
    return out


@pytest.fixture
def champion(project: Project, trained: Path) -> Checkpoint:
    shutil.copytree(trained, settings.DATA_DIR / "checkpoints" / "champion", dirs_exist_ok=True)
    champion = Checkpoint.objects.create(
        project=project, number=1, state="ready", path="checkpoints/champion", config=TrainConfig().to_dict()
    )
    Project.objects.filter(pk=project.pk).update(champion=champion)
    return champion


def crowd(project: Project) -> None:
    problem = Problem.objects.filter(project=project, split="train").first()
    Solution.objects.bulk_create(
        (
            Solution(problem=problem, key=f"crowd-{n}", steps=steps, digest=solution_digest(steps))
            for n, steps in ((n, [f"There are {n} ways to begin."]) for n in range(CROWD))
        ),
        batch_size=2000,
    )
    Solution.objects.filter(key__startswith="crowd-").update(grade="wrong", graded_by="source")


def killed_and_finished(generation: Generation, kind: str, start_worker: Callable[..., Worker]) -> None:
    """A worker begins the stage and is killed in it; a second one, which nobody tells anything, finishes it."""
    first = start_worker(JOB_SILENCE_SECONDS=SILENCE)
    tasks.send(generation.jobs.get(kind=kind))
    job = wait_until(lambda: generation.jobs.filter(kind=kind, state=Job.State.RUNNING).first(), why=lambda: first.log)
    first.kill()
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("running", 1)
    second = start_worker(JOB_SILENCE_SECONDS=SILENCE)
    wait_until(lambda: is_done(generation, kind), seconds=300, why=lambda: second.log)
    assert generation.jobs.get(kind=kind).attempt > 1


def is_done(generation: Generation, kind: str) -> bool:
    sample.state_of(generation)
    return generation.jobs.filter(kind=kind, state=Job.State.DONE).exists()


def taken_up(job: Job) -> jobs.Running:
    """The job as a worker has it that has just begun."""
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    return jobs.Running(Job.objects.get(pk=job.pk))


def launch(project: Project, parameters: selecting.Parameters) -> Generation:
    return generations.launch(project=project, by=None, parameters=parameters)


def labelled(project: Project, tmp_path: Path) -> Generation:
    """A generation whose batch is labelled, and that has just been closed."""
    oracle = sample.fill(project, tmp_path, problems=30, samples=4, gate=6)
    generation = launch(project, sample.UNIFORM)
    for kind in (Job.Kind.SCORE, Job.Kind.SELECT):
        if job := sample.job_of(generation, kind):
            sample.carry(taken_up(job))
    sample.label_all(project, oracle)
    generations.close(generation=generation, by=None)
    generation.refresh_from_db()
    return generation


def test_selecting(project, tmp_path, start_worker):
    sample.fill(project, tmp_path, problems=30, samples=4, gate=6)
    crowd(project)
    generation = launch(project, sample.UNIFORM)
    expected = selecting.pick(project=project, champion=None, parameters=sample.UNIFORM)
    killed_and_finished(generation, Job.Kind.SELECT, start_worker)
    picks = set(generation.items.values_list("solution_id", "stratum", "rank"))
    assert picks == {(one.candidate.solution_id, one.stratum, one.rank) for one in expected.picks}
    assert sample.state_of(generation) == "labeling"


def test_training(project, tmp_path, start_worker):
    generation = labelled(project, tmp_path)
    killed_and_finished(generation, Job.Kind.TRAIN, start_worker)
    checkpoint = Checkpoint.objects.get()
    assert checkpoint.labels.exists()
    assert (settings.DATA_DIR / checkpoint.path / "model.safetensors").is_file()


def test_scoring(project, champion, tmp_path, start_worker):
    sample.fill(project, tmp_path, problems=30, samples=4, gate=6)
    generation = launch(project, sample.CONVINCING)
    killed_and_finished(generation, Job.Kind.SCORE, start_worker)
    wait_until(lambda: sample.state_of(generation) == "labeling")
    expected = {(one.candidate.solution_id, one.rank) for one in in_hindsight(generation).picks}
    assert set(generation.items.values_list("solution_id", "rank")) == expected


def in_hindsight(generation: Generation) -> selecting.Batch:
    """The picks over the pool as it was at launch: the batch's own items are out of it now."""
    generation.items.update(state="withdrawn")
    return selecting.pick(
        project=generation.project, champion=generation.champion, parameters=selecting.Parameters.of(generation)
    )


def test_evaluating(project, champion, tmp_path, start_worker):
    generation = labelled(project, tmp_path)
    challenger = generation.checkpoint
    Checkpoint.objects.filter(pk=challenger.pk).update(state="trained", path=champion.path)
    Job.objects.filter(generation=generation, kind=Job.Kind.TRAIN).update(state=Job.State.DONE)
    generations.trained(generation=generation)
    killed_and_finished(generation, Job.Kind.EVALUATE, start_worker)
    assert sample.state_of(generation) == "closed"
    challenger.refresh_from_db()
    assert challenger.measures["gate"]["comparison"]["best_of_n"]["difference"] == 0


def test_a_late_finisher_changes_nothing(project, tmp_path):
    sample.fill(project, tmp_path, problems=4, samples=2, gate=1)
    generation = launch(project, sample.UNIFORM)
    late = taken_up(generation.jobs.get())
    Job.objects.filter(pk=late.job.pk).update(attempt=2)
    with pytest.raises(jobs.Superseded):
        tasks.select_batch(late)
    assert sample.state_of(generation) == "selecting"
    assert not generation.items.exists()
