"""The product in one test: two generations on a real worker and a real broker, with a real model that learns."""

from pathlib import Path

import pytest

from labelhub import tasks
from labelhub.models import BatchItem, Checkpoint, Generation, Job, Project
from labelhub.services.loop import generations
from tests import sample
from tests.present import present
from tests.workers import Worker, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer, pytest.mark.slow]


def send_all(generation: Generation) -> None:
    for job in generation.jobs.filter(state=Job.State.QUEUED):
        tasks.send(job)


def test_the_loop_closes_twice_and_the_second_batch_follows_what_the_first_taught(
    project: Project, worker: Worker, tmp_path: Path
):
    oracle = sample.fill(project, tmp_path)

    first = generations.launch(project=project, by=None, parameters=sample.UNIFORM)
    send_all(first)
    wait_until(lambda: sample.state_of(first) == "labeling", why=lambda: worker.log)
    assert first.champion is None
    assert set(first.items.values_list("log_score", flat=True)) == {None}
    assert sample.label_all(project, oracle) == first.items.count()

    generations.close(generation=first, by=None)
    send_all(first)
    ahead = Generation.objects.filter(number=1, state="ahead")
    wait_until(ahead.exists, why=lambda: worker.log)
    assert sample.label_all(project, oracle) == ahead.get().items.count() > 0  # nobody is idle while it is trained
    wait_until(lambda: sample.state_of(first) == "closed", seconds=300, why=lambda: worker.log)
    champion = Checkpoint.objects.get(project=project)
    assert first.decision["promoted"], first.decision
    assert Project.objects.get(pk=project.pk).champion == champion
    assert champion.measures["gate"]["best_of_n"]["problems"] == 8
    assert champion.labels.count() == first.items.exclude(stratum="gate").count() - contradictions(first)

    done_ahead = ahead.get().items.count()
    second = generations.launch(project=project, by=None, parameters=sample.CONVINCING)
    send_all(second)
    wait_until(lambda: sample.state_of(second) == "labeling", why=lambda: worker.log)
    picks = second.items.filter(stratum__in=["wrong", "remainder"])
    assert picks.count() == 20
    assert picks.filter(solution__grade="wrong").count() >= 16
    assert not picks.filter(log_score=None).exists()
    assert not first.items.filter(solution__in=second.items.values("solution")).exists()
    wrong = picks.filter(stratum="wrong").order_by("rank")
    scores = [present(score) for score in wrong.values_list("log_score", flat=True)]
    assert scores == sorted(scores, reverse=True)

    assert sample.label_all(project, oracle) == second.items.count() - done_ahead
    generations.close(generation=second, by=None)
    send_all(second)
    wait_until(lambda: sample.state_of(second) == "closed", seconds=300, why=lambda: worker.log)
    challenger = second.checkpoint
    assert challenger and challenger.labels.count() > champion.labels.count()
    assert second.decision["sentence"]
    assert challenger.measures["gate"]["comparison"]["best_of_n"]["n"] == 8


def contradictions(generation: Generation) -> int:
    """Right-looking passes over solutions that were graded wrong: they wait for a reviewer and train nothing."""
    items = BatchItem.objects.filter(generation=generation).exclude(stratum="gate")
    return items.filter(solution__grade="wrong", solution__labels__finish_reason="solution").count()
