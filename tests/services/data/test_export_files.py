"""Exports as files: the stream's bytes, whole or not there, and gone when they should be."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pyarrow import parquet
from pytest_django import Settings

from labelhub import tasks
from labelhub.errors import Absent, Invalid, Superseded
from labelhub.models import Event, Job, Label, Project
from labelhub.queries import jobs as job_queries
from labelhub.services import jobs
from labelhub.services.data import exporting
from labelhub.services.data.exporting import files as export_files
from tests import factories
from tests.present import present
from tests.workers import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer]


@pytest.fixture(autouse=True)
def place(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "exports"


@pytest.fixture
def labels(project: Project) -> list[Label]:
    generation = factories.GenerationFactory(project=project)
    return [
        factories.LabelFactory(assignment__item__generation=generation, ratings=ratings)
        for ratings in ([1, 1, 1], [1, -1], [1, 0, 1])
    ]


def asked(project: Project, format: str = "prm800k", **filters: Any) -> Job:
    job, _new = export_files.start(project=project, format=format, **filters)
    return job


def carry_out(job: Job) -> Job:
    """What a worker does with the message, here."""
    with jobs.running(job_id=job.pk, attempt=job.attempt) as run:
        tasks.export_labels(run)
    job.refresh_from_db()
    return job


def streamed(project: Project, format: str = "prm800k", **filters: Any) -> bytes:
    return b"".join(exporting.stream(project=project, format=format, **filters))


@pytest.mark.parametrize("format", exporting.FORMATS)
def test_a_file_is_the_stream_byte_for_byte_and_says_its_digest(project, labels, format):
    job = carry_out(asked(project, format))
    with export_files.opened(job=job) as file:
        content = file.read()
    assert content == streamed(project, format)
    told = export_files.tell(job)
    assert (told.sha256, told.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert told.labels == 3
    assert (job.done, job.total) == (3, 3)
    rows = parquet.read_table(io.BytesIO(content)).num_rows if format == "parquet" else content.count(b"\n")
    assert told.rows == rows


def test_the_same_labels_give_the_same_digest(project, labels):
    first, second = (carry_out(asked(project)) for _ in range(2))
    assert first.pk != second.pk
    assert first.result["sha256"] == second.result["sha256"]
    factories.LabelFactory(assignment__item__generation=project.generations.get())
    assert carry_out(asked(project)).result["sha256"] != first.result["sha256"]


def test_a_file_is_narrowed_as_a_stream_is_and_its_name_says_how(project, labels):
    job = carry_out(asked(project, view="train", generation=0, source="human"))
    assert job.params["filename"] == "apples.train.generation-0.human.prm800k.jsonl"
    assert export_files.opened(job=job).read() == streamed(project, view="train", generation=0, source="human")
    nothing = carry_out(asked(project, source="model"))
    assert (nothing.result["labels"], nothing.result["size"]) == (0, 0)


@pytest.mark.parametrize(
    ("filters", "error"),
    [({"format": "csv"}, Invalid), ({"source": "rumour"}, Invalid), ({"checkpoint": 9}, Absent)],
)
def test_what_cannot_be_exported_is_refused_at_once(project, filters, error):
    with pytest.raises(error):
        asked(project, **filters)
    assert not Job.objects.exists()
    assert not Event.objects.exists()


def test_who_asks_again_while_it_is_written_gets_the_one_under_way(project, labels, olga):
    first, new = export_files.start(project=project, format="trl", by=olga)
    again, new_again = export_files.start(project=project, format="trl", by=olga)
    assert (first.pk, new, new_again) == (again.pk, True, False)
    assert Event.objects.filter(verb="export").count() == 1
    assert asked(project, "trl", view="train").pk != first.pk
    carry_out(first)
    assert asked(project, "trl").pk != first.pk


def test_a_message_that_comes_twice_writes_one_file(project, labels, place):
    job = carry_out(asked(project))
    with pytest.raises(Superseded):
        carry_out(job)
    assert [each.name for each in place.iterdir()] == [f"{job.pk}.jsonl"]


def test_an_attempt_that_was_overtaken_leaves_nothing(project, labels, place):
    job = asked(project)
    with pytest.raises(Superseded), jobs.running(job_id=job.pk, attempt=1) as run:
        Job.objects.filter(pk=job.pk).update(attempt=2)
        tasks.export_labels(run)
    assert list(place.iterdir()) == []
    assert not Event.objects.filter(verb="exported").exists()


def test_what_a_killed_attempt_left_is_cleared_away(project, labels, place):
    job = asked(project)
    place.mkdir()
    (place / f".{job.pk}.1").write_bytes(b"half a l")
    (place / f".{job.pk}7.1").write_bytes(b"another job's")
    Job.objects.filter(pk=job.pk).update(attempt=2)
    job.refresh_from_db()
    carry_out(job)
    assert {each.name for each in place.iterdir()} == {f"{job.pk}.jsonl", f".{job.pk}7.1"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("format", ["prm800k", "parquet"])
def test_a_full_disk_is_told_in_a_sentence_and_leaves_nothing(project, labels, place, format):
    job = asked(project, format)
    place.mkdir()
    (place / f".{job.pk}.1").symlink_to("/dev/full")
    with pytest.raises(export_files.CannotWrite):
        carry_out(job)
    job.refresh_from_db()
    assert (job.state, job.message) == (
        "failed",
        "The disk is full, so the file was given up and its beginning cleared away. Make room, then try again.",
    )
    assert list(place.iterdir()) == []
    again = jobs.retry(job=job)
    assert carry_out(again).state == "done"


def test_a_file_is_for_this_account_of_the_machine_alone(project, labels, place):
    carry_out(asked(project))
    (file,) = place.iterdir()
    assert (file.stat().st_mode & 0o077, place.stat().st_mode & 0o077) == (0, 0)


def test_a_deleted_export_is_gone_from_the_disk_and_stays_in_the_record(project, labels, place, olga):
    job = carry_out(asked(project))
    export_files.delete(job=job, by=olga)
    assert list(place.iterdir()) == []
    assert not Job.objects.filter(pk=job.pk).exists()
    digest = hashlib.sha256(streamed(project)).hexdigest()
    assert Event.objects.get(verb="exported").detail["sha256"] == digest
    assert Event.objects.get(verb="delete export").actor == olga
    export_files.delete(job=job, by=olga)
    assert Event.objects.filter(verb="delete export").count() == 1


def test_deleting_one_whose_worker_was_killed_clears_away_what_it_left(project, labels, place):
    job = asked(project)
    place.mkdir()
    (place / f".{job.pk}.1").write_bytes(b"half a l")
    export_files.delete(job=job, by=None)
    assert list(place.iterdir()) == []


def test_deleting_one_that_is_being_written_gives_it_up(project, labels, place):
    job = asked(project)
    with pytest.raises(Superseded), jobs.running(job_id=job.pk, attempt=1) as run:
        export_files.delete(job=Job.objects.get(pk=job.pk), by=None)
        tasks.export_labels(run)
    assert list(place.iterdir()) == []


def test_a_file_that_is_not_whole_or_gone_is_absent(project, labels, place):
    job = asked(project)
    with pytest.raises(Absent, match="not ready"):
        export_files.opened(job=job)
    carry_out(job)
    next(place.iterdir()).unlink()
    with pytest.raises(Absent, match="gone"):
        export_files.opened(job=job)


def test_files_are_kept_for_as_long_as_the_setting_says(project, labels, place, settings):
    old, new = carry_out(asked(project)), carry_out(asked(project, "trl"))
    failed = factories.JobFactory(project=project, kind="export", state="failed", params=old.params)
    longer = timezone.now() - timedelta(days=31)
    Job.objects.filter(pk__in=[old.pk, failed.pk]).update(finished_at=longer)
    settings.FILES_KEPT_DAYS = 0
    export_files.delete_outdated()
    assert Job.objects.count() == 3
    settings.FILES_KEPT_DAYS = 30
    export_files.delete_outdated()
    assert [job.pk for job in Job.objects.all()] == [new.pk]
    assert [each.name for each in place.iterdir()] == [f"{new.pk}.jsonl"]
    event = present(Event.objects.filter(verb="delete export").first())
    assert (event.actor, event.reason) == (None, "It was kept for 30 days.")


def test_progress_is_told_while_the_labels_are_still_being_read(project, labels, monkeypatch):
    """On SQLite a write over the connection that reads would fail here, once the heart has written."""
    monkeypatch.setattr(jobs, "PROGRESS_SECONDS", 0)
    monkeypatch.setattr(exporting, "LABELS_AT_ONCE", 1)
    job, tell = asked(project), jobs.Running.tell
    told: list[tuple[int, int, str]] = []

    def elsewhere() -> tuple[int, int, str] | None:
        found = Job.objects.values_list("done", "total", "message").get(pk=job.pk)
        connection.close()
        return found if found[0] else None

    def watching(run: jobs.Running, *progress: Any) -> None:
        tell(run, *progress)
        if not told:
            with ThreadPoolExecutor(1) as another:
                told.append(wait_until(lambda: another.submit(elsewhere).result()))

    monkeypatch.setattr(jobs.Running, "tell", watching)
    carry_out(job)
    assert told == [(1, 3, "Writing apples.prm800k.jsonl")]
    assert (job.state, job.done, job.total) == ("done", 3, 3)


def test_a_failed_export_that_was_written_since_waits_for_nobody(project, labels):
    failed = asked(project)
    Job.objects.filter(pk=failed.pk).update(state="failed", finished_at=timezone.now())
    carry_out(asked(project, "trl"))
    assert list(job_queries.waiting_for_someone(project)) == [failed]
    carry_out(asked(project))
    assert list(job_queries.waiting_for_someone(project)) == []


def test_files_lie_under_the_data_directory(place):
    assert place in export_files.path_of(Job(pk=3, params={"format": "trl"})).parents
