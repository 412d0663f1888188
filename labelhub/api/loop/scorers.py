"""Checkpoints that were not trained here: what may be added, adding one, and scores that are computed elsewhere."""

from typing import Any

import orjson
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.accounts.authentication import person
from labelhub.api.data.exports import LINES, streamed
from labelhub.api.data.imports import upload_of
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
from labelhub.errors import Invalid
from labelhub.models import Checkpoint, Project
from labelhub.queries.loop import pools
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
        terms, source = _terms(self.project, request, body), body.pop("source")
        if source == Checkpoint.Source.SERVED:
            return queued(self.project, adding.add_served(terms, **body))
        for name in ("endpoint", "tokenizer"):
            if body.pop(name):
                raise Invalid(fields={name: ["A public model has none: leave it out."]})
        return queued(self.project, adding.add_public(terms, **body))


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
        terms = _terms(self.project, request, form)
        upload, filename = upload_of(form)
        with importing.kept(upload) as stored:
            job = adding.add_imported(terms, stored=stored, filename=filename, **form)
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
        lines = (orjson.dumps(row) + b"\n" for row in pools.unscored_rows(checkpoint))
        return streamed(lines, content_type=LINES, filename=name)

    @extend_schema(
        request={"multipart/form-data": ScoreFileSerializer},
        responses={202: CheckpointSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request, slug: str, number: int) -> Response:
        checkpoint = found(self.project, number)
        upload, filename = upload_of(read(ScoreFileSerializer, request))
        with importing.kept(upload) as stored:
            job = adding.add_scores(checkpoint=checkpoint, stored=stored, filename=filename, by=person(request))
        return queued(self.project, job)


def _terms(project: Project, request: Request, body: dict[str, Any]) -> adding.Terms:
    """What the body says of any added checkpoint, which is taken out of it."""
    return adding.Terms(project, body.pop("threshold"), body.pop("generation"), by=person(request))
