"""Reading packs: a forward pass of a causal model over many sequences laid end to end (see `packs`).

Some models have their pass written out (`llama`); all others pass as transformers has them, told to attend as a pack
needs it. Either is tried against the model itself before it is used.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import cache, partial

import torch
from transformers import AttentionInterface, PretrainedConfig, PreTrainedModel

from selector.prm.encode import Encoded
from selector.prm.packing import llama
from selector.prm.packing.attention import View, aligned, attended, views
from selector.prm.packing.packs import Pack, packs

NAME = "selector_packs"  # of the attention that transformers calls while a pack is read
TRIED = [Encoded((1, 2, 3, 4, 5), (2, 4)), Encoded((1, 2, 3, 6), (3,)), Encoded((1, 7), (0, 1))]  # ids sorted
WITHOUT_MEANING = ("dropout", "position_ids", "use_cache", "cache_position", "is_causal", "output_attentions")
ROUGHLY = 0.05  # what logits in half precision may be off, read in another order
PIECE = 512  # tokens that pass a perceptron together: its inner width would else leave the cache
ENDS: ContextVar[torch.Tensor] = ContextVar("ends")  # of the pack that this thread reads

Said = Callable[[Pack], torch.Tensor]  # what a model puts out at each end of a pack's sequences, (ends, outputs)
Reader = Callable[[PreTrainedModel], AbstractContextManager[Said]]


def read(
    model: PreTrainedModel, reader: Reader, packs: Iterable[Pack]
) -> Generator[tuple[Pack, torch.Tensor], None, None]:
    """Each pack, in its turn, with what the model puts out at its ends.

    Packs are asked for as they are read: few are held at a time.
    """
    threads = torch.get_num_threads() if model.device.type == "cpu" else 1
    with reader(model) as said, readers(threads) as pool:
        waiting: deque[tuple[Pack, Future[torch.Tensor]]] = deque()
        for pack in packs:
            waiting.append((pack, pool.submit(said, pack)))
            if len(waiting) > 2 * threads:
                done, logits = waiting.popleft()
                yield done, logits.result()
        for done, logits in waiting:
            yield done, logits.result()


@contextmanager
def readers(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that each do their arithmetic alone; together at one pack they'd wait for each other at every step."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # here too: helpers of the thread that lays packs out would wait for a processor
    pool = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(before)  # threads that start later get the last number that any has set


@torch.inference_mode()
def fitting(model: PreTrainedModel) -> Reader | None:
    """The fastest way to read packs by which the model says what it says alone, if there is any.

    Tried rather than looked up: it takes a causal model with the positions it is given and the attention that
    transformers is told to use, and no list of the models for which that holds stays true.
    """
    model.eval()  # type: ignore[no-untyped-call]
    if turns_by_length(model.config):
        return None
    alone = [model(input_ids=torch.tensor([one.ids], device=model.device)).logits[0, one.ends] for one in TRIED]
    ways = (written_out, by_transformers) if llama.knows(model) else (by_transformers,)
    return next((way for way in ways if agrees(model, way, torch.cat(alone))), None)


def agrees(model: PreTrainedModel, reader: Reader, alone: torch.Tensor) -> bool:
    try:
        together = torch.cat([logits for _, logits in read(model, reader, packs(TRIED))])
    except (TypeError, ValueError, RuntimeError):
        return False
    exact = together.dtype == torch.float32
    return torch.allclose(together, alone, rtol=1e-5 if exact else ROUGHLY, atol=1e-3 if exact else ROUGHLY)


def turns_by_length(config: PretrainedConfig) -> bool:
    """Whether its positions depend on the longest sequence of those read at once, which no short trial shows."""
    told = getattr(config, "rope_parameters", None) or {}
    return any(one.get("rope_type") == "longrope" for one in (told, *told.values()) if isinstance(one, dict))


@contextmanager
def written_out(model: PreTrainedModel) -> Iterator[Said]:
    yield partial(llama.end_logits, model)


@contextmanager
def by_transformers(model: PreTrainedModel) -> Iterator[Said]:
    """While entered, the model attends as packs need it, its perceptrons take pieces of them, and no batch is read."""
    before = model.config._attn_implementation
    perceptrons = [module for name, module in model.named_modules() if name.endswith(".mlp")]
    model.set_attn_implementation(NAME)
    for perceptron in perceptrons:
        perceptron.forward = (at_ends if perceptron is perceptrons[-1] else piecewise)(perceptron.forward)
    try:
        yield partial(end_logits, model)
    finally:
        for perceptron in perceptrons:
            del perceptron.forward
        model.set_attn_implementation(before)


@torch.inference_mode()
def end_logits(model: PreTrainedModel, pack: Pack) -> torch.Tensor:
    ENDS.set(aligned(pack.ends, int(pack.ends[-1])).to(model.device))
    like = torch.empty(0, dtype=model.dtype, device=model.device)
    logits: torch.Tensor = model(
        input_ids=aligned(pack.ids)[None].to(model.device),
        position_ids=aligned(pack.positions)[None].to(model.device),
        looking=cache(partial(views, pack, like)),
        use_cache=False,
    ).logits
    return logits[0, pack.ends]


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    looking: Callable[[int | None], list[View]],
    scaling: float | None = None,
    sliding_window: int | None = None,
    **others: object,
) -> tuple[torch.Tensor, None]:
    """Attention of a pack, (1, heads, tokens, width) in and (1, tokens, heads, width) out; transformers calls it.

    Raises TypeError where the model's attention is told something that this one can't do, such as a soft cap.
    """
    if unknown := [name for name, value in others.items() if value is not None and name not in WITHOUT_MEANING]:
        raise TypeError(f"This attention knows no {', '.join(unknown)}.")
    asked, seen, told = (one[0].transpose(0, 1).contiguous() for one in (query, key, value))
    return attended(asked, seen, told, looking(sliding_window), scaling)[None], None


AttentionInterface.register(NAME, attend)


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
