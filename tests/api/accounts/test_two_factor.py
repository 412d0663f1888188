"""A second factor beside the password."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.test import override_settings

from labelhub.models import Event, User
from labelhub.services.accounts.allauth_internals import format_hotp_value, hotp_value
from tests import factories
from tests.api.conftest import Caller, refused

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

PROOF = {"password": factories.PASSWORD}
REQUIRED = override_settings(TWO_FACTOR_FOR_OPERATORS=True)


def code_of(secret: str, later: int = 1) -> str:
    """What the person's device shows `later` steps of half a minute from now.

    The site takes the code of the step before and of the one after, too. Of now or of the next step, a code is still
    good when the clock goes on between its making and its use; of the step before, it would not be.
    """
    code: str = format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))
    return code


def enrol(browser: Caller) -> tuple[str, list[str]]:
    """The secret that the device knows now, and the recovery codes. The code shown next is still unused."""
    secret = browser.post("auth/two-factor", PROOF).json()["secret"]
    told = browser.post("auth/two-factor/confirm", {"code": code_of(secret, 0)})
    return secret, told.json()["recovery_codes"]


def gives_password(call_as: Callable[..., Caller], name: str) -> tuple[Caller, Any]:
    browser = call_as()
    return browser, browser.post("auth/login", {"username": name, "password": factories.PASSWORD})


def test_the_password_alone_signs_in_no_more(call_as, ann):
    secret, _ = enrol(call_as(ann))
    browser, answer = gives_password(call_as, "ann")
    refused(answer, 401, "second_factor_needed")
    refused(browser.get("auth/me"), 401, "not_signed_in")
    assert browser.post("auth/login/code", {"code": code_of(secret)}).json()["username"] == "ann"
    assert browser.get("projects/apples").status_code == 200


def test_a_wrong_password_tells_nothing_of_a_second_factor(call_as, ann):
    enrol(call_as(ann))
    refused(call_as().post("auth/login", {"username": "ann", "password": "wrong"}), 401, "bad_credentials")


def test_a_code_works_once(call_as, ann):
    secret, _ = enrol(call_as(ann))
    code = code_of(secret)
    browser, _ = gives_password(call_as, "ann")
    assert browser.post("auth/login/code", {"code": code}).status_code == 200
    browser, _ = gives_password(call_as, "ann")
    refused(browser.post("auth/login/code", {"code": f"{code[:3]} {code[3:]}"}), 400, "wrong_code")


def test_a_recovery_code_works_once_and_is_counted(call_as, ann):
    _, codes = enrol(call_as(ann))
    assert len(codes) == 10
    browser, _ = gives_password(call_as, "ann")
    assert browser.post("auth/login/code", {"code": codes[0]}).status_code == 200
    assert browser.get("auth/two-factor").json()["codes_left"] == 9
    browser, _ = gives_password(call_as, "ann")
    refused(browser.post("auth/login/code", {"code": codes[0]}), 400, "wrong_code")


@override_settings(AXES_FAILURE_LIMIT=3)
def test_codes_are_not_guessed(call_as, ann):
    """A right password in between doesn't begin the count anew."""
    secret, _ = enrol(call_as(ann))
    for told in [(400, "wrong_code"), (400, "wrong_code"), (429, "locked_out")]:
        browser, _ = gives_password(call_as, "ann")
        refused(browser.post("auth/login/code", {"code": "000000"}), *told)
    refused(browser.post("auth/login/code", {"code": code_of(secret)}), 429, "locked_out")


def test_nobody_comes_in_by_a_code_alone(call_as, ann):
    secret, _ = enrol(call_as(ann))
    refused(call_as().post("auth/login/code", {"code": code_of(secret)}), 401, "sign_in_anew")


def test_the_second_half_of_a_sign_in_comes_soon_or_not_at_all(call_as, ann, monkeypatch):
    _, codes = enrol(call_as(ann))
    browser, _ = gives_password(call_as, "ann")
    monkeypatch.setattr("labelhub.api.accounts.doors.PATIENCE", -1)
    refused(browser.post("auth/login/code", {"code": codes[0]}), 401, "sign_in_anew")


def test_a_closed_account_is_not_let_in_by_its_code(call_as, ann):
    _, codes = enrol(call_as(ann))
    browser, _ = gives_password(call_as, "ann")
    User.objects.filter(pk=ann.pk).update(is_active=False)
    refused(browser.post("auth/login/code", {"code": codes[0]}), 401, "sign_in_anew")


def test_each_half_of_a_sign_in_starts_a_new_session(call_as, ann):
    secret, _ = enrol(call_as(ann))
    browser, _ = gives_password(call_as, "ann")
    waiting = browser.client.session.session_key
    browser.post("auth/login/code", {"code": code_of(secret)})
    assert browser.client.session.session_key != waiting


def test_nothing_is_set_up_before_the_device_has_shown_a_code(call_as, ann):
    browser = call_as(ann)
    browser.post("auth/two-factor", PROOF)
    refused(browser.post("auth/two-factor/confirm", {"code": "000000"}), 400, "wrong_code")
    assert browser.get("auth/two-factor").json()["enrolled"] is False
    assert not Authenticator.objects.exists()


def test_the_picture_says_what_the_authenticator_needs(call_as, ann):
    told = call_as(ann).post("auth/two-factor", PROOF).json()
    assert told["url"].startswith(f"otpauth://totp/ann?secret={told['secret']}&issuer=LabelHub")
    assert "<svg" in told["svg"]


def test_a_second_second_factor_is_refused(call_as, ann):
    browser = call_as(ann)
    _, codes = enrol(browser)
    secret = browser.post("auth/two-factor", {"code": codes[0]}).json()["secret"]
    refused(browser.post("auth/two-factor/confirm", {"code": code_of(secret)}), 409, "wrong_state")


def test_secrets_are_not_readable_in_the_database(call_as, ann):
    secret, codes = enrol(call_as(ann))
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not any(code in kept for code in codes)


def test_taking_it_away_asks_for_a_code(call_as, ann):
    browser = call_as(ann)
    secret, _ = enrol(browser)
    refused(browser.post("auth/two-factor/remove", {"code": "000000"}), 400, "wrong_code")
    assert browser.post("auth/two-factor/remove", {"code": code_of(secret)}).status_code == 204
    assert gives_password(call_as, "ann")[1].status_code == 200
    assert list(Event.objects.filter(actor=ann).order_by("pk").values_list("verb", flat=True)) == [
        "enrol",
        "remove",
        "sign in",
    ]


def test_new_recovery_codes_end_the_old_ones(call_as, ann):
    browser = call_as(ann)
    secret, old = enrol(browser)
    told = browser.post("auth/two-factor/recovery-codes", {"code": code_of(secret)}).json()
    assert not set(told["recovery_codes"]) & set(old)
    refused(browser.post("auth/two-factor/remove", {"code": old[0]}), 400, "wrong_code")


def test_a_token_neither_sets_one_up_nor_takes_one_away(call_as, ann):
    factories.ApiTokenFactory(user=ann, text="the-token")
    refused(call_as(token="the-token").post("auth/two-factor"), 401, "not_signed_in")


def test_an_operator_reaches_nothing_before_enrolling_where_the_site_asks_it(call_as, olga, ann):
    factories.ApiTokenFactory(user=olga, text="the-token")
    browser = call_as(olga)
    with REQUIRED:
        for caller in (browser, call_as(token="the-token")):
            refused(caller.get("projects/apples"), 403, "enrol_first")
            refused(caller.post("projects/apples/invitations", {"role": "operator"}), 403, "enrol_first")
            refused(caller.post("projects", {"slug": "pears", "name": "Pears"}), 403, "enrol_first")
        assert browser.get("auth/me").json()["enrolment_due"] is True
        assert call_as(ann).get("projects/apples").status_code == 200
        assert call_as(ann).get("auth/me").json()["enrolment_due"] is False
        enrol(browser)
        assert browser.get("projects/apples").status_code == 200
        assert browser.get("auth/me").json()["enrolment_due"] is False


def test_the_admin_site_is_no_way_around(client, call_as, olga):
    root = factories.UserFactory(username="root", is_superuser=True, is_staff=True)
    assert client.get("/admin/login/").headers["Location"] == "/sign-in"
    client.post("/admin/login/", {"username": "root", "password": factories.PASSWORD})
    assert "_auth_user_id" not in client.session
    with REQUIRED:
        assert call_as(root).client.get("/admin/").status_code == 302
    assert call_as(root).client.get("/admin/").status_code == 200


def test_who_lost_everything_is_let_in_by_the_command_line(call_as, ann, capsys):
    enrol(call_as(ann))
    call_command("reset_two_factor", "ann")
    assert gives_password(call_as, "ann")[1].status_code == 200
