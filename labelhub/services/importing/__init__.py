"""Import: files of problems, solutions and labels come in, every line accounted for, and a second time nothing does.

Read in this order: `entries` (lines to chunks), `chunk` (one transaction), `problems`, `solutions`, `labels`, `report`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from labelhub.errors import Absent, Invalid
from labelhub.models import Job, Problem, Project, User
from labelhub.services import audit, jobs
from labelhub.services.importing import chunk
from labelhub.services.importing.entries import AUTO, FORMATS, chunks
from labelhub.services.importing.report import Rejection, Report

__all__ = ["FORMATS", "Rejection", "Report", "discard", "read_files", "run", "start"]

Beat = Callable[[int, int, str], None]
LONGEST_SUBJECT = 100  # of an event


@transaction.atomic
def start(
    *,
    project: Project,
    stored: str,
    filename: str,
    format: str = AUTO,
    split: str | None = None,
    by: User | None = None,
) -> Job:
    """The job that imports an upload; `stored` is its name in the default storage. Raises Invalid, naming the field."""
    check_options(format=format, split=split)
    if not default_storage.exists(stored):
        raise Invalid(fields={"file": ["The upload is not there."]})
    params = {"stored": stored, "filename": filename, "format": format, "split": split}
    job = jobs.create(kind=Job.Kind.IMPORT, project=project, params=params, by=by)
    about = filename[:LONGEST_SUBJECT]
    audit.record(project=project, actor=by, verb="import", subject=about, job=job.pk, format=format, split=split)
    return job


def run(
    *,
    project: Project,
    stored: str,
    filename: str,
    format: str,
    split: str | None,
    beat: Beat,
) -> dict[str, Any]:
    """Do what `start` promised, and say what became of the lines. Running it again creates nothing twice.

    Raises Absent when the upload is gone.
    """
    if not default_storage.exists(stored):
        raise Absent(f"The upload of {filename} is gone; import the file again.")
    files = {filename: Path(default_storage.path(stored))}
    return read_files(project=project, files=files, format=format, split=split, beat=beat)[filename].as_dict()


def discard(*, stored: str) -> None:
    """Delete an upload that has been read; doing it twice is nothing."""
    default_storage.delete(stored)


def read_files(
    *,
    project: Project,
    files: dict[str, Path],
    format: str = AUTO,
    split: str | None = None,
    beat: Beat = lambda done, total, message: None,
) -> dict[str, Report]:
    """Import files, by the names they are reported under; problems may come after the solutions that name them.

    So it takes two passes: first the lines that hold their problem, then those that name it by id.
    Each chunk of lines is committed by itself. Raises Invalid for an unknown format or split.
    """
    check_options(format=format, split=split)
    reports = {name: Report() for name in files}
    total = sum(_count_lines(path) for path in files.values())
    for by_id in (False, True):
        for name, path in files.items():
            with path.open("rb") as stream:
                for lines in chunks(stream, format, by_id=by_id):
                    reports[name].add(chunk.write(project=project, lines=lines, split=split))
                    beat(sum(each.lines for each in reports.values()), total, f"Reading {name}")
    beat(total, total, "")
    for name, report in reports.items():
        audit.record(project=project, actor=None, verb="imported", subject=name[:LONGEST_SUBJECT], **_summary(report))
    return reports


def check_options(*, format: str, split: str | None) -> None:
    """Raise Invalid unless format and split are known; no split leaves it to the rows and the hash."""
    _one_of("format", format, FORMATS)
    _one_of("split", split, (None, *Problem.Split.values))


def _one_of(field: str, value: str | None, known: Sequence[str | None]) -> None:
    if value not in known:
        raise Invalid(fields={field: [f"This is one of {', '.join(filter(None, known))}."]})


def _summary(report: Report) -> dict[str, Any]:
    return {"created": dict(report.created), "skipped": report.skipped, "rejected": report.rejected}


def _count_lines(path: Path) -> int:
    count, last = 0, b"\n"
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(2**20), b""):
            count, last = count + block.count(b"\n"), block[-1:]
    return count + (last != b"\n")
