"""Problems, solutions and labels, looked through; and one solution with all that is known of it."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from labelhub.api.data.serializers.browse import (
    LabelsQuerySerializer,
    ProblemsQuerySerializer,
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


class Problems(ProjectView):
    """One page of the problems that match the filters, in the requested order."""

    needs = {"GET": REVIEWER}

    @extend_schema(parameters=[ProblemsQuerySerializer])
    def get(self, request: Request, slug: str) -> Answer[browse_problems.ProblemsPage]:
        return Answer(browse_problems.page(self.project, **read_query(ProblemsQuerySerializer, request)))


class Solutions(ProjectView):
    """A page of solutions: the filters that were given, in the order that was asked for."""

    needs = {"GET": REVIEWER}

    @extend_schema(operation_id="projects_solutions_list", parameters=[SolutionsQuerySerializer])
    def get(self, request: Request, slug: str) -> Answer[browse_solutions.SolutionsPage]:
        return Answer(browse_solutions.page(self.project, **read_query(SolutionsQuerySerializer, request)))


class Labels(ProjectView):
    """A page of labels: the filters that were given, in the order that was asked for."""

    needs = {"GET": REVIEWER}

    @extend_schema(parameters=[LabelsQuerySerializer])
    def get(self, request: Request, slug: str) -> Answer[browse_labels.LabelsPage]:
        return Answer(browse_labels.page(self.project, **read_query(LabelsQuerySerializer, request)))


class OneSolution(ProjectView):
    needs = {"GET": REVIEWER}

    def get(self, request: Request, slug: str, pk: int) -> Answer[solutions.SolutionRow]:
        found = solutions.tell(project=self.project, pk=pk)
        if found is None:
            raise Absent
        return Answer(found)
