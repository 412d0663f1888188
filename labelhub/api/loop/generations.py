"""Generations: looking at them, launching, closing, cancelling, taking up what failed."""

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from labelhub import tasks
from labelhub.api.accounts.authentication import person
from labelhub.api.http.answers import Answer, Created
from labelhub.api.http.bodies import read, read_query
from labelhub.api.http.permissions import OPERATOR, REVIEWER, ProjectView
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.api.loop.serializers.generations import ItemsQuerySerializer, LaunchSerializer, ReasonSerializer
from labelhub.errors import Absent
from labelhub.models import Generation, Job, Project
from labelhub.queries.loop import generations as queries
from labelhub.queries.loop import rules
from labelhub.services.loop import generations, selecting
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

    def told(self) -> Answer[queries.GenerationRow]:
        return Answer(queries.tell([self.generation])[0])


class Generations(ProjectView):
    needs = {"GET": REVIEWER, "POST": OPERATOR}

    def get(self, request: Request, slug: str) -> Answer[list[queries.GenerationRow]]:
        return Answer(queries.tell(queries.of_project(self.project)))

    @extend_schema(request=LaunchSerializer, responses={409: ErrorSerializer})
    def post(self, request: Request, slug: str) -> Created[queries.GenerationRow]:
        asked = parameters(request, self.project)
        generation = generations.launch(project=self.project, by=person(request), parameters=asked)
        for job in generation.jobs.all():
            send(job)
        return Created(queries.tell([generation])[0])


class Rules(ProjectView):
    """The rules that a launch may name, what each needs, and the strata that it makes."""

    needs = {"GET": REVIEWER}

    def get(self, request: Request, slug: str) -> Answer[list[rules.OfferedRule]]:
        return Answer(rules.offered())


class Preview(ProjectView):
    """What a launch would pick now; it changes nothing."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=LaunchSerializer, responses={409: ErrorSerializer})
    def post(self, request: Request, slug: str) -> Answer[selecting.Preview]:
        return Answer(generations.preview(project=self.project, parameters=parameters(request, self.project)))


class GenerationDetail(GenerationView):
    needs = {"GET": REVIEWER}

    def get(self, request: Request, slug: str, number: int) -> Answer[queries.GenerationRow]:
        return self.told()


class Items(GenerationView):
    """The batch in its order of serving, a page at a time."""

    needs = {"GET": REVIEWER}

    @extend_schema(parameters=[ItemsQuerySerializer])
    def get(self, request: Request, slug: str, number: int) -> Answer[queries.ItemsPage]:
        return Answer(queries.items_page(self.generation, **read_query(ItemsQuerySerializer, request)))


class Close(GenerationView):
    """End labeling and train a challenger on all eligible labels."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=None, responses={409: ErrorSerializer})
    def post(self, request: Request, slug: str, number: int) -> Answer[queries.GenerationRow]:
        send(generations.close(generation=self.generation, by=person(request)))
        return self.told()


class Cancel(GenerationView):
    """Stop it where it is; the labels it got are kept."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=ReasonSerializer, responses={409: ErrorSerializer})
    def post(self, request: Request, slug: str, number: int) -> Answer[queries.GenerationRow]:
        reason: str = read(ReasonSerializer, request)["reason"]
        generations.cancel(generation=self.generation, by=person(request), reason=reason)
        return self.told()


class Retry(GenerationView):
    """Take up a failed generation in the state that failed."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=None, responses={409: ErrorSerializer})
    def post(self, request: Request, slug: str, number: int) -> Answer[queries.GenerationRow]:
        send(generations.retry(generation=self.generation, by=person(request)))
        return self.told()
