"""What a training run may decide, one sentence per setting; a checkpoint stores all that apply to its way."""

import hashlib
import json
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from selector.prm.aggregate import AGGREGATES, Aggregate, NeutralAs

Kind = Literal["prm", "orm"]
Context = Literal["step", "solution"]
Way = Literal["embedded", "frozen", "lora", "full"]
THRESHOLD = 0.5  # P(correct) below which a step is called a mistake, where no threshold was tuned
READING = "Reading solutions"  # how progress begins while a frozen base reads
MARGIN = 0.05  # of accuracy or F1 that a challenger may lose to the champion; a project begins with the same

TUNING = {"context": "solution", "batch": 32, "pass_tokens": 2048, "epochs": 2, "digit_noise": 0.0}
TUNING |= {"min_updates": 1, "repeat_updates": 10**6, "max_updates": 10**6}
DEFAULTS: dict[Way, dict[str, Any]] = {  # where a way differs from the fields below
    "embedded": {},
    "frozen": {"context": "solution"},
    "lora": TUNING | {"rank": 16, "rate": 1e-4},
    "full": TUNING | {"rate": 1e-5},
}
BASED: tuple[Way, ...] = ("frozen", "lora", "full")
LEARNING: tuple[Way, ...] = ("embedded", "lora", "full")  # whose weights learn update by update
APPLIES: dict[str, tuple[Way, ...]] = {  # settings that not every way has
    "base": BASED,
    "rank": ("lora",),
    "layer": ("frozen",),
    "decay": ("frozen",),
    "checkpoint_activations": ("lora", "full"),
    "head_rate": ("lora", "full"),
    "pretrain_updates": ("embedded",),
    **dict.fromkeys(
        (
            *("rate", "epochs", "batch", "pass_tokens", "weight_decay", "digit_noise"),
            *("min_updates", "repeat_updates", "max_updates"),
        ),
        LEARNING,
    ),
}
RANGES: dict[str, tuple[float, float]] = {  # least and most: beyond these a run means nothing, or takes a worker away
    "heads": (1, 64),
    "rank": (0, 1024),
    "layer": (0, 1000),
    "folds": (0, 100),
    "epochs": (1, 100),
    "batch": (1, 1024),
    **dict.fromkeys(("pass_tokens", "window", "max_updates"), (1, 10**6)),
    **dict.fromkeys(("min_updates", "repeat_updates", "pretrain_updates"), (0, 10**6)),
    "decay": (1e-6, 1e9),
    **dict.fromkeys(("rate", "head_rate"), (1e-9, 1)),
    **dict.fromkeys(("weight_decay", "digit_noise", "threshold"), (0, 1)),
}
CHOICES: dict[str, tuple[str, ...]] = {"neutral": get_args(NeutralAs), "aggregate": AGGREGATES}
FIXED = ("way", "base", "kind", "context", "seed", "threshold")  # decided elsewhere than among a project's settings


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that a project may choose for one way, its default there, and its range or its choices."""

    name: str
    default: Any
    least: float | None
    most: float | None
    choices: list[str]


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """The four ways to train a reward model, and their settings; `for_base` gives each way its own defaults.

    The fields' defaults are those of `embedded`, which needs no base. `frozen` fits a head on a base's hidden states,
    `lora` teaches a base adapters (Hu et al., arXiv 2106.09685), `full` all of its weights. The last two follow
    published recipes: 32 solutions a batch as RLHFlow's PRMs (model card of RLHFlow/Llama3.1-8B-PRM-Deepseek-Data; at
    2e-6), where ActPRM takes 64 at 1e-5 (its repository's scripts); 1e-5 and for adapters 1e-4 as the examples of TRL's
    PRMTrainer; two passes as the paper (appendix F).

    Raises ValueError with a sentence for a value that means nothing, and for a setting that doesn't apply to the way.
    """

    way: Way = "embedded"  # how the model learns
    base: str = ""  # hub id or local directory of the base model
    kind: Kind = "prm"  # prm judges every step, orm the whole solution at its last token
    context: Context = "step"  # what is read before judging: the step alone, or the problem and all steps so far
    heads: int = 1  # heads on one body, each taught its own share: where they disagree, the model does not know
    seed: int = 0  # fixes the initial weights, the order of the examples and the noise
    pretrain_updates: int = 300  # the embedded model first learns to predict the corpus's next token
    rank: int = 0  # of the adapters (needs peft)
    layer: int = 0  # of the base, from 1, whose hidden states the head reads; 0 is four fifths of the way up
    decay: float = 1000.0  # pull of the head's weights to zero: times their squares, beside the sum of losses
    checkpoint_activations: bool = False  # compute them again in the backward pass: less memory, a third more time
    epochs: int = 8  # passes over the examples: the number of updates grows with the labels
    min_updates: int = 150  # passes are repeated up to here: fewer leave a small set half learnt
    repeat_updates: int = 500  # no further pass begins after this many: many labels overfit with more
    max_updates: int = 2500  # updates end here, even within a pass: training takes no longer however many labels
    batch: int = 4  # solutions per update
    pass_tokens: int = 4096  # padded tokens per forward and backward pass; the passes of a batch add up to one update
    rate: float = 1e-3  # the learning rate's peak: it warms up over a tenth of the updates, then falls to 0
    head_rate: float = 1e-2  # the same of the head on a base, which begins at zero: at the base's own it hardly moves
    weight_decay: float = 0.01  # AdamW's pull of the weights to zero
    digit_noise: float = 1 / 3  # share of digits replaced at random while training: small models memorise numbers
    window: int = 1024  # longest sequence in tokens, if the base allows it; a longer one is told, never cut
    neutral: NeutralAs = "positive"  # whether P(0) counts to P(correct)
    aggregate: Aggregate = "product"  # how the steps' probabilities make the solution's score
    threshold: float = THRESHOLD  # the predicted first mistake is the first step whose P(correct) is below; see folds
    folds: int = 2  # parts of the training problems by which training tunes the threshold; 0 leaves it as it is set

    def __post_init__(self) -> None:
        for setting in fields(self):
            _of_type(setting.name, getattr(self, setting.name), type(setting.default))
        _one_of("way", self.way, get_args(Way))
        _one_of("kind", self.kind, get_args(Kind))
        _one_of("context", self.context, get_args(Context))
        _one_of("neutral", self.neutral, get_args(NeutralAs))
        _one_of("aggregate", self.aggregate, AGGREGATES)
        if self.folds < 0 or self.folds == 1:
            raise ValueError(f"folds is 0 or at least 2, not {self.folds}.")
        for name, (least, most) in RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} is at least {least:,} and at most {most:,}, not {getattr(self, name)}.")
        if self.kind == "orm" and self.context != "solution":
            raise ValueError("An orm judges the whole solution: its context is solution.")
        self._check_way()

    def _check_way(self) -> None:
        for setting in fields(self):
            if getattr(self, setting.name) != setting.default:
                _applies(setting.name, self.way)
        if self.way in BASED and not self.base:
            raise ValueError(f"{self.way} starts from a base model: name one in base.")
        if self.way == "lora" and self.rank < 1:
            raise ValueError(f"rank must be at least 1, not {self.rank}.")
        if self.way == "frozen" and self.context != "solution":
            raise ValueError("frozen reads whole solutions: its context is solution.")

    @classmethod
    def for_base(cls, base: str = "", kind: Kind = "prm", way: Way | None = None, **settings: Any) -> "TrainConfig":
        """The defaults that suit this way, base and kind, with any setting by name.

        Without a way it is `full` for a base, else `embedded`. Raises ValueError where a setting doesn't apply to it.
        """
        way = way or ("full" if base else "embedded")
        _one_of("way", way, get_args(Way))
        suited = DEFAULTS[way] | ({"base": base} if base else {}) | ({"context": "solution"} if kind == "orm" else {})
        return cls.from_dict({"way": way, "kind": kind} | suited | settings)

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "TrainConfig":
        """The config with these settings, also as earlier versions stored them.

        Raises ValueError for an unknown one, which would change what the scores mean, and for one that doesn't apply.
        """
        settings = stored if "way" in stored else _of_earlier_version(stored)
        if unknown := set(settings) - {setting.name for setting in fields(cls)}:
            raise ValueError(f"Unknown training settings: {', '.join(sorted(unknown))}.")
        for name in settings:
            _applies(name, settings["way"])
        return cls(**settings)

    @classmethod
    def choosable(cls, way: Way) -> list[Setting]:
        """What a project may choose for this way, each with its default."""
        suited = cls.for_base("a base" if way in BASED else "", way=way)
        nowhere: tuple[float | None, float | None] = (None, None)
        found = []
        for name, value in suited.to_dict().items():
            if name not in FIXED:
                least, most = RANGES.get(name, nowhere)
                found.append(Setting(name, value, least, most, list(CHOICES.get(name, ()))))
        return found

    def to_dict(self) -> dict[str, Any]:
        """The settings that apply to the way, by name."""
        names = [setting.name for setting in fields(self) if self.way in APPLIES.get(setting.name, get_args(Way))]
        return {name: getattr(self, name) for name in names}

    def digest(self) -> str:
        """Hex SHA-256 of all settings: equal digests and equal data give equal checkpoints."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()


def read_setting(text: str) -> tuple[str, Any]:
    """A setting as commands take it: in `epochs=4` the value is a number, in `aggregate=min` a word."""
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def _of_earlier_version(stored: dict[str, Any]) -> dict[str, Any]:
    """A config from before ways had names: adapters were then added to their base, and a batch counted tokens."""
    way: Way = "full" if stored.get("base") else "embedded"
    renamed = {"learning_rate": "rate", "neutral_as": "neutral"}
    gone = {"lora_rank", "batch_tokens"} | {name for name, ways in APPLIES.items() if way not in ways}
    return {"way": way} | {renamed.get(name, name): value for name, value in stored.items() if name not in gone}


def _applies(name: str, way: Way) -> None:
    if way not in (ways := APPLIES.get(name, get_args(Way))):
        raise ValueError(f"{name} does not apply to {way}: it is a setting of {', '.join(ways)}.")


def _of_type(name: str, value: Any, expected: type) -> None:
    fits = isinstance(value, (expected, int) if expected is float else expected)
    if not fits or isinstance(value, bool) != (expected is bool):
        raise ValueError(f"{name} is {value!r}, which is no {expected.__name__}.")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} is one of {', '.join(allowed)}, not {value!r}.")
