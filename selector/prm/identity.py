"""Which model a score is of: scores of different models are never compared.

A local model is known by the digest of its weights. What a server holds can't be looked into, so it is known by what it
says of a few fixed solutions; half precision and the server's batches move that by some 1e-3, and it is compared so.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from selector.types import Scored, Scorer

Source = Literal["local", "served", "judge"]
TOLERANCE = 0.03  # of a probability: how far a served model may be from what it said before
SHOWN = 12  # hexadecimal digits of a digest in a sentence, and in a row of scores

# Two right steps, a wrong one in the middle, a wrong answer: no reward model says the same of all of them.
PROBE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("What is 3 + 4 * 2?", ("First multiply: 4 * 2 = 8.", "Then add: 3 + 8 = 11.", "# Answer\n\n11")),
    ("What is 3 + 4 * 2?", ("First add: 3 + 4 = 7.", "Then multiply: 7 * 2 = 14.", "# Answer\n\n14")),
    (
        "A jar holds 12 beans. Tom takes a third of them. How many are left?",
        ("A third of 12 is 12 / 3 = 4.", "So 12 - 4 = 9 beans are left.", "# Answer\n\n9"),
    ),
    ("Solve 2x = 10.", ("Divide both sides by 2.", "x = 5", "# Answer\n\n5")),
)


class DifferentModels(Exception):
    """Two scores, or two sets of them, are not of the same model; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which model gives scores, in what survives a restart: `as_dict` and `from_dict` are each other's inverse.

    `name` and `revision` (a commit of the hub, where it has one) are for people. `digest` decides: SHA-256 of a local
    model's safetensors files, of what a served one says of the probe, of a judge's model, instructions and votes.
    `probe` is what a served model said, P(correct) of each step.
    """

    source: Source
    style: str
    name: str
    revision: str
    digest: str
    probe: tuple[float, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"probe": list(self.probe)}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> "Identity":
        """Raises TypeError for other fields than `as_dict` has."""
        return cls(**{**fields, "probe": tuple(fields["probe"])})

    def __str__(self) -> str:
        revision = f" at {self.revision[:SHOWN]}" if self.revision else ""
        return f"{self.name}{revision} ({self.source}, {self.style}, {self.digest[:SHOWN]})"


class IdentifiedScorer(Scorer, Protocol):
    """A scorer that can say which model it is."""

    def identity(self) -> Identity: ...


def require_same(one: Identity, other: Identity) -> None:
    """Raises DifferentModels unless both are the same model, read in the same style.

    The name may differ: a model may have moved. A local model and a served one are never taken for the same.
    """
    alike = (one.source, one.style) == (other.source, other.style)
    if not alike or (one.digest != other.digest and not _says_the_same(one.probe, other.probe)):
        raise DifferentModels(f"Scores of different models are never compared: some are of {one}, others of {other}.")


def of_served(scorer: Scorer, *, style: str, name: str) -> Identity:
    """The identity of a served model, which is asked about the probe. Raises what the scorer raises."""
    probe = tuple(p for scored in scorer.score(PROBE) for p in _said(scored))
    return Identity("served", style, name, "", digest_of(probe), probe)


def digest_of(value: Sequence[float] | Mapping[str, Any]) -> str:
    """SHA-256 of a value as JSON: the same value gives the same digest on every machine."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, allow_nan=False).encode()).hexdigest()


def _said(scored: Scored) -> tuple[float, ...]:
    """P(correct) per step; of an outcome model, of the whole solution; nothing of a solution too long for it."""
    if scored.step_probs is not None:
        return scored.step_probs
    return () if scored.log_score is None else (math.exp(scored.log_score),)


def _says_the_same(one: Sequence[float], other: Sequence[float]) -> bool:
    if not one or len(one) != len(other):
        return False
    return all(abs(p - q) <= TOLERANCE for p, q in zip(one, other, strict=True))
