"""Passkeys and security keys as a second factor. The browser speaks WebAuthn with the device, this with the browser."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub.api.accounts import doors
from labelhub.api.accounts.authentication import Session, person
from labelhub.api.accounts.serializers.accounts import (
    DeviceNameSerializer,
    NewPasskeySerializer,
    PasskeyOptionsSerializer,
    ProofSerializer,
)
from labelhub.api.http.answers import Created
from labelhub.api.http.bodies import read
from labelhub.api.http.permissions import Own
from labelhub.api.http.refusals import SignInAnew
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.models import User
from labelhub.queries.accounts import two_factor as queries
from labelhub.services.accounts import passkeys, two_factor

BEGUN = "passkey_begun"  # in the session: the options were asked for with a proof, and no other challenge since


class Challenge(APIView):
    """A challenge for the passkeys of who is signed in, or of who waits for the second half of a sign-in."""

    authentication_classes = [Session]
    permission_classes = [AllowAny]

    @extend_schema(
        request=None,
        responses={200: PasskeyOptionsSerializer, 401: ErrorSerializer, 403: ErrorSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        Session().enforce_csrf(request._request)
        signed_in = request.user if isinstance(request.user, User) else None
        user = doors.waiting(request._request) or signed_in
        if user is None:
            raise SignInAnew
        request._request.session.pop(BEGUN, None)
        return Response(passkeys.options_to_prove(user))


class BeginPasskey(Own):
    """What the browser needs to have a passkey made; asks for the password, or the second factor there is."""

    @extend_schema(
        request=ProofSerializer,
        responses={200: PasskeyOptionsSerializer, 401: ErrorSerializer, 429: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        user = person(request)
        doors.prove(request._request, user, read(ProofSerializer, request))
        options = passkeys.options_to_enrol(user)
        request._request.session[BEGUN] = True
        return Response(options)


class Passkeys(Own):
    @extend_schema(
        request=NewPasskeySerializer,
        responses={401: ErrorSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request) -> Created[queries.RecoveryCodes]:
        """Take up the passkey that was made; the recovery codes where it is the first factor, else none."""
        asked = read(NewPasskeySerializer, request)
        if not request._request.session.pop(BEGUN, False):
            raise SignInAnew
        codes = passkeys.enrol(user=person(request), name=asked["name"], answer=asked["passkey"])
        return Created(queries.RecoveryCodes(codes))


class Device(Own):
    @extend_schema(request=DeviceNameSerializer, responses={204: None})
    def patch(self, request: Request, pk: int) -> Response:
        """Give a passkey another name."""
        passkeys.rename(user=person(request), pk=pk, name=read(DeviceNameSerializer, request)["name"])
        return Response(status=204)


class RemoveDevice(Own):
    """Take one device away; the last takes the recovery codes with it."""

    @extend_schema(request=ProofSerializer, responses={204: None, 401: ErrorSerializer, 429: ErrorSerializer})
    def post(self, request: Request, pk: int) -> Response:
        doors.prove(request._request, person(request), read(ProofSerializer, request))
        two_factor.remove(user=person(request), pk=pk)
        return Response(status=204)
