"""Checkpoints: what was measured of them, training and measuring by hand, promoting and rolling back."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub import tasks
from labelhub.api.accounts.authentication import person
from labelhub.api.http.answers import Answer
from labelhub.api.http.bodies import read
from labelhub.api.http.permissions import OPERATOR, REVIEWER, ProjectView
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.api.loop.serializers.checkpoints import (
    CheckpointSerializer,
    EvaluationSerializer,
    LoopSerializer,
    NewCheckpointSerializer,
    OwnCheckpointSerializer,
    PromotionSerializer,
)
from labelhub.errors import Absent
from labelhub.models import Checkpoint, Job, Project
from labelhub.queries.loop import checkpoints as queries
from labelhub.queries.loop import learning_curve
from labelhub.services.loop import evaluating, promoting, training


def found(project: Project, number: int) -> Any:
    checkpoint = queries.of_project(project).filter(number=number).first()
    if checkpoint is None:
        raise Absent(f"There is no checkpoint {number}.")
    return checkpoint


def queued(project: Project, job: Job) -> Response:
    """The job is under way: the answer is its checkpoint."""
    transaction.on_commit(lambda: tasks.send(job))
    assert isinstance(job.checkpoint, Checkpoint)
    told = queries.tell(found(project, job.checkpoint.number), project)
    return Response(CheckpointSerializer(told).data, status=202)


class Checkpoints(ProjectView):
    needs = {"GET": REVIEWER, "POST": OPERATOR}

    @extend_schema(responses=CheckpointSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        told = [queries.tell(each, self.project) for each in queries.of_project(self.project)]
        return Response(CheckpointSerializer(told, many=True).data)

    @extend_schema(request=NewCheckpointSerializer, responses={202: CheckpointSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str) -> Response:
        kind: str = read(NewCheckpointSerializer, request)["kind"]
        return queued(self.project, training.start(project=self.project, kind=kind, by=person(request)))


class CheckpointDetail(ProjectView):
    needs = {"GET": REVIEWER}

    @extend_schema(operation_id="projects_checkpoints_retrieve", responses=OwnCheckpointSerializer)
    def get(self, request: Request, slug: str, number: int) -> Response:
        told = queries.tell_all(found(self.project, number), self.project)
        return Response(OwnCheckpointSerializer(told).data)


class Champions(ProjectView):
    """Who was champion, newest first: when, by whom, and why."""

    needs = {"GET": REVIEWER}

    @extend_schema(operation_id="projects_checkpoints_champions")
    def get(self, request: Request, slug: str) -> Answer[list[queries.Champion]]:
        return Answer(queries.champions(self.project))


class Loop(ProjectView):
    """Whether retraining made the model better on the pool, generation by generation, and whether more labels pay."""

    needs = {"GET": REVIEWER}

    @extend_schema(operation_id="projects_checkpoints_loop", responses=LoopSerializer)
    def get(self, request: Request, slug: str) -> Response:
        return Response(LoopSerializer(learning_curve.loop(project=self.project)).data)


class Teachable(ProjectView):
    """With how many labels a checkpoint could be trained by hand, and how many are new."""

    needs = {"GET": REVIEWER}

    @extend_schema(operation_id="projects_checkpoints_teachable")
    def get(self, request: Request, slug: str) -> Answer[queries.Teachable]:
        return Answer(queries.teachable(self.project))


class TrainOrm(ProjectView):
    """Train an outcome reward model on the very labels that this checkpoint saw."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=None, responses={202: CheckpointSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str, number: int) -> Response:
        return queued(self.project, evaluating.train_orm(beside=found(self.project, number), by=person(request)))


class Promote(ProjectView):
    """Make it the champion from the next launch on; a former champion again is a rollback. It scores the pool ahead."""

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
    """What was measured; POST measures it again, with the labels and beside the champion there are now."""

    needs = {"GET": REVIEWER, "POST": OPERATOR}

    @extend_schema(responses=EvaluationSerializer)
    def get(self, request: Request, slug: str, number: int) -> Response:
        told = queries.tell(found(self.project, number), self.project) | {"metric": self.project.metric}
        return Response(EvaluationSerializer(told).data)

    @extend_schema(request=None, responses={202: CheckpointSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str, number: int) -> Response:
        return queued(
            self.project, evaluating.measure_again(checkpoint=found(self.project, number), by=person(request))
        )
