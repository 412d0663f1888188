"""Laying many sequences out so that each shared beginning is read once and no padding is.

A pack lays the tokens of many sequences end to end: what is done token by token meets no padding, and a sequence that
begins like the one before it, be it with the problem or with the same first steps, brings only the rest. Attention
goes stretch by stretch: neighbours in the pack look together at all that any of them may see. `reading` reads packs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

import torch

from selector.prm.encode import Encoded

PACK_TOKENS = (
    2048  # tokens read per forward pass: bounds the memory, and keeps what a layer puts out near the processor
)
STRETCH = 256  # tokens that attend together at most: fewer look at less in vain, more fill the processor


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbours in the pack, and the places in it of all that any of them looks at."""

    asking: slice
    seen: torch.Tensor  # (keys,)
    hidden: torch.Tensor  # (asking, keys): True where this one may not look


@dataclass(frozen=True, slots=True)
class Pack:
    """Sequences laid out for one forward pass of a causal model."""

    ids: torch.Tensor  # (tokens,)
    positions: torch.Tensor  # (tokens,): place of the token in its own sequence
    stretches: list[Stretch]  # all tokens, in their order
    ends: torch.Tensor  # places in the pack of every end to judge, sequence by sequence
    sequences: list[Encoded]


@dataclass(frozen=True, slots=True)
class Branch:
    """Where in the pack the tokens of a sequence's beginning lie; the last `own` of them come with it."""

    path: list[int]
    own: int


def packs(sequences: Sequence[Encoded], budget: int = PACK_TOKENS) -> Iterator[Pack]:
    """Packs of at most `budget` tokens, or of a single longer sequence; `sequences` are distinct and sorted by ids."""
    taken: list[Encoded] = []
    branches: list[Branch] = []
    tokens = 0
    for sequence in sequences:
        shared = common(taken[-1].ids, sequence.ids) if taken else 0
        if taken and tokens + len(sequence.ids) - shared > budget:
            yield laid_out(taken, branches)
            taken, branches, tokens, shared = [], [], 0, 0
        own = len(sequence.ids) - shared
        before = branches[-1].path[:shared] if branches else []
        branches.append(Branch([*before, *range(tokens, tokens + own)], own))
        taken.append(sequence)
        tokens += own
    if taken:
        yield laid_out(taken, branches)


def common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many ids the two begin with in common, short of the whole of `other`: its last token is its own."""
    pairs = zip(one, other[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def laid_out(sequences: list[Encoded], branches: list[Branch]) -> Pack:
    ids = [token for one, branch in zip(sequences, branches, strict=True) for token in one.ids[-branch.own :]]
    positions = [at for branch in branches for at in range(len(branch.path) - branch.own, len(branch.path))]
    ends = [branch.path[end] for one, branch in zip(sequences, branches, strict=True) for end in one.ends]
    stretches = [stretch(group) for group in together(branches)]
    return Pack(torch.tensor(ids), torch.tensor(positions), stretches, torch.tensor(ends), sequences)


def together(branches: list[Branch]) -> Iterator[list[Branch]]:
    """The branches, long ones in pieces, in groups that bring at most STRETCH tokens."""
    group: list[Branch] = []
    for piece in (piece for branch in branches for piece in pieces(branch)):
        if group and sum(one.own for one in group) + piece.own > STRETCH:
            yield group
            group = []
        group.append(piece)
    yield group


def pieces(branch: Branch) -> Iterator[Branch]:
    """The beginnings of a branch that bring at most STRETCH tokens each, all about as many."""
    number = -(-branch.own // STRETCH)
    shared = len(branch.path) - branch.own
    ends = [shared + branch.own * part // number for part in range(number + 1)]
    return (Branch(branch.path[:end], end - start) for start, end in pairwise(ends))


def stretch(branches: list[Branch]) -> Stretch:
    paths = [torch.tensor(branch.path) for branch in branches]
    seen = torch.unique(torch.cat(paths))
    asking = torch.cat([path[-branch.own :] for path, branch in zip(paths, branches, strict=True)])
    ancestors = [torch.isin(seen, path).expand(branch.own, -1) for path, branch in zip(paths, branches, strict=True)]
    hidden = ~torch.cat(ancestors) | (seen > asking[:, None])
    return Stretch(slice(int(asking[0]), int(asking[-1]) + 1), seen, hidden)
