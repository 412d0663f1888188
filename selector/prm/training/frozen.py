"""The way `frozen`: a head is fitted on what a base makes of each step, in seconds, and the base stays as it is.

The head is a multinomial logistic regression on features of mean 0 and variance 1, pulled to zero by `decay` and fitted
to its optimum by L-BFGS: nothing is drawn by lot but each head's own sample of the labels. Features lie in a scratch
file while it learns, and a block of them at a time in memory.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from selector.prm.bases.features import BLOCK, Features, Head, key
from selector.prm.config import READING, TrainConfig
from selector.prm.encode import Row
from selector.prm.reward_model import scored
from selector.prm.training import tuning
from selector.prm.training.ratings import bagged, classes_of
from selector.types import CLASS_INDEX, Example

AT_ONCE = 65_536  # steps whose features are in memory at a time
ROUNDS = 200  # of L-BFGS at most; it ends before where nothing is gained
NOT_RATED = -1
Floats = NDArray[np.float64]
Tell = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Steps:
    """All steps of all solutions, one beside the other: features (steps, width), and what people said of each.

    `classes` are NOT_RATED where nobody did, `samples` is how often each head's sample of the labels holds a step,
    (steps, heads), and `ends` is where each example's steps end.
    """

    features: NDArray[np.float16]
    classes: NDArray[np.int64]
    samples: NDArray[np.float32]
    ends: list[int]

    def rated(self, examples: Sequence[int]) -> NDArray[np.int64]:
        """The rated steps of these examples, as rows."""
        rows = np.concatenate([np.arange(*self._span(one)) for one in examples] or [np.arange(0)])
        rated: NDArray[np.int64] = rows[self.classes[rows] != NOT_RATED]
        return rated

    def of(self, example: int) -> torch.Tensor:
        return torch.from_numpy(np.array(self.features[slice(*self._span(example))]))

    def _span(self, example: int) -> tuple[int, int]:
        return (self.ends[example - 1] if example else 0), self.ends[example]


def train(examples: Sequence[Example], config: TrainConfig, place: Path, tell: Tell) -> tuple[Head, dict[str, Any]]:
    """The head that `examples` teach, and what the card says of it; features are looked for and kept below `place`.

    Raises ValueError where no step that fits the base is rated, and bases.BadBase.
    """
    features = Features(config.base, config.layer, config.window, place)
    began = time.monotonic()
    rows: list[Row] = [(one.problem, one.steps) for one in examples]
    features.read(rows, lambda done, total: tell(done, total, f"{READING}: {done} of {total}"))
    read = time.monotonic()
    with tempfile.TemporaryDirectory(dir=place, prefix=".steps-") as scratch:
        fits, steps = laid_out(examples, features, config, Path(scratch) / "features")
        if not len(steps.rated(range(len(fits)))):
            raise ValueError("There is no rated step to learn from.")
        head, threshold, told = fit_all(fits, steps, config, tell)
    told |= {
        "config": config.to_dict() | {"threshold": threshold},
        "base_identity": features.identity,
        "layer": features.layer,
        "counts": {
            "examples": len(examples),
            "too_long": len(examples) - len(fits),
            "rated_steps": int((steps.classes != NOT_RATED).sum()),
            "solutions": len(fits),
            "read_now": features.computed,
        },
        "seconds_reading": round(read - began, 2),
        "seconds_fitting": round(time.monotonic() - read, 2),
    }
    return head, told


def laid_out(
    examples: Sequence[Example], features: Features, config: TrainConfig, scratch: Path
) -> tuple[list[Example], Steps]:
    """The examples that fit the base, and their steps, with the features in the file `scratch`."""
    fits: list[Example] = []
    classes: list[int] = []
    samples: list[tuple[float, ...]] = []
    ends = [0]
    width = 0
    with scratch.open("wb") as file:
        for at in range(0, len(examples), BLOCK):
            block = examples[at : at + BLOCK]
            rows: list[Row] = [(one.problem, one.steps) for one in block]
            for example, row, states in zip(block, rows, features.of(rows), strict=True):
                if states is None:
                    continue
                file.write(states.numpy().tobytes())
                width = states.shape[1]
                fits.append(example)
                classes += classes_of(example, NOT_RATED)
                samples += [bagged(tuple(key(row)), config.heads, config.seed)] * len(example.steps)
                ends.append(len(classes))
    stored = np.memmap(scratch, np.float16, "r", shape=(len(classes), width)) if classes else np.empty((0, 0), "f2")
    weights = np.array(samples, np.float32).reshape(len(classes), config.heads)
    return fits, Steps(stored, np.array(classes, np.int64), weights, ends[1:])


def fit_all(
    examples: list[Example], steps: Steps, config: TrainConfig, tell: Tell
) -> tuple[Head, float, dict[str, Any]]:
    """The head of all examples, the threshold that their folds tune, and how that came about."""
    judged = tuning.known(examples)
    folds = tuning.folds(examples, judged, config)
    numbers = {id(example): number for number, example in enumerate(examples)}
    probs: list[tuple[float, ...]] = []
    for done, fold in enumerate(folds, 1):
        head = fit(steps, steps.rated([numbers[id(one)] for one in fold.learned]), config)
        said = (scored(head.logits(steps.of(numbers[id(one)])), config) for one, _ in fold.judged)
        probs += [one.step_probs or () for one in said]
        tell(done, len(folds) + 1, f"Tuning the threshold: fold {done} of {len(folds)}")
    head = fit(steps, steps.rated(range(len(examples))), config)
    tell(len(folds) + 1, len(folds) + 1, "Learning from labels: the head is fitted")
    told = {"tuning": tuning.provenance(folds, judged) if config.kind == "prm" else None}
    return head, tuning.tune(folds, probs) if folds else config.threshold, told


def fit(steps: Steps, rows: NDArray[np.int64], config: TrainConfig) -> Head:
    """The head at the optimum of its loss over these rows."""
    mean, spread = moments(steps, rows)
    shape = (len(CLASS_INDEX) * config.heads, len(mean))
    everything = np.maximum(steps.samples[rows].sum(axis=0), 1)  # by head
    pull = (config.decay / everything).repeat(len(CLASS_INDEX))[:, None]

    def loss(flat: Floats) -> tuple[float, Floats]:
        """Of a head on features of mean 0 and variance 1, and how steep it is there."""
        weight, bias = flat[: -shape[0]].reshape(shape), flat[-shape[0] :]
        total, steep, steep_bias = float((pull * weight**2).sum()), 2 * pull * weight, np.zeros(shape[0])
        raw = weight / spread
        for part, states in blocks(steps, rows):
            logits = states @ raw.T.astype(np.float32) + (bias - raw @ mean).astype(np.float32)
            logits = logits.reshape(len(part), config.heads, -1)
            said = logits - logsumexp(logits, axis=2, keepdims=True)
            truth, samples = steps.classes[part][:, None, None], steps.samples[part] / everything
            total -= float((samples * np.take_along_axis(said, truth, axis=2)[..., 0]).sum())
            wrong = np.exp(said)
            np.put_along_axis(wrong, truth, np.take_along_axis(wrong, truth, axis=2) - 1, axis=2)
            wrong = (wrong * samples[..., None]).reshape(len(part), -1)
            steep_bias += wrong.sum(axis=0)
            steep += (wrong.T @ states - np.outer(wrong.sum(axis=0), mean)) / spread
        return total, np.concatenate([steep.ravel(), steep_bias])

    start = np.zeros((shape[1] + 1) * shape[0])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}).x
    raw = found[: -shape[0]].reshape(shape) / spread
    return Head(torch.from_numpy(raw).float(), torch.from_numpy(found[-shape[0] :] - raw @ mean).float())


def moments(steps: Steps, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each feature over these rows; a constant feature gets a deviation of 1."""
    total, squares = np.zeros((2, steps.features.shape[1]))
    for _, states in blocks(steps, rows):
        total += states.sum(axis=0, dtype=np.float64)
        squares += np.einsum("sw,sw->w", states, states, dtype=np.float64)
    mean = total / len(rows)
    spread = np.sqrt(np.maximum(squares / len(rows) - mean**2, 0))
    return mean, np.where(spread > 1e-6, spread, 1.0)


def blocks(steps: Steps, rows: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Some of the rows at a time, with their features in float32."""
    for at in range(0, len(rows), AT_ONCE):
        part = rows[at : at + AT_ONCE]
        yield part, steps.features[part].astype(np.float32)
