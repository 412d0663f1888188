"""The signed-in person's second factor. For browsers alone: a script's token neither sets one up nor takes one away."""

from dataclasses import dataclass
from typing import Annotated

from allauth.mfa.adapter import get_adapter
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub.api.accounts import doors
from labelhub.api.accounts.authentication import Session, person
from labelhub.api.accounts.serializers.accounts import (
    CodeSerializer,
    ProofSerializer,
)
from labelhub.api.http.answers import Answer, Created
from labelhub.api.http.bodies import read
from labelhub.api.http.permissions import Own
from labelhub.api.http.refusals import SignInAnew
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.queries.accounts import people
from labelhub.queries.accounts import two_factor as queries
from labelhub.services.accounts import two_factor
from labelhub.services.accounts.allauth_internals import generate_totp_secret

SECRET = "second_factor_secret"  # in the session, until its first code proves that the device has it


@dataclass(frozen=True)
class TotpSecret:
    secret: Annotated[str, "To type into the authenticator."]
    url: Annotated[str, "otpauth://, as the picture says it."]
    svg: Annotated[str, "The QR code."]


@dataclass(frozen=True)
class SecondFactorRow:
    enrolled: bool
    required: Annotated[bool, "This site asks one of its operators."]
    password: Annotated[bool, "There is a password: it is asked for before the first device."]
    codes_left: Annotated[int, "Recovery codes not used yet."]
    devices: list[queries.Device]


class LoginCode(APIView):
    """The second half of a sign-in: the code, or a passkey's answer, after the password."""

    permission_classes = [AllowAny]

    @extend_schema(
        request=ProofSerializer,
        responses={401: ErrorSerializer, 403: ErrorSerializer, 429: ErrorSerializer},
    )
    def post(self, request: Request) -> Answer[people.Me]:
        Session().enforce_csrf(request._request)
        user = doors.enter_with(request._request, read(ProofSerializer, request))
        return Answer(people.me(user))


class SecondFactor(Own):
    def get(self, request: Request) -> Answer[SecondFactorRow]:
        user = person(request)
        return Answer(
            SecondFactorRow(
                enrolled=queries.enrolled(user),
                required=queries.required(user),
                password=user.has_usable_password(),
                codes_left=two_factor.codes_left(user),
                devices=[queries.tell(each) for each in queries.devices(user)],
            )
        )

    @extend_schema(request=ProofSerializer, responses={401: ErrorSerializer, 429: ErrorSerializer})
    def post(self, request: Request) -> Created[TotpSecret]:
        """A secret for the person's device, for the password, or the second factor there is.

        Nothing changes before its first code comes to `confirm`.
        """
        doors.prove(request._request, person(request), read(ProofSerializer, request))
        secret = request._request.session[SECRET] = generate_totp_secret()
        adapter = get_adapter()
        url = adapter.build_totp_url(person(request), secret)
        return Created(TotpSecret(secret, url, adapter.build_totp_svg(url)))


class ConfirmFactor(Own):
    @extend_schema(request=CodeSerializer, responses={401: ErrorSerializer, 409: ErrorSerializer})
    def post(self, request: Request) -> Answer[queries.RecoveryCodes]:
        session = request._request.session
        if SECRET not in session:
            raise SignInAnew
        code: str = read(CodeSerializer, request)["code"]
        codes = two_factor.enrol(user=person(request), secret=session[SECRET], code=code)
        del session[SECRET]
        return Answer(queries.RecoveryCodes(codes))


class RecoveryCodes(Own):
    @extend_schema(request=ProofSerializer, responses={429: ErrorSerializer})
    def post(self, request: Request) -> Answer[queries.RecoveryCodes]:
        doors.spend(request._request, person(request), read(ProofSerializer, request))
        return Answer(queries.RecoveryCodes(two_factor.renew_codes(user=person(request))))


class RemoveFactor(Own):
    @extend_schema(request=ProofSerializer, responses={204: None, 429: ErrorSerializer})
    def post(self, request: Request) -> Response:
        doors.spend(request._request, person(request), read(ProofSerializer, request))
        two_factor.reset(user=person(request), by=person(request))
        return Response(status=204)
