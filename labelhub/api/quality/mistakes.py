"""The mistakes that labelers make, judged by gold."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from labelhub.api.http.answers import Answer
from labelhub.api.http.bodies import read_query
from labelhub.api.http.permissions import REVIEWER, ProjectView
from labelhub.api.quality.serializers.mistakes import MistakesQuerySerializer
from labelhub.queries.quality import mistakes


class Mistakes(ProjectView):
    """What is missed and what is called Bad without reason: in all, by labeler, and by gold label."""

    needs = {"GET": REVIEWER}

    @extend_schema(parameters=[MistakesQuerySerializer])
    def get(self, request: Request, slug: str) -> Answer[mistakes.CommonMistakes]:
        return Answer(mistakes.report(project=self.project, **read_query(MistakesQuerySerializer, request)))
