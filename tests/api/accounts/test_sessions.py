"""Where one is signed in: listed in words, ended one by one or all at once, and what happened to one's account."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from labelhub.api.accounts import doors
from labelhub.models import BrowserSession, Event, User
from labelhub.queries.accounts import sessions
from labelhub.services.accounts import people
from labelhub.services.accounts.sessions import SessionStore
from tests import factories
from tests.api.accounts.test_two_factor import enrol, gives_password
from tests.api.conftest import refused

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEW = {"current": factories.PASSWORD, "new": "a horse and two dogs"}


def signs_in(call_as, name: str, **headers: str):
    browser = call_as()
    body = {"username": name, "password": factories.PASSWORD}
    assert browser.post("auth/login", body, headers=headers).status_code == 200
    return browser


def test_a_person_sees_where_they_are_signed_in(call_as, ann, bob):
    phone = signs_in(call_as, "ann")
    desk = signs_in(call_as, "ann", **{"User-Agent": FIREFOX})
    signs_in(call_as, "bob")
    here, there = desk.get("auth/sessions").json()
    assert (here["here"], there["here"]) == (True, False)
    assert (here["browser"], here["system"], here["address"]) == ("Firefox", "Linux", "127.0.0.1")
    assert (there["browser"], there["system"]) == (None, None)
    assert here["signed_in_at"] <= here["last_seen_at"]
    assert phone.get("auth/me").status_code == 200


def test_a_sessions_key_is_told_to_nobody(call_as, ann):
    """It is what the cookie holds: whoever reads it is signed in."""
    browser = signs_in(call_as, "ann")
    key = browser.client.session.session_key
    assert key not in str(browser.get("auth/sessions").json()) + str(browser.get("auth/events").json())
    assert key not in str(BrowserSession.objects.get(pk=key))


@pytest.mark.parametrize(
    ("agent", "browser", "system"),
    [
        (FIREFOX, "Firefox", "Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge", "Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36", "Chrome", "Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.1 Safari/605.1.15", "Safari", "macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) CriOS/131.0 Mobile Safari/604.1", "Chrome", "iOS"),
        ("Mozilla/5.0 (Linux; Android 14; SM-S921B) SamsungBrowser/26.0 Chrome/122.0 Mobile Safari/537.36",
         "Samsung Internet", "Android"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/131.0.0.0 Safari/537.36", "Chrome", "ChromeOS"),
        ("python-requests/2.32", None, None),
        ("", None, None),
    ],
)  # fmt: skip
def test_a_browser_is_told_in_words(agent, browser, system):
    assert (sessions.browser(agent), sessions.system(agent)) == (browser, system)


def test_an_ended_session_is_signed_out_at_once(call_as, ann):
    phone, desk = signs_in(call_as, "ann"), signs_in(call_as, "ann")
    [there] = [each for each in desk.get("auth/sessions").json() if not each["here"]]
    assert desk.delete(f"auth/sessions/{there['id']}").status_code == 204
    refused(phone.get("auth/me"), 401, "not_signed_in")
    assert desk.get("auth/me").status_code == 200
    refused(desk.delete(f"auth/sessions/{there['id']}"), 404, "not_found")


def test_nobody_ends_the_session_of_another(call_as, ann, bob):
    phone, other = signs_in(call_as, "ann"), signs_in(call_as, "bob")
    [hers] = phone.get("auth/sessions").json()
    refused(other.delete(f"auth/sessions/{hers['id']}"), 404, "not_found")
    assert phone.get("auth/me").status_code == 200


def test_signing_out_everywhere_else_leaves_this_one(call_as, ann, bob):
    others = [signs_in(call_as, "ann") for _ in range(2)]
    here, bobs = signs_in(call_as, "ann"), signs_in(call_as, "bob")
    assert here.post("auth/sessions/end-others").status_code == 204
    for browser in others:
        refused(browser.get("auth/me"), 401, "not_signed_in")
    assert (here.get("auth/me").status_code, bobs.get("auth/me").status_code) == (200, 200)
    assert Event.objects.get(verb="end sessions").detail == {"ended": 2}
    assert here.post("auth/sessions/end-others").status_code == 204
    assert Event.objects.filter(verb="end sessions").count() == 1


def test_another_password_ends_the_others_and_keeps_this_one(call_as, ann):
    phone, here = signs_in(call_as, "ann"), signs_in(call_as, "ann")
    before = here.client.session.session_key
    assert here.put("auth/password", NEW).status_code == 204
    refused(phone.get("auth/me"), 401, "not_signed_in")
    assert here.get("auth/me").status_code == 200
    assert here.client.session.session_key != before
    assert len(here.get("auth/sessions").json()) == BrowserSession.objects.count() == 1
    refused(gives_password(call_as, "ann")[1], 401, "bad_credentials")


@pytest.mark.parametrize("name", ["ann", "nobody"])
def test_a_wrong_password_is_no_way_to_another(call_as, ann, name):
    browser = call_as(ann)
    refused(browser.put("auth/password", NEW | {"current": "a guess"}), 401, "bad_credentials")
    assert User.objects.get(pk=ann.pk).check_password(factories.PASSWORD)
    assert "password" in refused(browser.put("auth/password", NEW | {"new": "short"}), 400, "invalid")


def test_a_session_that_an_earlier_password_began_is_not_listed(call_as, ann):
    """After a change in the admin site the row stays until it is used next."""
    signs_in(call_as, "ann")
    ann.set_password("a horse and two dogs")
    ann.save()
    assert len(call_as(ann).get("auth/sessions").json()) == 1


def test_who_is_suspended_is_signed_out(call_as, olga, ann):
    browser = signs_in(call_as, "ann")
    path = f"projects/apples/members/{ann.memberships.get().pk}/suspend"
    call_as(olga).post(path, {"reason": "away"})
    refused(browser.get("auth/me"), 401, "not_signed_in")
    assert Event.objects.get(verb="end sessions").actor == olga


def test_a_closed_account_is_signed_out_and_stays_so_when_opened_again(call_as, ann, olga):
    browser = signs_in(call_as, "ann")
    people.close(user=ann, by=olga)
    User.objects.filter(pk=ann.pk).update(is_active=True)
    refused(browser.get("auth/me"), 401, "not_signed_in")


def test_closing_an_account_in_the_admin_site_ends_its_sessions(call_as, ann):
    root = factories.UserFactory(username="root", is_superuser=True, is_staff=True)
    browser = signs_in(call_as, "ann")
    form = {"username": "ann", "is_active": ""}
    assert call_as(root).client.post(f"/admin/labelhub/user/{ann.pk}/change/", form).status_code == 302
    assert not BrowserSession.objects.filter(user=ann).exists()
    refused(browser.get("auth/me"), 401, "not_signed_in")
    assert Event.objects.get(verb="close").actor == root


def test_being_seen_is_written_down_once_a_minute(call_as, ann, django_assert_num_queries):
    browser = signs_in(call_as, "ann")
    ago = timezone.now() - timedelta(hours=1)
    BrowserSession.objects.update(last_seen_at=ago)
    with django_assert_num_queries(3):  # session with its account, the note; memberships
        browser.get("auth/me")
    assert BrowserSession.objects.get().last_seen_at > ago
    with django_assert_num_queries(2):
        browser.get("auth/me")


def test_a_labeler_waits_for_no_note_of_being_seen(call_as, ann, generation):
    """However long ago the last note is."""
    factories.BatchItemFactory(generation=generation)
    factories.BatchItemFactory(generation=generation)
    browser = signs_in(call_as, "ann")
    ago = timezone.now() - timedelta(hours=1)
    BrowserSession.objects.update(last_seen_at=ago)
    lease = browser.post("projects/apples/assignments/next", {"holding": []}).json()["assignment"]
    body = {"lease": lease["lease"]["token"], "ratings": [1, 1, 1], "finish_reason": "solution", "total_time": 1}
    browser.put(f"assignments/{lease['id']}/label", body)
    assert BrowserSession.objects.get().last_seen_at == ago
    browser.get("projects/apples/me")
    assert BrowserSession.objects.get().last_seen_at > ago


def test_what_a_session_holds_is_its_own_until_it_is_saved():
    """allauth appends in place to the list of how somebody signed in."""
    session = SessionStore()
    session["methods"] = [{"method": "password"}]
    session.save()
    SessionStore(session.session_key)["methods"].append({"method": "mfa"})
    assert SessionStore(session.session_key)["methods"] == [{"method": "password"}]


def test_a_session_that_was_tampered_with_holds_nothing():
    session = SessionStore()
    session["methods"] = ["password"]
    session.save()
    BrowserSession.objects.update(session_data=session.encode({"methods": ["mfa"]})[:-1] + "x")
    assert "methods" not in SessionStore(session.session_key)


@pytest.mark.parametrize(("method", "path"), [("get", "auth/sessions"), ("get", "auth/events")])
def test_a_token_reads_nothing_of_them(call_as, ann, method, path):
    factories.ApiTokenFactory(user=ann, text="the-token")
    refused(call_as(token="the-token").call(method, path), 401, "not_signed_in")


def told(browser, path: str = "auth/events", **asked: str) -> list[str]:
    return [each["verb"] for each in browser.get(path, **asked).json()["events"]]


def test_what_happens_to_an_account_is_told_to_its_owner(call_as, ann, bob):
    call_as().post("auth/login", {"username": "ann", "password": "a guess"})
    browser = signs_in(call_as, "ann", **{"User-Agent": FIREFOX})
    browser.post("auth/tokens", {"name": "a script"})
    enrol(browser)
    waiting, _ = gives_password(call_as, "ann")
    waiting.post("auth/login/code", {"code": "000000"})
    signs_in(call_as, "bob")
    assert told(browser) == ["fail a code", "enrol", "issue", "sign in", "fail to sign in"]
    failed = browser.get("auth/events", verb="fail to sign in").json()["events"][0]
    assert (failed["actor"], failed["account"], failed["detail"]) == (None, "ann", {"address": "127.0.0.1"})
    came = browser.get("auth/events", verb="sign in").json()["events"][0]["detail"]
    assert came == {"by": "password", "browser": "Firefox", "system": "Linux", "address": "127.0.0.1"}
    browser.post("auth/logout")
    assert Event.objects.filter(account=ann, verb="sign out").exists()


def test_superusers_see_every_account_and_nobody_else_does(call_as, ann, bob, olga):
    signs_in(call_as, "ann"), signs_in(call_as, "bob")
    root = call_as(factories.UserFactory(username="root", is_superuser=True))
    assert told(root, "accounts/events") == ["sign in", "sign in"]
    assert told(root, "accounts/events", account="ann", verb="sign in") == ["sign in"]
    assert told(root, "accounts/events", account="olga") == []
    refused(call_as(olga).get("accounts/events"), 403, "not_allowed")
    assert told(call_as(olga), "auth/events") == []
    assert told(root, "auth/events") == []


def test_the_record_of_accounts_goes_out_as_a_projects_does(call_as, ann):
    browser = signs_in(call_as, "ann")
    root = call_as(factories.UserFactory(username="root", is_superuser=True))
    for caller, path in ((browser, "auth/events/export/csv"), (root, "accounts/events/export/csv")):
        table = b"".join(caller.get(path).streaming_content).decode()
        [row] = csv.DictReader(io.StringIO(table))
        assert (row["verb"], row["account"]) == ("sign in", "ann")
    assert b"sign in" in b"".join(root.get("accounts/events/export/jsonl", account="ann").streaming_content)
    refused(root.get("accounts/events/export/xlsx"), 404, "not_found")


def test_a_name_that_nobody_has_is_not_written_down(call_as, ann):
    """People type their password into the wrong field."""
    call_as().post("auth/login", {"username": "correct horse battery", "password": "x"})
    event = Event.objects.get()
    assert (event.account, event.subject) == (None, "nobody here")
    assert "horse" not in str(event.detail)


def test_an_address_that_nobody_knows_is_none(ann, client):
    """Behind a socket without a proxy of ours there is none; signing in works all the same."""
    request = RequestFactory().get("/", REMOTE_ADDR="")
    request.session = client.session
    doors.enter(request, ann)
    request.session.save()
    assert BrowserSession.objects.get(user=ann).address is None
