"""Who has a second factor, and who must have one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef

from labelhub.models import User
from labelhub.queries import projects
from labelhub.queries.rows import from_row

KINDS = [("totp", "An authenticator that shows codes."), ("webauthn", "A passkey or security key.")]


@dataclass(frozen=True)
class Device:
    id: int
    kind: Annotated[str, KINDS]
    name: Annotated[str, "Of a passkey, by its owner; else empty."]
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class RecoveryCodes:
    recovery_codes: Annotated[list[str], "Shown this once."]


def enrolled(user: User) -> bool:
    """Whether the password alone doesn't sign the user in."""
    has: bool = Authenticator.objects.filter(user=user).exists()
    return has


def is_enrolled(user: str) -> Exists:
    """The same as an annotation, where this column leads to the user."""
    return Exists(Authenticator.objects.filter(user=OuterRef(user)))


def required(user: User) -> bool:
    """Whether the site asks a second factor of this user."""
    return settings.TWO_FACTOR_FOR_OPERATORS and projects.operates_any(user)


def due(user: User) -> bool:
    """Whether the user must enrol before anything else."""
    return required(user) and not enrolled(user)


def devices(user: User) -> Any:
    """The user's authenticator and passkeys, as a query; recovery codes are no device."""
    types = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return Authenticator.objects.filter(user=user, type__in=types).order_by("created_at", "pk")


def tell(device: Authenticator) -> Device:
    return from_row(Device, device, id=device.pk, kind=device.type, name=name_of(device))


def name_of(device: Authenticator) -> str:
    """What its owner calls a passkey; an authenticator has no name."""
    name: str = device.data.get("name", "")
    return name
