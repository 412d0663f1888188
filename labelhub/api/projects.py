"""Projects, their settings and their instructions."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub.api.accounts.authentication import person
from labelhub.api.http.answers import Answer
from labelhub.api.http.bodies import read
from labelhub.api.http.permissions import LABELER, OPERATOR, OpensProjects, ProjectView
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.api.serializers.projects import (
    InstructionsSerializer,
    NewInstructionsSerializer,
    NewProjectSerializer,
    ProjectSerializer,
    ProjectSettingsSerializer,
)
from labelhub.models import User
from labelhub.queries import projects as queries
from labelhub.queries.loop import training
from labelhub.services import projects


def described(user: User, slug: str) -> Response:
    return Response(ProjectSerializer(queries.described(queries.visible_to(user)).get(slug=slug)).data)


class Projects(APIView):
    permission_classes = [IsAuthenticated, OpensProjects]
    needs = {"GET": LABELER, "POST": OPERATOR}

    @extend_schema(responses=ProjectSerializer(many=True))
    def get(self, request: Request) -> Response:
        mine = queries.described(queries.open_to(person(request)))
        return Response(ProjectSerializer(mine, many=True).data)

    @extend_schema(request=NewProjectSerializer, responses={201: ProjectSerializer, 409: ErrorSerializer})
    def post(self, request: Request) -> Response:
        project = projects.create(by=person(request), **read(NewProjectSerializer, request))
        response = described(person(request), project.slug)
        response.status_code = 201
        return response


class ProjectDetail(ProjectView):
    needs = {"GET": LABELER, "PATCH": OPERATOR}

    @extend_schema(responses=ProjectSerializer)
    def get(self, request: Request, slug: str) -> Response:
        return described(person(request), slug)

    @extend_schema(request=ProjectSettingsSerializer, responses=ProjectSerializer)
    def patch(self, request: Request, slug: str) -> Response:
        changes = read(ProjectSettingsSerializer, request)
        projects.change(project=self.project, by=person(request), **changes)
        return described(person(request), slug)


class ProjectInstructions(ProjectView):
    needs = {"GET": LABELER, "POST": OPERATOR}

    @extend_schema(responses=InstructionsSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        versions = self.project.instructions.select_related("created_by").order_by("-version")
        return Response(InstructionsSerializer(versions, many=True).data)

    @extend_schema(request=NewInstructionsSerializer, responses={201: InstructionsSerializer})
    def post(self, request: Request, slug: str) -> Response:
        text: str = read(NewInstructionsSerializer, request)["text"]
        written = projects.write_instructions(project=self.project, text=text, by=person(request))
        return Response(InstructionsSerializer(written).data, status=201)


class ProjectTraining(ProjectView):
    """How checkpoints may be trained here: the ways, their settings, and what each would take."""

    needs = {"GET": OPERATOR}

    def get(self, request: Request, slug: str) -> Answer[training.TrainingOptions]:
        return Answer(training.options(self.project))
