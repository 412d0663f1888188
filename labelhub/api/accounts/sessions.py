"""Where one is signed in, and what happened to one's account. For browsers alone: a script's token ends no session."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.accounts import doors
from labelhub.api.accounts.authentication import person
from labelhub.api.accounts.serializers.accounts import NewPasswordSerializer
from labelhub.api.http.answers import Answer
from labelhub.api.http.bodies import read
from labelhub.api.http.permissions import Own
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.queries.accounts import sessions as queries
from labelhub.services.accounts import sessions


class Sessions(Own):
    def get(self, request: Request) -> Answer[list[queries.BrowserSessionRow]]:
        here = request._request.session.session_key
        return Answer([queries.tell(row, here) for row in queries.of_user(person(request))])


class Session(Own):
    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: str) -> Response:
        sessions.end(user=person(request), pk=pk)
        return Response(status=204)


class EndOthers(Own):
    """Sign out everywhere but here."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        here, user = request._request.session.session_key, person(request)
        sessions.end_all(user=user, but=here, by=user, reason="Signed out everywhere else.")
        return Response(status=204)


class Password(Own):
    """Another password; every session but this one ends."""

    @extend_schema(request=NewPasswordSerializer, responses={204: None, 401: ErrorSerializer, 429: ErrorSerializer})
    def put(self, request: Request) -> Response:
        doors.change_password(request._request, person(request), **read(NewPasswordSerializer, request))
        return Response(status=204)
