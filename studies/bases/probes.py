"""Judges of steps that are cheaper than training a reward model: hashed n-grams, and a frozen model's features."""

import hashlib
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from selector.prm.encode import PLACES, Encoder, by_tokens
from selector.prm.outputs import pad, scoring_dtype
from selector.prm.reward_model import load_base
from studies.bases.real_steps import Rated

LAYERS = (12, 18, 24, 30)  # of SmolLM2's 30: which one is read is chosen like any other setting
READ_TOKENS = 4096  # per forward pass
BUCKETS = 2**18  # of hashed n-grams
PIECES = re.compile(r"\w+|[^\w\s]")
Probs = list[list[float]]  # P(correct) of each step of each solution
Forward = Callable[[Tensor], Tensor]


def grams(solved: Sequence[Rated], most: int) -> list[list[int]]:
    """The buckets of each step's runs of up to `most` pieces, and of its place."""
    found = []
    for one in solved:
        for place, step in enumerate(one.steps):
            pieces = PIECES.findall(step.lower())
            runs = {tuple(pieces[at : at + n]) for n in range(1, most + 1) for at in range(len(pieces) - n + 1)}
            found.append([_bucket(run) for run in sorted(runs)] + [min(place, PLACES - 1)])
    return found


def _bucket(run: tuple[str, ...]) -> int:
    digest = hashlib.blake2b(" ".join(run).encode(), digest_size=4).digest()
    return PLACES + int.from_bytes(digest, "big") % (BUCKETS - PLACES)


def by_grams(learnt: Sequence[Rated], judged: Sequence[Rated], most: int, decay: float) -> Probs:
    """Logistic regression on the n-grams, each step's weighed so that long steps don't shout."""
    bag = torch.nn.EmbeddingBag(BUCKETS, 1, mode="sum")
    torch.nn.init.zeros_(bag.weight)

    def forward(solved: Sequence[Rated]) -> Callable[[], Tensor]:
        found = grams(solved, most)
        flat = torch.tensor([bucket for one in found for bucket in one])
        starts = torch.tensor([0, *np.cumsum([len(one) for one in found])[:-1].tolist()])
        weights = torch.cat([torch.full((len(one),), len(one) ** -0.5) for one in found])
        return lambda: bag(flat, starts, per_sample_weights=weights)[:, 0]

    return _logistic(forward(learnt), forward(judged), [bag.weight], learnt, judged, decay)


def by_features(
    learnt: Sequence[Rated], judged: Sequence[Rated], told: Callable[[Sequence[Rated]], Tensor], decay: float
) -> Probs:
    """Logistic regression on features of the steps, (steps, width), each of mean 0 and variance 1."""
    seen, asked = told(learnt), told(judged)
    mean, spread = seen.mean(dim=0), seen.std(dim=0) + 1e-6
    head = torch.nn.Linear(seen.shape[1], 1)
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)

    def forward(features: Tensor) -> Callable[[], Tensor]:
        scaled = (features - mean) / spread
        return lambda: head(scaled)[:, 0]

    return _logistic(forward(seen), forward(asked), [head.weight, head.bias], learnt, judged, decay)


def _logistic(
    seen: Callable[[], Tensor],
    asked: Callable[[], Tensor],
    weights: list[Tensor],
    learnt: Sequence[Rated],
    judged: Sequence[Rated],
    decay: float,
) -> Probs:
    """Fits `seen` to what people said, pulled to zero by `decay`, by L-BFGS; then asks."""
    truth = torch.tensor([float(right) for one in learnt for right in one.correct])
    optimizer = torch.optim.LBFGS(weights, max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        pull = sum((weight**2).sum() for weight in weights) * decay / len(truth)
        total: Tensor = torch.nn.functional.binary_cross_entropy_with_logits(seen(), truth) + pull
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        probs = iter(torch.sigmoid(asked()).tolist())
    return [[next(probs) for _ in one.steps] for one in judged]


class Frozen:
    """A pretrained model's hidden states at step ends, each step behind its problem and those before it.

    Reading takes the better part of an hour on one core, so what was read is kept in `cache`, under its text's digest.
    """

    def __init__(self, base: Path, cache: Path) -> None:
        self.base, self.cache = base, cache
        self.read: dict[Rated, NDArray[np.float16]] = {}  # of each solution, (steps, layers, width)

    def features(self, solved: Sequence[Rated], layer: int) -> Tensor:
        """(steps, width) of one of LAYERS."""
        rows = [self.read[one][:, LAYERS.index(layer)] for one in solved]
        return torch.from_numpy(np.concatenate(rows)).float()

    def learn(self, solved: Sequence[Rated]) -> None:
        """Reads the solutions, or finds them read."""
        digest = hashlib.sha256(repr([(one.problem, one.steps) for one in solved]).encode()).hexdigest()[:16]
        file = self.cache / f"{self.base.name}-{digest}.npy"
        if not file.exists():
            self.cache.mkdir(parents=True, exist_ok=True)
            np.save(file, read(self.base, solved))
        ends = np.cumsum([len(one.steps) for one in solved])[:-1]
        self.read |= dict(zip(solved, np.split(np.load(file), ends), strict=True))


@torch.inference_mode()
def read(base: Path, solved: Sequence[Rated]) -> NDArray[np.float16]:
    """The hidden states at the end of each step, (steps, layers, width)."""
    model, tokenizer, _ = load_base(str(base))
    model.to(scoring_dtype()).eval()  # type: ignore[arg-type]
    encoded = Encoder(tokenizer, "solution", 8192).encode([(one.problem, one.steps) for one in solved])
    sequences = [one for each in encoded for one in each or ()]
    found: dict[object, NDArray[np.float16]] = {}
    for batch in by_tokens(sorted(set(sequences), key=lambda one: len(one.ids)), READ_TOKENS):
        ids, mask = pad([one.ids for one in batch], model)
        states = model.base_model(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
        chosen = torch.stack([states[layer] for layer in LAYERS], dim=2)
        found |= {one: chosen[row, list(one.ends)].to(torch.float16).numpy() for row, one in enumerate(batch)}
        print(f"{base.name} has read {len(found)} of {len(sequences)}", file=sys.stderr)
    return np.concatenate([found[one] for one in sequences])
