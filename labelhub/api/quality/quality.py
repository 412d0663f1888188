"""What says how far labels can be trusted."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.bodies import read_query
from labelhub.api.http.permissions import REVIEWER, ProjectView
from labelhub.api.quality.serializers.quality import (
    AgreementSerializer,
    ContradictionsPageSerializer,
    LabelerSerializer,
    PageQuerySerializer,
)
from labelhub.queries.quality import agreement
from labelhub.queries.quality import quality as queries
from labelhub.services.quality.checks import judging


class Agreement(ProjectView):
    needs = {"GET": REVIEWER}

    @extend_schema(responses=AgreementSerializer)
    def get(self, request: Request, slug: str) -> Response:
        return Response(AgreementSerializer(agreement.agreement(project=self.project)).data)


class Labelers(ProjectView):
    needs = {"GET": REVIEWER}

    @extend_schema(responses=LabelerSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        return Response(LabelerSerializer(judging.labelers(self.project), many=True).data)


class Contradictions(ProjectView):
    """Labels that found no mistake in a solution graded wrong, the oldest first."""

    needs = {"GET": REVIEWER}

    @extend_schema(parameters=[PageQuerySerializer], responses=ContradictionsPageSerializer)
    def get(self, request: Request, slug: str) -> Response:
        page, following = queries.contradictions_page(self.project, **read_query(PageQuerySerializer, request))
        return Response(ContradictionsPageSerializer({"results": page, "next": following}).data)
