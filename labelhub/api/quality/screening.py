"""Screening: opening and closing the set, how everybody stands, another attempt, and letting somebody in."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.accounts.authentication import person
from labelhub.api.http.answers import Answer, Created
from labelhub.api.http.bodies import read, read_query
from labelhub.api.http.permissions import LABELER, OPERATOR, REVIEWER, ProjectView
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.api.loop.serializers.generations import ReasonSerializer
from labelhub.api.quality.serializers.screening import (
    RulingOnLabelerSerializer,
    StandingsQuerySerializer,
)
from labelhub.errors import Absent
from labelhub.models import Labeler, Project
from labelhub.queries.quality import screening as queries
from labelhub.services.accounts import people
from labelhub.services.quality import screening


class ScreeningSet(ProjectView):
    """Whether the project screens, and whether it could; POST opens the set."""

    needs = {"GET": REVIEWER, "POST": OPERATOR}

    def get(self, request: Request, slug: str) -> Answer[screening.Set]:
        return Answer(screening.tell_set(self.project))

    @extend_schema(request=None, responses={409: ErrorSerializer})
    def post(self, request: Request, slug: str) -> Answer[screening.Set]:
        screening.open_set(project=self.project, by=person(request))
        return Answer(screening.tell_set(self.project))


class Standings(ProjectView):
    """How everybody stands with the screening, in the order in which they became members."""

    needs = {"GET": REVIEWER}

    @extend_schema(parameters=[StandingsQuerySerializer])
    def get(self, request: Request, slug: str) -> Answer[queries.StandingsPage]:
        return Answer(queries.page(self.project, **read_query(StandingsQuerySerializer, request)))


class CloseScreening(ProjectView):
    """Screen nobody any more."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=ReasonSerializer, responses={204: None, 409: ErrorSerializer})
    def post(self, request: Request, slug: str) -> Response:
        reason: str = read(ReasonSerializer, request)["reason"]
        screening.close_set(project=self.project, by=person(request), reason=reason)
        return Response(status=204)


class Retake(ProjectView):
    """Begin another attempt, on other questions."""

    needs = {"POST": LABELER}

    @extend_schema(request=None, responses={409: ErrorSerializer})
    def post(self, request: Request, slug: str) -> Created[queries.ScreeningRow]:
        labeler = people.labeler_of(person(request))
        screening.retake(project=self.project, labeler=labeler)
        return Created(queries.standing_of(self.project, labeler, may_retake=False))


class GrantRetake(ProjectView):
    """Another attempt for somebody who failed, beyond those that the project allows, with a reason."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=RulingOnLabelerSerializer, responses={204: None, 409: ErrorSerializer})
    def post(self, request: Request, slug: str) -> Response:
        asked = read(RulingOnLabelerSerializer, request)
        labeler = member(self.project, asked["labeler"])
        screening.grant(project=self.project, labeler=labeler, reason=asked["reason"], by=person(request))
        return Response(status=204)


class Admit(ProjectView):
    """Let a labeler in whatever the screening said, with a reason."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=RulingOnLabelerSerializer, responses={204: None, 409: ErrorSerializer})
    def post(self, request: Request, slug: str) -> Response:
        asked = read(RulingOnLabelerSerializer, request)
        labeler = member(self.project, asked["labeler"])
        screening.admit(project=self.project, labeler=labeler, reason=asked["reason"], by=person(request))
        return Response(status=204)


def member(project: Project, labeler: UUID) -> Labeler:
    """The project's member of this pseudonym. Raises Absent."""
    if found := Labeler.objects.filter(pk=labeler, user__memberships__project=project).first():
        return found
    raise Absent("No member of this project labels under this name.")
