"""Lines that are turned away: grouped by reason, kept as they are, and told before anything is imported."""

import csv
import gzip
import io
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django import Settings

from labelhub import tasks
from labelhub.errors import Absent, Invalid
from labelhub.models import Event, Job, Labeler, Project
from labelhub.services import jobs
from labelhub.services.data import importing
from labelhub.services.data.importing import rejected
from labelhub.services.data.importing.job import tell
from labelhub.services.data.importing.trial import ImportCheck
from tests.services.data.files import counts, made, problem, read, read_rows, solution, write

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer]

ROWS: list[Any] = [
    solution(9),
    problem(1),
    b"not json",
    b'{"steps": ["\xff"]}',
    problem(2, ground_truth_answer=[7]),
    problem(3, ground_truth_answer=[8]),
    solution(1),
    b'{"problem_id": "=1+1", "steps": [1]}',
]
REJECTED = [1, 3, 4, 5, 6, 8]


@pytest.fixture(autouse=True)
def place(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return tmp_path / "rejected"


def started(project: Project, tmp_path: Path, rows: list[Any], name: str = "pears.jsonl") -> Job:
    content = write(tmp_path / name, rows).read_bytes()
    stored = default_storage.save(name, ContentFile(content))
    return importing.start(project=project, stored=stored, filename=name)


def carry_out(job: Job) -> list[Job]:
    """What a worker does with the message, here; answers what it sends next."""
    job.refresh_from_db()
    with jobs.running(job_id=job.pk, attempt=job.attempt) as run:
        following = tasks.import_file(run)
    job.refresh_from_db()
    return following


def kept(job: Job, format: str = "jsonl") -> bytes:
    rows = rejected.fetch(job=job.pk, aside=job.result.get("aside"))
    return b"".join(rejected.FORMATS[format][0](rows))


@pytest.fixture
def imported(project: Project, tmp_path: Path) -> Job:
    job = started(project, tmp_path, ROWS)
    carry_out(job)
    return job


def test_rejected_lines_are_kept_in_the_order_of_the_file_with_number_reason_and_text(imported):
    rows = [json.loads(line) for line in kept(imported).splitlines()]
    assert [row["line"] for row in rows] == REJECTED
    assert rows[1] == {
        "line": 3,
        "reason": "The line is not valid JSON: Expecting value at column 1.",
        "whole": True,
        "text": "not json",
    }
    assert json.loads(rows[0]["text"]) == solution(9)
    assert rows[2]["text"] == '{"steps": ["\\xff"]}'
    assert tell(imported).rejected_kept


def test_as_a_table_no_cell_is_a_formula(imported):
    table = list(csv.reader(io.StringIO(kept(imported, "csv").decode())))
    assert table[0] == ["line", "reason", "whole", "text"]
    assert [row[0] for row in table[1:]] == [str(line) for line in REJECTED]
    cells = list(rejected.as_csv([{"line": 1, "reason": "=1+1", "whole": True, "text": "@SUM(A1)"}]))
    assert b"'=1+1,yes,'@SUM(A1)" in b"".join(cells)


def test_as_lines_they_are_the_bytes_of_the_file(imported, tmp_path):
    lines = (tmp_path / "pears.jsonl").read_bytes().splitlines()
    assert kept(imported, "lines").splitlines() == [lines[number - 1] for number in REJECTED]


def test_the_mended_file_comes_in_and_what_was_in_is_not_in_twice(project, imported, tmp_path):
    assert counts(project) == made(problems=1, solutions=1)
    mended = [problem(9), solution(9), problem(1), problem(2), problem(3), solution(1)]
    job = started(project, tmp_path, mended, "mended.jsonl")
    carry_out(job)
    assert job.result["created"] == made(problems=3, solutions=1)
    assert (job.result["skipped"], job.result["rejected"]) == (2, 0)
    assert not tell(job).rejected_kept
    with pytest.raises(Absent, match="no list"):
        kept(job)


def test_reasons_are_told_with_how_many_lines_and_the_first_of_them(project, tmp_path):
    rows: list[Any] = [problem(n, ground_truth_answer=[n]) for n in range(1, 16)]
    rows += [solution(n) for n in (50, 51, 52)] + [b"x", b'{"a": 1, x}']
    report = read_rows(project, tmp_path, rows)
    told = {each["reason"]: (each["count"], each["lines"]) for each in report.as_dict()["reasons"]}
    assert told == {
        "ground_truth_answer is a list, not a string.": (15, list(range(1, 11))),
        "There is no problem … in this project or in the files given.": (3, [16, 17, 18]),
        "The line is not valid JSON: Expecting value at column …": (1, [19]),
        "The line is not valid JSON: Expecting property name enclosed in double quotes at column …": (1, [20]),
    }
    assert next(iter(told)).startswith("ground_truth_answer")


def test_a_thousand_kinds_of_reasons_are_not_told_one_by_one():
    report = importing.Report()
    for n in range(1000):
        report.reject(n + 1, f"reason {'a' * n}")
    told = report.as_dict()["reasons"]
    assert len(told) == 51
    assert (told[0]["reason"], told[0]["count"]) == ("Other reasons.", 950)


def test_a_line_that_is_too_long_is_kept_by_its_beginning(project, tmp_path, monkeypatch):
    monkeypatch.setattr("selector.formats.jsonl.MAX_LINE_BYTES", 2000)
    job = started(project, tmp_path, [b'{"problem": "' + b"x" * 10_000 + b'"}', b"y"])
    carry_out(job)
    first, second = (json.loads(line) for line in kept(job).splitlines())
    assert (first["whole"], len(first["text"]), second["whole"]) == (False, 1000, True)
    assert kept(job, "lines") == b"y\n"


def test_a_report_does_not_hold_the_lines_themselves(project, tmp_path):
    (report,) = read(project, write(tmp_path / "bad.jsonl", [b"x" * 1000] * 3))
    assert {each.raw for each in report.rejections} == {b""}


def test_what_an_overtaken_attempt_still_puts_aside_counts_for_nothing(project, tmp_path, place):
    job = started(project, tmp_path, ROWS)
    late = importing.Aside(job=job.pk, attempt=1, so_far={})
    Job.objects.filter(pk=job.pk).update(attempt=2)
    late.add([importing.Rejection(1, "Late.", b"late")])
    carry_out(job)
    late.add([importing.Rejection(2, "Later.", b"later")])
    assert [json.loads(line)["line"] for line in kept(job).splitlines()] == REJECTED


def test_lists_are_kept_for_as_long_as_the_setting_says(imported, place, settings):
    (file,) = place.iterdir()
    assert (file.name, file.stat().st_mode & 0o077) == (f"{imported.pk}.jsonl", 0)
    longer = time.time() - 31 * 86_400
    os.utime(file, (longer, longer))
    settings.FILES_KEPT_DAYS = 0
    rejected.delete_outdated()
    assert file.exists()
    settings.FILES_KEPT_DAYS = 30
    rejected.delete_outdated()
    assert not file.exists()
    with pytest.raises(Absent, match="no longer kept"):
        kept(imported)


def test_a_list_that_goes_while_the_outdated_are_looked_for_stops_nothing(imported, place, settings):
    (file,) = place.iterdir()
    os.utime(file, (0, 0))
    for name in ("0.jsonl", "~.jsonl"):  # whichever is looked at first
        (place / name).symlink_to(place / "gone")
    rejected.delete_outdated()
    assert not file.exists()


# One after the other


def test_files_are_read_in_the_order_in_which_they_came(project, tmp_path):
    problems = started(project, tmp_path, [problem(1)], "problems.jsonl")
    solutions = started(project, tmp_path, [solution(1)], "solutions.jsonl")
    assert carry_out(solutions) == []
    assert (solutions.state, solutions.message, solutions.attempt) == ("queued", "Waits for an earlier import.", 1)
    grade, following = carry_out(problems)
    assert (grade.kind, following.pk) == ("grade", solutions.pk)
    carry_out(solutions)
    assert solutions.result["created"] == made(solutions=1)


def test_one_that_waits_for_what_has_just_ended_is_sent_again(project, tmp_path, monkeypatch):
    job = started(project, tmp_path, [solution(1)])
    answers = iter([True, False])
    monkeypatch.setattr(importing, "has_to_wait", lambda job: next(answers))
    assert [each.pk for each in carry_out(job)] == [job.pk]
    assert job.state == "queued"


def test_an_import_that_failed_keeps_nobody_waiting(project, tmp_path):
    problems = started(project, tmp_path, [problem(1)], "problems.jsonl")
    Job.objects.filter(pk=problems.pk).update(state="failed")
    other = started(project, tmp_path, [problem(2)], "more.jsonl")
    carry_out(other)
    assert other.state == "done"


# Without effect


def try_out(project: Project, content: bytes, **options: Any) -> ImportCheck:
    return importing.try_out(project=project, stream=io.BytesIO(content), **options).tell()


def test_a_check_tells_what_an_import_would_do_and_does_nothing(project, tmp_path):
    content = write(tmp_path / "pears.jsonl", ROWS).read_bytes()
    told = try_out(project, content)
    assert (told.lines, told.created, told.waiting) == (8, made(problems=1, solutions=1), 1)
    assert (told.rejected, [each.line for each in told.rejections]) == (5, [3, 4, 5, 6, 8])
    assert told.formats == {"labelhub": 6}
    assert counts(project) == made()
    assert not (Event.objects.exists() or Labeler.objects.exists() or Job.objects.exists())
    assert read_rows(project, tmp_path, ROWS).created == {"problems": 1, "solutions": 1}


def test_a_check_goes_by_the_format_and_split_that_are_asked_for(project, tmp_path):
    told = try_out(project, write(tmp_path / "a.jsonl", [problem(1)]).read_bytes(), format="trl")
    assert (told.formats, told.rejected) == ({"trl": 1}, 1)
    with pytest.raises(Invalid):
        try_out(project, b"{}", split="dev")


# What is no file of lines


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no line"),
        (b"\xef\xbb\xbf \r\n\n", "holds no line"),
        (gzip.compress(b"{}", mtime=0), "gzip"),
        (b"PK\x03\x04...", "zip archive"),
        (b"PAR1...", "Parquet"),
        ('{"problem": "1?"}'.encode("utf-16"), "UTF-16"),
        ('{"problem": "1?"}'.encode("utf-16-le"), "UTF-16"),
        ('{"problem": "1?"}'.encode("utf-16-be"), "UTF-16"),
        ('{"problem": "1?"}'.encode("utf-32"), "UTF-16"),
        (b'[\n  {"problem": "1?"}\n]\n', r"one JSON document.*jq -c '\.\[\]' FILE"),
        (b'[{"problem": "1?"}, {"problem": "2?"}]', r"one JSON document.*jq -c '\.\[\]' FILE"),
        (b' [ {"problem": "' + b"1" * 5000, "one JSON document"),
        (b'{\r\n  "problem": "1?"\r\n}\r\n', "one JSON document"),
        (b"problem_id,problem,ground_truth_answer\np1,What is 1 + 1?,2\n", "The file is CSV: save its rows as JSON"),
        (b'\xef\xbb\xbf,"problem id","problem"\r\n0,p1,"{1, 2}?"\r\n', "The file is CSV"),
        (b"problem_id;problem\np1;What is 1,5 + 1?\n", "The file is CSV"),
        (b"problem_id\tproblem\np1\tWhat is 1 + 1?\n", "The file is a table with tabs"),
    ],
)
def test_another_kind_of_file_is_told_in_one_sentence(project, content, said):
    with pytest.raises(Invalid, match=said) as refusal:
        try_out(project, content)
    assert list(refusal.value.fields) == ["file"]


@pytest.mark.parametrize(
    "content",
    [b"[]\n{}", b"{\n{}", b"\xef\xbb\xbf{}", b"not json at all", b"\n\n{}", b"x\0y\n", b"well, well\n{}", b"1,2\n3,4"],
)
def test_a_file_of_lines_is_read_however_bad_the_lines_are(project, content):
    assert try_out(project, content).lines > 0
