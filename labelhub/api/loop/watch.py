"""Watching a generation, and taking a lease back."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.accounts.authentication import person
from labelhub.api.http.answers import Answer
from labelhub.api.http.bodies import read
from labelhub.api.http.permissions import OPERATOR, REVIEWER
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.api.loop.generations import GenerationView
from labelhub.api.loop.serializers.watch import RevokeSerializer
from labelhub.errors import Absent
from labelhub.models import Assignment
from labelhub.queries.loop import watch
from labelhub.services.labeling import leases


class Watch(GenerationView):
    """All that the generation's page shows beside its state: asked for every few seconds."""

    needs = {"GET": REVIEWER}

    def get(self, request: Request, slug: str, number: int) -> Answer[watch.Watch]:
        return Answer(watch.of(self.generation))


class Revoke(GenerationView):
    """Take a live lease back from its labeler; the item goes to somebody else."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=RevokeSerializer, responses={204: None, 404: ErrorSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str, number: int, pk: int) -> Response:
        assignment = Assignment.objects.filter(pk=pk, item__generation=self.generation).first()
        if assignment is None:
            raise Absent
        reason: str = read(RevokeSerializer, request)["reason"]
        leases.revoke(assignment=assignment, by=person(request), reason=reason)
        return Response(status=204)
