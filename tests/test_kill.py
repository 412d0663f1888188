"""kill -9 in the middle of each state: the generation goes on by itself, to the same picks and the same labels."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from labelhub import tasks
from labelhub.errors import Absent, Superseded
from labelhub.models import Checkpoint, Generation, Job, Label, Labeler, Problem, Project, Score, Solution
from labelhub.services import jobs
from labelhub.services.data import exporting, importing
from labelhub.services.data.exporting import files as export_files
from labelhub.services.loop import generations, promoting, selecting
from selector.grading.normalize import solution_digest
from selector.labels.passes import label_steps
from selector.selection.select import Batch
from tests import factories, sample
from tests.present import present
from tests.workers import Worker, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer, pytest.mark.slow]

SILENCE = "3"  # seconds until a silent job counts as dead: shorter than in production, for the test's sake
CROWD = 30_000  # solutions in the pool: enough that selecting takes a moment in which it can be killed

PLENTY = 40_000  # labels in an export, for the same reason
LONG = 20_000  # lines of a file


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
    importing.refresh_statistics()


def killed_and_finished(generation: Generation, kind: str, start_worker: Callable[..., Worker], at: str = "") -> None:
    """A worker begins the stage and is killed in it; a second one, which nobody tells anything, finishes it.

    `at` is the kind of job that it is killed in, where the stage is cut into such.
    """
    first = start_worker(JOB_SILENCE_SECONDS=SILENCE)
    tasks.send(generation.jobs.get(kind=kind))
    running = Job.with_shards.filter(kind=at or kind, state=Job.State.RUNNING)
    job = wait_until(running.first, why=lambda: first.log)
    first.kill()
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("running", 1)
    second = start_worker(JOB_SILENCE_SECONDS=SILENCE)
    later = Job.with_shards.filter(pk=job.pk, attempt__gt=1)
    wait_until(later.exists, why=lambda: second.log)
    wait_until(lambda: is_done(generation, kind), seconds=300, why=lambda: second.log)


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


def test_scoring(project, trained_champion, tmp_path, start_worker):
    sample.fill(project, tmp_path, problems=30, samples=4, gate=6)
    generation = launch(project, sample.CONVINCING)
    killed_and_finished(generation, Job.Kind.SCORE, start_worker, at=Job.Kind.SHARD)
    wait_until(lambda: sample.state_of(generation) == "labeling")
    expected = {(one.candidate.solution_id, one.rank) for one in in_hindsight(generation).picks}
    assert set(generation.items.values_list("solution_id", "rank")) == expected


def test_scoring_by_four_workers_one_of_which_is_killed(project, trained_champion, tmp_path, start_worker):
    sample.fill(project, tmp_path, problems=60, samples=6, gate=8)
    slow = {"characters_per_second": 40}  # so that some ten solutions are a shard
    alone = factories.CheckpointFactory(project=project, number=2, path=trained_champion.path, **slow)
    sample.carry(taken_up(promoting.score_ahead(checkpoint=alone)))
    expected = selecting.pick(project=project, champion=alone, parameters=sample.CONVINCING)
    Checkpoint.objects.update(**slow)

    generation = launch(project, sample.CONVINCING)
    workers = [start_worker(processes=1, JOB_SILENCE_SECONDS=SILENCE) for _ in range(4)]
    tasks.send(generation.jobs.get())
    running = Job.with_shards.filter(kind=Job.Kind.SHARD, state=Job.State.RUNNING)
    wait_until(lambda: running.count() == len(workers), why=lambda: "".join(each.log for each in workers))
    begun = list(running.values_list("pk", flat=True))
    workers[2].kill()
    lost = Job.with_shards.filter(pk__in=begun, attempt__gt=1)
    wait_until(lost.exists, why=lambda: "".join(each.log for each in workers))
    wait_until(lambda: sample.state_of(generation) == "labeling", seconds=300, why=lambda: workers[0].log)

    scores = dict(Score.objects.filter(checkpoint=trained_champion).values_list("solution", "log_score"))
    assert scores == pytest.approx(dict(alone.scores.values_list("solution", "log_score")), abs=1e-5)
    assert len(scores) == Score.objects.filter(checkpoint=trained_champion).count() == 360
    picks = set(generation.items.values_list("solution_id", "stratum", "rank"))
    assert picks == {(one.candidate.solution_id, one.stratum, one.rank) for one in expected.picks}


def in_hindsight(generation: Generation) -> Batch:
    """The picks over the pool as it was at launch: the batch's own items are out of it now."""
    generation.items.update(state="withdrawn")
    return selecting.pick(
        project=generation.project, champion=generation.champion, parameters=selecting.Parameters.of(generation)
    )


def test_evaluating(project, trained_champion, tmp_path, start_worker):
    generation = labelled(project, tmp_path)
    challenger = present(generation.checkpoint)
    Checkpoint.objects.filter(pk=challenger.pk).update(state="trained", path=trained_champion.path)
    Job.objects.filter(generation=generation, kind=Job.Kind.TRAIN).update(state=Job.State.DONE)
    generations.trained(generation=generation)
    killed_and_finished(generation, Job.Kind.EVALUATE, start_worker, at=Job.Kind.SHARD)
    assert sample.state_of(generation) == "closed"
    challenger.refresh_from_db()
    assert challenger.measures["gate"]["comparison"]["best_of_n"]["difference"] == 0


def labels_in_plenty(project: Project, solution: Solution) -> None:
    """Enough that to write them takes a moment in which the writer can be killed."""
    steps = label_steps(solution.steps, [1] * len(solution.steps))
    labeler = Labeler.objects.create()
    made = {"source": "model", "finish_reason": "solution", "steps": steps, "total_time": 0}
    Label.objects.bulk_create(
        (Label(solution=solution, labeler=labeler, submitted_at=timezone.now(), **made) for _ in range(PLENTY)),
        batch_size=2000,
    )


def test_writing_an_export(project, tmp_path, start_worker):
    sample.fill(project, tmp_path, problems=1, samples=1, gate=0)
    labels_in_plenty(project, Solution.objects.get())
    job, _new = export_files.start(project=project, format="prm800k")
    place = settings.DATA_DIR / "exports"
    first = start_worker(JOB_SILENCE_SECONDS=SILENCE)
    tasks.send(job)
    wait_until(lambda: Job.objects.get(pk=job.pk).done > 0, why=lambda: first.log)
    first.kill()
    assert [each.name for each in place.iterdir()] == [f".{job.pk}.1"]  # a part, under no name that is served
    with pytest.raises(Absent):
        export_files.opened(job=Job.objects.get(pk=job.pk))
    second = start_worker(JOB_SILENCE_SECONDS=SILENCE)
    wait_until(lambda: Job.objects.get(pk=job.pk).state == "done", seconds=300, why=lambda: second.log)
    job.refresh_from_db()
    whole = b"".join(exporting.stream(project=project, format="prm800k"))
    assert job.attempt > 1
    assert [each.name for each in place.iterdir()] == [f"{job.pk}.jsonl"]
    assert export_files.opened(job=job).read() == whole
    assert job.result["sha256"] == hashlib.sha256(whole).hexdigest()


def test_importing_with_bad_lines(project, start_worker):
    """Every tenth line is bad: whichever worker met it, it is in the list of rejected lines once."""
    rows = [f"bad {n}" if n % 10 == 0 else json.dumps(a_problem(n)) for n in range(1, LONG + 1)]
    stored = default_storage.save("long.jsonl", ContentFile("\n".join(rows).encode()))
    job = importing.start(project=project, stored=stored, filename="long.jsonl")
    first = start_worker(JOB_SILENCE_SECONDS=SILENCE)
    tasks.send(job)
    wait_until(lambda: Job.objects.get(pk=job.pk).result.get("rejected"), why=lambda: first.log)
    first.kill()
    assert Job.objects.get(pk=job.pk).state == "running"
    second = start_worker(JOB_SILENCE_SECONDS=SILENCE)
    wait_until(lambda: Job.objects.get(pk=job.pk).state == "done", seconds=300, why=lambda: second.log)
    job.refresh_from_db()
    assert job.attempt > 1
    assert (job.result["created"]["problems"], job.result["rejected"]) == (LONG * 9 // 10, LONG // 10)
    told = list(importing.rejected.fetch(job=job.pk, aside=job.result["aside"]))
    assert [(row["line"], row["text"]) for row in told] == [(n, f"bad {n}") for n in range(10, LONG + 1, 10)]


def a_problem(n: int) -> dict[str, str]:
    return {"problem_id": f"p{n}", "problem": f"What is {n} + 1?", "ground_truth_answer": str(n + 1)}


def test_a_late_finisher_changes_nothing(project, tmp_path):
    sample.fill(project, tmp_path, problems=4, samples=2, gate=1)
    generation = launch(project, sample.UNIFORM)
    late = taken_up(generation.jobs.get())
    Job.objects.filter(pk=late.job.pk).update(attempt=2)
    with pytest.raises(Superseded):
        tasks.select_batch(late)
    assert sample.state_of(generation) == "selecting"
    assert not generation.items.exists()
