"""Labels going out: as a stream, for which nothing waits, or as a file that a worker writes."""

from collections.abc import Iterable, Iterator
from itertools import chain

from django.db import transaction
from django.http import FileResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub import tasks
from labelhub.api.accounts.authentication import person
from labelhub.api.data.serializers.exports import ExportAskedSerializer, ExportQuerySerializer
from labelhub.api.http.answers import Accepted, Answer
from labelhub.api.http.bodies import read, read_query
from labelhub.api.http.permissions import OPERATOR, ProjectView
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.errors import Absent
from labelhub.models import Job
from labelhub.queries.data import exports as queries
from labelhub.services.data import exporting
from labelhub.services.data.exporting import files as export_files

BLOCK = 64 * 1024
BROKEN_OFF = b"\n!! This export broke off here and is not whole: ask for it again.\n"
TOLD_AT_ONCE = 100
LINES, COLUMNS = "application/x-ndjson", "application/vnd.apache.parquet"
FILE = {(200, LINES): OpenApiTypes.BINARY, (200, COLUMNS): OpenApiTypes.BINARY}


class Export(ProjectView):
    needs = {"GET": OPERATOR}

    @extend_schema(
        parameters=[
            ExportQuerySerializer,
            OpenApiParameter("format", str, OpenApiParameter.PATH, enum=list(exporting.FORMATS)),
        ],
        responses=FILE,
    )
    def get(self, request: Request, slug: str, format: str) -> StreamingHttpResponse:
        asked = read_query(ExportQuerySerializer, request)
        export = exporting.stream(project=self.project, format=format, **asked)
        name = exporting.file_name(project=self.project, format=format, **asked)
        return streamed(export, content_type=kind_of(format), filename=name)


class Exports(ProjectView):
    """Exports as files. To ask for one answers at once; who asks for the same while it is written gets that one."""

    needs = {"GET": OPERATOR, "POST": OPERATOR}

    def get(self, request: Request, slug: str) -> Answer[list[export_files.ExportFile]]:
        newest = queries.files_of(self.project)[:TOLD_AT_ONCE]
        return Answer([export_files.tell(job) for job in newest])

    @extend_schema(request=ExportAskedSerializer)
    def post(self, request: Request, slug: str) -> Accepted[export_files.ExportFile]:
        asked = read(ExportAskedSerializer, request)
        job, new = export_files.start(project=self.project, by=person(request), **asked)
        if new:
            transaction.on_commit(lambda: tasks.send(job))
        return Accepted(export_files.tell(job))


class ExportFileView(ProjectView):
    """A route under `exports/jobs/{id}`; another project's isn't there."""

    def job(self) -> Job:
        if job := queries.files_of(self.project).filter(pk=self.kwargs["pk"]).first():
            return job
        raise Absent


class ExportFile(ExportFileView):
    """DELETE: the file with it; one that is still being written is given up."""

    needs = {"GET": OPERATOR, "DELETE": OPERATOR}

    def get(self, request: Request, slug: str, pk: int) -> Answer[export_files.ExportFile]:
        return Answer(export_files.tell(self.job()))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, slug: str, pk: int) -> Response:
        export_files.delete(job=self.job(), by=person(request))
        return Response(status=204)


class ExportDownload(ExportFileView):
    """The file's bytes; their SHA-256 is told with the job."""

    needs = {"GET": OPERATOR}

    @extend_schema(responses={**FILE, 404: ErrorSerializer})
    def get(self, request: Request, slug: str, pk: int) -> FileResponse:
        job = self.job()
        file, name = export_files.opened(job=job), job.params["filename"]
        headers = {"X-Content-Type-Options": "nosniff"}
        kind = kind_of(job.params["format"])
        return FileResponse(file, as_attachment=True, filename=name, content_type=kind, headers=headers)


def kind_of(format: str) -> str:
    return COLUMNS if format == exporting.PARQUET else LINES


def streamed(pieces: Iterable[bytes], *, content_type: str, filename: str) -> StreamingHttpResponse:
    """The pieces as a download that begins once the first of them is there: what fails before is told by status."""
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "X-Content-Type-Options": "nosniff"}
    found = blocks(pieces)
    first = next(found)
    return StreamingHttpResponse(_to_the_end(chain([first], found)), content_type=content_type, headers=headers)


def _to_the_end(found: Iterator[bytes]) -> Iterator[bytes]:
    """What breaks off ends in a line that is no row: over HTTP/1.0, as many proxies speak it, an end tells nothing."""
    try:
        yield from found
    except Exception:
        yield BROKEN_OFF
        raise


def blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in larger pieces: each piece is a write to the socket."""
    block = bytearray()
    for piece in pieces:
        block += piece
        if len(block) >= BLOCK:
            yield bytes(block)
            block.clear()
    yield bytes(block)
