"""The step model of the study: many small networks at once, each trained to convergence by the same rule."""

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from studies.active_learning.cells import Training

Features = NDArray[np.float32]
Probs = NDArray[np.float64]
Loss = Callable[[Tensor], Tensor]  # logits of the kinds, (networks, kinds) -> nats in all, (networks,)

HEADS = 3  # networks of an ensemble: their mean scores, their disagreement is ActPRM's


def by_steps(
    features: Features, right: NDArray[np.float32], wrong: NDArray[np.float32], seed: int, rule: Training
) -> Probs:
    """P(correct) of each kind of step by each head of each training set's ensemble, (sets, HEADS, kinds).

    `right[s, k]` and `wrong[s, k]` are how often set s rated kind k right and wrong.
    """
    seen = np.flatnonzero((right + wrong).any(axis=0))
    good, bad = (torch.from_numpy(each[:, seen]).repeat_interleave(HEADS, 0) for each in (right, wrong))

    def loss(logits: Tensor) -> Tensor:
        return (good * functional.softplus(-logits) + bad * functional.softplus(logits)).sum(1)

    return _fitted(features, seen, loss, len(good), seed, rule)


def by_outcomes(
    features: Features, bags: NDArray[np.int64], right: NDArray[np.bool_], seed: int, rule: Training
) -> Probs:
    """The same from outcomes alone: the product of a solution's steps is what learns whether it is right.

    `bags` is (solutions, steps) of kinds, `right` (sets, solutions).
    """
    seen, places = np.unique(bags, return_inverse=True)
    where, outcome = torch.from_numpy(places.reshape(bags.shape)), torch.from_numpy(right).repeat_interleave(HEADS, 0)

    def loss(logits: Tensor) -> Tensor:
        together = functional.logsigmoid(logits)[:, where].sum(-1).clamp(max=-1e-6)
        return -torch.where(outcome, together, torch.log(-torch.expm1(together))).sum(1)

    return _fitted(features, seen, loss, len(outcome), seed, rule)


def _fitted(features: Features, seen: NDArray[np.int64], loss: Loss, networks: int, seed: int, rule: Training) -> Probs:
    weights = _begun(features.shape[1], networks, seed, rule)
    kept = _converged(weights, torch.from_numpy(features[seen]), loss, rule)
    with torch.no_grad():
        logits = _logits(kept, torch.from_numpy(features)).double()
    return torch.sigmoid(logits).numpy().reshape(networks // HEADS, HEADS, len(features))


def _begun(inputs: int, networks: int, seed: int, rule: Training) -> list[Tensor]:
    """Head h begins alike in every training set, so that sets and not luck tell them apart."""
    chance = torch.Generator().manual_seed(seed)
    width = rule.width
    sizes = [(width, inputs), (width, 1), (width, width), (width, 1), (1, width), (1, 1)]
    scales = [0.3, 0.0, 1 / math.sqrt(width), 0.0, 1 / math.sqrt(width), 0.0]
    drawn = [scale * torch.randn(HEADS, *size, generator=chance) for size, scale in zip(sizes, scales, strict=True)]
    return [each.repeat(networks // HEADS, 1, 1).requires_grad_() for each in drawn]


def _logits(weights: list[Tensor], read: Tensor) -> Tensor:
    """(networks, kinds): two hidden layers; the first is one product for all networks, which read the same."""
    w1, b1, w2, b2, w3, b3 = weights
    hidden = functional.relu((w1.flatten(0, 1) @ read.T).view(*w1.shape[:2], -1) + b1)
    hidden = functional.relu(torch.baddbmm(b2, w2, hidden))
    return torch.baddbmm(b3, w3, hidden).squeeze(1)


def _converged(weights: list[Tensor], read: Tensor, loss: Loss, rule: Training) -> list[Tensor]:
    """Each network's weights averaged over the first window that gained too little.

    The average stands where single updates only circle around (Polyak and Juditsky, 1992): without it the luck of the
    last update decides which rare mistake is forgotten.
    """
    adam = torch.optim.AdamW(weights, lr=rule.rate, weight_decay=rule.decay, fused=True)
    kept, sums = ([torch.zeros_like(each, requires_grad=False) for each in weights] for _ in range(2))
    before = torch.full((len(weights[0]),), math.inf)
    window, learning = torch.zeros_like(before), torch.ones_like(before, dtype=torch.bool)
    for update in range(1, rule.most + 1):
        losses = loss(_logits(weights, read))
        adam.zero_grad()
        torch.autograd.backward(losses.sum())
        adam.step()
        window += losses.detach() / rule.window
        torch._foreach_add_(sums, [each.detach() for each in weights])
        if update % rule.window == 0:
            for keep, total in zip(kept, sums, strict=True):
                keep[learning] = total[learning] / rule.window
                total.zero_()
            learning &= before - window > rule.gain
            if not learning.any():
                break
            before, window = window, torch.zeros_like(window)
    return kept
