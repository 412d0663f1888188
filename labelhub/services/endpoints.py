"""Which servers may be asked: those that the deployment lists, by name and for their purpose, and no others.

A caller names an endpoint and never an address, and a row keeps the name alone: whoever could write a row or a request
still can't send problem texts elsewhere. A worker reads the key of an endpoint when it asks, and keeps it nowhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings

from labelhub import env
from labelhub.errors import Invalid, Refusal, SamplingOff, ScoringOff


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server's name here, and its base address."""

    name: str
    url: str
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The servers that one setting lists: `{purpose}_ENDPOINTS`, each with its key in `{purpose}_KEY_{NAME}`."""

    purpose: str
    off: type[Refusal]

    def listed(self) -> Iterator[Endpoint]:
        """The endpoints of this deployment, without their keys."""
        return (Endpoint(name, url) for name, url in self._addresses.items())

    def check(self, name: str) -> None:
        """Raise `off` where the deployment lists no endpoint, Invalid where it lists others."""
        if not self._addresses:
            raise self.off
        if name not in self._addresses:
            raise Invalid(fields={"endpoint": [f"This is one of {', '.join(self._addresses)}."]})

    def with_key(self, name: str) -> Endpoint:
        """The endpoint as a worker asks it.

        Raises as `check` does, and ImproperlyConfigured for a key that no header takes.
        """
        self.check(name)
        return Endpoint(name, self._addresses[name], env.endpoint_key(self.purpose, name))

    @property
    def _addresses(self) -> dict[str, str]:
        found: dict[str, str] = getattr(settings, f"{self.purpose}_ENDPOINTS")
        return found


SAMPLING = Endpoints("SAMPLING", SamplingOff)  # base addresses up to and with /v1
SCORING = Endpoints("SCORING", ScoringOff)  # roots: /pooling and /v1/models are asked
