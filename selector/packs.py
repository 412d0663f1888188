"""Reading many sequences at once so that each shared beginning is read once and no padding is.

A pack lays the tokens of many sequences end to end: what is done token by token (nine tenths of a forward pass) meets
no padding, and a sequence that begins like the one before it, be it with the problem or with the same first steps,
brings only the rest. Attention alone goes sequence by sequence, in groups of like length.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from itertools import takewhile

import torch
from transformers import AttentionInterface, PreTrainedModel

from selector.encode import Encoded

NAME = "selector_packs"  # of the attention that transformers calls while a pack is read
PACK_TOKENS = 8192  # tokens read per forward pass: bounds the memory, and larger is no faster on a CPU
TRIED = [Encoded((1, 2, 3, 4, 5), (2, 4)), Encoded((1, 2, 3, 6), (3,)), Encoded((1, 7), (0, 1))]  # ids sorted
WITHOUT_MEANING = ("dropout", "position_ids", "use_cache", "cache_position", "is_causal", "output_attentions")
STRETCH = 96  # queries that attend together: few look at keys in vain, enough fill the processor
GROUP_WASTE = 1.25  # a group of branches may grow in area by this through padding


@dataclass(frozen=True, slots=True)
class Group:
    """Branches of like length, aligned at their ends: places in the pack of what asks and of what may be looked at."""

    asking: torch.Tensor  # (branches, longest own); what pads on the left is asked for nothing
    seen: torch.Tensor  # (branches, longest path)
    absent: torch.Tensor  # (branches, 1, longest path less shortest): True where padding on the left is not to be seen
    told: torch.Tensor  # places in the pack of the tokens that come with the branches
    telling: torch.Tensor  # where in `asking`, laid out flat, each of them is


@dataclass(frozen=True, slots=True)
class Pack:
    """Sequences laid out for one forward pass of a causal model."""

    ids: torch.Tensor  # (1, tokens)
    positions: torch.Tensor  # (1, tokens): place of the token in its own sequence
    groups: list[Group]
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
    groups = [grouped(group) for group in alike(branches)]
    return Pack(torch.tensor([ids]), torch.tensor([positions]), groups, torch.tensor(ends), sequences)


def alike(branches: list[Branch]) -> Iterator[list[Branch]]:
    """Groups in which padding to the longest costs little."""
    group: list[Branch] = []
    used = 0
    for branch in sorted(branches, key=lambda branch: (branch.own, len(branch.path))):
        area = branch.own * len(branch.path)
        longest = max(len(branch.path), *(len(one.path) for one in group)) if group else len(branch.path)
        if group and branch.own * longest * (len(group) + 1) > GROUP_WASTE * (used + area):
            yield group
            group, used = [], 0
        group.append(branch)
        used += area
    if group:
        yield group


def grouped(branches: list[Branch]) -> Group:
    own, path = max(one.own for one in branches), max(len(one.path) for one in branches)
    pads = path - min(len(one.path) for one in branches)
    return Group(
        asking=torch.tensor([aligned(one.path, own) for one in branches]),
        seen=torch.tensor([aligned(one.path, path) for one in branches]),
        absent=torch.tensor([[[at < path - len(one.path) for at in range(pads)]] for one in branches]),
        told=torch.tensor([place for one in branches for place in one.path[-one.own :]]),
        telling=torch.tensor([row * own + at for row, one in enumerate(branches) for at in range(own - one.own, own)]),
    )


def aligned(places: list[int], length: int) -> list[int]:
    """The last `length` of the places, padded on the left."""
    return [0] * (length - len(places)) + places[-length:]


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    groups: list[Group],
    scaling: float | None = None,
    sliding_window: int | None = None,
    **others: object,
) -> tuple[torch.Tensor, None]:
    """Attention of a pack, (1, heads, tokens, width) in and (1, tokens, heads, width) out; transformers calls it.

    Raises TypeError where the model's attention is told something that this one can't do, such as a soft cap.
    """
    if unknown := [name for name, value in others.items() if value is not None and name not in WITHOUT_MEANING]:
        raise TypeError(f"This attention knows no {', '.join(unknown)}.")
    asking, seen, told = (one[0].transpose(0, 1) for one in (query, key, value))
    times = query.shape[1] // key.shape[1]
    answer = torch.empty_like(asking)
    for group in groups:
        found = looked_up(
            by_branch(asking[group.asking]) * (scaling or query.shape[-1] ** -0.5),
            by_branch(seen[group.seen]).repeat_interleave(times, dim=1),
            by_branch(told[group.seen]).repeat_interleave(times, dim=1),
            group.absent,
            sliding_window,
        )
        answer[group.told] = found.transpose(1, 2).flatten(0, 1)[group.telling]
    return answer[None], None


def by_branch(gathered: torch.Tensor) -> torch.Tensor:
    """(branches, tokens, heads, width) as (branches, heads, tokens, width)."""
    return gathered.transpose(1, 2).contiguous()


def looked_up(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, absent: torch.Tensor, sliding_window: int | None
) -> torch.Tensor:
    """Causal attention of queries to the last keys, a stretch of queries at a time: (branches, heads, queries, width).

    Plain products, since the CPU's own kernel takes twice the time, more with a mask.
    """
    answer, before = torch.empty_like(query), key.shape[2] - query.shape[2]
    for at in range(0, query.shape[2], STRETCH):
        end = min(at + STRETCH, query.shape[2])
        likeness = query[:, :, at:end] @ key[:, :, : before + end].transpose(2, 3)
        blind(likeness, absent, sliding_window)
        answer[:, :, at:end] = likeness.softmax(dim=-1) @ value[:, :, : before + end]
    return answer


def blind(likeness: torch.Tensor, absent: torch.Tensor, sliding_window: int | None) -> None:
    """Hide, in place, what comes after each query, what only pads, and what lies further back than the model looks."""
    queries, keys = likeness.shape[-2:]
    rows = torch.arange(keys - queries, keys, device=likeness.device)[:, None]
    columns = torch.arange(keys, device=likeness.device)
    later = columns[keys - queries :] > rows
    likeness[..., keys - queries :].masked_fill_(later, -torch.inf)
    if absent.shape[-1]:
        pads = min(absent.shape[-1], keys)
        likeness[..., :pads].masked_fill_(absent[:, None, :, :pads], -torch.inf)
    if sliding_window is not None and keys > sliding_window:
        likeness.masked_fill_(columns <= rows - sliding_window, -torch.inf)


AttentionInterface.register(NAME, attend)


def end_logits(model: PreTrainedModel, pack: Pack) -> torch.Tensor:
    """What the model puts out at each end of the pack's sequences, (ends, outputs), in their order."""
    at = model.device
    groups = [Group(*(getattr(one, part.name).to(at) for part in fields(Group))) for one in pack.groups]
    logits: torch.Tensor = model(
        input_ids=pack.ids.to(at), position_ids=pack.positions.to(at), groups=groups, use_cache=False
    ).logits
    return logits[0, pack.ends.to(at)]


@torch.inference_mode()
def fit(model: PreTrainedModel) -> bool:
    """Whether the model says in a pack what it says alone.

    Tried rather than looked up: it takes a causal model with the positions it is given and the attention that
    transformers is told to use, and no list of the models for which that holds stays true.
    """
    model.eval()  # type: ignore[no-untyped-call]
    alone = [model(input_ids=torch.tensor([one.ids], device=model.device)).logits[0, one.ends] for one in TRIED]
    try:
        with reading(model):
            together = torch.cat([end_logits(model, pack) for pack in packs(TRIED)])
    except (TypeError, ValueError, RuntimeError):
        return False
    return torch.allclose(together, torch.cat(alone), atol=1e-3)


@contextmanager
def reading(model: PreTrainedModel) -> Iterator[None]:
    """While entered, the model attends as packs need it, and reads nothing else."""
    before = model.config._attn_implementation
    model.set_attn_implementation(NAME)
    try:
        yield
    finally:
        model.set_attn_implementation(before)
