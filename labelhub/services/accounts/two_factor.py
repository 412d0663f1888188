"""Two-factor: beside the password a code from the person's own device (RFC 6238), or one of ten recovery codes.

Passkeys are a module of their own; what all devices share, the recovery codes and the way out, is here.

Secrets and codes are django-allauth's; what is ours is that a code works once, whichever process it comes to.
"""

import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import transaction

from labelhub.errors import Absent, WrongCode, WrongState
from labelhub.models import User
from labelhub.queries.accounts import two_factor as queries
from labelhub.services import audit
from labelhub.services.accounts.allauth_internals import TOTP, RecoveryCodes, validate_totp_code

LIFE = 120  # seconds after which no tolerance takes a code any more


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # comes without types
    """Keeps the secrets encrypted by SECRET_KEY: who reads a copy of the database can't make codes from it."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> Fernet:
    return Fernet(urlsafe_b64encode(sha256(b"two-factor:" + settings.SECRET_KEY.encode()).digest()))


@transaction.atomic
def enrol(*, user: User, secret: str, code: str) -> list[str]:
    """Take up the secret that the person's device knows, proven by its code; the recovery codes, shown once.

    Raises WrongCode, and WrongState for who has an authenticator already.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if _rows(user).filter(type=Authenticator.Type.TOTP).exists():
        raise WrongState("You have an authenticator already: remove it first.")
    if not validate_totp_code(secret, code):
        raise WrongCode
    authenticator = TOTP.activate(user, secret).instance
    _remember(authenticator, code)
    _record(user, "enrol", user)
    return first_codes(user)


def first_codes(user: User) -> list[str]:
    """Recovery codes for who had none, to be shown once; none for who has them, whose old ones stay good."""
    return [] if _rows(user).filter(type=Authenticator.Type.RECOVERY_CODES).exists() else _new_codes(user)


def device(*, user: User, pk: int, kind: str | None = None) -> Authenticator:
    """The user's authenticator or passkey of this id, locked; of one kind where that is asked. Raises Absent."""
    rows = queries.devices(user).select_for_update().filter(pk=pk)
    found: Authenticator | None = (rows.filter(type=kind) if kind else rows).first()
    if found is None:
        raise Absent
    return found


@transaction.atomic
def remove(*, user: User, pk: int) -> None:
    """Take one device away, and with the last the recovery codes: then the password alone signs in. Raises Absent."""
    User.objects.select_for_update().get(pk=user.pk)
    found = device(user=user, pk=pk)
    _record(user, "remove", user, device=queries.name_of(found) or "authenticator")
    found.delete()
    if not queries.devices(user).exists():
        _rows(user).delete()


@transaction.atomic
def verify(*, user: User, code: str) -> None:
    """Spend the code: from the device or a recovery code, each good once. Raises WrongCode."""
    rows = {each.type: each for each in _rows(user).exclude(type=Authenticator.Type.WEBAUTHN).select_for_update()}
    totp, recovery = rows.get(Authenticator.Type.TOTP), rows.get(Authenticator.Type.RECOVERY_CODES)
    if totp and _is_fresh(totp, code) and validate_totp_code(decrypt(totp.data["secret"]), code):
        _remember(totp, code)
        totp.record_usage()
    elif not (recovery and RecoveryCodes(recovery).validate_code(code)):
        raise WrongCode


@transaction.atomic
def renew_codes(*, user: User) -> list[str]:
    """Ten new recovery codes in place of the old ones, shown once."""
    _record(user, "renew codes", user)
    return _new_codes(user)


@transaction.atomic
def reset(*, user: User, by: User | None) -> None:
    """From now on the password alone signs in; nothing where it did anyway."""
    deleted, _ = _rows(user).delete()
    if deleted:
        _record(user, "remove", by)


def codes_left(user: User) -> int:
    """Recovery codes not used yet."""
    row = _rows(user).filter(type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(row).get_unused_codes()) if row else 0


def _rows(user: User) -> Any:
    return Authenticator.objects.filter(user=user)


def _record(user: User, verb: str, by: User | None, **detail: Any) -> None:
    subject = f"second factor of {user.username}"
    audit.record(project=None, actor=by, account=user, verb=verb, subject=subject, **detail)


def _new_codes(user: User) -> list[str]:
    _rows(user).filter(type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def _is_fresh(device: Authenticator, code: str) -> bool:
    return _plain(code) not in device.data.get("used", {})


def _remember(device: Authenticator, code: str) -> None:
    """The row is locked: a code seen over the person's shoulder is worth nothing a second later."""
    now = time.time()
    recent = {used: at for used, at in device.data.get("used", {}).items() if at > now - LIFE}
    device.data["used"] = recent | {_plain(code): now}
    device.save(update_fields=["data"])


def _plain(code: str) -> str:
    return "".join(filter(str.isalnum, code))
