"""What a model puts out at the ends of steps, and how precisely: the pass that scoring, features and training share."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import torch
from transformers import PreTrainedModel

from selector.prm.encode import Encoded, by_tokens
from selector.prm.packing import packs, reading
from selector.types import CLASS_INDEX

BATCH_TOKENS = 8192  # padded tokens per forward pass while scoring: bounds the memory, and larger is no faster on a CPU
LARGE = 5_000_000  # parameters from which bfloat16 is worth what it moves


def outputs(
    model: PreTrainedModel, reader: reading.Reader | None, sequences: Collection[Encoded]
) -> Iterator[tuple[Encoded, torch.Tensor]]:
    """Each of the distinct sequences with what the model puts out at its ends, (ends, outputs); in another order.

    Without a reader of packs, padded batches are read.
    """
    model.eval()  # type: ignore[no-untyped-call]
    if reader:
        in_packs = packs.packs(sorted(sequences, key=lambda s: s.ids))
        read = ((pack.sequences, said) for pack, said in reading.read(model, reader, in_packs))
    else:
        batches = by_tokens(sorted(sequences, key=lambda s: (len(s.ids), s.ids)), BATCH_TOKENS)
        read = ((batch, end_outputs(model, [s.ids for s in batch], [s.ends for s in batch])) for batch in batches)
    for batch, said in read:
        yield from zip(batch, torch.split(said, [len(one.ends) for one in batch]), strict=True)


def class_logits(model: PreTrainedModel, ids: Sequence[Sequence[int]], ends: Sequence[Sequence[int]]) -> torch.Tensor:
    """The three class logits by each head at each end, (number of ends, heads, 3), sequence by sequence."""
    return by_head(end_outputs(model, ids, ends))


def end_outputs(model: PreTrainedModel, ids: Sequence[Sequence[int]], ends: Sequence[Sequence[int]]) -> torch.Tensor:
    """What the model puts out at each end, (number of ends, outputs), sequence by sequence.

    Padded on the right: a causal model never sees the padding, any other is told by the mask.
    """
    padded, mask = pad(ids, model)
    at_row = torch.tensor([row for row, places in enumerate(ends) for _ in places], device=padded.device)
    at_place = torch.tensor([place for places in ends for place in places], device=padded.device)
    logits: torch.Tensor = model(input_ids=padded, attention_mask=mask).logits
    return logits[at_row, at_place]


def by_head(logits: torch.Tensor) -> torch.Tensor:
    """Outputs (ends, 3 x heads) as (ends, heads, 3)."""
    return logits.view(len(logits), -1, len(CLASS_INDEX))


def pad(ids: Sequence[Sequence[int]], model: PreTrainedModel) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and attention mask, (sequences, longest), where the model is."""
    padded = torch.full((len(ids), max(map(len, ids))), model.config.pad_token_id or 0)
    mask = torch.zeros_like(padded)
    for row, sequence in enumerate(ids):
        padded[row, : len(sequence)] = torch.tensor(sequence)
        mask[row, : len(sequence)] = 1
    return padded.to(model.device), mask.to(model.device)


def best_device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def scoring_dtype() -> torch.dtype:
    """bfloat16 where the processor multiplies in it, and faster for it; it moves a step's probability by some 1e-3."""
    if torch.cuda.is_available():
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    native = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if native else torch.float32


@contextmanager
def in_precision(model: PreTrainedModel) -> Iterator[None]:
    """While entered, a large model multiplies in bfloat16 where the machine is made for it. Its weights stay."""
    lower = scoring_dtype() == torch.bfloat16 and is_large(model)
    with torch.autocast(model.device.type, dtype=torch.bfloat16, enabled=lower):
        yield


def is_mixed(model: PreTrainedModel) -> bool:
    """Whether its weights are not all as precise: adapters beside a base in bfloat16."""
    return len({weight.dtype for weight in model.parameters()}) > 1


def is_large(model: PreTrainedModel) -> bool:
    return sum(weight.numel() for weight in model.parameters()) >= LARGE
