"""Signing in and out, who I am, and tokens for scripts."""

from django.conf import settings
from django.contrib.auth import logout
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub.api.accounts import doors
from labelhub.api.accounts.authentication import Session, person
from labelhub.api.accounts.serializers.accounts import (
    CredentialsSerializer,
    NewTokenSerializer,
)
from labelhub.api.http.answers import Answer, Created
from labelhub.api.http.bodies import read
from labelhub.api.http.permissions import LABELER
from labelhub.api.http.refusals import NotSignedIn
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.models import ApiToken, User
from labelhub.queries.accounts import people as queries
from labelhub.services.accounts import people, sessions


class Me(APIView):
    """Who is signed in; 401, with the CSRF cookie, where nobody is."""

    permission_classes = [AllowAny]
    needs = {"GET": LABELER}

    @extend_schema(responses={401: ErrorSerializer})
    def get(self, request: Request) -> Answer[queries.Me]:
        get_token(request._request)
        if not isinstance(request.user, User):
            raise NotSignedIn
        return Answer(queries.me(request.user))


class OwnSession(APIView):
    """Whose session this browser has, or null: a page asks it first. Sets the CSRF cookie; scripts ask `auth/me`."""

    authentication_classes = [Session]
    permission_classes = [AllowAny]

    def get(self, request: Request) -> Answer[queries.OwnSession]:
        get_token(request._request)
        me = queries.me(request.user) if isinstance(request.user, User) else None
        return Answer(queries.OwnSession(me))


class Login(APIView):
    """A session for the browser; wrong passwords are counted by name and address."""

    permission_classes = [AllowAny]

    @extend_schema(
        request=CredentialsSerializer,
        responses={401: ErrorSerializer, 403: ErrorSerializer, 429: ErrorSerializer},
    )
    def post(self, request: Request) -> Answer[queries.Me]:
        Session().enforce_csrf(request._request)  # DRF asks it of signed-in sessions only; login needs it as much
        user = doors.by_password(request._request, **read(CredentialsSerializer, request))
        doors.enter(request._request, user)
        return Answer(queries.me(user))


class Doors(APIView):
    """The ways to sign in that this site has beside name and password."""

    authentication_classes = []  # asked before anybody is somebody
    permission_classes = [AllowAny]

    def get(self, request: Request) -> Answer[doors.Doors]:
        oidc = settings.OIDC_NAME if settings.ENV.oidc_server else None
        return Answer(doors.Doors(oidc, settings.TOKENS_MAY_LAST))


class Logout(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        if not isinstance(request.auth, ApiToken):  # a script has no session to end
            sessions.note_end(person(request))
        logout(request._request)
        return Response(status=204)


class Tokens(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request: Request) -> Answer[list[queries.TokenRow]]:
        return Answer(queries.tokens_of(person(request)))

    @extend_schema(request=NewTokenSerializer)
    def post(self, request: Request) -> Created[people.IssuedToken]:
        made_by = request.auth if isinstance(request.auth, ApiToken) else None
        if made_by:
            made_by.refresh_from_db()
        return Created(people.issue_token(user=person(request), by=made_by, **read(NewTokenSerializer, request)))


class Token(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        people.revoke_token(user=person(request), pk=pk)
        return Response(status=204)
