"""Passkeys and security keys as a second factor, with a key made of software that signs as the devices do."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelhub.models import Event
from tests import factories
from tests.api.accounts.test_two_factor import code_of, gives_password
from tests.api.accounts.test_two_factor import enrol as enrol_authenticator
from tests.api.conftest import refused
from tests.passkeys import Key

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

PROOF = {"password": factories.PASSWORD}
OURS = "auth/two-factor"
KEYS = f"{OURS}/passkeys"


def add(browser, key: Key, name: str = "the blue key", proof=PROOF):
    options = browser.post(f"{KEYS}/begin", proof).json()
    return browser.post(KEYS, {"name": name, "passkey": key.made(options)})


def answers(browser, key: Key) -> dict[str, object]:
    return {"passkey": key.signed(browser.post(f"{OURS}/challenge").json())}


@pytest.fixture
def key() -> Key:
    return Key()


@pytest.fixture
def enrolled(call_as, ann, key):
    """ann's browser, after she has set up the key."""
    browser = call_as(ann)
    browser.codes = add(browser, key).json()["recovery_codes"]
    return browser


def test_a_passkey_is_set_up_and_listed_by_its_name(enrolled):
    told = enrolled.get(OURS).json()
    assert (told["enrolled"], told["codes_left"], len(enrolled.codes)) == (True, 10, 10)
    [device] = told["devices"]
    assert (device["kind"], device["name"], device["last_used_at"]) == ("webauthn", "the blue key", None)


def test_it_signs_in_after_the_password_and_not_without(call_as, ann, enrolled, key):
    refused(call_as().post(f"{OURS}/challenge"), 401, "sign_in_anew")
    browser, answer = gives_password(call_as, "ann")
    refused(answer, 401, "second_factor_needed")
    assert browser.post("auth/login/code", answers(browser, key)).json()["username"] == "ann"
    assert browser.get("projects/apples").status_code == 200
    assert enrolled.get(OURS).json()["devices"][0]["last_used_at"]
    assert Event.objects.filter(account=ann, verb="sign in").get().detail["by"] == "passkey"


def test_an_answer_signs_in_once(call_as, enrolled, key):
    """Neither its challenge nor its count is good a second time."""
    browser, _ = gives_password(call_as, "ann")
    heard = answers(browser, key)
    assert browser.post("auth/login/code", heard).status_code == 200
    browser, _ = gives_password(call_as, "ann")
    browser.post(f"{OURS}/challenge")
    refused(browser.post("auth/login/code", heard), 400, "wrong_passkey")


def test_a_wrong_answer_spends_the_challenge(call_as, enrolled, key):
    browser, _ = gives_password(call_as, "ann")
    options = browser.post(f"{OURS}/challenge").json()
    refused(browser.post("auth/login/code", {"passkey": Key(id=key.id).signed(options)}), 400, "wrong_passkey")
    refused(browser.post("auth/login/code", {"passkey": key.signed(options)}), 400, "wrong_passkey")


@pytest.mark.parametrize(
    "forged",
    [
        {"origin": "https://labelhub.example"},  # a page that looks like ours
        {"origin": "http://testserver"},
        {"site": "labelhub.example"},
        {"id": b"another credential of the same device"},
    ],
)
def test_what_another_site_was_told_opens_nothing_here(call_as, enrolled, key, forged):
    browser, _ = gives_password(call_as, "ann")
    other = Key(**({"secret": key.secret, "id": key.id, "count": key.count} | forged))
    refused(browser.post("auth/login/code", answers(browser, other)), 400, "wrong_passkey")


def test_the_key_of_somebody_else_signs_nobody_else_in(call_as, ann, bob, enrolled, key):
    add(call_as(bob), Key())
    browser, _ = gives_password(call_as, "bob")
    refused(browser.post("auth/login/code", answers(browser, key)), 400, "wrong_passkey")


def test_a_copied_key_is_noticed(call_as, enrolled, key):
    """It counts its uses: who comes with a count that was there already holds a copy, or is the one copied from."""
    copy = Key(secret=key.secret, id=key.id)
    for _ in range(2):
        browser, _ = gives_password(call_as, "ann")
        assert browser.post("auth/login/code", answers(browser, key)).status_code == 200
    browser, _ = gives_password(call_as, "ann")
    refused(browser.post("auth/login/code", answers(browser, copy)), 400, "wrong_passkey")


@override_settings(AXES_FAILURE_LIMIT=3)
def test_wrong_answers_are_counted_with_wrong_codes(call_as, enrolled, key):
    for told in [(400, "wrong_passkey"), (400, "wrong_code"), (429, "locked_out")]:
        browser, _ = gives_password(call_as, "ann")
        wrong = {"code": "000000"} if told[1] == "wrong_code" else answers(browser, Key())
        refused(browser.post("auth/login/code", wrong), *told)


def test_the_first_is_set_up_by_who_knows_the_password(call_as, ann):
    """A browser left open, or a stolen cookie, must not lock its owner out."""
    browser = call_as(ann)
    assert "password" in refused(browser.post(f"{KEYS}/begin", {}), 400, "invalid")
    refused(browser.post(f"{KEYS}/begin", {"password": "a guess"}), 401, "bad_credentials")
    assert "password" in refused(browser.post(OURS, {}), 400, "invalid")


def test_another_is_set_up_by_who_has_the_first(call_as, ann, enrolled, key):
    refused(enrolled.post(f"{KEYS}/begin", PROOF), 400, "invalid")
    added = add(enrolled, Key(), "the spare", answers(enrolled, key))
    assert added.json()["recovery_codes"] == []  # those that there are stay good
    assert [each["name"] for each in enrolled.get(OURS).json()["devices"]] == ["the blue key", "the spare"]


def test_a_challenge_to_sign_sets_up_no_key(enrolled):
    """It is given without a proof; a key made over it would be one more without."""
    options = enrolled.post(f"{OURS}/challenge").json()
    refused(enrolled.post(KEYS, {"name": "mine now", "passkey": Key().made(options)}), 401, "sign_in_anew")


def test_a_proof_sets_up_one_key(enrolled, key):
    options = enrolled.post(f"{KEYS}/begin", {"code": enrolled.codes[0]}).json()
    assert enrolled.post(KEYS, {"name": "the spare", "passkey": Key().made(options)}).status_code == 201
    refused(enrolled.post(KEYS, {"name": "and one more", "passkey": Key().made(options)}), 401, "sign_in_anew")


def test_a_key_that_nobody_touched_is_not_set_up(call_as, ann, key):
    browser = call_as(ann)
    options = browser.post(f"{KEYS}/begin", PROOF).json()
    answer = browser.post(KEYS, {"name": "untouched", "passkey": key.made(options, present=False)})
    refused(answer, 400, "wrong_passkey")
    assert not Authenticator.objects.exists()


def test_the_same_key_is_not_set_up_twice(enrolled, key):
    refused(add(enrolled, key, proof={"code": enrolled.codes[0]}), 409, "conflict")
    excluded = enrolled.post(f"{KEYS}/begin", {"code": enrolled.codes[1]}).json()["publicKey"]["excludeCredentials"]
    assert len(excluded) == 1  # the device itself says so, before it makes another


def test_an_authenticator_and_a_passkey_stand_side_by_side(call_as, ann, key):
    browser = call_as(ann)
    secret, codes = enrol_authenticator(browser)
    add(browser, key, proof={"code": codes[0]})
    for proof in ("code", "passkey"):
        signing, _ = gives_password(call_as, "ann")
        given_ = {"code": code_of(secret)} if proof == "code" else answers(signing, key)
        assert signing.post("auth/login/code", given_).status_code == 200
    assert [each["kind"] for each in browser.get(OURS).json()["devices"]] == ["totp", "webauthn"]


def test_a_passkey_is_renamed_and_an_authenticator_is_not(call_as, ann, bob, key):
    browser = call_as(ann)
    _, codes = enrol_authenticator(browser)
    add(browser, key, proof={"code": codes[0]})
    totp, passkey = browser.get(OURS).json()["devices"]
    assert browser.call("patch", f"{OURS}/devices/{passkey['id']}", {"name": "the red key"}).status_code == 204
    assert browser.get(OURS).json()["devices"][1]["name"] == "the red key"
    refused(browser.call("patch", f"{OURS}/devices/{totp['id']}", {"name": "phone"}), 404, "not_found")
    refused(call_as(bob).call("patch", f"{OURS}/devices/{passkey['id']}", {"name": "mine"}), 404, "not_found")


def test_the_last_device_takes_the_recovery_codes_with_it(call_as, ann, enrolled, key):
    add(enrolled, Key(), "the spare", answers(enrolled, key))
    first, spare = enrolled.get(OURS).json()["devices"]
    gone = f"{OURS}/devices/{first['id']}/remove"
    assert "code" in refused(enrolled.post(gone, {}), 400, "invalid")
    refused(enrolled.post(gone, {"code": "000000"}), 400, "wrong_code")
    assert enrolled.post(gone, {"code": enrolled.codes[0]}).status_code == 204
    assert enrolled.get(OURS).json()["codes_left"] == 9
    assert enrolled.post(f"{OURS}/devices/{spare['id']}/remove", {"code": enrolled.codes[1]}).status_code == 204
    assert not Authenticator.objects.exists()
    assert gives_password(call_as, "ann")[1].status_code == 200


def test_nobody_removes_the_device_of_another(call_as, bob, enrolled, key):
    [device] = enrolled.get(OURS).json()["devices"]
    refused(call_as(bob).post(f"{OURS}/devices/{device['id']}/remove", PROOF), 404, "not_found")
    assert Authenticator.objects.filter(type="webauthn").exists()


@pytest.mark.parametrize("path", [f"{KEYS}/begin", KEYS, f"{OURS}/devices/1/remove"])
def test_a_token_sets_up_and_removes_nothing(call_as, ann, path):
    factories.ApiTokenFactory(user=ann, text="the-token")
    refused(call_as(token="the-token").post(path, {}), 401, "not_signed_in")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
PARTS = ["id", "rawId", "type", "clientExtensionResults", "response"]
RESPONSES = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]


@override_settings(AXES_FAILURE_LIMIT=10_000)
@given(
    changes=st.dictionaries(st.sampled_from(PARTS), JSON, max_size=2),
    inside=st.dictionaries(st.sampled_from(RESPONSES), JSON | st.binary(max_size=40).map(bytes.hex), max_size=3),
    enrolling=st.booleans(),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_as_an_answer_is_refused_and_never_a_crash(call_as, ann, changes, inside, enrolling):
    Authenticator.objects.all().delete()
    browser, key = call_as(ann), Key()
    options = browser.post(f"{KEYS}/begin", PROOF).json()
    answer = key.made(options)
    if not enrolling:
        browser.post(KEYS, {"name": "key", "passkey": answer})
        answer = key.signed(browser.post(f"{OURS}/challenge").json())
    answer = {**answer, "response": answer["response"] | inside} | changes
    path, body = (KEYS, {"name": "key", "passkey": answer}) if enrolling else (f"{OURS}/remove", {"passkey": answer})
    assert browser.post(path, body).status_code in (201, 204, 400)


def test_an_answer_larger_than_any_device_gives_is_refused(enrolled):
    answer = {"passkey": {"id": "x" * 30_000}}
    assert "passkey" in refused(enrolled.post(f"{OURS}/remove", answer), 400, "invalid")
