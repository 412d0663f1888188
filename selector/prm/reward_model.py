"""A reward model on disk and in memory: loads a checkpoint, and scores solutions."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoModelForTokenClassification, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils.logging import disable_progress_bar

from selector.prm import bases
from selector.prm.aggregate import log_score, p_correct
from selector.prm.bases import lora
from selector.prm.bases.features import Features, Head
from selector.prm.config import TrainConfig
from selector.prm.encode import Encoded, Encoder, Row
from selector.prm.outputs import best_device, by_head, is_large, outputs, scoring_dtype
from selector.prm.packing import reading
from selector.types import CLASS_INDEX, Scored

disable_progress_bar()  # type: ignore[no-untyped-call]  # a bar per load helps nobody in a worker's log

CARD = "checkpoint.json"


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


class FrozenModel:
    """A head on the features of a frozen base: a `Scorer`. Raises BadCheckpoint where its base is another one now."""

    def __init__(self, path: Path, card: dict[str, Any], features: Path | None = None) -> None:
        self.config = config_of(card)
        try:
            self.head = Head.load(path)
            self.features = Features(self.config.base, self.config.layer, self.config.window, features)
        except (OSError, KeyError, SafetensorError) as error:
            raise BadCheckpoint(f"{path} holds no head that can be loaded: {error}") from error
        except bases.BadBase as error:
            raise BadCheckpoint(f"The base of {path} cannot be read: {error}") from error
        check_base(path, card, self.features.identity)

    def score(self, rows: Sequence[Row]) -> list[Scored]:
        """One `Scored` per row, in the rows' order; each solution is read once."""
        told = (None if states is None else self.head.logits(states) for states in self.features.of(rows))
        return [scored(one, self.config) for one in told]


def check_base(path: Path, card: dict[str, Any], identity: str) -> None:
    """Raises BadCheckpoint unless the checkpoint was trained on the base of this identity."""
    if card.get("base_identity") != identity:
        raise BadCheckpoint(
            f"{path} was trained on another base than the one that is now at {card['config']['base']}: "
            "put that one back, or train anew."
        )


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


def window_of(model: PreTrainedModel, config: TrainConfig) -> int:
    """The longest sequence that both the config and the model allow, in tokens."""
    return min(config.window, getattr(model.config, "max_position_embeddings", config.window))


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


def load(path: Path | str, device: str | None = None, features: Path | None = None) -> "RewardModel | FrozenModel":
    """The checkpoint in a local directory, to score with. Raises BadCheckpoint with a sentence.

    A `frozen` one looks for what its base made of a solution below `features`, and keeps there what it had to read;
    without that directory the base reads every solution anew.
    """
    path = Path(path)
    card = read_card(path)
    config = config_of(card)
    if config.way == "frozen":
        return FrozenModel(path, card, features)
    model, tokenizer = _adapted(path, card, config) if config.way == "lora" else _whole(path, config)
    model.to(device or best_device())  # type: ignore[arg-type]
    scorer = RewardModel(model, tokenizer, config)
    if is_large(model):
        model.to(scoring_dtype())  # type: ignore[arg-type]
    return scorer


def _whole(path: Path, config: TrainConfig) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """A model whose weights all lie in the checkpoint's directory."""
    try:
        model, tokenizer, afresh = load_base(str(path), config.heads)
    except (OSError, ValueError, SafetensorError) as error:
        raise BadCheckpoint(f"{path} holds no model that can be loaded: {error}") from error
    if afresh:  # transformers would only warn, and the scores would be noise
        raise BadCheckpoint(f"{path} lacks weights of the model: {', '.join(afresh)}.")
    return model, tokenizer


def _adapted(path: Path, card: dict[str, Any], config: TrainConfig) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """A base with the checkpoint's adapters added to it."""
    try:
        check_base(path, card, bases.identity(config.base))
        model, tokenizer, _ = load_base(config.base, config.heads)
        lora.add(model, config.rank, path)
    except (OSError, ValueError, SafetensorError) as error:
        raise BadCheckpoint(f"{path} holds no adapters that can be loaded, or its base is gone: {error}") from error
    return model, tokenizer


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
