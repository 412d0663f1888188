"""Signing in and out, and tokens for scripts."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import structlog
from django.conf import settings as configured
from django.contrib.auth import BACKEND_SESSION_KEY
from django.test import override_settings
from django.utils import timezone
from django_structlog.signals import bind_extra_request_finished_metadata

from labelhub.api.accounts import address
from labelhub.models import ApiToken, Event, User
from tests import factories
from tests.api.conftest import refused
from tests.present import present

pytestmark = pytest.mark.django_db

GOOD = {"username": "ann", "password": factories.PASSWORD}


def signs(browser, body):
    """As the sign-in page does: the CSRF cookie first, then its value in a header."""
    browser.get("auth/me")
    token = browser.client.cookies["csrftoken"].value
    return browser.post("auth/login", body, headers={"X-CSRFToken": token})


def test_who_is_not_signed_in_gets_401_and_the_csrf_cookie(call_as):
    response = call_as().get("auth/me")
    refused(response, 401, "not_signed_in")
    assert response.cookies["csrftoken"].value


def test_the_log_says_whose_each_request_is(call_as, ann):
    factories.ApiTokenFactory(user=ann, text="the-token")
    whose = []

    def note(**_):
        whose.append(structlog.contextvars.get_contextvars().get("user_id"))

    bind_extra_request_finished_metadata.connect(note)
    try:
        for caller in (call_as(ann), call_as(token="the-token"), call_as()):
            caller.get("auth/me")
    finally:
        bind_extra_request_finished_metadata.disconnect(note)
    assert whose == [ann.pk, ann.pk, None]


@pytest.mark.parametrize("change", [{"password": "!"}, {"is_active": False}])
def test_a_session_ends_with_the_account_it_was_made_for(call_as, ann, change):
    """Changed in the database, past every service that would have ended the session itself."""
    browser = call_as(ann)
    assert browser.get("auth/me").status_code == 200
    User.objects.filter(pk=ann.pk).update(**change)
    refused(browser.get("auth/me"), 401, "not_signed_in")


def test_a_session_of_a_backend_that_is_gone_signs_nobody_in(call_as, ann):
    browser = call_as(ann)
    session = browser.client.session
    session[BACKEND_SESSION_KEY] = "somebodys.OldBackend"
    session.save()
    refused(browser.get("auth/me"), 401, "not_signed_in")


def test_a_page_learns_that_nobody_is_signed_in_without_an_error(call_as, ann, caplog):
    response = call_as().get("auth/session")
    assert (response.status_code, response.json()) == (200, {"me": None})
    assert response.cookies["csrftoken"].value
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    assert call_as(ann).get("auth/session").json() == {"me": call_as(ann).get("auth/me").json()}


def test_signing_in_answers_who_i_am(call_as, ann, project):
    response = signs(call_as(csrf=True), GOOD)
    assert response.status_code == 200
    assert response.json() == {
        "username": "ann",
        "is_superuser": False,
        "simulated": False,
        "labeler": str(ann.labeler.pk),
        "memberships": [{"project": {"slug": "apples", "name": project.name}, "role": "labeler", "suspended": False}],
        "enrolment_due": False,
    }


def test_a_session_lasts_until_signing_out(call_as, ann):
    browser = call_as(csrf=True)
    signs(browser, GOOD)
    assert browser.get("auth/me").status_code == 200
    token = browser.client.cookies["csrftoken"].value
    assert browser.post("auth/logout", headers={"X-CSRFToken": token}).status_code == 204
    refused(browser.get("auth/me"), 401, "not_signed_in")


@pytest.mark.parametrize("body", [GOOD | {"password": "wrong"}, GOOD | {"username": "nobody"}])
def test_a_wrong_name_and_a_wrong_password_are_told_alike(call_as, ann, body):
    refused(signs(call_as(csrf=True), body), 401, "bad_credentials")


def test_a_closed_account_cannot_sign_in(call_as, ann):
    ann.is_active = False
    ann.save()
    refused(signs(call_as(csrf=True), GOOD), 401, "bad_credentials")


def test_signing_in_without_the_csrf_token_is_refused(call_as, ann):
    refused(call_as(csrf=True).post("auth/login", GOOD), 403, "csrf_failed")


def test_a_session_needs_the_csrf_token_for_every_write(call_as, ann, olga):
    browser = call_as(olga, csrf=True)
    refused(browser.patch("projects/apples", {"name": "Pears"}), 403, "csrf_failed")
    refused(browser.post("auth/logout"), 403, "csrf_failed")


@override_settings(AXES_FAILURE_LIMIT=3)
def test_too_many_wrong_passwords_lock_the_name_out_for_a_while(call_as, ann):
    browser = call_as(csrf=True)
    for _ in range(2):
        refused(signs(browser, GOOD | {"password": "wrong"}), 401, "bad_credentials")
    refused(signs(browser, GOOD | {"password": "wrong"}), 429, "locked_out")
    response = signs(browser, GOOD)
    refused(response, 429, "locked_out")
    assert int(response["Retry-After"]) > 0


@pytest.fixture
def one_proxy():
    object.__setattr__(configured.ENV, "trusted_proxies", 1)
    yield
    object.__setattr__(configured.ENV, "trusted_proxies", 0)


def sent_by(browser, forwarded: str, password: str):
    return browser.post("auth/login", GOOD | {"password": password}, headers={"X-Forwarded-For": forwarded})


@override_settings(AXES_FAILURE_LIMIT=3)
def test_behind_a_proxy_wrong_passwords_lock_out_their_sender_alone(call_as, ann, one_proxy):
    """What stands left of the proxy's own word came with the request: it is neither believed nor a way around."""
    browser = call_as()
    for invented in ("10.0.0.1", "10.0.0.2", "not an address"):
        told = sent_by(browser, f"{invented}, 203.0.113.9", "wrong")
    refused(told, 429, "locked_out")
    assert sent_by(browser, "203.0.113.50", GOOD["password"]).status_code == 200


def test_without_a_proxy_of_ours_nobodys_word_for_an_address_is_taken(rf):
    assert address.of(rf.get("/", headers={"X-Forwarded-For": "203.0.113.9"})) == "127.0.0.1"


@pytest.mark.parametrize("told", ["", "unknown", "203.0.113.9:4711", "<script>"])
def test_a_proxy_that_tells_no_address_leaves_the_connections_own(rf, one_proxy, told):
    assert address.of(rf.get("/", headers={"X-Forwarded-For": told})) == "127.0.0.1"


def test_a_token_is_shown_once_and_kept_as_its_digest(call_as, ann):
    browser = call_as(ann)
    issued = browser.post("auth/tokens", {"name": "a script"})
    assert issued.status_code == 201
    text = issued.json()["token"]
    assert ApiToken.objects.get().digest == sha256(text.encode()).hexdigest()
    listed = browser.get("auth/tokens").json()
    assert [each["name"] for each in listed] == ["a script"]
    assert text not in str(listed)
    assert Event.objects.filter(actor=ann, verb="issue").exists()


def test_a_token_signs_a_script_in_without_cookies_or_csrf(call_as, ann):
    factories.ApiTokenFactory(user=ann, text="the-token-of-ann")
    script = call_as(token="the-token-of-ann", csrf=True)
    assert script.get("auth/me").json()["username"] == "ann"
    assert script.post("auth/tokens", {"name": "another"}).status_code == 201
    assert not script.client.cookies.get("sessionid")


def test_a_token_and_its_user_come_in_one_query(call_as, ann, django_assert_num_queries):
    factories.ApiTokenFactory(user=ann, text="the-token-of-ann")
    script = call_as(token="the-token-of-ann")
    with django_assert_num_queries(2):  # the token with user and labeler; the memberships
        script.get("auth/me")


@pytest.mark.parametrize("text", ["unknown", "", "x" * 10_000, "\N{SNOWMAN}"])
def test_an_unknown_token_is_refused_and_not_ignored(call_as, ann, text):
    refused(call_as(ann, token=text or " ").get("projects"), 401, "bad_token")


def test_the_token_of_a_closed_account_is_refused(call_as, ann):
    factories.ApiTokenFactory(user=ann, text="the-token-of-ann")
    ann.is_active = False
    ann.save()
    refused(call_as(token="the-token-of-ann").get("projects"), 401, "bad_token")


def test_a_revoked_token_ends_at_once(call_as, ann):
    token = factories.ApiTokenFactory(user=ann, text="the-token-of-ann")
    assert call_as(ann).delete(f"auth/tokens/{token.pk}").status_code == 204
    refused(call_as(token="the-token-of-ann").get("projects"), 401, "bad_token")


def test_nobody_revokes_the_token_of_another(call_as, ann, bob):
    token = factories.ApiTokenFactory(user=ann)
    refused(call_as(bob).delete(f"auth/tokens/{token.pk}"), 404, "not_found")
    assert ApiToken.objects.exists()


# A token reaches no further than its scope, nor than its user: ann labels, olga operates.
REACH: list[tuple[str, str, str, str, dict[str, Any] | None, int]] = [
    ("ann", "label", "get", "auth/me", None, 200),
    ("ann", "label", "get", "projects", None, 200),
    ("ann", "label", "get", "projects/apples/instructions", None, 200),
    ("ann", "label", "post", "projects/apples/assignments/next", {"holding": []}, 200),
    ("ann", "label", "post", "auth/tokens", {"name": "more"}, 403),
    ("olga", "label", "get", "projects/apples/members", None, 403),
    ("olga", "label", "patch", "projects/apples", {"name": "Pears"}, 403),
    ("olga", "label", "post", "projects", {"slug": "pears", "name": "Pears"}, 403),
    ("olga", "read", "get", "projects/apples/members", None, 200),
    ("olga", "read", "patch", "projects/apples", {"name": "Pears"}, 403),
    ("ann", "read", "post", "projects/apples/assignments/next", {"holding": []}, 403),
    ("ann", "read", "get", "projects/apples/members", None, 403),
    ("olga", "operate", "patch", "projects/apples", {"name": "Pears"}, 200),
    ("ann", "operate", "patch", "projects/apples", {"name": "Pears"}, 403),
]


@pytest.mark.parametrize(("who", "scope", "method", "path", "body", "status"), REACH)
def test_a_token_reaches_no_further_than_its_scope_and_its_user(
    call_as, ann, olga, who, scope, method, path, body, status
):
    factories.ApiTokenFactory(user={"ann": ann, "olga": olga}[who], text="the-token", scope=scope)
    assert call_as(token="the-token").call(method, path, body).status_code == status


def test_a_token_out_of_its_scope_is_told_so_by_name(call_as, olga):
    factories.ApiTokenFactory(user=olga, text="the-token", scope="read")
    refused(call_as(token="the-token").patch("projects/apples", {"name": "Pears"}), 403, "out_of_scope")


def test_a_token_expires_after_ninety_days_unless_told_otherwise(call_as, ann):
    browser = call_as(ann)
    browser.post("auth/tokens", {"name": "a script"})
    browser.post("auth/tokens", {"name": "for a day", "days": 1, "scope": "label"})
    day, ninety = browser.get("auth/tokens").json()
    assert (day["scope"], ninety["scope"]) == ("label", "operate")
    left = [present(each.expires_at) - timezone.now() for each in ApiToken.objects.order_by("expires_at")]
    assert timedelta(hours=23) < left[0] < timedelta(days=1)
    assert timedelta(days=89) < left[1] < timedelta(days=90)


def test_an_expired_token_is_refused_by_name(call_as, ann):
    factories.ApiTokenFactory(user=ann, text="the-token", expires_at=timezone.now() - timedelta(seconds=1))
    refused(call_as(token="the-token").get("projects"), 401, "token_expired")


def test_a_token_lasts_for_ever_only_where_the_site_allows_it(call_as, ann):
    assert "days" in refused(call_as(ann).post("auth/tokens", {"name": "a script", "days": None}), 400, "invalid")
    with override_settings(TOKENS_MAY_LAST=True):
        assert call_as(ann).post("auth/tokens", {"name": "a script", "days": None}).json()["expires_at"] is None


def test_a_token_made_by_a_token_does_not_outlive_it(call_as, ann):
    made_by = factories.ApiTokenFactory(user=ann, text="the-token", expires_at=timezone.now() + timedelta(days=1))
    call_as(token="the-token").post("auth/tokens", {"name": "another", "days": 90})
    assert ApiToken.objects.get(name="another").expires_at == made_by.expires_at


def test_the_last_use_is_written_down_once_an_hour(call_as, ann, django_assert_num_queries):
    token = factories.ApiTokenFactory(user=ann, text="the-token", last_used_at=None)
    script = call_as(token="the-token")
    with django_assert_num_queries(3):  # the token, its use, the memberships
        script.get("auth/me")
    with django_assert_num_queries(2):
        script.get("auth/me")
    token.refresh_from_db()
    assert call_as(ann).get("auth/tokens").json()[0]["last_used_on"] == present(token.last_used_at).date().isoformat()
    earlier = timezone.now() - timedelta(hours=2)
    ApiToken.objects.update(last_used_at=earlier)
    script.get("auth/me")
    token.refresh_from_db()
    assert present(token.last_used_at) > earlier
