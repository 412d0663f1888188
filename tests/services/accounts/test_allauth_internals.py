"""What the second factor relies on in parts of django-allauth that it calls internal, and who may import them."""

import inspect
import re
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator

from labelhub.services.accounts import allauth_internals as internals
from tests import factories

ROOT = Path(__file__).parents[3]
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890" (RFC 4226, appendix D)


def test_one_module_imports_what_allauth_calls_internal():
    importing = {
        path.relative_to(ROOT).as_posix()
        for folder in ("labelhub", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"^\s*(from|import) allauth[\w.]*\.internal", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert importing == {"labelhub/services/accounts/allauth_internals.py"}


def test_codes_are_those_of_the_standard():
    codes = [internals.format_hotp_value(internals.hotp_value(RFC_SECRET, counter)) for counter in range(3)]
    assert codes == ["755224", "287082", "359152"]


@pytest.mark.parametrize(("counter", "valid"), [(1, True), (0, True), (2, True), (4, False)])
def test_a_code_holds_for_the_step_before_and_after(monkeypatch, counter, valid):
    monkeypatch.setattr("time.time", lambda: 45.0)  # in the second step of 30 seconds
    code = internals.format_hotp_value(internals.hotp_value(RFC_SECRET, counter))
    assert internals.validate_totp_code(RFC_SECRET, code) is valid


def test_a_new_secret_is_base32_of_160_bits():
    assert re.fullmatch(r"[A-Z2-7]{32}", internals.generate_totp_secret())


@pytest.mark.django_db
def test_setting_up_keeps_a_row_of_the_kind():
    user = factories.UserFactory()
    row = internals.TOTP.activate(user, RFC_SECRET).instance
    assert (row.user, row.type) == (user, Authenticator.Type.TOTP)
    assert row.data["secret"]


@pytest.mark.django_db
def test_a_recovery_code_works_once():
    codes = internals.RecoveryCodes.activate(factories.UserFactory())
    first, *others = codes.get_unused_codes()
    assert codes.validate_code(first)
    assert not codes.validate_code(first)
    assert codes.get_unused_codes() == others


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("begin_registration", ["user", "passwordless"]),
        ("complete_registration", ["credential"]),
        ("parse_registration_response", ["response"]),
        ("begin_authentication", ["user"]),
        ("complete_authentication", ["user", "response"]),
        ("parse_authentication_response", ["response"]),
        ("clear_state", []),
    ],
)
def test_passkeys_call_these(name, parameters):
    assert list(inspect.signature(getattr(internals.webauthn, name)).parameters) == parameters


def test_a_passkey_is_kept_by_user_name_and_credential():
    assert list(inspect.signature(internals.webauthn.WebAuthn.add).parameters) == ["user", "name", "credential"]
