"""Joining by link: operators make the links, whoever holds one looks at it and comes in."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub.api.accounts import doors
from labelhub.api.accounts.authentication import Session, person
from labelhub.api.accounts.serializers.people import (
    JoinSerializer,
    NewInvitationSerializer,
    SecretSerializer,
)
from labelhub.api.http.answers import Answer, Created
from labelhub.api.http.bodies import read
from labelhub.api.http.permissions import OPERATOR, ProjectView
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.queries.accounts import invitations as queries
from labelhub.queries.accounts import people
from labelhub.services.accounts import invitations


class Invitations(ProjectView):
    """The project's invitations. We send no e-mail: whoever makes one hands its link on."""

    needs = {"GET": OPERATOR, "POST": OPERATOR}

    def get(self, request: Request, slug: str) -> Answer[list[queries.InvitationRow]]:
        return Answer([queries.tell(each) for each in queries.of_project(self.project)])

    @extend_schema(request=NewInvitationSerializer)
    def post(self, request: Request, slug: str) -> Created[invitations.IssuedInvitation]:
        asked = read(NewInvitationSerializer, request)
        return Created(invitations.invite(project=self.project, by=person(request), **asked))


class Invitation(ProjectView):
    needs = {"DELETE": OPERATOR}

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, slug: str, pk: int) -> Response:
        invitations.revoke(project=self.project, pk=pk, by=person(request))
        return Response(status=204)


class Look(APIView):
    """What the link is for. By POST: a secret in an address would stand in every log on the way."""

    authentication_classes = []  # who holds the link may look, whoever they are
    permission_classes = [AllowAny]

    @extend_schema(request=SecretSerializer, responses={404: ErrorSerializer})
    def post(self, request: Request) -> Answer[queries.Invited]:
        return Answer(queries.invited(invitations.look(read(SecretSerializer, request)["secret"])))


class Accept(APIView):
    """Join with the account that is signed in."""

    permission_classes = [IsAuthenticated]

    @extend_schema(request=SecretSerializer, responses={404: ErrorSerializer, 409: ErrorSerializer})
    def post(self, request: Request) -> Answer[people.Me]:
        invitations.accept(secret=read(SecretSerializer, request)["secret"], user=person(request))
        return Answer(people.me(person(request)))


class Join(APIView):
    """Join with a new account, whose name and password the newcomer chooses, and sign in with it."""

    permission_classes = [AllowAny]

    @extend_schema(
        request=JoinSerializer,
        responses={403: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request) -> Created[people.Me]:
        Session().enforce_csrf(request._request)  # as at the sign-in: nobody is signed in yet, so DRF wouldn't ask
        user = invitations.join(**read(JoinSerializer, request))
        doors.enter(request._request, user, by="invitation")
        return Created(people.me(user))
