"""Signing in with an OpenID Connect issuer, where the deployment names one.

django-allauth speaks the protocol (code flow with PKCE and state); who comes in by it is decided here. An account is
linked by its owner, signed in; never by an e-mail address that happens to match.
"""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.openid_connect import views
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from labelhub.api.accounts import doors
from labelhub.api.http.refusals import LinkedElsewhere, SignInFailed, UnknownThere
from labelhub.errors import Refusal
from labelhub.models import User
from labelhub.services.accounts import people

ACCOUNT = "/account"


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # comes without types
    """Ends every arrival in a redirect to a page of ours: in, at the code, or with the refusal's name."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        try:
            arrived = _arrive(request, sociallogin)
        except Refusal as refusal:
            arrived = _refused(request, refusal)
        raise ImmediateHttpResponse(redirect(arrived))

    def on_authentication_error(self, request: HttpRequest, *_: Any, **__: Any) -> None:
        raise ImmediateHttpResponse(redirect(_refused(request, SignInFailed())))


def _refused(request: HttpRequest, refusal: Refusal) -> str:
    return f"{ACCOUNT if request.user.is_authenticated else settings.LOGIN_URL}?refused={refusal.code}"


def _arrive(request: HttpRequest, came: SocialLogin) -> str:
    owner: User | None = came.user if came.is_existing else None
    if came.state.get("process") == "connect":
        return _link(request, came, owner)
    user = owner or _newcomer(came)
    if not user.is_active:
        raise UnknownThere
    doors.enter(request, user, by="oidc")
    return "/"


def _link(request: HttpRequest, came: SocialLogin, owner: User | None) -> str:
    if not isinstance(request.user, User):
        raise UnknownThere
    if owner not in (None, request.user):
        raise LinkedElsewhere
    if owner is None:
        people.link(user=request.user, provider=came.account.provider, uid=came.account.uid)
    return ACCOUNT


def _newcomer(came: SocialLogin) -> User:
    """A new account for a verified address of a listed domain. Raises UnknownThere, and Conflict for a taken name."""
    verified = [each.email.lower() for each in came.email_addresses if each.verified is True]
    listed = [address for address in verified if address.rpartition("@")[2] in settings.OIDC_DOMAINS]
    if not listed:
        raise UnknownThere
    return people.create_linked(username=listed[0], provider=came.account.provider, uid=came.account.uid)


urlpatterns = [
    path("oidc/<slug:provider_id>/login", require_POST(views.login), name="openid_connect_login"),
    path("oidc/<slug:provider_id>/callback", require_safe(views.callback), name="openid_connect_callback"),
]
