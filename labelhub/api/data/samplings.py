"""Samplings: a language model is asked for solutions, or for alternatives, at an endpoint the deployment lists."""

from functools import partial

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub import tasks
from labelhub.api.accounts.authentication import person
from labelhub.api.data.serializers.samplings import EndpointSerializer, SamplingParametersSerializer, SamplingSerializer
from labelhub.api.http.bodies import read
from labelhub.api.http.permissions import OPERATOR, ProjectView
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.errors import Absent
from labelhub.models import Job
from labelhub.queries.data import samplings as queries
from labelhub.services.data import sampling

TOLD_AT_ONCE = 100


class Endpoints(ProjectView):
    """The servers that may be asked; none while sampling is off."""

    needs = {"GET": OPERATOR}

    @extend_schema(responses=EndpointSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        return Response(EndpointSerializer(list(sampling.endpoints.listed()), many=True).data)


class Samplings(ProjectView):
    """A sampling answers at once; its page tells how far it is, what it made and what it cost."""

    needs = {"GET": OPERATOR, "POST": OPERATOR}

    @extend_schema(responses=SamplingSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        newest = queries.of_project(self.project)[:TOLD_AT_ONCE]
        return Response(SamplingSerializer([queries.tell(job) for job in newest], many=True).data)

    @extend_schema(request=SamplingParametersSerializer, responses={202: SamplingSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str) -> Response:
        asked = sampling.Parameters(**read(SamplingParametersSerializer, request))
        job = sampling.start(project=self.project, parameters=asked, by=person(request))
        transaction.on_commit(lambda: tasks.send(job))
        return Response(SamplingSerializer(queries.tell(job)).data, status=202)


class SamplingView(ProjectView):
    """A route under `samplings/{id}`; another project's isn't there."""

    def job(self) -> Job:
        if job := queries.of_project(self.project).filter(pk=self.kwargs["pk"]).first():
            return job
        raise Absent


class Sampling(SamplingView):
    needs = {"GET": OPERATOR}

    @extend_schema(responses=SamplingSerializer)
    def get(self, request: Request, slug: str, pk: int) -> Response:
        return Response(SamplingSerializer(queries.tell(self.job())).data)


class StopSampling(SamplingView):
    """End it; what it made is kept and graded, and a retry of the job goes on where it was."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=None, responses={200: SamplingSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str, pk: int) -> Response:
        job = self.job()
        for following in sampling.stop(job=job, by=person(request)):
            transaction.on_commit(partial(tasks.send, following))
        return Response(SamplingSerializer(queries.tell(job)).data)
