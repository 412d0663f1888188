"""What every training here shares: batches of like length, digit noise, and one loop of AdamW."""

import random
from collections.abc import Callable, Mapping, Sequence

import torch
from transformers import PreTrainedModel

from selector.encode import Encoded, by_tokens
from selector.unfinished import Unfinished

STRETCH = 256  # sequences sorted by length together: enough to pad little, few enough to leave the order to chance
Digits = Mapping[int, tuple[int, ...]]  # each digit's token, and the tokens that may take its place


def one_pass(sequences: Sequence[Encoded], batch_tokens: int, chance: random.Random) -> list[list[Encoded]]:
    """Every sequence once, in batches of like length and in an order of chance."""
    order = chance.sample(sequences, len(sequences))
    stretches = (sorted(order[at : at + STRETCH], key=lambda one: len(one.ids)) for at in range(0, len(order), STRETCH))
    batches = [batch for stretch in stretches for batch in by_tokens(stretch, batch_tokens)]
    return chance.sample(batches, len(batches))


def noisy(ids: tuple[int, ...], digits: Digits, share: float) -> tuple[int, ...]:
    """The ids with a `share` of the digits drawn anew."""
    if not share or not digits:
        return ids
    draws = torch.rand(len(ids)).tolist()
    # The draw that says whether also says which: below `share` it is uniform.
    return tuple(
        alike[int(draw / share * len(alike))] if draw < share and (alike := digits.get(token)) else token
        for token, draw in zip(ids, draws, strict=True)
    )


def descend(
    model: PreTrainedModel,
    batches: Sequence[list[Encoded]],
    loss_of: Callable[[list[Encoded]], torch.Tensor],
    *,
    learning_rate: float,
    weight_decay: float,
    unfinished: Unfinished,
    phase: str,
    tell: Callable[[float], None],
) -> list[float]:
    """One update per batch, in place, on from where `unfinished` was saved in this `phase`; the loss of each.

    `tell` hears every loss and may raise to stop.
    """
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=weight_decay)
    losses = unfinished.losses(phase)
    if losses:
        unfinished.restore(model, optimizer)
    model.train()
    for update in range(len(losses), len(batches)):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate * warm_then_fall(update, len(batches))
        losses.append(_update(model, optimizer, loss_of(batches[update])))
        unfinished.save_now_and_then(phase, model, optimizer, losses)
        tell(losses[-1])
    return losses


def _update(model: PreTrainedModel, optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> float:
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


def warm_then_fall(update: int, total: int) -> float:
    """The share of the peak learning rate at an update."""
    warm = max(1, total // 10)
    return (update + 1) / warm if update < warm else max(0.0, (total - update) / max(1, total - warm))
