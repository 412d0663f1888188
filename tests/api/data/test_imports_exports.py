"""Files in and out over HTTP."""

import gzip
import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import Settings

from labelhub import tasks
from labelhub.celery import app
from labelhub.models import Event, Job, Problem
from labelhub.services import jobs
from tests import factories
from tests.api.conftest import PREFIX, refused

pytestmark = pytest.mark.django_db

IMPORTS = "projects/apples/imports"
LINES = (
    b'{"problem_id": "p1", "problem": "What is 1 + 1?", "ground_truth_answer": "2", "subject": "sums"}\n'
    b"not json\n"
    b'{"problem_id": "p1", "solution_id": "s1", "steps": ["1 + 1 = 2."], "answer": "2"}\n'
)


@pytest.fixture(autouse=True)
def uploads(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(name: str = "sums.jsonl", lines: bytes = LINES, **form):
    return {"file": SimpleUploadedFile(name, lines)} | form


def carry_out(job_id: int) -> None:
    """What a worker does with the message, here."""
    job = Job.objects.get(pk=job_id)
    with jobs.running(job_id=job.pk, attempt=job.attempt) as run:
        tasks.import_file(run)


def test_an_import_answers_at_once_and_is_queued(call_as, olga, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as sends:
        response = call_as(olga).post(IMPORTS, upload(split="gate"))
    assert response.status_code == 202
    told = response.json()
    assert (told["filename"], told["format"], told["split"], told["state"]) == ("sums.jsonl", "auto", "gate", "queued")
    assert (told["created"], told["skipped"], told["rejections"]) == ({}, 0, [])
    assert (told["lines"], told["created_lines"], told["merged"], told["unread"]) == (0, 0, 0, {})
    assert len(sends) == 1
    assert Event.objects.filter(verb="import", actor=olga, subject="sums.jsonl").exists()


@pytest.mark.parametrize("address", [IMPORTS, f"{IMPORTS}/check"])
def test_an_empty_file_is_told_like_one_that_holds_no_line(call_as, olga, project, address):
    told = [refused(call_as(olga).post(address, upload(lines=lines)), 400, "invalid") for lines in (b"", b"\n\n")]
    assert told[0] == told[1]


@pytest.mark.django_db(transaction=True)
def test_an_import_tells_what_became_of_each_line(call_as, olga):
    asked = call_as(olga).post(IMPORTS, upload(split="train")).json()
    carry_out(asked["id"])
    told = call_as(olga).get(f"{IMPORTS}/{asked['id']}").json()
    assert told["state"] == "done"
    assert told["created"] == {"problems": 1, "solutions": 1, "labels": 0, "alternatives": 0}
    assert (told["rejected"], told["rejections"][0]["line"]) == (1, 2)
    assert (told["lines"], told["created_lines"], told["merged"], told["skipped"]) == (3, 2, 0, 0)
    assert told["unread"] == {"subject": 1}
    assert "JSON" in told["rejections"][0]["reason"]
    assert Problem.objects.get().split == "train"
    assert [each["id"] for each in call_as(olga).get(IMPORTS).json()] == [asked["id"]]


def test_an_import_of_an_older_version_says_nothing_of_lines_it_did_not_count(call_as, olga, project):
    old = {"created": {"problems": 392}, "skipped": 0, "rejected": 0, "rejections": [], "more": 0}
    params = {"filename": "old.jsonl", "format": "auto", "split": None}
    job = factories.JobFactory(project=project, kind="import", state="done", params=params, result=old)
    told = call_as(olga).get(f"{IMPORTS}/{job.pk}").json()
    assert (told["lines"], told["created_lines"], told["merged"], told["skipped"]) == (None, None, None, 0)


@pytest.fixture
def no_broker(monkeypatch) -> None:
    """Messages go to a port where nothing listens."""

    def send(*arguments: int) -> None:
        with app.connection("redis://127.0.0.1:1/0") as nowhere:
            app.send_task("labelhub.tasks.import_file", arguments, connection=nowhere)

    monkeypatch.setitem(tasks.DOORS, Job.Kind.IMPORT, send)


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_an_import_is_taken_and_waits_in_the_database(call_as, olga, no_broker, caplog):
    response = call_as(olga).post(IMPORTS, upload())
    assert (response.status_code, response.json()["state"]) == (202, "queued")
    assert "the job waits in the database" in caplog.text
    job = Job.objects.get()
    Job.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=1))
    assert jobs.revive_silent() == [job]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\\b.jsonl", "x" * 300 + ".jsonl"])
def test_an_upload_is_kept_under_a_name_of_ours(call_as, olga, uploads, name):
    told = call_as(olga).post(IMPORTS, upload(name)).json()
    (kept,) = uploads.rglob("*")
    assert kept.parent == uploads
    assert kept.name != name
    assert kept.read_bytes() == LINES
    assert "/" not in told["filename"]
    assert (kept.stat().st_mode & 0o077) == 0


def test_an_upload_is_never_served(call_as, olga, uploads):
    call_as(olga).post(IMPORTS, upload("page.html", b"<script>alert(1)</script>"))
    (kept,) = uploads.iterdir()
    for path in (f"/uploads/{kept.name}", f"/media/{kept.name}", f"/static/{kept.name}", f"/{kept.name}"):
        answered = call_as(olga).client.get(path)
        assert b"alert(1)" not in (b"" if answered.streaming else answered.content)


@pytest.mark.parametrize("form", [{"format": "csv"}, {"split": "dev"}, {"filed": "x"}])
def test_a_form_that_will_not_do_is_refused_and_leaves_nothing(call_as, olga, uploads, form):
    response = call_as(olga).post(IMPORTS, upload() | form)
    assert set(refused(response, 400, "invalid")) == set(form)
    assert not Job.objects.exists()
    assert not list(uploads.iterdir())


def test_a_form_without_a_file_is_refused(call_as, olga):
    response = call_as(olga).client.post(PREFIX + IMPORTS, {"format": "auto"})
    assert set(refused(response, 400, "invalid")) == {"file"}


def test_json_is_no_upload(call_as, olga):
    refused(call_as(olga).post(IMPORTS, {"file": "text"}), 415, "unsupported_media_type")


@pytest.mark.parametrize("body", [b"", b"--x\r\n", b"garbage"])
def test_a_broken_form_is_refused(call_as, olga, body):
    response = call_as(olga).client.post(
        f"{PREFIX}{IMPORTS}", data=body, content_type="multipart/form-data; boundary=x"
    )
    refused(response, 400, "invalid")


def test_an_export_is_a_stream_of_lines_to_keep(call_as, olga, generation):
    labels = [factories.LabelFactory(assignment__item__generation=generation) for _ in range(2)]
    response = call_as(olga).get("projects/apples/exports/prm800k")
    assert response.streaming
    assert response["Content-Disposition"] == 'attachment; filename="apples.prm800k.jsonl"'
    assert response["Content-Type"] == "application/x-ndjson"
    rows = [json.loads(line) for line in b"".join(response).splitlines()]
    assert [row["labeler"] for row in rows] == [str(label.labeler_id) for label in labels]


@pytest.mark.parametrize(
    ("query", "count"),
    [({}, 2), ({"source": "human"}, 1), ({"source": "model"}, 0), ({"generation": 0}, 2), ({"generation": 5}, 0)],
)
def test_an_export_can_be_narrowed(call_as, olga, generation, query, count):
    for source in ("human", "simulated"):
        factories.LabelFactory(assignment__item__generation=generation, source=source)
    response = call_as(olga).get("projects/apples/exports/prm800k", **query)
    assert len(b"".join(response).splitlines()) == count


def test_parquet_comes_as_a_file(call_as, olga, generation):
    factories.LabelFactory(assignment__item__generation=generation)
    response = call_as(olga).get("projects/apples/exports/parquet")
    assert b"".join(response).startswith(b"PAR1")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("exports/csv", "format"),
        ("exports/prm800k?view=mine", "view"),
        ("exports/prm800k?source=us", "source"),
        ("exports/prm800k?generation=x", "generation"),
        ("exports/prm800k?label=1", "label"),
    ],
)
def test_an_odd_export_is_refused_before_the_stream_begins(call_as, olga, project, path, field):
    assert set(refused(call_as(olga).get(f"projects/apples/{path}"), 400, "invalid")) == {field}


def test_an_export_holds_this_projects_labels_alone(call_as, olga, project):
    factories.LabelFactory()
    assert b"".join(call_as(olga).get("projects/apples/exports/prm800k")) == b""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("format", "kind"), [("jsonl", "ndjson"), ("csv", "text/csv"), ("lines", "ndjson")])
def test_rejected_lines_are_fetched_as_a_file(call_as, olga, place, format, kind):
    asked = call_as(olga).post(IMPORTS, upload()).json()
    refused(call_as(olga).get(f"{IMPORTS}/{asked['id']}/rejected/{format}"), 404, "not_found")
    carry_out(asked["id"])
    told = call_as(olga).get(f"{IMPORTS}/{asked['id']}").json()
    assert told["rejected_kept"]
    assert told["reasons"] == [
        {"reason": "The line is not valid JSON: Expecting value at column …", "count": 1, "lines": [2]}
    ]
    response = call_as(olga).get(f"{IMPORTS}/{asked['id']}/rejected/{format}")
    assert b"not json" in b"".join(response)
    assert kind in response["Content-Type"]
    suffix = "csv" if format == "csv" else "jsonl"
    name = f"apples-import-{asked['id']}-rejected.{suffix}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    refused(call_as(olga).get(f"{IMPORTS}/{asked['id']}/rejected/xlsx"), 404, "not_found")


def test_a_check_tells_what_would_be_and_keeps_nothing(call_as, olga, uploads):
    told = call_as(olga).post(f"{IMPORTS}/check", upload()).json()
    assert (told["lines"], told["rejected"], told["rejections"][0]["line"]) == (3, 1, 2)
    assert (told["created_lines"], told["merged"], told["unread"]) == (2, 0, {"subject": 1})
    assert told["created"] == {"problems": 1, "solutions": 1, "labels": 0, "alternatives": 0}
    assert not (Job.objects.exists() or Problem.objects.exists() or Event.objects.exists())
    assert not list(uploads.iterdir())


def test_only_the_beginning_of_a_file_is_checked(call_as, olga):
    refused(call_as(olga).post(f"{IMPORTS}/check", upload(lines=b"x" * (2**20 + 1))), 413, "too_large")


@pytest.mark.parametrize("path", [IMPORTS, f"{IMPORTS}/check"])
@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"{}", mtime=0), '{"a": 1}'.encode("utf-16"), b"[\n{}\n]", b"[{}, {}]", b"a,b\n1,2\n", b"", b"  \n"],
)
def test_another_kind_of_file_is_refused_and_leaves_nothing(call_as, olga, uploads, path, content):
    response = call_as(olga).post(path, upload(lines=content))
    assert set(refused(response, 400, "invalid")) == {"file"}
    assert not Job.objects.exists()
    assert not list(uploads.iterdir())


EXPORTS = "projects/apples/exports"


@pytest.fixture
def place(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "exports"


def write_out(job_id: int) -> None:
    """What a worker does with the message, here."""
    job = Job.objects.get(pk=job_id)
    with jobs.running(job_id=job.pk, attempt=job.attempt) as run:
        tasks.export_labels(run)


def test_a_file_is_asked_for_and_answers_at_once(call_as, olga, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as sends:
        response = call_as(olga).post(EXPORTS, {"format": "trl", "view": "train"})
    assert response.status_code == 202
    told = response.json()
    assert (told["kind"], told["state"], told["file"], told["sha256"]) == ("export", "queued", None, None)
    assert (told["format"], told["view"], told["created_by"]) == ("trl", "train", "olga")
    assert len(sends) == 1
    assert Event.objects.filter(verb="export", actor=olga, subject="apples.train.trl.jsonl").exists()


def test_the_same_asked_twice_is_sent_once(call_as, olga, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as sends:
        first, again = (call_as(olga).post(EXPORTS, {"format": "trl"}).json()["id"] for _ in range(2))
    assert (first == again, len(sends)) == (True, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("format", "kind"), [("prm800k", "application/x-ndjson"), ("parquet", "parquet")])
def test_a_written_file_is_fetched_by_its_link(call_as, olga, generation, place, format, kind):
    factories.LabelFactory.create_batch(2, assignment__item__generation=generation)
    asked = call_as(olga).post(EXPORTS, {"format": format}).json()
    write_out(asked["id"])
    told = call_as(olga).get(f"{EXPORTS}/jobs/{asked['id']}").json()
    assert (told["state"], told["labels"], told["rows"]) == ("done", 2, 2)
    response = call_as(olga).get(told["file"].removeprefix(PREFIX))
    content = b"".join(response)
    assert content == b"".join(call_as(olga).get(f"{EXPORTS}/{format}"))
    assert hashlib.sha256(content).hexdigest() == told["sha256"]
    assert int(response["Content-Length"]) == told["size"] == len(content)
    assert response["Content-Disposition"] == f'attachment; filename="{told["filename"]}"'
    assert (response["X-Content-Type-Options"], kind in response["Content-Type"]) == ("nosniff", True)
    assert [each["id"] for each in call_as(olga).get(EXPORTS).json()] == [asked["id"]]


@pytest.mark.django_db(transaction=True)
def test_a_deleted_file_is_gone_and_who_did_it_is_recorded(call_as, olga, generation, place):
    asked = call_as(olga).post(EXPORTS, {"format": "trl"}).json()
    write_out(asked["id"])
    assert call_as(olga).delete(f"{EXPORTS}/jobs/{asked['id']}").status_code == 204
    refused(call_as(olga).get(f"{EXPORTS}/jobs/{asked['id']}/file"), 404, "not_found")
    assert call_as(olga).get(EXPORTS).json() == []
    assert list(place.iterdir()) == []
    assert Event.objects.filter(verb="delete export", actor=olga).exists()


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({"format": "csv"}, 400, "format"),
        ({}, 400, "format"),
        ({"format": "trl", "view": "mine"}, 400, "view"),
        ({"format": "trl", "generation": "x"}, 400, "generation"),
        ({"format": "trl", "path": "/etc/passwd"}, 400, "path"),
        ({"format": "trl", "checkpoint": 9}, 404, None),
    ],
)
def test_a_file_that_cannot_be_is_refused_and_leaves_nothing(call_as, olga, asked, status, field):
    told = refused(call_as(olga).post(EXPORTS, asked), status, "invalid" if status == 400 else "not_found")
    assert set(told) == ({field} if field else set())
    assert not Job.objects.exists()


def test_the_list_of_files_costs_one_query(call_as, olga, django_assert_num_queries):
    for _ in range(3):
        params = {"format": "trl", "view": "all", "generation": None, "checkpoint": None, "source": None}
        params["filename"] = "apples.trl.jsonl"
        factories.JobFactory(project=olga.memberships.get().project, kind="export", params=params, created_by=olga)
    browser = call_as(olga)
    with django_assert_num_queries(3):  # session with its account, project with role, jobs
        assert len(browser.get(EXPORTS).json()) == 3
