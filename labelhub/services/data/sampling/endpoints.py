"""Which servers may be asked: those that the deployment lists, by name, and no others.

A caller names an endpoint and never an address, and a job keeps the name alone: whoever could write a row or a request
still can't send problem texts elsewhere. The key of an endpoint is read in the worker, when it asks, and kept nowhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings

from labelhub import env
from labelhub.errors import Invalid, SamplingOff


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server's name here, and its base address, up to and with `/v1`."""

    name: str
    url: str
    key: str = field(default="", repr=False)


def listed() -> Iterator[Endpoint]:
    """The endpoints of this deployment, without their keys."""
    return (Endpoint(name, url) for name, url in settings.SAMPLING_ENDPOINTS.items())


def check(name: str) -> None:
    """Raise SamplingOff where the deployment lists no endpoint, Invalid where it lists others."""
    if not settings.SAMPLING_ENDPOINTS:
        raise SamplingOff
    if name not in settings.SAMPLING_ENDPOINTS:
        raise Invalid(fields={"endpoint": [f"This is one of {', '.join(settings.SAMPLING_ENDPOINTS)}."]})


def with_key(name: str) -> Endpoint:
    """The endpoint as a worker asks it. Raises as `check` does, and ImproperlyConfigured for a key no header takes."""
    check(name)
    return Endpoint(name, settings.SAMPLING_ENDPOINTS[name], env.sampling_key(name))
