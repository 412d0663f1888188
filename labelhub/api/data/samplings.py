"""Samplings: a language model is asked for solutions, or for alternatives, at an endpoint the deployment lists."""

from functools import partial

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub import tasks
from labelhub.api.accounts.authentication import person
from labelhub.api.data.serializers.samplings import EndpointSerializer, SamplingParametersSerializer
from labelhub.api.http.answers import Accepted, Answer
from labelhub.api.http.bodies import read
from labelhub.api.http.permissions import OPERATOR, ProjectView
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.errors import Absent
from labelhub.models import Job
from labelhub.services.data import sampling
from labelhub.services.data.sampling import job as sampling_job
from labelhub.services.endpoints import SAMPLING

TOLD_AT_ONCE = 100


class Endpoints(ProjectView):
    """The servers that may be asked; none while sampling is off."""

    needs = {"GET": OPERATOR}

    @extend_schema(responses=EndpointSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        return Response(EndpointSerializer(list(SAMPLING.listed()), many=True).data)


class Samplings(ProjectView):
    """A sampling answers at once; its page tells how far it is, what it made and what it cost."""

    needs = {"GET": OPERATOR, "POST": OPERATOR}

    def get(self, request: Request, slug: str) -> Answer[list[sampling_job.Sampling]]:
        newest = sampling_job.of_project(self.project)[:TOLD_AT_ONCE]
        return Answer([sampling_job.tell(job) for job in newest])

    @extend_schema(request=SamplingParametersSerializer, responses={409: ErrorSerializer})
    def post(self, request: Request, slug: str) -> Accepted[sampling_job.Sampling]:
        asked = sampling.Parameters(**read(SamplingParametersSerializer, request))
        job = sampling.start(project=self.project, parameters=asked, by=person(request))
        transaction.on_commit(lambda: tasks.send(job))
        return Accepted(sampling_job.tell(job))


class SamplingView(ProjectView):
    """A route under `samplings/{id}`; another project's isn't there."""

    def job(self) -> Job:
        if job := sampling_job.of_project(self.project).filter(pk=self.kwargs["pk"]).first():
            return job
        raise Absent


class Sampling(SamplingView):
    needs = {"GET": OPERATOR}

    def get(self, request: Request, slug: str, pk: int) -> Answer[sampling_job.Sampling]:
        return Answer(sampling_job.tell(self.job()))


class StopSampling(SamplingView):
    """End it; what it made is kept and graded, and a retry of the job goes on where it was."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=None, responses={409: ErrorSerializer})
    def post(self, request: Request, slug: str, pk: int) -> Answer[sampling_job.Sampling]:
        job = self.job()
        for following in sampling.stop(job=job, by=person(request)):
            transaction.on_commit(partial(tasks.send, following))
        return Answer(sampling_job.tell(job))
