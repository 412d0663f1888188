"""Files coming in: kept under a name of our own, then read by a worker."""

from pathlib import PurePath
from uuid import uuid4

from django.core.files.storage import default_storage
from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub import tasks
from labelhub.api.authentication import person
from labelhub.api.bodies import UploadParser, read
from labelhub.api.permissions import OPERATOR, ProjectView
from labelhub.api.serializers.jobs import ImportSerializer, UploadSerializer
from labelhub.errors import Absent
from labelhub.queries import jobs as queries
from labelhub.services import importing

TOLD_AT_ONCE = 100


class Imports(ProjectView):
    """An import answers at once; its page tells how far it is and what became of each line."""

    needs = {"GET": OPERATOR, "POST": OPERATOR}
    parser_classes = [UploadParser]

    @extend_schema(responses=ImportSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        newest = queries.imports_of(self.project)[:TOLD_AT_ONCE]
        return Response(ImportSerializer([queries.tell_import(job) for job in newest], many=True).data)

    @extend_schema(request={"multipart/form-data": UploadSerializer}, responses={202: ImportSerializer})
    def post(self, request: Request, slug: str) -> Response:
        form = read(UploadSerializer, request)
        upload = form.pop("file")
        stored = default_storage.save(f"{uuid4().hex}.jsonl", upload)  # never a name of the client's
        filename = PurePath(upload.name).name[:200]
        job = importing.start(project=self.project, by=person(request), stored=stored, filename=filename, **form)
        transaction.on_commit(lambda: tasks.send(job))
        return Response(ImportSerializer(queries.tell_import(job)).data, status=202)


class Import(ProjectView):
    needs = {"GET": OPERATOR}

    @extend_schema(responses=ImportSerializer)
    def get(self, request: Request, slug: str, pk: int) -> Response:
        job = queries.imports_of(self.project).filter(pk=pk).first()
        if job is None:
            raise Absent
        return Response(ImportSerializer(queries.tell_import(job)).data)
