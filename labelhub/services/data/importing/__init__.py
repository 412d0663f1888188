"""Import: files of problems, solutions and labels come in, every line accounted for, and a second time nothing does.

Read in this order: `foreign` (what is no file of lines), `entries` (lines to chunks), `chunk` (one transaction),
`problems`, `solutions`, `labels`, `report`, `rejected` (the lines turned away, kept), `trial` (without effect), `job`.
"""

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction

from labelhub.errors import Absent, Invalid
from labelhub.models import Job, Problem, Project, User
from labelhub.queries.jobs import imports_of
from labelhub.services import audit, jobs
from labelhub.services.data.importing import foreign, rejected, trial
from labelhub.services.data.importing.chunk import write
from labelhub.services.data.importing.entries import AUTO, FORMATS, Entry, chunks
from labelhub.services.data.importing.rejected import Aside
from labelhub.services.data.importing.report import Rejection, Report
from labelhub.services.data.importing.trial import Trial
from selector.formats import BadLine

__all__ = [
    "FORMATS",
    "Aside",
    "Rejection",
    "Report",
    "Trial",
    "discard",
    "foreign",
    "has_to_wait",
    "kept",
    "next_of",
    "read_files",
    "refresh_statistics",
    "rejected",
    "run",
    "start",
    "try_out",
]

Beat = Callable[[int, int, str], None]
Keep = Callable[..., None]  # takes a result, as keywords


@contextmanager
def kept(upload: "File[bytes]") -> Iterator[str]:
    """The upload in the default storage, under a name of ours; gone again if the block can't start its import.

    Raises OSError where it can't be kept whole: Django takes a write for done of which a full disk took but a part.
    """
    stored = f"{uuid4().hex}.jsonl"  # never a name of the client's
    try:
        default_storage.save(stored, upload)
        if default_storage.size(stored) != upload.size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        yield stored
    except BaseException:
        discard(stored=stored)
        raise


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
    audit.record(project=project, actor=by, verb="import", subject=filename, job=job.pk, format=format, split=split)
    return job


UNFINISHED = (Job.State.QUEUED, Job.State.RUNNING)


def has_to_wait(job: Job) -> bool:
    """Whether an earlier import of the project is unfinished: files are read in the order in which they came.

    Or solutions that name their problem by its id would be turned away while the problems are still on their way in.
    """
    return imports_of(job.project).filter(pk__lt=job.pk, state__in=UNFINISHED).exists()


def next_of(job: Job) -> list[Job]:
    """The import that may have waited for this one."""
    return list(imports_of(job.project).filter(pk__gt=job.pk, state=Job.State.QUEUED).order_by("pk")[:1])


def try_out(*, project: Project, stream: BinaryIO, format: str = AUTO, split: str | None = None) -> Trial:
    """What an import would make of the file, and nothing is kept. For the beginning of a file: it is one transaction.

    Raises Invalid for an unknown format or split, and for what is no file of lines.
    """
    check_options(format=format, split=split)
    foreign.refuse(stream.read(foreign.HEAD))
    return trial.run(project=project, stream=stream, format=format, split=split)


def run(
    *,
    project: Project,
    stored: str,
    filename: str,
    format: str,
    split: str | None,
    so_far: dict[str, Any],
    aside: Aside,
    beat: Beat,
    keep: Keep,
) -> dict[str, Any]:
    """Do what `start` promised, and say what became of the lines.

    Each chunk is committed with what `keep` writes down; given back as `so_far` (empty at first), the import goes on
    from there and tells of the file as a whole. Lines that are turned away are put `aside`. Raises Absent when the
    upload is gone.
    """
    if not default_storage.exists(stored):
        raise Absent(f"The upload of {filename} is gone; import the file again.")
    path = Path(default_storage.path(stored))
    report = Report.of(so_far) if so_far else Report()
    reached = so_far["reading"] if so_far else {"by_id": False, "lines": 0}
    total = _count_lines(path)
    for by_id in (False, True):
        if by_id < reached["by_id"]:
            continue
        skip = reached["lines"] if by_id == reached["by_id"] else 0
        if by_id:
            aside.begin_second()
        for chunk, lines in _chunks(path, format, by_id=by_id, skip=skip):
            with transaction.atomic():
                written = write(project=project, lines=chunk, split=split)
                report.add(written)
                keep(**report.so_far(by_id=by_id, lines=lines), aside=aside.add(written.rejections))
            beat(report.lines, total, f"Reading {filename}")
    refresh_statistics()
    _record(project, filename, report)
    return report.as_dict() | ({"aside": aside.place} if aside.size else {})


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
            for chunk, _lines in _chunks(path, format, by_id=by_id):
                reports[name].add(write(project=project, lines=chunk, split=split))
                beat(sum(each.lines for each in reports.values()), total, f"Reading {name}")
    beat(total, total, "")
    refresh_statistics()
    for name, report in reports.items():
        _record(project, name, report)
    return reports


def check_options(*, format: str, split: str | None) -> None:
    """Raise Invalid unless format and split are known; no split leaves it to the rows and the hash."""
    _one_of("format", format, FORMATS)
    _one_of("split", split, (None, *Problem.Split.values))


def _one_of(field: str, value: str | None, known: Sequence[str | None]) -> None:
    if value not in known:
        raise Invalid(fields={field: [f"This is one of {', '.join(filter(None, known))}."]})


def _chunks(path: Path, format: str, *, by_id: bool, skip: int = 0) -> Iterator[tuple[list[Entry | BadLine], int]]:
    """One pass over the file, without chunks that hold nothing of it; each with the lines read by its end."""
    with path.open("rb") as stream:
        for lines, chunk in chunks(stream, format, by_id=by_id, skip=skip):
            if chunk:
                yield chunk, lines


def refresh_statistics() -> None:
    """PostgreSQL plans by what it counted last, up to a minute ago: a large import would pass for an empty table.

    Measured: picking from 30,000 solutions that had just come in took more than five minutes.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE labelhub_problem, labelhub_solution, labelhub_label")


def _record(project: Project, name: str, report: Report) -> None:
    counts = ("lines", "created_lines", "merged", "skipped", "rejected")
    told: dict[str, Any] = {"created": dict(report.created)} | {each: getattr(report, each) for each in counts}
    audit.record(project=project, actor=None, verb="imported", subject=name, **told)


def _count_lines(path: Path) -> int:
    count, last = 0, b"\n"
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(2**20), b""):
            count, last = count + block.count(b"\n"), block[-1:]
    return count + (last != b"\n")
