"""What a training takes, estimated before it starts: memory and processor time, by the base's number of weights.

A pass of a transformer forward is 2 operations a weight and token, a pass backward 2 for the activations and 2 more for
the weights that learn (Kaplan et al., arXiv 2001.08361, section 2.1). A core with AVX2 does some 5e10 a second: 52 and
68 billion were measured with a base of 135 million weights (docs/models.md). A GPU does a hundred times as many.
"""

import math
from dataclasses import dataclass
from pathlib import Path

from selector.prm.config import TrainConfig

PER_SECOND = 5e10  # operations of one core
CHARACTERS = 2.75  # of a mathematical text that make a token
PROCESS = 400_000_000  # bytes of a worker that has loaded torch and transformers
WEIGHT_BYTES = {"frozen": 4, "lora": 4, "full": 20}  # full: weights, gradients, two moments, and a copy while tuning
BACKWARD = {"lora": 1, "full": 2}  # passes as dear as one forward
HEAD_SECONDS = 0.04  # a solution, to fit a head on its kept features, folds included: 9 s for 249
EMBEDDED_SECONDS = (45, 0.03)  # to read the corpus, and for each solution that an update learns from


@dataclass(frozen=True, slots=True)
class Cost:
    """Bytes of memory, seconds of one core to train, and to read 1,000 solutions; None where nobody knows the base."""

    memory: int | None
    training: float | None
    reading: float | None


def estimate(config: TrainConfig, weights: int | None, solutions: int, characters: float) -> Cost:
    """Of a training on so many labelled solutions of so many characters each, on one core.

    What a frozen base has to read of the labelled solutions counts to `training`: it does so once.
    """
    passes = max(config.folds, 1)  # a fold's model learns from what the others hold
    if config.way == "embedded":
        most = max(config.repeat_updates * config.batch, solutions)
        learned = min(config.epochs * solutions, most, config.max_updates * config.batch)
        start, each = EMBEDDED_SECONDS
        return Cost(PROCESS, start + each * learned * passes, None)
    if weights is None:
        return Cost(None, None, None)
    forward = 2 * weights * characters / CHARACTERS / PER_SECOND  # seconds a solution
    memory = PROCESS + weights * WEIGHT_BYTES[config.way]
    if config.way == "frozen":
        return Cost(memory, solutions * (forward + HEAD_SECONDS), 1000 * forward)
    judged = forward if config.folds else 0.0
    updates = config.epochs * passes * forward * (1 + BACKWARD[config.way])
    return Cost(memory, solutions * (updates + judged), 1000 * forward)


def weights_of(base: str) -> int | None:
    """The base's number of weights, by the headers of its safetensors files; None where they aren't on this machine."""
    from huggingface_hub import snapshot_download  # 28 MB that a web process does without until somebody asks
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError
    from safetensors import SafetensorError, safe_open

    place = Path(base)
    if not place.is_dir():
        try:
            place = Path(snapshot_download(base, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError, OSError):
            return None
    found = 0
    try:
        for file in place.glob("*.safetensors"):
            with safe_open(file, framework="numpy") as kept:
                names = kept.keys()
                found += sum(math.prod(kept.get_slice(name).get_shape()) for name in names)
    except (OSError, SafetensorError):
        return None
    return found or None
