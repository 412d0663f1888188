"""Passkeys and security keys (WebAuthn level 2): a key in the person's device signs a challenge of ours, for this site.

Challenges, formats and signatures are django-allauth's and python-fido2's; a challenge waits in the browser's session.
What is ours: a challenge is good for one answer, a key begun to be set up was asked for, and a copied key is refused.
"""

import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction

from labelhub.errors import Conflict, WrongPasskey, WrongState
from labelhub.models import User
from labelhub.services import audit
from labelhub.services.accounts import two_factor
from labelhub.services.accounts.allauth_internals import webauthn

MOST = 20  # keys of one person
# What the parsers of allauth and fido2 raise for an answer that no browser gives.
MALFORMED = (ValidationError, ValueError, TypeError, LookupError, AttributeError, struct.error)


def options_to_enrol(user: User) -> dict[str, Any]:
    """What the browser needs to have a key made (PublicKeyCredentialCreationOptions as JSON)."""
    return webauthn.begin_registration(user, passwordless=False)  # type: ignore[no-any-return]


def options_to_prove(user: User) -> dict[str, Any]:
    """A challenge for one of the user's keys (PublicKeyCredentialRequestOptions as JSON).

    Raises WrongState for who has none: an empty list would ask the device for any key at all.
    """
    if not of_user(user).exists():
        raise WrongState("You have no passkey here: give a code.")
    return webauthn.begin_authentication(user)  # type: ignore[no-any-return]


@transaction.atomic
def enrol(*, user: User, name: str, answer: Mapping[str, Any]) -> list[str]:
    """Take up the key that the browser had made; the recovery codes where it is the first factor, shown once.

    Raises WrongPasskey, Conflict for a key that is known already, WrongState for one too many.
    """
    User.objects.select_for_update().get(pk=user.pk)
    with _one_answer():
        made = webauthn.complete_registration(answer).credential_data
        kept = dict(webauthn.parse_registration_response(answer))  # what was read, and nothing else that came along
    keys = list(of_user(user))
    if len(keys) >= MOST:
        raise WrongState(f"You have {MOST} passkeys already: remove one first.")
    if any(_credential(key).credential_id == made.credential_id for key in keys):
        raise Conflict("This passkey is set up already.")
    webauthn.WebAuthn.add(user, name, kept)
    audit.record(
        project=None, actor=user, account=user, verb="enrol", subject=f"second factor of {user.username}", passkey=name
    )
    return two_factor.first_codes(user)


@transaction.atomic
def verify(*, user: User, answer: Mapping[str, Any]) -> None:
    """Check the answer to the challenge that waits in the session, which is spent by it. Raises WrongPasskey."""
    with _one_answer():
        used = webauthn.complete_authentication(user, answer)
        count = webauthn.parse_authentication_response(answer).response.authenticator_data.counter
    key = of_user(user).select_for_update().get(pk=used.pk)
    if (count or key.data.get("count", 0)) and count <= key.data.get("count", 0):
        raise WrongPasskey  # two devices count with one key: a copy (WebAuthn 7.2, step 21)
    key.data["count"] = count
    key.save(update_fields=["data"])
    key.record_usage()


@transaction.atomic
def rename(*, user: User, pk: int, name: str) -> None:
    """Call the user's key something else. Raises Absent."""
    key = two_factor.device(user=user, pk=pk, kind=Authenticator.Type.WEBAUTHN)
    key.data["name"] = name
    key.save(update_fields=["data"])


def of_user(user: User) -> Any:
    """The user's keys, as a query."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)


def _credential(key: Authenticator) -> Any:
    return key.wrap().authenticator_data.credential_data


@contextmanager
def _one_answer() -> Iterator[None]:
    """The challenge is gone afterwards, also where the answer was wrong; what can't be read is a wrong answer."""
    try:
        yield
    except MALFORMED as error:
        raise WrongPasskey from error
    finally:
        webauthn.clear_state()
