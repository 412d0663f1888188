"""What says how far labels can be trusted."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from labelhub.api.http.answers import Answer
from labelhub.api.http.bodies import read_query
from labelhub.api.http.permissions import REVIEWER, ProjectView
from labelhub.api.quality.serializers.quality import PageQuerySerializer
from labelhub.queries.quality import agreement, contradictions
from labelhub.services.quality.checks import judging


class Agreement(ProjectView):
    needs = {"GET": REVIEWER}

    def get(self, request: Request, slug: str) -> Answer[agreement.Agreement]:
        return Answer(agreement.agreement(project=self.project))


class Labelers(ProjectView):
    needs = {"GET": REVIEWER}

    def get(self, request: Request, slug: str) -> Answer[list[judging.LabelerRow]]:
        return Answer(judging.labelers(self.project))


class Contradictions(ProjectView):
    """Labels that found no mistake in a solution graded wrong, the oldest first."""

    needs = {"GET": REVIEWER}

    @extend_schema(parameters=[PageQuerySerializer])
    def get(self, request: Request, slug: str) -> Answer[contradictions.ContradictionsPage]:
        return Answer(contradictions.contradictions_page(self.project, **read_query(PageQuerySerializer, request)))
