"""Problems, solutions and labels, looked through; and one solution with all that is known of it."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from labelhub.api.data.serializers.browse import (
    LabelsPageSerializer,
    LabelsQuerySerializer,
    ProblemsPageSerializer,
    ProblemsQuerySerializer,
    SolutionsPageSerializer,
    SolutionsQuerySerializer,
)
from labelhub.api.http.answers import Answer
from labelhub.api.http.bodies import read_query
from labelhub.api.http.permissions import REVIEWER, ProjectView
from labelhub.errors import Absent
from labelhub.queries.data import solutions
from labelhub.queries.data.browse import labels as browse_labels
from labelhub.queries.data.browse import problems as browse_problems
from labelhub.queries.data.browse import solutions as browse_solutions


class Listing(ProjectView):
    """A page of rows: the filters that were given, in the order that was asked for."""

    needs = {"GET": REVIEWER}
    takes: ClassVar[type[Serializer[Any]]]
    gives: ClassVar[type[Serializer[Any]]]
    look: ClassVar[Callable[..., Any]]

    def answer(self, request: Request) -> Response:
        page, rows = type(self).look(self.project, **read_query(self.takes, request))
        return Response(self.gives(asdict(page) | {"rows": rows}).data)


class Problems(Listing):
    takes, gives, look = ProblemsQuerySerializer, ProblemsPageSerializer, staticmethod(browse_problems.page)

    @extend_schema(parameters=[ProblemsQuerySerializer], responses=ProblemsPageSerializer)
    def get(self, request: Request, slug: str) -> Response:
        return self.answer(request)


class Solutions(Listing):
    takes, gives, look = SolutionsQuerySerializer, SolutionsPageSerializer, staticmethod(browse_solutions.page)

    @extend_schema(
        operation_id="projects_solutions_list", parameters=[SolutionsQuerySerializer], responses=SolutionsPageSerializer
    )
    def get(self, request: Request, slug: str) -> Response:
        return self.answer(request)


class Labels(Listing):
    takes, gives, look = LabelsQuerySerializer, LabelsPageSerializer, staticmethod(browse_labels.page)

    @extend_schema(parameters=[LabelsQuerySerializer], responses=LabelsPageSerializer)
    def get(self, request: Request, slug: str) -> Response:
        return self.answer(request)


class OneSolution(ProjectView):
    needs = {"GET": REVIEWER}

    def get(self, request: Request, slug: str, pk: int) -> Answer[solutions.SolutionRow]:
        found = solutions.tell(project=self.project, pk=pk)
        if found is None:
            raise Absent
        return Answer(found)
