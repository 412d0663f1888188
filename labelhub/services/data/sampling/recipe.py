"""What is asked for: the parameters of a sampling, and the name under which its samples are known."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Protocol

from labelhub.models import Problem
from labelhub.services.data.sampling import prompts
from labelhub.services.data.sampling.state import Place

SOLUTIONS, ALTERNATIVES = KINDS = ("solutions", "alternatives")
LONGEST_MODEL = 200
BOUNDS: dict[str, tuple[int, int]] = {
    "n": (1, 1000),
    "at_once": (1, 64),
    "max_tokens": (1, 32_768),
    "temperature": (0, 2),
}


@dataclass(frozen=True)
class Parameters:
    """`n` samples for each problem (or for each step with a mistake) of a split; prices are per million tokens."""

    what: str
    endpoint: str
    model: str
    n: int
    temperature: float = 1.0
    max_tokens: int = 1024  # as in the paper, where what did not reach an answer by then was discarded
    split: str = Problem.Split.TRAIN
    seed: int = 0
    at_once: int = 8
    price_prompt: float | None = None
    price_completion: float | None = None

    @cached_property
    def name(self) -> str:
        """The same for samples that are drawn alike: the n of a name are n however often they are asked for."""
        alike = (self.endpoint, self.model, self.temperature, self.max_tokens, self.seed)
        told = repr((*alike, prompts.SOLVE, prompts.GO_ON, prompts.BEGIN))
        return f"{self.model[-60:]}-{sha256(told.encode()).hexdigest()[:12]}"

    def body(self, messages: prompts.Messages, draw: str) -> dict[str, Any]:
        """The request; `draw` tells one sample from the others, so that a server that heeds seeds repeats none."""
        seed = int(sha256(f"{self.seed} {draw}".encode()).hexdigest()[:8], 16) >> 1
        return {
            "model": self.model,
            "messages": messages,
            "temperature": self.temperature,
            "max_tokens": self.max_tokens,
            "seed": seed,
        }

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A place and the request for it; no request where what it asks for is there already."""

    place: Place
    body: dict[str, Any] | None


class Subject(Protocol):
    """What is sampled: which requests are to be made, in the order of their places, and what becomes of the texts."""

    def total(self) -> int:
        """How many places there are."""

    def behind(self, reached: Place | None) -> Iterator[Wanted]:
        """Every place behind `reached`, by the order of places."""

    def again(self, places: list[Place]) -> Iterator[Wanted]:
        """These places; without a request where the row is gone."""

    def read(self, text: str) -> Any:
        """What `keep` takes. Raises Unusable."""

    def keep(self, read: dict[Place, Any]) -> dict[Place, str]:
        """Store it in the caller's transaction, and say of each what state.KEPT calls it."""
