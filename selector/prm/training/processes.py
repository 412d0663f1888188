"""One training in several processes, as `accelerate launch` and torchrun start them: each learns from its share.

Every process holds the whole model and takes its share of every batch; gradients are summed over all of them before
each update, so that all stay alike, and what comes out is what one process would have learnt but for the rounding, and
for a model's own dropout, which chance spreads in another way.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import distributed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Processes:
    """This process's place among `count` that learn together; the first one writes and tells."""

    index: int = 0
    count: int = 1

    @property
    def first(self) -> bool:
        return self.index == 0

    def share(self, batch: Sequence[T]) -> Sequence[T]:
        """What this process takes of a batch: of sequences sorted by length everyone gets alike. It may be nothing."""
        return batch[self.index :: self.count]

    def whole(self, share: list[T]) -> list[T]:
        """What every process made of its `share`, one for one, put back in the order of the whole."""
        shares = [share]
        if self.count > 1:
            shares = [[] for _ in range(self.count)]
            distributed.all_gather_object(shares, share)
        return [shares[place % self.count][place // self.count] for place in range(sum(map(len, shares)))]

    def add_up(self, summand: torch.Tensor) -> None:
        """The sum over all processes, in place."""
        if self.count > 1:
            distributed.all_reduce(summand)

    def agree(self, on: str) -> None:
        """Raises ValueError unless all processes say the same: they would learn past each other, or wait for ever."""
        said = [on]
        if self.count > 1:
            said = [""] * self.count
            distributed.all_gather_object(said, on)
        if len(set(said)) > 1:
            raise ValueError("The processes have read different data, or do not see the same unfinished run.")

    def wait(self) -> None:
        """Until all are here."""
        if self.count > 1:
            distributed.barrier()


@contextmanager
def joined() -> Iterator[Processes]:
    """The processes that the launcher started; this one alone where none did."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield Processes()
        return
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield Processes(distributed.get_rank(), distributed.get_world_size())
    finally:
        distributed.destroy_process_group()
