"""What every training here shares: batches of like length, digit noise, and one loop of AdamW."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from transformers import PreTrainedModel

from selector.prm.config import TrainConfig
from selector.prm.encode import Encoded, by_tokens
from selector.prm.training.processes import Processes
from selector.prm.training.unfinished import Unfinished, changing

STRETCH = 256  # sequences sorted by length together: enough to pad little, few enough to leave the order to chance
Digits = Mapping[int, tuple[int, ...]]  # each digit's token, and the tokens that may take its place
Loss = tuple[torch.Tensor, torch.Tensor]  # a weighted sum of losses, and the sum of the weights
LossOf = Callable[[Sequence[Encoded], Sequence[tuple[int, ...]]], Loss]  # of sequences, given their ids with noise


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


@dataclass(frozen=True, slots=True)
class Run:
    """What all updates of one training run share."""

    config: TrainConfig
    digits: Digits
    unfinished: Unfinished
    processes: Processes
    tell: Callable[[float], None]  # hears every loss, and may raise to stop


def training_loop(
    model: PreTrainedModel, batches: Sequence[list[Encoded]], loss_of: LossOf, *, phase: str, run: Run
) -> list[float]:
    """One update per batch, in place, on from where the run was saved in this `phase`; the mean loss of each.

    `loss_of` gets this process's share of a batch.
    """
    config, processes = run.config, run.processes
    learning = [weight for _, weight in changing(model)]
    optimizer = torch.optim.AdamW(learning, lr=config.learning_rate, weight_decay=config.weight_decay)
    losses = run.unfinished.losses(phase)
    if losses:
        run.unfinished.restore(model, optimizer)
    model.train()
    for update in range(len(losses), len(batches)):
        batch = batches[update]
        # Drawn for the whole batch, of which this may be but a share: as one process alone would draw it.
        drawn = [noisy(one.ids, run.digits, config.digit_noise) for one in batch]
        for group in optimizer.param_groups:
            group["lr"] = config.learning_rate * warm_then_fall(update, len(batches))
        share = processes.share(batch)
        loss = partial(loss_of, share, processes.share(drawn)) if share else None
        losses.append(_update(learning, optimizer, loss, processes))
        if processes.first:
            run.unfinished.save_now_and_then(phase, model, optimizer, losses)
        run.tell(losses[-1])
    return losses


def _update(
    learning: list[torch.nn.Parameter],
    optimizer: torch.optim.Optimizer,
    loss: Callable[[], Loss] | None,
    processes: Processes,
) -> float:
    """One step down the mean loss over all processes, which is returned; a process may have no share in it, None."""
    optimizer.zero_grad(set_to_none=False)
    nothing = torch.zeros((), device=learning[0].device)
    total, weight = loss() if loss else (nothing, nothing)
    everyones = torch.stack([total.detach(), weight])
    processes.add_up(everyones)
    if total.requires_grad:
        (total / everyones[1].clamp(min=1)).backward()  # type: ignore[no-untyped-call]
    for one in learning:
        one.grad = torch.zeros_like(one) if one.grad is None else one.grad
        processes.add_up(one.grad)
    torch.nn.utils.clip_grad_norm_(learning, 1.0)
    optimizer.step()
    return (everyones[0] / everyones[1].clamp(min=1)).item()


def warm_then_fall(update: int, total: int) -> float:
    """The share of the peak learning rate at an update."""
    warm = max(1, total // 10)
    return (update + 1) / warm if update < warm else max(0.0, (total - update) / max(1, total - warm))
