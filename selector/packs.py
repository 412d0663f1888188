"""Laying many sequences out so that each shared beginning is read once and no padding is.

A pack lays the tokens of many sequences end to end: what is done token by token (nine tenths of a forward pass) meets
no padding, and a sequence that begins like the one before it, be it with the problem or with the same first steps,
brings only the rest. Attention alone goes sequence by sequence, in groups of like length. `reading` reads packs.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

import torch

from selector.encode import Encoded

PACK_TOKENS = (
    2048  # tokens read per forward pass: bounds the memory, and keeps what a layer puts out near the processor
)
ALIGNED = 32  # queries and keys are padded to multiples: at odd lengths the CPU is slower, and plans each length anew
GROUP_TOKENS = 4096  # keys gathered at once: bounds the memory of many short branches on long shared beginnings


@dataclass(frozen=True, slots=True)
class Group:
    """Branches of like length, aligned at their ends: places in the pack of what asks and of what may be looked at."""

    asking: torch.Tensor  # (branches, queries); what stands before a branch's own asks in vain
    seen: torch.Tensor  # (branches, keys)
    absent: torch.Tensor  # (branches, ALIGNED): True where a key on the left only pads


@dataclass(frozen=True, slots=True)
class Pack:
    """Sequences laid out for one forward pass of a causal model."""

    ids: torch.Tensor  # (1, tokens)
    positions: torch.Tensor  # (1, tokens): place of the token in its own sequence
    groups: list[Group]
    answers: torch.Tensor  # (tokens,): which of all that ask, group by group, is each token of the pack
    ends: torch.Tensor  # places in the pack of every end to judge, sequence by sequence
    sequences: list[Encoded]


@dataclass(frozen=True, slots=True)
class Branch:
    """Where in the pack the tokens of one sequence lie; the last `own` of them come with it."""

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
    together = list(alike(branches))
    answers, asked = [0] * len(ids), 0
    for group in together:
        for branch in group:
            asked += padded(branch.own)
            answers[branch.path[-branch.own] : branch.path[-1] + 1] = range(asked - branch.own, asked)
    groups = [grouped(group) for group in together]
    return Pack(
        torch.tensor([ids]), torch.tensor([positions]), groups, torch.tensor(answers), torch.tensor(ends), sequences
    )


def alike(branches: list[Branch]) -> Iterator[list[Branch]]:
    """Groups of branches that are padded to the same lengths, each of a bounded number of keys."""
    by_size: dict[tuple[int, int], list[Branch]] = defaultdict(list)
    for branch in branches:
        by_size[padded(branch.own), padded(len(branch.path))].append(branch)
    for (_, keys), same in by_size.items():
        size = max(1, GROUP_TOKENS // keys)
        yield from (same[at : at + size] for at in range(0, len(same), size))


def padded(length: int) -> int:
    return -(-length // ALIGNED) * ALIGNED


def grouped(branches: list[Branch]) -> Group:
    own, path = padded(branches[0].own), padded(len(branches[0].path))
    seen = torch.tensor([[0] * (path - len(one.path)) + one.path for one in branches])
    pads = torch.tensor([[path - len(one.path)] for one in branches])
    return Group(asking=seen[:, path - own :], seen=seen, absent=torch.arange(ALIGNED) < pads)
