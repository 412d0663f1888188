"""Generations: looking at them, launching, closing, cancelling, taking up what failed."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub import tasks
from labelhub.api.accounts.authentication import person
from labelhub.api.http.answers import Answer
from labelhub.api.http.bodies import read, read_query
from labelhub.api.http.permissions import OPERATOR, REVIEWER, ProjectView
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.api.loop.serializers.generations import (
    GenerationSerializer,
    ItemsPageSerializer,
    ItemsQuerySerializer,
    LaunchSerializer,
    PreviewSerializer,
    ReasonSerializer,
)
from labelhub.errors import Absent
from labelhub.models import Generation, Job, Project
from labelhub.queries.loop import generations as queries
from labelhub.queries.loop import rules
from labelhub.services.loop import generations
from labelhub.services.loop.selecting import OF_PROJECT, Parameters


def parameters(request: Request, project: Project) -> Parameters:
    """The launch that the body asks for; what it leaves out is as the project says."""
    of_project = {name: getattr(project, name) for name in OF_PROJECT}
    return Parameters(**of_project | read(LaunchSerializer, request))


def send(job: Job) -> None:
    transaction.on_commit(lambda: tasks.send(job))


class GenerationView(ProjectView):
    """A route under one generation."""

    @property
    def generation(self) -> Generation:
        found = queries.of_project(self.project).filter(number=self.kwargs["number"]).first()
        if found is None:
            raise Absent(f"There is no generation {self.kwargs['number']}.")
        return found

    def told(self, status: int = 200) -> Response:
        return Response(GenerationSerializer(queries.tell([self.generation])[0]).data, status=status)


class Generations(ProjectView):
    needs = {"GET": REVIEWER, "POST": OPERATOR}

    @extend_schema(responses=GenerationSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        return Response(GenerationSerializer(queries.tell(queries.of_project(self.project)), many=True).data)

    @extend_schema(request=LaunchSerializer, responses={201: GenerationSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str) -> Response:
        asked = parameters(request, self.project)
        generation = generations.launch(project=self.project, by=person(request), parameters=asked)
        for job in generation.jobs.all():
            send(job)
        return Response(GenerationSerializer(queries.tell([generation])[0]).data, status=201)


class Rules(ProjectView):
    """The rules that a launch may name, what each needs, and the strata that it makes."""

    needs = {"GET": REVIEWER}

    def get(self, request: Request, slug: str) -> Answer[list[rules.OfferedRule]]:
        return Answer(rules.offered())


class Preview(ProjectView):
    """What a launch would pick now; it changes nothing."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=LaunchSerializer, responses={200: PreviewSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str) -> Response:
        would: dict[str, Any] = generations.preview(project=self.project, parameters=parameters(request, self.project))
        return Response(PreviewSerializer(would).data)


class GenerationDetail(GenerationView):
    needs = {"GET": REVIEWER}

    @extend_schema(responses=GenerationSerializer)
    def get(self, request: Request, slug: str, number: int) -> Response:
        return self.told()


class Items(GenerationView):
    """The batch in its order of serving, a page at a time."""

    needs = {"GET": REVIEWER}

    @extend_schema(parameters=[ItemsQuerySerializer], responses=ItemsPageSerializer)
    def get(self, request: Request, slug: str, number: int) -> Response:
        page, following = queries.items_page(self.generation, **read_query(ItemsQuerySerializer, request))
        return Response(ItemsPageSerializer({"results": page, "next": following}).data)


class Close(GenerationView):
    """End labeling and train a challenger on all eligible labels."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=None, responses={200: GenerationSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str, number: int) -> Response:
        send(generations.close(generation=self.generation, by=person(request)))
        return self.told()


class Cancel(GenerationView):
    """Stop it where it is; the labels it got are kept."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=ReasonSerializer, responses={200: GenerationSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str, number: int) -> Response:
        reason: str = read(ReasonSerializer, request)["reason"]
        generations.cancel(generation=self.generation, by=person(request), reason=reason)
        return self.told()


class Retry(GenerationView):
    """Take up a failed generation in the state that failed."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=None, responses={200: GenerationSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str, number: int) -> Response:
        send(generations.retry(generation=self.generation, by=person(request)))
        return self.told()
