"""Exports as files: written by a worker, fetched by operators, deleted by them or when their time is over.

The bytes are the stream's (`exporting.stream`). A file has its name only once it is whole and on disk: until then, and
when its worker is killed, there is only a part of it that nobody is shown and the next attempt clears away.
"""

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from labelhub.errors import Absent
from labelhub.models import Job, Label, Project, User
from labelhub.queries import jobs as job_queries
from labelhub.queries.data import exports as queries
from labelhub.services import audit, jobs
from labelhub.services.data import exporting
from labelhub.services.data.exporting import Export

BUFFER = 2**20
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

Tell = Callable[[int, int, str], None]


class CannotWrite(OSError):
    """A file that could not be written; the message is the sentence that the operator reads."""


@dataclass(frozen=True)
class ExportFile(job_queries.JobRow):
    format: Annotated[str, exporting.FORMATS]
    view: Annotated[str, queries.VIEWS]
    generation: int | None
    checkpoint: int | None
    source: Annotated[str | None, Label.Source]
    filename: str
    labels: Annotated[int | None, "Null until the file is whole."]
    rows: Annotated[int | None, "A label may make several rows, or none."]
    left_out: Annotated[int | None, "Labels without a row: in processbench, those whose first mistake is unknown."]
    size: Annotated[int | None, "Bytes."]
    sha256: Annotated[str | None, "The same labels give the same digest."]
    file: Annotated[str | None, "Where it is fetched, once it is whole."]
    created_by: str | None
    created_at: datetime
    finished_at: datetime | None
    kept_until: Annotated[datetime | None, "Null: until somebody deletes it."]


def tell(job: Job) -> ExportFile:
    """What was asked for and by whom, how far it is, and what the file came to: null until it is whole."""
    made = {name: job.result.get(name) for name in ("labels", "rows", "left_out", "size", "sha256")}
    ready = job.state == Job.State.DONE
    return ExportFile(
        **vars(job_queries.tell(job)),
        **{name: job.params[name] for name in (*queries.ASKED, "filename")},
        **made,
        file=f"/api/v1/projects/{job.project.slug}/exports/jobs/{job.pk}/file" if ready else None,
        created_by=job.created_by.username if job.created_by else None,
        created_at=job.created_at,
        finished_at=job.finished_at,
        kept_until=queries.kept_until(job),
    )


@transaction.atomic
def start(
    *,
    project: Project,
    format: str,
    view: str = "all",
    generation: int | None = None,
    checkpoint: int | None = None,
    source: str | None = None,
    by: User | None = None,
) -> tuple[Job, bool]:
    """The job that writes what `exporting.stream` would send, and whether it is a new one.

    Who asks for the same again while it is being written gets the one under way. Raises as `exporting.stream`.
    """
    values = (format, view, generation, checkpoint, source)
    asked: dict[str, Any] = dict(zip(queries.ASKED, values, strict=True))
    exporting.stream(project=project, **asked)  # refuses what can't be exported
    filename = exporting.file_name(project=project, **asked)
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)  # two who ask at once would each find none
    under_way = queries.files_of(project).filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])
    if live := under_way.filter(params__filename=filename).first():
        return live, False
    job = jobs.create(kind=Job.Kind.EXPORT, project=project, params={**asked, "filename": filename}, by=by)
    audit.record(project=project, actor=by, verb="export", subject=filename, job=job.pk, **asked)
    return job, True


@dataclass(frozen=True)
class Written:
    """A whole file that doesn't have its name yet."""

    job: Job
    part: Path
    result: dict[str, Any]

    def publish(self) -> None:
        """Give it its name: within the transaction that ends the job, so that no other attempt is at it."""
        self.part.replace(path_of(self.job))
        _sync(self.part.parent)
        told = {"job": self.job.pk, **self.result}
        audit.record(project=self.job.project, actor=None, verb="exported", subject=self.job.params["filename"], **told)


@contextmanager
def written(*, job: Job, tell: Tell) -> Iterator[Written]:
    """Write the file under a name of this attempt's own, and clear it away unless it was published.

    Raises CannotWrite, as `exporting.stream`, and what `tell` raises.
    """
    part = _part_of(job)
    try:
        part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in set(_parts_of(job)) - {part}:  # by attempts whose worker was killed
            left.unlink(missing_ok=True)
        yield Written(job, part, _write(job, part, tell))
    finally:
        part.unlink(missing_ok=True)


def _write(job: Job, part: Path, tell: Tell) -> dict[str, Any]:
    asked = {name: job.params[name] for name in queries.ASKED}
    export = exporting.stream(project=job.project, **asked)
    total = export.total()
    export.watch = lambda labels: tell(labels, max(labels, total), f"Writing {job.params['filename']}")
    try:
        with open(part, "wb", buffering=BUFFER, opener=_for_us_alone) as file:
            told = _copy(export, file)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise CannotWrite(_sentence(error)) from error
    return {"labels": export.labels, "rows": export.rows, "left_out": export.left_out, **told}


def _copy(export: Export, file: Any) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    for piece in export:
        file.write(piece)
        digest.update(piece)
        size += len(piece)
    return {"size": size, "sha256": digest.hexdigest()}


def _sentence(error: OSError) -> str:
    if error.errno in FULL:
        return "The disk is full, so the file was given up and its beginning cleared away. Make room, then try again."
    return f"The file can't be written: {error.strerror or error}."


def path_of(job: Job) -> Path:
    """Where the file lies, by no name of anybody's choosing."""
    suffix = exporting.PARQUET if job.params["format"] == exporting.PARQUET else "jsonl"
    return _directory() / f"{job.pk}.{suffix}"


def opened(*, job: Job) -> Any:
    """The file, to be read. Raises Absent while it isn't whole, and when it is gone."""
    if job.state != Job.State.DONE:
        raise Absent("The file is not ready.")
    try:
        return path_of(job).open("rb")
    except FileNotFoundError as error:
        raise Absent("The file is gone from the disk: prepare it again.") from error


def delete(*, job: Job, by: User | None, reason: str = "") -> None:
    """The file, and the job with it; one that is still being written is given up.

    The row goes first: a worker finds no job to finish any more, and can't bring the file back. What killed workers
    left goes too: there is no other attempt to clear it away.
    """
    with transaction.atomic():
        if Job.objects.select_for_update().filter(pk=job.pk).first() is None:
            return
        subject = job.params["filename"]
        audit.record(project=job.project, actor=by, verb="delete export", subject=subject, reason=reason, job=job.pk)
        files = [path_of(job), *_parts_of(job)]
        job.delete()
    for path in files:
        path.unlink(missing_ok=True)


def delete_outdated() -> None:
    """The files that were kept as long as FILES_KEPT_DAYS says."""
    for job in queries.outdated(timezone.now()).select_related("project"):
        delete(job=job, by=None, reason=f"It was kept for {settings.FILES_KEPT_DAYS} days.")


def _directory() -> Path:
    return Path(settings.DATA_DIR) / "exports"


def _part_of(job: Job) -> Path:
    return _directory() / f".{job.pk}.{job.attempt}"


def _parts_of(job: Job) -> list[Path]:
    """By whichever attempts."""
    return list(_directory().glob(f".{job.pk}.*"))


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _sync(directory: Path) -> None:
    """A name is on disk once its directory is."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
