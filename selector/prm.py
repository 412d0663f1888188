"""A reward model on disk and in memory: loads a checkpoint, and scores solutions."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from selector.aggregate import log_score, p_correct
from selector.config import TrainConfig
from selector.encode import Encoder, Row, Sequenced
from selector.types import CLASS_INDEX, Scored

CARD = "checkpoint.json"
BATCH_TOKENS = 8192  # padded tokens per forward pass while scoring: bounds the memory, and larger is no faster on a CPU


class BadCheckpoint(Exception):
    """The directory holds no checkpoint of ours, or one that this version can't read."""


class RewardModel:
    """A trained PRM or ORM with its tokenizer: a `Scorer`."""

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, config: TrainConfig) -> None:
        self.model, self.tokenizer, self.config = model, tokenizer, config
        self.encoder = Encoder(tokenizer, config.context, window_of(model, config))

    def score(self, rows: Sequence[Row]) -> list[Scored]:
        """One `Scored` per row, in the rows' order; equal sequences are read once."""
        encoded = self.encoder.encode(rows)
        probs = self._judge({sequence for sequences in encoded if sequences for sequence in sequences})
        return [self._scored(sequences, probs) for sequences in encoded]

    def _scored(self, sequences: list[Sequenced] | None, probs: dict[Sequenced, list[float]]) -> Scored:
        if sequences is None:
            return Scored(step_probs=None, log_score=None, too_long=True)
        step_probs = tuple(p for sequence in sequences for p in probs[sequence])
        if self.config.kind == "orm":  # one judgement, at the last token; what it says on the way is no step's probability
            return Scored(step_probs=None, log_score=log_score(step_probs, "last"))
        return Scored(step_probs=step_probs, log_score=log_score(step_probs, self.config.aggregate))

    @torch.inference_mode()
    def _judge(self, sequences: set[Sequenced]) -> dict[Sequenced, list[float]]:
        """P(correct) at each end of each sequence."""
        self.model.eval()
        judged: dict[Sequenced, list[float]] = {}
        for batch in by_tokens(sorted(sequences, key=lambda s: (len(s.ids), s.ids)), BATCH_TOKENS):
            logits = class_logits(self.model, [s.ids for s in batch], [s.ends for s in batch])
            probs = iter(torch.softmax(logits.double(), dim=-1).tolist())
            for sequence in batch:
                judged[sequence] = [p_correct(next(probs), self.config.neutral_as) for _ in sequence.ends]
        return judged


def class_logits(model: PreTrainedModel, ids: Sequence[Sequence[int]], ends: Sequence[Sequence[int]]) -> torch.Tensor:
    """The three class logits at each end, (number of ends, 3), sequence by sequence.

    Padded on the right: a causal model never sees the padding, any other is told by the mask.
    """
    longest = max(map(len, ids))
    padded = torch.full((len(ids), longest), model.config.pad_token_id or 0)
    mask = torch.zeros_like(padded)
    for row, sequence in enumerate(ids):
        padded[row, : len(sequence)] = torch.tensor(sequence)
        mask[row, : len(sequence)] = 1
    at_row = torch.tensor([row for row, places in enumerate(ends) for _ in places])
    at_place = torch.tensor([place for places in ends for place in places])
    logits = model(input_ids=padded.to(model.device), attention_mask=mask.to(model.device)).logits
    return logits[at_row.to(model.device), at_place.to(model.device)]


def by_tokens(sequences: Sequence[Sequenced], budget: int) -> Iterator[list[Sequenced]]:
    """Batches of at most `budget` tokens with their padding, or of a single longer sequence."""
    batch: list[Sequenced] = []
    longest = 0
    for sequence in sequences:
        longest = max(longest, len(sequence.ids))
        if batch and longest * (len(batch) + 1) > budget:
            yield batch
            batch, longest = [], len(sequence.ids)
        batch.append(sequence)
    if batch:
        yield batch


def window_of(model: PreTrainedModel, config: TrainConfig) -> int:
    """The longest sequence that both the config and the model allow, in tokens."""
    return min(config.window, getattr(model.config, "max_position_embeddings", config.window))


def load_base(base: str) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """A pretrained model with a fresh three-class head, in float32; a local directory asks no network."""
    how: dict[str, Any] = {"trust_remote_code": False, "local_files_only": Path(base).is_dir()}
    tokenizer = AutoTokenizer.from_pretrained(base, **how)
    model = AutoModelForTokenClassification.from_pretrained(
        base, num_labels=len(CLASS_INDEX), use_safetensors=True, dtype=torch.float32, **how
    )
    return model, tokenizer


def load(path: Path | str, device: str | None = None) -> RewardModel:
    """The checkpoint in a local directory; raises BadCheckpoint with a sentence. Weights are safetensors, never pickle."""
    config = TrainConfig.from_dict(read_card(Path(path))["config"])
    model, tokenizer = load_base(str(path))
    model.to(device or ("cuda" if torch.cuda.is_available() else "cpu"))  # type: ignore[arg-type]
    return RewardModel(model, tokenizer, config)


def read_card(path: Path) -> dict[str, Any]:
    """The checkpoint's own account of itself: config, seed, digests, counts (checkpoint.json)."""
    try:
        card: dict[str, Any] = json.loads((path / CARD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadCheckpoint(f"{path} holds no {CARD}: it is not a checkpoint.") from None
    except json.JSONDecodeError as error:
        raise BadCheckpoint(f"{path / CARD} is not JSON: {error}.") from None
    return card
