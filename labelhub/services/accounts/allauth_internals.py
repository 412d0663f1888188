"""What second factors and passkeys take from parts of django-allauth that it calls internal.

Nothing else imports them, and `tests/services/accounts/test_allauth_internals.py` says what we rely on: a release of
allauth that changes one of them fails there, and not at somebody's sign-in. Its public way in is its own pages, which
neither ask for a code once only nor refuse a copied key; ours do.
"""

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    validate_totp_code,
)
from allauth.mfa.webauthn.internal import auth as webauthn

__all__ = [
    "TOTP",
    "RecoveryCodes",
    "format_hotp_value",
    "generate_totp_secret",
    "hotp_value",
    "validate_totp_code",
    "webauthn",
]
