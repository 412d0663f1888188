"""What every training here shares: batches, digit noise, and one loop of AdamW that adds passes up to updates."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import torch

from selector.prm.config import TrainConfig
from selector.prm.encode import Encoded, by_tokens
from selector.prm.training.processes import Processes
from selector.prm.training.unfinished import Unfinished, changing

STRETCH = 256  # sequences sorted by length together: enough to pad little, few enough to leave the order to chance
Digits = Mapping[int, tuple[int, ...]]  # each digit's token, and the tokens that may take its place
Loss = tuple[torch.Tensor, torch.Tensor]  # a weighted sum of losses, and the sum of the weights
LossOf = Callable[[Sequence[Encoded], Sequence[tuple[int, ...]]], Loss]  # of sequences, given their ids with noise
Drawn = tuple[Encoded, tuple[int, ...]]  # a sequence, and its ids with noise


def one_pass(sequences: Sequence[Encoded], batch_tokens: int, chance: random.Random) -> list[list[Encoded]]:
    """Every sequence once, in batches of like length that hold so many tokens, and in an order of chance."""
    order = chance.sample(sequences, len(sequences))
    stretches = (sorted(order[at : at + STRETCH], key=lambda one: len(one.ids)) for at in range(0, len(order), STRETCH))
    batches = [batch for stretch in stretches for batch in by_tokens(stretch, batch_tokens)]
    return chance.sample(batches, len(batches))


def batches(solutions: Sequence[list[Encoded]], size: int, updates: int, seed: int) -> list[list[Encoded]]:
    """A batch for each of so many updates: `size` solutions at most, pass after pass, each in an order of chance.

    A pass is dealt out evenly: a rest of one solution would else weigh as much as a whole batch. The sequences of a
    batch are sorted by length, so that passes over them pad little, and that shares of them are alike.
    """
    chance = random.Random(seed)
    each = -(-len(solutions) // size)
    found: list[list[Encoded]] = []
    while len(found) < updates:
        order = chance.sample(solutions, len(solutions))
        parts = (order[len(order) * n // each : len(order) * (n + 1) // each] for n in range(each))
        found += [sorted((one for part in batch for one in part), key=lambda one: len(one.ids)) for batch in parts]
    return found[:updates]


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
    model: torch.nn.Module, batches: Sequence[list[Encoded]], loss_of: LossOf, *, phase: str, run: Run, head: str = ""
) -> list[float]:
    """One update per batch, in place, on from where the run was saved in this `phase`; the mean loss of each.

    `loss_of` gets what goes through the model at once of this process's share of a batch. The weights of the `head`,
    where one is named, learn at a rate of their own.
    """
    config, processes = run.config, run.processes
    learning = [weight for _, weight in changing(model)]
    of_head = [weight for name, weight in changing(model) if head and name.startswith(f"{head}.")]
    others = [weight for weight in learning if not any(weight is one for one in of_head)]
    peaks = [config.rate, config.head_rate][: 1 + bool(of_head)]
    groups = [{"params": weights} for weights in (others, of_head) if weights]
    optimizer = torch.optim.AdamW(groups, lr=config.rate, weight_decay=config.weight_decay)
    losses = run.unfinished.losses(phase)
    if losses:
        run.unfinished.restore(model, optimizer)
    model.train()
    for update in range(len(losses), len(batches)):
        # Drawn for the whole batch, of which this may be but a share: as one process alone would draw it.
        drawn = [(one, noisy(one.ids, run.digits, config.digit_noise)) for one in batches[update]]
        for group, peak in zip(optimizer.param_groups, peaks, strict=True):
            group["lr"] = peak * warm_then_fall(update, len(batches))
        optimizer.zero_grad(set_to_none=False)
        passes = (loss_of(*zip(*part, strict=True)) for part in in_passes(processes.share(drawn), config.pass_tokens))
        losses.append(add_up(learning, passes, processes))
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        if processes.first:
            run.unfinished.save_now_and_then(phase, model, optimizer, losses)
        run.tell(losses[-1])
    return losses


def in_passes(drawn: Sequence[Drawn], tokens: int) -> Iterator[Sequence[Drawn]]:
    """The sequences in their order, so many padded tokens at a time."""
    rest = iter(drawn)
    for part in by_tokens([one for one, _ in drawn], tokens):
        yield list(islice(rest, len(part)))


def add_up(learning: Sequence[torch.nn.Parameter], passes: Iterable[Loss], processes: Processes) -> float:
    """Put the gradient of the mean loss over all passes of all processes into the weights; returns that mean.

    Sums are divided by the weight of the whole batch at the end, so that it doesn't matter how it was dealt out: means
    of passes would let a step weigh more the fewer went through the model with it. A process may have no pass at all.
    """
    told = torch.zeros(2, device=learning[0].device)
    for total, weight in passes:
        total.backward()  # type: ignore[no-untyped-call]
        told += torch.stack([total.detach(), weight])
    processes.add_up(told)
    loss, everything = told[0], told[1].clamp(min=1)
    for one in learning:
        one.grad = torch.zeros_like(one) if one.grad is None else one.grad
        processes.add_up(one.grad)
        one.grad /= everything
    return (loss / everything).item()


def warm_then_fall(update: int, total: int) -> float:
    """The share of the peak learning rate at an update."""
    warm = max(1, total // 10)
    return (update + 1) / warm if update < warm else max(0.0, (total - update) / max(1, total - warm))
