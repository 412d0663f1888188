"""A reward model on disk and in memory: loads a checkpoint, and scores solutions."""

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoModelForTokenClassification, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils.logging import disable_progress_bar

from selector.prm.aggregate import log_score, p_correct
from selector.prm.config import TrainConfig
from selector.prm.encode import Encoded, Encoder, Row, by_tokens
from selector.prm.packing import packs, reading
from selector.types import CLASS_INDEX, Scored

disable_progress_bar()  # type: ignore[no-untyped-call]  # a bar per load helps nobody in a worker's log

CARD = "checkpoint.json"
BATCH_TOKENS = 8192  # padded tokens per forward pass while scoring: bounds the memory, and larger is no faster on a CPU


LARGE = 5_000_000  # parameters from which bfloat16 is worth what it moves


class BadCheckpoint(Exception):
    """The directory holds no checkpoint of ours, or one that this version can't read."""


class RewardModel:
    """A trained PRM or ORM with its tokenizer: a `Scorer`."""

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, config: TrainConfig) -> None:
        self.model, self.tokenizer, self.config = model, tokenizer, config
        self.encoder = Encoder(tokenizer, config.context, window_of(model, config))
        self.reader = reading.fitting(model)  # of packs; none: padded batches are read

    def score(self, rows: Sequence[Row]) -> list[Scored]:
        """One `Scored` per row, in the rows' order; equal sequences are read once."""
        encoded = self.encoder.encode(rows)
        logits = self._logits({sequence for sequences in encoded if sequences for sequence in sequences})
        told = (torch.cat([logits[one] for one in sequences]) if sequences else None for sequences in encoded)
        return [scored(one, self.config) for one in told]

    @torch.inference_mode()
    def _logits(self, sequences: set[Encoded]) -> dict[Encoded, torch.Tensor]:
        """The class logits by each head at each end of each sequence, (ends, heads, 3)."""
        return {one: by_head(said) for one, said in outputs(self.model, self.reader, sequences)}


def scored(logits: torch.Tensor | None, config: TrainConfig) -> Scored:
    """What logits by step, (steps, heads, 3), say of a solution; None is one that was too long."""
    if logits is None:
        return Scored(step_probs=None, log_score=None, too_long=True)
    probs = torch.softmax(logits.double(), dim=-1).tolist()
    by_step = [[p_correct(head, config.neutral) for head in heads] for heads in probs]
    step_probs = tuple(fmean(heads) for heads in by_step)
    if config.kind == "orm":  # what it would say on the way to the last token is no step's probability
        return Scored(step_probs=None, log_score=log_score(step_probs, "last"))
    by_heads = tuple(zip(*by_step, strict=True)) if config.heads > 1 else None
    return Scored(step_probs, log_score(step_probs, config.aggregate), head_step_probs=by_heads)


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


def window_of(model: PreTrainedModel, config: TrainConfig) -> int:
    """The longest sequence that both the config and the model allow, in tokens."""
    return min(config.window, getattr(model.config, "max_position_embeddings", config.window))


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


def is_large(model: PreTrainedModel) -> bool:
    return sum(weight.numel() for weight in model.parameters()) >= LARGE


def class_names(heads: int) -> dict[int, str]:
    """What each output of the model stands for: the three ratings, of each head."""
    ratings = sorted(CLASS_INDEX, key=CLASS_INDEX.__getitem__)
    names = [f"{rating} by head {head}" if head else str(rating) for head in range(heads) for rating in ratings]
    return dict(enumerate(names))


def load_base(base: str, heads: int = 1) -> tuple[PreTrainedModel, PreTrainedTokenizerBase, list[str]]:
    """A pretrained model for three classes by each head, in float32, its tokenizer, the names of weights made anew.

    Weights are read from safetensors alone, never from a pickle, and no code comes with them. A local directory asks
    no network.
    """
    how: dict[str, Any] = {"trust_remote_code": False, "local_files_only": Path(base).is_dir()}
    tokenizer = AutoTokenizer.from_pretrained(base, **how)
    model, told = AutoModelForTokenClassification.from_pretrained(
        base,
        id2label=class_names(heads),
        use_safetensors=True,
        dtype=torch.float32,
        ignore_mismatched_sizes=True,  # a base may have a head for other classes than ours
        output_loading_info=True,
        **how,
    )
    return model, tokenizer, [*map(str, told["missing_keys"]), *map(str, told["mismatched_keys"])]


def load(path: Path | str, device: str | None = None) -> RewardModel:
    """The checkpoint in a local directory. Raises BadCheckpoint with a sentence."""
    path = Path(path)
    config = config_of(read_card(path))
    try:
        model, tokenizer, afresh = load_base(str(path), config.heads)
    except (OSError, ValueError, SafetensorError) as error:
        raise BadCheckpoint(f"{path} holds no model that can be loaded: {error}") from error
    if afresh:  # transformers would only warn, and the scores would be noise
        raise BadCheckpoint(f"{path} lacks weights of the model: {', '.join(afresh)}.")
    model.to(device or best_device())  # type: ignore[arg-type]
    scorer = RewardModel(model, tokenizer, config)
    if is_large(model):
        model.to(scoring_dtype())  # type: ignore[arg-type]
    return scorer


def read_card(path: Path) -> dict[str, Any]:
    """The checkpoint's own account of itself: config, digests, counts (checkpoint.json). Raises BadCheckpoint."""
    try:
        card = json.loads((path / CARD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadCheckpoint(f"{path} holds no {CARD}: it is not a checkpoint.") from None
    except ValueError as error:
        raise BadCheckpoint(f"{path / CARD} cannot be read: {error}.") from None
    if not isinstance(card, dict) or not isinstance(card.get("config"), dict):
        raise BadCheckpoint(f"{path / CARD} holds no config.")
    return card


def is_tuned(card: dict[str, Any]) -> bool:
    """Whether the checkpoint's threshold was tuned; one trained before that was possible is not."""
    return bool((card.get("tuning") or {}).get("tuned"))


def config_of(card: dict[str, Any]) -> TrainConfig:
    """The config that a checkpoint was trained with. Raises BadCheckpoint where this version doesn't know it."""
    try:
        return TrainConfig.from_dict(card["config"])
    except (ValueError, TypeError) as error:
        raise BadCheckpoint(f"The checkpoint's config is not one of this version: {error}") from None
