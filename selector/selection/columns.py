"""What a pool does to its columns: numpy alone, and never more beside a column than a piece of it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

BLOCK = 2**16  # rows
WIDE_BLOCK = 2**20  # rows, where each block costs the sorting of what is taken
SLOTS = np.uint64(2**20)


def hashed(*parts: str | int) -> int:
    """A stable 64-bit hash, on which 1 and "1" differ; no part holds a NUL."""
    spelled = "\0".join([part if isinstance(part, str) else f"\0{part}" for part in parts])
    return int.from_bytes(hashlib.blake2b(spelled.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def contend(keys: NDArray[Any], group: Rows, quota: Rows) -> Mask:
    """The entries that are no worse than the last one which the quota of their group has room for."""
    near = np.ones(len(keys), np.bool_)
    begin = 0
    for end, room in zip(np.cumsum(np.bincount(group, minlength=len(quota))).tolist(), quota.tolist(), strict=True):
        if room < end - begin:
            those = keys[begin:end]
            near[begin:end] = those <= np.partition(those, room - 1)[room - 1] if room else False
        begin = end
    return near


def repeated(value: NDArray[np.uint64]) -> Rows:
    """The entries that share their value with another.

    Only those that share a slot of the table can, which saves the sorting of all the others.
    """
    slot, entry = (value % SLOTS).astype(np.int64), np.arange(len(value), dtype=np.uint32)
    table = np.empty(SLOTS, np.uint32)
    table[slot] = entry
    last = table[slot]
    clash = last != entry
    clash[last[clash]] = True
    order = np.flatnonzero(clash)
    order = order[np.argsort(value[order])]
    same = value[order[1:]] == value[order[:-1]]
    repeated = np.zeros(len(order), np.bool_)
    repeated[1:] |= same
    repeated[:-1] |= same
    return order[repeated]


@dataclass(frozen=True)
class Grouping:
    """How columns in any order come to stand problem by problem, in the order they came within each.

    A counting sort, piece by piece; `target` is where each row goes.
    """

    start: Rows
    target: NDArray[np.uint32]

    @classmethod
    def of(cls, problem: NDArray[np.int32], count: int) -> Self:
        """`problem` numbers them from 0 to `count` - 1; `start` is where each begins, and where the last one ends."""
        narrow = np.min_scalar_type(count)  # 16 bits sort by radix
        size = np.zeros(count, np.int64)
        for piece in pieces(len(problem)):
            size += np.bincount(problem[piece], minlength=count)
        start = np.append(0, np.cumsum(size))
        target = np.empty(len(problem), np.uint32)
        begin = start[:-1].copy()
        for piece in pieces(len(problem)):
            code = problem[piece].astype(narrow)
            size = np.bincount(code, minlength=count)
            ahead = begin - (np.cumsum(size) - size)
            target[piece][np.argsort(code, kind="stable")] = np.arange(len(code)) + np.repeat(ahead, size)
            begin += size
        return cls(start, target)

    def of_column(self, column: NDArray[Any]) -> NDArray[Any]:
        moved = np.empty_like(column)
        for piece in pieces(len(column)):
            moved[self.target[piece]] = column[piece]
        return moved

    def places(self) -> NDArray[np.uint32]:
        """Where each came from."""
        place = np.empty_like(self.target)
        for piece in pieces(len(place)):
            place[self.target[piece]] = np.arange(piece.start, min(piece.stop, len(place)), dtype=np.uint32)
        return place


def pieces(count: int) -> Iterator[slice]:
    return (slice(begin, begin + WIDE_BLOCK) for begin in range(0, count, WIDE_BLOCK))


def scrambled(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser: every bit of the key moves every bit of the result."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))
