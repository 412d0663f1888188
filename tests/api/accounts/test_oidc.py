"""Signing in by an OpenID Connect issuer, against a real one on this machine."""

from dataclasses import replace
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.conf import settings
from django.test import Client, override_settings

from labelhub import env
from labelhub.models import Event, User
from tests import factories, oidc
from tests.api.accounts.test_two_factor import code_of, enrol
from tests.api.conftest import refused

pytestmark = pytest.mark.django_db

LOGIN, CALLBACK = "/oidc/site/login", "/oidc/site/callback"


@pytest.fixture
def issuer():
    with oidc.issuer() as running:
        knobs = replace(
            settings.ENV, oidc_server=running.url, oidc_client_id=oidc.CLIENT, oidc_client_secret=oidc.SECRET
        )
        providers = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": env.oidc_apps(knobs)}}
        with override_settings(ENV=knobs, SOCIALACCOUNT_PROVIDERS=providers, OIDC_DOMAINS=["example.org"]):
            yield running


class Stay(HTTPRedirectHandler):
    def http_error_302(self, req, fp, code, msg, headers):
        return fp


def comes(client: Client, **form: str) -> str:
    """The whole way there and back; the path that the browser ends at."""
    away = client.post(LOGIN, form)
    assert away.status_code == 302, away.content
    back = build_opener(Stay).open(away.headers["Location"]).headers["Location"]
    parts = urlsplit(back)
    assert parts.path == CALLBACK
    answer = client.get(f"{parts.path}?{parts.query}")
    assert answer.status_code == 302, answer.content
    return answer.headers["Location"]


def linked(user: User, sub: str = "1") -> None:
    SocialAccount.objects.create(user=user, provider="site", uid=sub)


def test_without_an_issuer_there_is_no_such_door(client, call_as):
    assert client.post(LOGIN).status_code == 404
    assert call_as().get("auth/doors").json() == {"oidc": None, "tokens_may_last": False}


def test_who_is_linked_signs_in(client, call_as, issuer, ann):
    assert call_as().get("auth/doors").json()["oidc"] == "Single sign-on"
    linked(ann)
    assert comes(client) == "/"
    assert client.get("/api/v1/auth/me").json()["username"] == "ann"
    assert not SocialToken.objects.exists()


def test_an_address_that_matches_an_account_is_never_linked_in_silence(client, issuer, ann):
    User.objects.filter(pk=ann.pk).update(email="ann@elsewhere.example", username="ann@elsewhere.example")
    issuer.person = {"sub": "2", "email": "ann@elsewhere.example", "email_verified": True}
    assert comes(client) == "/sign-in?refused=oidc_unknown"
    assert "_auth_user_id" not in client.session
    assert not SocialAccount.objects.exists()


def test_a_listed_domain_takes_over_no_account_of_the_same_name(client, issuer):
    factories.UserFactory(username="zoe@example.org", email="zoe@example.org")
    issuer.person = {"sub": "2", "email": "zoe@example.org", "email_verified": True}
    assert comes(client) == "/sign-in?refused=conflict"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "person",
    [
        {"email": "zoe@other.example", "email_verified": True},
        {"email": "zoe@example.org", "email_verified": False},
        {"email": "zoe@example.org"},
        {"email": "zoe@example.org", "email_verified": "false"},
        {"email": "zoe@example.org.evil.example", "email_verified": True},
        {},
    ],
)
def test_nobody_else_gets_an_account(client, issuer, person):
    issuer.person = {"sub": "2"} | person
    assert comes(client) == "/sign-in?refused=oidc_unknown"
    assert not User.objects.exists()


def test_a_verified_address_of_a_listed_domain_makes_an_account_without_a_password(client, issuer, project):
    issuer.person = {"sub": "2", "email": "zoe@example.org", "email_verified": True}
    assert comes(client) == "/"
    zoe = User.objects.get(username="zoe@example.org")
    assert not zoe.has_usable_password()
    assert not zoe.memberships.exists()
    assert comes(Client()) == "/"  # and is known the next time
    assert User.objects.count() == 1


def test_the_owner_links_an_account_signed_in(call_as, client, issuer, ann):
    browser = call_as(ann).client
    assert comes(browser, process="connect") == "/account"
    assert SocialAccount.objects.get().user == ann
    assert Event.objects.filter(verb="link", actor=ann).exists()
    assert comes(client) == "/"


def test_nobody_links_what_is_anothers(call_as, issuer, ann, bob):
    linked(ann)
    assert comes(call_as(bob).client, process="connect") == "/account?refused=oidc_linked"
    assert SocialAccount.objects.get().user == ann


def test_nobody_links_without_being_signed_in(client, issuer):
    assert comes(client, process="connect") == "/sign-in?refused=oidc_unknown"


def test_who_has_a_second_factor_gives_it_here_too(call_as, client, issuer, ann):
    secret, _ = enrol(call_as(ann))
    linked(ann)
    assert comes(client) == "/sign-in?refused=second_factor_needed"
    refused(client.get("/api/v1/auth/me"), 401, "not_signed_in")
    answer = client.post("/api/v1/auth/login/code", {"code": code_of(secret)}, content_type="application/json")
    assert answer.json()["username"] == "ann"


def test_a_closed_account_stays_closed(client, issuer, ann):
    linked(ann)
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert comes(client) == "/sign-in?refused=oidc_unknown"


@pytest.mark.parametrize("query", ["?code=x&state=y", "?error=access_denied", ""])
def test_an_answer_nobody_asked_for_signs_nobody_in(client, issuer, ann, query):
    linked(ann)
    assert client.get(f"{CALLBACK}{query}").headers["Location"] == "/sign-in?refused=oidc_failed"
    assert "_auth_user_id" not in client.session


def test_the_way_there_starts_with_a_form_of_ours(client, issuer):
    assert client.get(LOGIN).status_code == 405
    assert Client(enforce_csrf_checks=True).post(LOGIN).status_code == 403


@pytest.mark.parametrize("page", [True, False])
def test_an_issuer_that_is_away_is_told_and_may_be_tried_again(client, issuer, page):
    issuer.shutdown()
    issuer.server_close()
    client.raise_request_exception = False
    headers = {"Accept": "text/html,application/xhtml+xml"} if page else {}
    response = client.post(LOGIN, headers=headers)
    assert response["Retry-After"] == "5"
    if page:
        assert (response.status_code, response["Content-Type"]) == (503, "text/plain; charset=utf-8")
        assert response.content.startswith(b"The server that signs you in doesn't answer.")
    else:
        refused(response, 503, "unavailable")
