"""What a pool does to its columns: numpy alone, and never more beside a column than a piece of it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

PIECE = 2**20  # rows


def hashed(*parts: str | int) -> int:
    """A stable 64-bit hash, on which 1 and "1" differ; no part holds a NUL."""
    spelled = "\0".join([part if isinstance(part, str) else f"\0{part}" for part in parts])
    return int.from_bytes(hashlib.blake2b(spelled.encode("utf-8", "surrogatepass"), digest_size=8).digest())


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
    return (slice(begin, begin + PIECE) for begin in range(0, count, PIECE))


def scrambled(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser: every bit of the key moves every bit of the result."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))
