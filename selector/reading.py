"""Reading packs: one forward pass of a causal model over many sequences laid end to end (see `packs`)."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields

import torch
from transformers import AttentionInterface, PreTrainedModel

from selector.encode import Encoded
from selector.packs import ALIGNED, Group, Pack, packs

NAME = "selector_packs"  # of the attention that transformers calls while a pack is read
TRIED = [Encoded((1, 2, 3, 4, 5), (2, 4)), Encoded((1, 2, 3, 6), (3,)), Encoded((1, 7), (0, 1))]  # ids sorted
WITHOUT_MEANING = ("dropout", "position_ids", "use_cache", "cache_position", "is_causal", "output_attentions")
PIECE = 512  # tokens that pass a perceptron together: its inner width would else leave the cache
STRETCH = 4 * ALIGNED  # queries that attend together: few look at keys in vain, enough fill the processor
ENDS: ContextVar[torch.Tensor] = ContextVar("ends")  # of the pack that this thread reads


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    groups: list[Group],
    answers: torch.Tensor,
    scaling: float | None = None,
    sliding_window: int | None = None,
    **others: object,
) -> tuple[torch.Tensor, None]:
    """Attention of a pack, (1, heads, tokens, width) in and (1, tokens, heads, width) out; transformers calls it.

    Raises TypeError where the model's attention is told something that this one can't do, such as a soft cap.
    """
    if unknown := [name for name, value in others.items() if value is not None and name not in WITHOUT_MEANING]:
        raise TypeError(f"This attention knows no {', '.join(unknown)}.")
    heads, tokens, width = query.shape[1:]
    scale = scaling or width**-0.5
    asking, seen, told = (one[0].transpose(0, 1).flatten(1) for one in (query, key, value))
    later = torch.full((STRETCH, STRETCH), -torch.inf, dtype=query.dtype, device=query.device).triu(1)
    found = []
    for group in groups:
        asked = by_head(asking, group.asking, width) * scale
        keys, values = by_head(seen, group.seen, width), by_head(told, group.seen, width)
        absent = torch.zeros_like(group.absent, dtype=query.dtype).masked_fill_(group.absent, -torch.inf)
        heard = looked_up(
            asked.view(len(asked), key.shape[1], -1, *asked.shape[2:]), keys, values, later, absent, sliding_window
        )
        found.append(heard.flatten(1, 2).transpose(1, 2).flatten(0, 1).flatten(1))
    return torch.cat(found).index_select(0, answers).view(1, tokens, heads, width), None


def by_head(rows: torch.Tensor, places: torch.Tensor, width: int) -> torch.Tensor:
    """The rows at (branches, tokens) places as (branches, heads, tokens, width).

    Whole rows: a gather by head costs ten times as much.
    """
    taken = rows.index_select(0, places.flatten()).view(*places.shape, -1, width)
    return taken.transpose(1, 2).contiguous()


def looked_up(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    later: torch.Tensor,
    absent: torch.Tensor,
    sliding_window: int | None,
) -> torch.Tensor:
    """Causal attention of queries to the last keys, a stretch of queries at a time.

    Queries and answer (branches, key heads, heads that share a key head, queries, width), keys and values (branches,
    key heads, keys, width). Plain products, since the CPU's own kernel takes twice the time, more with a mask.
    """
    answer = torch.empty_like(query)
    key, value = key.flatten(0, 1), value.flatten(0, 1)
    for end in range(query.shape[3], 0, -STRETCH):
        stretch = slice(max(0, end - STRETCH), end)
        keys = key.shape[1] - query.shape[3] + end
        asked = query[..., stretch, :]
        likeness = asked.flatten(2, 3).flatten(0, 1) @ key[:, :keys].contiguous().mT
        blind(likeness.view(*asked.shape[:-1], keys), later, absent, sliding_window)
        answer[..., stretch, :] = (likeness.softmax(dim=-1) @ value[:, :keys]).view(asked.shape)
    return answer


def blind(likeness: torch.Tensor, later: torch.Tensor, absent: torch.Tensor, sliding_window: int | None) -> None:
    """Hide, in place, what comes after each query, what only pads, and what lies further back than the model looks."""
    queries, keys = likeness.shape[-2:]
    likeness[..., keys - queries :] += later[:queries, :queries]
    likeness[..., :ALIGNED] += absent[:, None, None, None]
    if sliding_window is not None and keys > sliding_window:
        rows = torch.arange(keys - queries, keys, device=likeness.device)[:, None]
        columns = torch.arange(keys, device=likeness.device)
        likeness.masked_fill_(columns <= rows - sliding_window, -torch.inf)


AttentionInterface.register(NAME, attend)


def read(model: PreTrainedModel, packs: Iterable[Pack]) -> Iterator[tuple[Pack, torch.Tensor]]:
    """Each pack, in its turn, with what the model puts out at its ends (see `end_logits`).

    Packs are asked for as they are read: few are held at a time.
    """
    threads = torch.get_num_threads() if model.device.type == "cpu" else 1
    with reading(model), readers(threads) as pool:
        waiting: deque[tuple[Pack, Future[torch.Tensor]]] = deque()
        for pack in packs:
            waiting.append((pack, pool.submit(end_logits, model, pack)))
            if len(waiting) > 2 * threads:
                done, logits = waiting.popleft()
                yield done, logits.result()
        for done, logits in waiting:
            yield done, logits.result()


@contextmanager
def readers(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that each do their arithmetic alone; together at one pack they'd wait for each other at every step."""
    before = torch.get_num_threads()
    pool = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(before)  # threads that start later get the last number that any has set


@torch.inference_mode()
def end_logits(model: PreTrainedModel, pack: Pack) -> torch.Tensor:
    """What a model that is `reading` puts out at each end of the pack's sequences, (ends, outputs), in their order."""
    at = model.device
    groups = [Group(*(getattr(one, part.name).to(at) for part in fields(Group))) for one in pack.groups]
    ends = pack.ends.to(at)
    ENDS.set(ends)
    logits: torch.Tensor = model(
        input_ids=pack.ids.to(at),
        position_ids=pack.positions.to(at),
        groups=groups,
        answers=pack.answers.to(at),
        use_cache=False,
    ).logits
    return logits[0, ends]


@torch.inference_mode()
def fit(model: PreTrainedModel) -> bool:
    """Whether the model says in a pack what it says alone.

    Tried rather than looked up: it takes a causal model with the positions it is given and the attention that
    transformers is told to use, and no list of the models for which that holds stays true.
    """
    model.eval()  # type: ignore[no-untyped-call]
    alone = [model(input_ids=torch.tensor([one.ids], device=model.device)).logits[0, one.ends] for one in TRIED]
    try:
        together = torch.cat([logits for _, logits in read(model, packs(TRIED))])
    except (TypeError, ValueError, RuntimeError):
        return False
    return torch.allclose(together, torch.cat(alone), atol=1e-3)


@contextmanager
def reading(model: PreTrainedModel) -> Iterator[None]:
    """While entered, the model attends as packs need it, its perceptrons take pieces of them, and no batch is read."""
    before = model.config._attn_implementation
    perceptrons = [module for name, module in model.named_modules() if name.endswith(".mlp")]
    model.set_attn_implementation(NAME)
    for perceptron in perceptrons:
        perceptron.forward = (at_ends if perceptron is perceptrons[-1] else piecewise)(perceptron.forward)
    try:
        yield
    finally:
        for perceptron in perceptrons:
            del perceptron.forward
        model.set_attn_implementation(before)


Forward = Callable[[torch.Tensor], torch.Tensor]


def piecewise(forward: Forward) -> Forward:
    """The same, done piece by piece of the tokens, (1, tokens, width)."""
    return lambda hidden: torch.cat([forward(piece) for piece in torch.split(hidden, PIECE, dim=1)], dim=1)


def at_ends(forward: Forward) -> Forward:
    """The same at the ends of the pack that this thread reads, and nought elsewhere: nothing looks there any more."""

    def forward_at_ends(hidden: torch.Tensor) -> torch.Tensor:
        ends = ENDS.get()
        return torch.zeros_like(hidden).index_copy_(1, ends, forward(hidden.index_select(1, ends)))

    return forward_at_ends
