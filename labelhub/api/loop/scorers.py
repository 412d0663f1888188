"""Checkpoints that were not trained here: what may be added, adding one, and scores that are computed elsewhere."""

from pathlib import PurePath
from typing import Any

import orjson
from django.core.files import File
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.accounts.authentication import person
from labelhub.api.data.exports import LINES, streamed
from labelhub.api.http.bodies import UploadParser, read
from labelhub.api.http.permissions import OPERATOR, ProjectView
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.api.loop.checkpoints import found, queued
from labelhub.api.loop.serializers.checkpoints import CheckpointSerializer
from labelhub.api.loop.serializers.scorers import (
    NewScorerSerializer,
    NewScoresSerializer,
    ScoreFileSerializer,
    ScorerOptionsSerializer,
)
from labelhub.models import Checkpoint
from labelhub.queries.loop import unscored
from labelhub.services.data import importing
from labelhub.services.loop.scorers import adding


class Scorers(ProjectView):
    """Reward models that were not trained here: what this site may load or ask, and adding one as a checkpoint."""

    needs = {"GET": OPERATOR, "POST": OPERATOR}

    @extend_schema(operation_id="projects_scorers_retrieve", responses=ScorerOptionsSerializer)
    def get(self, request: Request, slug: str) -> Response:
        return Response(ScorerOptionsSerializer(adding.options()).data)

    @extend_schema(request=NewScorerSerializer, responses={202: CheckpointSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str) -> Response:
        body = read(NewScorerSerializer, request)
        if body.pop("source") == Checkpoint.Source.SERVED:
            return queued(self.project, adding.add_served(project=self.project, by=person(request), **body))
        asked = {name: body[name] for name in ("model", "style", "threshold", "generation")}
        return queued(self.project, adding.add_public(project=self.project, by=person(request), **asked))


class NewScores(ProjectView):
    """Add a checkpoint by a file of step probabilities that a model gave elsewhere."""

    needs = {"POST": OPERATOR}
    parser_classes = [UploadParser]

    @extend_schema(
        operation_id="projects_checkpoints_import",
        request={"multipart/form-data": NewScoresSerializer},
        responses={202: CheckpointSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        form = read(NewScoresSerializer, request)
        upload, filename = _upload(form)
        with importing.kept(upload) as stored:
            job = adding.add_imported(
                project=self.project, by=person(request), stored=stored, filename=filename, **form
            )
        return queued(self.project, job)


class Scores(ProjectView):
    """What a checkpoint has not scored, as rows to be scored elsewhere; and such scores, for one of imported scores."""

    needs = {"GET": OPERATOR, "POST": OPERATOR}
    parser_classes = [UploadParser]

    @extend_schema(
        operation_id="projects_checkpoints_unscored",
        responses={(200, LINES): OpenApiTypes.BINARY, 404: ErrorSerializer},
    )
    def get(self, request: Request, slug: str, number: int) -> StreamingHttpResponse:
        checkpoint = found(self.project, number)
        name = f"{self.project.slug}-checkpoint-{number}-unscored.jsonl"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        lines = (orjson.dumps(row) + b"\n" for row in unscored.rows(checkpoint))
        return streamed(lines, content_type=LINES, headers=headers)

    @extend_schema(
        request={"multipart/form-data": ScoreFileSerializer},
        responses={202: CheckpointSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request, slug: str, number: int) -> Response:
        checkpoint = found(self.project, number)
        upload, filename = _upload(read(ScoreFileSerializer, request))
        with importing.kept(upload) as stored:
            job = adding.add_scores(checkpoint=checkpoint, stored=stored, filename=filename, by=person(request))
        return queued(self.project, job)


def _upload(form: dict[str, Any]) -> tuple["File[bytes]", str]:
    """The file of the form, which is taken out of it, and its name. Raises Invalid for what is no JSON Lines."""
    upload = form.pop("file")
    importing.foreign.refuse(upload.read(importing.foreign.HEAD))
    upload.seek(0)
    return upload, PurePath(upload.name).name[:200]
