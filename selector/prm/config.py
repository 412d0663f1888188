"""What a training run may decide, one sentence per knob; a checkpoint stores the whole of it."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from selector.prm.aggregate import AGGREGATES, Aggregate, NeutralAs

Kind = Literal["prm", "orm"]
Context = Literal["step", "solution"]
THRESHOLD = 0.5  # P(correct) below which a step is called a mistake, where no threshold was tuned
MARGIN = 0.05  # of accuracy or F1 that a challenger may lose to the champion; a project begins with the same


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """The defaults are the embedded model's, which learns from nothing; `for_base` gives those that suit a base."""

    base: str = ""  # hub id or local directory of the base model; empty is the embedded one
    kind: Kind = "prm"  # prm judges every step, orm the whole solution at its last token
    context: Context = "step"  # what is read before judging: the step alone, or the problem and all steps so far
    heads: int = 1  # heads on one body, each taught its own share: where they disagree, the model does not know
    seed: int = 0  # fixes the initial weights, the order of the examples and the noise
    pretrain_updates: int = 300  # the embedded model first learns to predict the corpus's next token; 0 for no base
    lora_rank: int = 0  # adapters of this rank learn in a base's place (needs peft); 0 teaches all its weights
    epochs: int = 8  # passes over the examples: the number of updates grows with the labels
    min_updates: int = 150  # passes are repeated up to here: fewer leave a small set half learnt
    max_updates: int = 1000  # no pass begins after this many: many labels need fewer passes, and overfit with more
    batch_tokens: int = 512  # tokens per update, padding included
    learning_rate: float = 1e-3  # its peak: it warms up over a tenth of the updates, then falls to 0
    weight_decay: float = 0.01  # AdamW's pull of the weights to zero
    digit_noise: float = 1 / 3  # share of digits replaced at random while training: small models memorise numbers
    window: int = 1024  # longest sequence in tokens, if the base allows it; a longer one is told, never cut
    neutral_as: NeutralAs = "positive"  # whether P(0) counts to P(correct)
    aggregate: Aggregate = "product"  # how the steps' probabilities make the solution's score
    threshold: float = THRESHOLD  # the predicted first mistake is the first step whose P(correct) is below; see folds
    folds: int = 2  # parts of the training problems by which training tunes the threshold; 0 leaves it as it is set

    def __post_init__(self) -> None:
        for knob in fields(self):
            _of_type(knob.name, getattr(self, knob.name), type(knob.default))
        _one_of("kind", self.kind, get_args(Kind))
        _one_of("context", self.context, get_args(Context))
        _one_of("neutral_as", self.neutral_as, get_args(NeutralAs))
        _one_of("aggregate", self.aggregate, AGGREGATES)
        for name in ("heads", "epochs", "batch_tokens", "window", "max_updates"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}.")
        if self.folds < 0 or self.folds == 1:
            raise ValueError(f"folds is 0 or at least 2, not {self.folds}.")
        if self.lora_rank < 0 or (self.lora_rank and not self.base):
            raise ValueError("lora_rank is at least 0, and 0 without a base: there is nothing to adapt.")
        if self.kind == "orm" and self.context != "solution":
            raise ValueError("An orm judges the whole solution: its context is solution.")

    @classmethod
    def for_base(cls, base: str = "", kind: Kind = "prm", **knobs: Any) -> "TrainConfig":
        """The defaults that suit this base and kind, with any knob set by name."""
        suited: dict[str, Any] = {"base": base, "kind": kind}
        if base:  # low rate and two passes: paper, appendix F
            suited |= {
                "context": "solution",
                "learning_rate": 1e-5,
                "epochs": 2,
                "min_updates": 1,
                "digit_noise": 0.0,
                "max_updates": 10**6,
            }
            suited |= {"pretrain_updates": 0}
            if knobs.get("lora_rank"):  # adapters want some ten times the rate of a whole model (arXiv 2405.09673)
                suited |= {"learning_rate": 2e-4}
        if kind == "orm":
            suited |= {"context": "solution"}
        return cls.from_dict(suited | knobs)

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "TrainConfig":
        """The config with these knobs; an unknown one is a ValueError, for it would change what the scores mean."""
        if unknown := set(stored) - {knob.name for knob in fields(cls)}:
            raise ValueError(f"Unknown training knobs: {', '.join(sorted(unknown))}.")
        return cls(**stored)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def digest(self) -> str:
        """Hex SHA-256 of all knobs: equal digests and equal data give equal checkpoints."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()


def _of_type(name: str, value: Any, expected: type) -> None:
    if not isinstance(value, (expected, int) if expected is float else expected) or isinstance(value, bool):
        raise ValueError(f"{name} is {value!r}, which is no {expected.__name__}.")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} is one of {', '.join(allowed)}, not {value!r}.")
