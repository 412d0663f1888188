"""Jobs: only the newest attempt counts, silence is noticed, and a failure leaves its sentence."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import Error, OperationalError, connection
from django.utils import timezone

from labelhub.errors import NothingToSelect, Superseded, WrongState
from labelhub.models import Checkpoint, Generation, Job, Project
from labelhub.services import jobs
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer]


@pytest.fixture
def job(project: Project) -> Job:
    return jobs.create(kind=Job.Kind.IMPORT, project=project)


def begun(job: Job) -> jobs.Running:
    Job.objects.filter(pk=job.pk).update(state="running")
    return jobs.Running(Job.objects.get(pk=job.pk))


def fall_silent(job: Job) -> None:
    long_ago = timezone.now() - timedelta(seconds=settings.JOB_SILENCE_SECONDS + 1)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=long_ago)


def test_a_job_runs_and_is_done_with_its_result(job):
    with jobs.running(job_id=job.pk, attempt=1) as run:
        run.beat(1, 2, "half way")
        with run.finishing(lines=7):
            pass
    job.refresh_from_db()
    assert (job.state, job.result, job.attempt) == ("done", {"lines": 7}, 1)
    assert job.finished_at


def test_a_job_of_the_project_alone_has_neither_generation_nor_checkpoint(job):
    run = jobs.Running(job)
    with pytest.raises(ValueError, match="belongs to no generation"):
        _ = run.generation
    with pytest.raises(ValueError, match="is about no checkpoint"):
        _ = run.checkpoint


def test_progress_is_written_where_everybody_sees_it(job):
    run = begun(job)
    run.beat(3, 10, "Reading")
    job.refresh_from_db()
    assert (job.done, job.total, job.message) == (3, 10, "Reading")


def test_a_second_delivery_of_the_same_attempt_does_not_run(job):
    with jobs.running(job_id=job.pk, attempt=1), pytest.raises(Superseded), jobs.running(job_id=job.pk, attempt=1):
        pytest.fail("the same attempt ran twice")


def test_a_delivery_from_before_a_revival_does_not_run(job):
    Job.objects.filter(pk=job.pk).update(attempt=2)
    with pytest.raises(Superseded), jobs.running(job_id=job.pk, attempt=1):
        pytest.fail("an old attempt ran")


def test_an_overtaken_attempt_is_told_at_its_next_beat_and_can_not_finish(job):
    run = begun(job)
    Job.objects.filter(pk=job.pk).update(attempt=2)
    with pytest.raises(Superseded):
        run.beat(1, 1)
    with pytest.raises(Superseded), run.finishing():
        pytest.fail("an old attempt finished")


def test_work_that_reads_is_told_too_once_its_heart_has_seen_that_it_was_overtaken(job):
    run = begun(job)
    run.tell(1, 2)
    Job.objects.filter(pk=job.pk).update(attempt=2)
    with pytest.raises(Superseded):
        run._beat_once()
    with pytest.raises(Superseded):
        run.tell(2, 2)


def test_what_waits_for_something_is_queued_as_it_was_and_says_so(job):
    run = begun(job)
    run.postpone("Waits for another.")
    job.refresh_from_db()
    assert (job.state, job.attempt, job.message) == ("queued", 1, "Waits for another.")
    with jobs.running(job_id=job.pk, attempt=1) as again, again.finishing():
        pass
    job.refresh_from_db()
    assert (job.state, job.message) == ("done", "")
    with pytest.raises(Superseded):
        run.postpone("Too late.")


def test_what_finishing_does_is_undone_with_it(job):
    run = begun(job)
    with pytest.raises(RuntimeError), run.finishing():
        factories.ProblemFactory(project=job.project)
        raise RuntimeError
    job.refresh_from_db()
    assert job.state == "running"
    assert not job.project.problems.exists()


def test_a_silent_running_job_is_revived_as_a_new_attempt(job):
    begun(job)
    fall_silent(job)
    assert [(one.pk, one.attempt) for one in jobs.revive_silent()] == [(job.pk, 2)]
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("queued", 2)
    assert jobs.revive_silent() == []


def test_a_queued_job_whose_message_was_lost_is_sent_again_as_it_was(job):
    fall_silent(job)
    assert [(one.pk, one.attempt) for one in jobs.revive_silent()] == [(job.pk, 1)]


def test_a_beating_job_is_left_alone(job):
    fall_silent(job)
    begun(job).beat(1, 2)
    assert jobs.revive_silent() == []


def test_the_heart_beats_while_the_work_itself_is_silent(job, settings):
    settings.JOB_SILENCE_SECONDS = 0.12
    with jobs.running(job_id=job.pk, attempt=1) as run:
        before = Job.objects.get(pk=job.pk).heartbeat_at
        while Job.objects.get(pk=job.pk).heartbeat_at == before:
            assert run._heart.is_alive()


def test_a_named_refusal_becomes_the_jobs_and_the_generations_sentence(project):
    generation = factories.GenerationFactory(project=project, state="selecting")
    job = jobs.create(kind=Job.Kind.SELECT, project=project, generation=generation)
    with pytest.raises(NothingToSelect), jobs.running(job_id=job.pk, attempt=1):
        raise NothingToSelect
    job.refresh_from_db()
    generation.refresh_from_db()
    assert (job.state, job.message) == ("failed", NothingToSelect.sentence)
    assert (generation.state, generation.failed_in) == ("failed", "selecting")
    assert generation.failure == NothingToSelect.sentence


def test_the_unexpected_is_told_by_its_type(job):
    with pytest.raises(KeyError), jobs.running(job_id=job.pk, attempt=1):
        raise KeyError("steps")
    job.refresh_from_db()
    assert job.message == "KeyError: 'steps'"


def test_a_failed_training_marks_its_checkpoint(project):
    checkpoint = factories.CheckpointFactory(project=project, state="training")
    job = jobs.create(kind=Job.Kind.TRAIN, project=project, checkpoint=checkpoint)
    with pytest.raises(ValueError), jobs.running(job_id=job.pk, attempt=1):
        raise ValueError("The base model can't be read.")
    checkpoint.refresh_from_db()
    assert checkpoint.state == Checkpoint.State.FAILED


@pytest.mark.parametrize(("kind", "state"), [("train", "training"), ("evaluate", "trained")])
def test_a_retry_leaves_the_checkpoint_where_it_was_before_the_failure(project, kind, state):
    checkpoint = factories.CheckpointFactory(project=project, state=state)
    job = jobs.create(kind=kind, project=project, checkpoint=checkpoint)
    with pytest.raises(OSError), jobs.running(job_id=job.pk, attempt=1):
        raise OSError("disk full")
    jobs.retry(job=job)
    checkpoint.refresh_from_db()
    assert checkpoint.state == state
    with jobs.running(job_id=job.pk, attempt=2):
        checkpoint.refresh_from_db()
        assert checkpoint.state == state


def test_a_champion_that_was_measured_again_in_vain_stays_ready(project):
    checkpoint = factories.CheckpointFactory(project=project)
    job = jobs.create(kind=Job.Kind.EVALUATE, project=project, checkpoint=checkpoint)
    with pytest.raises(OSError), jobs.running(job_id=job.pk, attempt=1):
        raise OSError("disk full")
    jobs.retry(job=job)
    checkpoint.refresh_from_db()
    assert checkpoint.state == Checkpoint.State.READY


def test_memory_is_named_only_where_something_says_so(job):
    with pytest.raises(MemoryError), jobs.running(job_id=job.pk, attempt=1):
        raise MemoryError
    job.refresh_from_db()
    assert job.message == jobs.OUT_OF_MEMORY
    assert "memory" not in jobs.DIED


def test_an_overtaken_attempt_that_breaks_does_not_fail_the_new_one(job):
    with pytest.raises(OSError), jobs.running(job_id=job.pk, attempt=1):
        Job.objects.filter(pk=job.pk).update(attempt=2, state="queued")
        raise OSError("disk full")
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("queued", 2)


def test_only_a_failed_job_is_retried(job):
    with pytest.raises(WrongState):
        jobs.retry(job=job)
    Job.objects.filter(pk=job.pk).update(state="failed")
    assert jobs.retry(job=job).attempt == 2


def test_a_generation_runs_a_stage_once(generation: Generation):
    jobs.create(kind=Job.Kind.SELECT, project=generation.project, generation=generation)
    with pytest.raises(Exception, match=r"a_generation_runs_a_stage_once|UNIQUE"):
        jobs.create(kind=Job.Kind.SELECT, project=generation.project, generation=generation)


def test_the_heart_goes_on_when_the_database_was_away_for_a_moment(job, settings, monkeypatch):
    settings.JOB_SILENCE_SECONDS = 0.12
    touch, failures = jobs.Running._touch, iter([True, True])

    def away_twice(self: jobs.Running, **values: object) -> None:
        if next(failures, False):
            raise OperationalError("the connection is closed")
        touch(self, **values)

    monkeypatch.setattr(jobs.Running, "_touch", away_twice)
    with jobs.running(job_id=job.pk, attempt=1) as run:
        before = Job.objects.get(pk=job.pk).heartbeat_at
        while Job.objects.get(pk=job.pk).heartbeat_at == before:
            assert run._heart.is_alive()


def test_a_job_whose_workers_are_killed_again_and_again_fails_and_says_so(project):
    generation = factories.GenerationFactory(project=project, state="training")
    checkpoint = factories.CheckpointFactory(project=project, state="training")
    job = jobs.create(kind=Job.Kind.TRAIN, project=project, generation=generation, checkpoint=checkpoint)
    for attempt in range(1, jobs.MOST_DEATHS + 1):
        assert Job.objects.get(pk=job.pk).attempt == attempt
        begun(job)
        fall_silent(job)
        revived = jobs.revive_silent()
    assert revived == []
    job.refresh_from_db()
    generation.refresh_from_db()
    checkpoint.refresh_from_db()
    assert (job.state, generation.state, generation.failed_in, checkpoint.state) == (
        "failed",
        "failed",
        "training",
        "failed",
    )
    assert job.message == generation.failure
    assert job.message.startswith("Its worker died 5 times in a row while it ran, without a word.")
    jobs.retry(job=job)
    checkpoint.refresh_from_db()
    assert checkpoint.state == "training"
    begun(job)
    fall_silent(job)
    assert [one.pk for one in jobs.revive_silent()] == [job.pk]


def test_a_queued_job_may_wait_for_ever(job):
    Job.objects.filter(pk=job.pk).update(attempt=jobs.MOST_DEATHS)
    fall_silent(job)
    assert [one.pk for one in jobs.revive_silent()] == [job.pk]


def test_what_another_job_does_already_is_not_retried(project, checkpoint):
    failed = factories.JobFactory(project=project, checkpoint=checkpoint, kind="score", state="failed")
    jobs.create(kind=Job.Kind.SCORE, project=project, checkpoint=checkpoint)
    with pytest.raises(WrongState, match="Another job"):
        jobs.retry(job=failed)


def test_a_failure_with_a_character_that_no_text_may_hold_is_still_told(job):
    with pytest.raises(ValueError), jobs.running(job_id=job.pk, attempt=1):
        raise ValueError("step \0 of 3")
    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", "step \N{REPLACEMENT CHARACTER} of 3")


def test_a_job_that_lost_its_database_has_not_failed_and_is_taken_up_again(job):
    with pytest.raises(Error), jobs.running(job_id=job.pk, attempt=1):
        lose_the_database()
    connection.close()  # as a worker does between jobs
    job.refresh_from_db()
    assert (job.state, job.message) == ("running", "")
    fall_silent(job)
    assert [(each.pk, each.attempt, each.state) for each in jobs.revive_silent()] == [(job.pk, 2, "queued")]


def lose_the_database() -> None:
    """As when the server goes away; a file that somebody else keeps locked is the same on SQLite."""
    if connection.vendor == "postgresql":
        connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        connection.cursor().execute("PRAGMA busy_timeout = 10")
        Job.objects.update(done=1)
