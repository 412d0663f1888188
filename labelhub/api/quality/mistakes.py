"""The mistakes that labelers make, judged by gold."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.bodies import read_query
from labelhub.api.http.permissions import REVIEWER, ProjectView
from labelhub.api.quality.serializers.mistakes import CommonMistakesSerializer, MistakesQuerySerializer
from labelhub.queries.quality import mistakes


class Mistakes(ProjectView):
    """What is missed and what is called Bad without reason: in all, by labeler, and by gold label."""

    needs = {"GET": REVIEWER}

    @extend_schema(parameters=[MistakesQuerySerializer], responses=CommonMistakesSerializer)
    def get(self, request: Request, slug: str) -> Response:
        asked = read_query(MistakesQuerySerializer, request)
        return Response(CommonMistakesSerializer(mistakes.report(project=self.project, **asked)).data)
