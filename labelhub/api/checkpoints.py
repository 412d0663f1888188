"""Checkpoints: what was measured of them, training one by hand, promoting and rolling back."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub import tasks
from labelhub.api.authentication import person
from labelhub.api.bodies import read
from labelhub.api.permissions import OPERATOR, REVIEWER, ProjectView
from labelhub.api.serializers.checkpoints import (
    CheckpointSerializer,
    EvaluationSerializer,
    NewCheckpointSerializer,
    PromotionSerializer,
)
from labelhub.api.serializers.errors import ErrorSerializer
from labelhub.errors import Absent
from labelhub.models import Checkpoint, Project
from labelhub.queries import checkpoints as queries
from labelhub.services import promoting, training


def found(project: Project, number: int) -> Any:
    checkpoint = queries.of_project(project).filter(number=number).first()
    if checkpoint is None:
        raise Absent(f"There is no checkpoint {number}.")
    return checkpoint


class Checkpoints(ProjectView):
    needs = {"GET": REVIEWER, "POST": OPERATOR}

    @extend_schema(responses=CheckpointSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        told = [queries.tell(each, self.project) for each in queries.of_project(self.project)]
        return Response(CheckpointSerializer(told, many=True).data)

    @extend_schema(request=NewCheckpointSerializer, responses={202: CheckpointSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str) -> Response:
        kind: str = read(NewCheckpointSerializer, request)["kind"]
        job = training.start(project=self.project, kind=kind, by=person(request))
        transaction.on_commit(lambda: tasks.send(job))
        assert isinstance(job.checkpoint, Checkpoint)
        told = queries.tell(found(self.project, job.checkpoint.number), self.project)
        return Response(CheckpointSerializer(told).data, status=202)


class Promote(ProjectView):
    """Make it the champion from the next launch on; an older one again is a rollback. It scores the pool ahead."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=PromotionSerializer, responses={200: CheckpointSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str, number: int) -> Response:
        reason: str = read(PromotionSerializer, request)["reason"]
        checkpoint = found(self.project, number)
        with transaction.atomic():
            promoting.promote(checkpoint=checkpoint, by=person(request), reason=reason)
            job = promoting.score_ahead(checkpoint=checkpoint)
            transaction.on_commit(lambda: tasks.send(job))
        self.project.refresh_from_db(fields=["champion"])
        return Response(CheckpointSerializer(queries.tell(found(self.project, number), self.project)).data)


class Evaluation(ProjectView):
    needs = {"GET": REVIEWER}

    @extend_schema(responses=EvaluationSerializer)
    def get(self, request: Request, slug: str, number: int) -> Response:
        told = queries.tell(found(self.project, number), self.project) | {"metric": self.project.metric}
        return Response(EvaluationSerializer(told).data)
