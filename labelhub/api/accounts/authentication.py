"""Who is asking: a browser by its session, a script by its bearer token."""

from hashlib import sha256
from typing import Any

import structlog
from django.conf import settings
from django.contrib import auth
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, CSRFCheck, SessionAuthentication
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from labelhub.api.http.refusals import BadToken, CsrfFailed, OutOfScope, TokenExpired
from labelhub.models import ApiToken, Membership, User
from labelhub.queries.accounts import tokens
from labelhub.services.accounts import people, sessions
from labelhub.services.labeling import kept
from labelhub.services.labeling.kept import Credential, Kept

SCHEME = "bearer"
# A labeler waits for these: no statement of theirs only says that somebody is there. A lease's renewal does.
HAND_IN = "api/v1/assignments/<int:pk>/label"
HURRIED = {"api/v1/projects/<slug:slug>/assignments/next", HAND_IN}


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer <token>`, looked up by its SHA-256 in one query that brings the user along.

    Its scope is held against the route here, where no view can forget it; the user's own rights follow as ever.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        digest = _token_digest(request._request)
        if digest is None:
            return None
        found = tokens.by_digest(digest, assignment=handed_in(request._request))
        if found is None:
            raise BadToken
        if found.expired:
            raise TokenExpired
        if not _reaches(found.token.scope, request):
            raise OutOfScope(found.token.scope)
        if found.stale:
            people.note_use(found.token)
        structlog.contextvars.bind_contextvars(user_id=found.token.user_id)
        asked: Any = request._request
        asked.given, asked.credential = found.given, Credential("token", digest, digest)
        return found.token.user, found.token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"  # without it DRF answers 403 to who isn't signed in


def _token_digest(request: HttpRequest) -> str | None:
    """The SHA-256 of the bearer token; None where the request has none."""
    scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return sha256(text.strip().encode()).hexdigest() if scheme.lower() == SCHEME else None


def _reaches(scope: str, request: Request) -> bool:
    """`read` reads, `label` goes where a labeler's role suffices; a view that says nothing is for `operate` alone."""
    if scope == ApiToken.Scope.READ:
        return request.method in SAFE_METHODS
    view: Any = request.parser_context and request.parser_context["view"]
    return scope == ApiToken.Scope.OPERATE or getattr(view, "needs", {}).get(request.method) == Membership.Role.LABELER


class SignedIn(AuthenticationMiddleware):
    """Django's middleware, spared a query: the session's own statement brought the account along."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _signed_in(request))  # type: ignore[assignment]

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        """Name what is handed in before the session is loaded: the same statement brings it along."""
        request.session.assignment = handed_in(request)  # type: ignore[attr-defined]


def _signed_in(request: HttpRequest) -> User | AnonymousUser:
    """The account where Django's own checks of it hold at once; in any other case whatever Django says."""
    session: Any = request.session
    kept = session.get(HASH_SESSION_KEY)  # loads it
    account: User | None = session.account
    if (
        account is not None
        and account.is_active
        and session.get(SESSION_KEY) == str(account.pk)
        and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(kept or "", account.get_session_auth_hash())
    ):
        return account
    return auth.get_user(request)


class Session(SessionAuthentication):
    """The browser's session; anything but a read needs the CSRF token too."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found and request._request.resolver_match and request._request.resolver_match.route not in HURRIED:
            sessions.note_seen(request._request.session)
        if found:
            asked: Any = request._request
            asked.given = asked.session.given
            asked.credential = Credential("session", _session_digest(asked), asked.session.proof)
            structlog.contextvars.bind_contextvars(user_id=found[0].pk)
        return found

    def enforce_csrf(self, request: Any) -> None:
        """Django's own check; its middleware has read the cookie already, and without that nothing passes."""
        if CSRF_CHECK.process_view(request, HttpResponse, (), {}):
            raise CsrfFailed


CSRF_CHECK = CSRFCheck(HttpResponse)


def _session_digest(request: HttpRequest) -> str:
    return sha256((request.session.session_key or "").encode()).hexdigest()


def take_kept(request: HttpRequest, assignment_id: int) -> Kept | None:
    """What the last hand-in by the request's token or session kept for this one. The request isn't authenticated by it.

    A session's request has passed the check of its CSRF token.
    """
    if digest := _token_digest(request):
        return kept.take("token", digest, assignment_id)
    found = kept.take("session", _session_digest(request), assignment_id)
    if found is None or CSRF_CHECK.process_view(request, HttpResponse, (), {}):
        return None
    request.session.accessed = True  # so the answer varies with the cookie, as ever
    return found


def handed_in(request: HttpRequest) -> int | None:
    """The assignment that the request hands in, if that is what it does."""
    match = request.resolver_match
    return match.kwargs["pk"] if match and match.route == HAND_IN else None


def person(request: Request) -> User:
    """The signed-in user; only for views that admit nobody else."""
    assert isinstance(request.user, User)
    return request.user


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "labelhub.api.accounts.authentication.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": SCHEME, "description": "From `POST auth/tokens` or `manage.py create_token`."}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "labelhub.api.accounts.authentication.Session"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "From `POST auth/login`; writes carry the `csrftoken` cookie's value as `X-CSRFToken`.",
        }
