"""Files coming in: kept under a name of our own, then read by a worker."""

from pathlib import PurePath
from typing import Any

from django.core.files import File
from django.db import transaction
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from labelhub import tasks
from labelhub.api.accounts.authentication import person
from labelhub.api.data.exports import LINES, streamed
from labelhub.api.data.serializers.imports import UploadSerializer
from labelhub.api.http.answers import Accepted, Answer
from labelhub.api.http.bodies import UploadParser, read
from labelhub.api.http.permissions import OPERATOR, ProjectView
from labelhub.api.http.refusals import TooLarge
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.errors import Absent
from labelhub.models import Job
from labelhub.queries import jobs as queries
from labelhub.services.data import importing
from labelhub.services.data.importing import job as import_job
from labelhub.services.data.importing import trial

TOLD_AT_ONCE = 100
MOST_CHECKED = 2**20  # bytes: a check is one transaction, and on SQLite everybody waits for it


def upload_of(form: dict[str, Any]) -> tuple["File[bytes]", str]:
    """The file of the form, which is taken out of it, and its name. Raises Invalid for what is no JSON Lines."""
    upload = form.pop("file")
    importing.foreign.refuse(upload.read(importing.foreign.HEAD))
    upload.seek(0)
    return upload, PurePath(upload.name).name[:200]


class Imports(ProjectView):
    """An import answers at once; its page tells how far it is and what became of each line."""

    needs = {"GET": OPERATOR, "POST": OPERATOR}
    parser_classes = [UploadParser]

    def get(self, request: Request, slug: str) -> Answer[list[import_job.Import]]:
        newest = queries.imports_of(self.project)[:TOLD_AT_ONCE]
        return Answer([import_job.tell(job) for job in newest])

    @extend_schema(request={"multipart/form-data": UploadSerializer})
    def post(self, request: Request, slug: str) -> Accepted[import_job.Import]:
        form = read(UploadSerializer, request)
        upload, filename = upload_of(form)
        with importing.kept(upload) as stored:
            job = importing.start(project=self.project, by=person(request), stored=stored, filename=filename, **form)
        transaction.on_commit(lambda: tasks.send(job))
        return Accepted(import_job.tell(job))


class ImportCheck(ProjectView):
    """What would become of a file's lines; nothing is kept. For the beginning of a file, cut at the end of a line."""

    needs = {"POST": OPERATOR}
    parser_classes = [UploadParser]

    @extend_schema(request={"multipart/form-data": UploadSerializer})
    def post(self, request: Request, slug: str) -> Answer[trial.ImportCheck]:
        form = read(UploadSerializer, request)
        upload = form.pop("file")
        if upload.size > MOST_CHECKED:
            raise TooLarge(f"At most {MOST_CHECKED:,} bytes are checked: send the beginning of the file.")
        return Answer(importing.try_out(project=self.project, stream=upload, **form).tell())


class ImportView(ProjectView):
    """A route under `imports/{id}`; another project's isn't there."""

    needs = {"GET": OPERATOR}

    def job(self) -> Job:
        if job := queries.imports_of(self.project).filter(pk=self.kwargs["pk"]).first():
            return job
        raise Absent


class Import(ImportView):
    def get(self, request: Request, slug: str, pk: int) -> Answer[import_job.Import]:
        return Answer(import_job.tell(self.job()))


class RejectedLines(ImportView):
    """All lines that were turned away, in the order of the file; as `lines` to be mended and imported."""

    @extend_schema(
        parameters=[OpenApiParameter("format", str, OpenApiParameter.PATH, enum=list(importing.rejected.FORMATS))],
        responses={
            (200, LINES): OpenApiTypes.BINARY,
            (200, "text/csv"): OpenApiTypes.BINARY,
            404: ErrorSerializer,
        },
    )
    def get(self, request: Request, slug: str, pk: int, format: str) -> StreamingHttpResponse:
        if format not in importing.rejected.FORMATS:
            raise Absent
        job = self.job()
        write, kind = importing.rejected.FORMATS[format]
        aside = job.result.get("aside") if job.state == Job.State.DONE else None
        rows = importing.rejected.fetch(job=job.pk, aside=aside)
        name = f"{self.project.slug}-import-{job.pk}-rejected.{'jsonl' if format == 'lines' else format}"
        return streamed(write(rows), content_type=kind, filename=name)
