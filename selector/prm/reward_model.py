"""A reward model on disk and in memory: loads a checkpoint, and scores solutions."""

import json
from collections.abc import Iterator, Sequence
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
        probs = self._judge({sequence for sequences in encoded if sequences for sequence in sequences})
        return [self._scored(sequences, probs) for sequences in encoded]

    def _scored(self, sequences: list[Encoded] | None, probs: dict[Encoded, list[list[float]]]) -> Scored:
        if sequences is None:
            return Scored(step_probs=None, log_score=None, too_long=True)
        by_step = [heads for sequence in sequences for heads in probs[sequence]]
        step_probs = tuple(fmean(heads) for heads in by_step)
        if self.config.kind == "orm":  # what it would say on the way to the last token is no step's probability
            return Scored(step_probs=None, log_score=log_score(step_probs, "last"))
        by_head = tuple(zip(*by_step, strict=True)) if self.config.heads > 1 else None
        return Scored(step_probs, log_score(step_probs, self.config.aggregate), head_step_probs=by_head)

    @torch.inference_mode()
    def _judge(self, sequences: set[Encoded]) -> dict[Encoded, list[list[float]]]:
        """P(correct) by each head, at each end of each sequence."""
        self.model.eval()  # type: ignore[no-untyped-call]
        judged: dict[Encoded, list[list[float]]] = {}
        for batch, logits in self._read(sequences):
            probs = iter(torch.softmax(logits.double(), dim=-1).tolist())
            for sequence in batch:
                judged[sequence] = [
                    [p_correct(head, self.config.neutral_as) for head in next(probs)] for _ in sequence.ends
                ]
        return judged

    def _read(self, sequences: set[Encoded]) -> Iterator[tuple[list[Encoded], torch.Tensor]]:
        """Batches with their class logits by head, (ends, heads, 3)."""
        if self.reader:
            for pack, logits in reading.read(
                self.model, self.reader, packs.packs(sorted(sequences, key=lambda s: s.ids))
            ):
                yield pack.sequences, by_head(logits)
        else:
            for batch in by_tokens(sorted(sequences, key=lambda s: (len(s.ids), s.ids)), BATCH_TOKENS):
                yield batch, class_logits(self.model, [s.ids for s in batch], [s.ends for s in batch])


def class_logits(model: PreTrainedModel, ids: Sequence[Sequence[int]], ends: Sequence[Sequence[int]]) -> torch.Tensor:
    """The three class logits by each head at each end, (number of ends, heads, 3), sequence by sequence.

    Padded on the right: a causal model never sees the padding, any other is told by the mask.
    """
    padded, mask = pad(ids, model)
    at_row = torch.tensor([row for row, places in enumerate(ends) for _ in places], device=padded.device)
    at_place = torch.tensor([place for places in ends for place in places], device=padded.device)
    logits: torch.Tensor = model(input_ids=padded, attention_mask=mask).logits
    return by_head(logits[at_row, at_place])


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
    if sum(weight.numel() for weight in model.parameters()) >= LARGE:
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
