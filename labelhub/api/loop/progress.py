"""Where a project stands."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.accounts.authentication import person
from labelhub.api.http.answers import Answer
from labelhub.api.http.permissions import LABELER, REVIEWER, ProjectView
from labelhub.api.loop.serializers.progress import ProgressSerializer
from labelhub.queries import overview, projects
from labelhub.queries.loop import progress
from labelhub.services.accounts import people

FOR_REVIEWERS = [name for name in ProgressSerializer().get_fields() if name not in ("my", "batch")]


class Progress(ProjectView):
    needs = {"GET": LABELER}

    @extend_schema(responses=ProgressSerializer)
    def get(self, request: Request, slug: str) -> Response:
        labeler = people.labeler_of(person(request))
        told: dict[str, Any] = dict.fromkeys(FOR_REVIEWERS)
        told |= {"my": progress.of_labeler(self.project, labeler), "batch": progress.of_batch(self.project)}
        if projects.Access(self.project, self.role).reaches(REVIEWER):
            told |= progress.of_project(self.project)
        return Response(ProgressSerializer(told).data)


class Overview(ProjectView):
    """What the project's home shows beside its progress; looked at less often."""

    needs = {"GET": REVIEWER}

    def get(self, request: Request, slug: str) -> Answer[overview.Overview]:
        return Answer(overview.of(self.project))
