"""Trains a reward model on rated steps, and writes it to a checkpoint directory."""

import hashlib
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import torch
from transformers import LlamaConfig, LlamaForTokenClassification, PreTrainedModel, PreTrainedTokenizerBase

from selector.config import TrainConfig
from selector.encode import Encoded, Encoder, train_tokenizer
from selector.prm import CARD, CLASS_NAMES, best_device, by_tokens, class_logits, load_base, window_of
from selector.types import BAD, CLASS_INDEX, Example

Progress = Callable[[int, int, str], None]


def silent(done: int, total: int, message: str) -> None:
    """The progress of a run that nobody watches."""


def train(
    examples: Sequence[Example],
    *,
    config: TrainConfig,
    corpus: Iterable[str],
    out: Path,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Train from the base on all `examples`, write the checkpoint to `out`, return its card.

    For an ORM an example's one rating is its grade, at the last step. `progress(done, total, message)` is called
    after every update and may raise to abort: then `out` is as it was. The same arguments give the same weights.
    """
    check_writable(out)
    started = time.monotonic()
    with torch.random.fork_rng(devices=[]):  # the caller's own random numbers stay as they were
        torch.manual_seed(config.seed)
        model, tokenizer = load_base(config.base)[:2] if config.base else embedded(corpus)
        encoder = Encoder(tokenizer, config.context, window_of(model, config))
        rated, counts = rate(examples, encoder)
        losses = fit(model, rated, encoder.digits, config, progress)
    card = {
        "config": config.to_dict(),
        "config_digest": config.digest(),
        "data_digest": data_digest(examples),
        "counts": counts,
        "losses": losses,
        "seconds": round(time.monotonic() - started, 2),
    }
    write(model, tokenizer, card, out)
    return card


def embedded(corpus: Iterable[str]) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The embedded default: a small causal transformer with random weights, and a tokenizer of the corpus."""
    tokenizer = train_tokenizer(corpus)
    shape = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=128,
        num_hidden_layers=3,
        num_attention_heads=4,
        intermediate_size=256,
        max_position_embeddings=1024,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        eos_token_id=None,
        id2label=CLASS_NAMES,
    )
    return LlamaForTokenClassification(shape), tokenizer  # type: ignore[no-untyped-call]


def rate(examples: Sequence[Example], encoder: Encoder) -> tuple[list[Encoded], dict[str, int]]:
    """The sequences to learn from, and the counts for the card; unrated sequences teach nothing and are left out."""
    encoded = encoder.encode([(example.problem, example.steps) for example in examples])
    rated: list[Encoded] = []
    for example, sequences in zip(examples, encoded, strict=True):
        ratings = iter([*ratings_of(example), *[None] * (len(example.steps) - len(example.ratings))])
        marked = (with_classes(sequence, ratings) for sequence in sequences or ())
        rated += [one for one in marked if one.ends]
    if not rated:
        raise ValueError("There is no rated step to learn from.")
    counts = {
        "examples": len(examples),
        "too_long": sum(sequences is None for sequences in encoded),
        "rated_steps": sum(len(one.ends) for one in rated),
        "sequences": len(rated),
    }
    return rated, counts


def ratings_of(example: Example) -> tuple[int | None, ...]:
    """The example's ratings, refused if they break the rule that nothing follows the first mistake."""
    if len(example.ratings) > len(example.steps):
        raise ValueError(f"{len(example.ratings)} ratings for {len(example.steps)} steps.")
    if BAD in example.ratings[:-1]:
        raise ValueError("No rating follows the first mistake.")
    return example.ratings


def with_classes(sequence: Encoded, ratings: Iterator[int | None]) -> Encoded:
    """Takes one rating per end off `ratings`, and keeps the ends that have one."""
    rated = [(end, rating) for end, rating in zip(sequence.ends, ratings, strict=False) if rating is not None]
    return replace(
        sequence, ends=tuple(end for end, _ in rated), classes=tuple(CLASS_INDEX[rating] for _, rating in rated)
    )


def fit(
    model: PreTrainedModel, rated: list[Encoded], digits: Sequence[int], config: TrainConfig, progress: Progress
) -> list[float]:
    """Updates the model in place; the mean loss of each tenth of the run."""
    batches = plan(rated, config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda update: warm_then_fall(update, len(batches)))
    losses = []
    model.to(best_device())  # type: ignore[arg-type]
    model.train()
    for done, batch in enumerate(batches, start=1):
        loss = loss_of(model, batch, digits, config.digit_noise)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        progress(done, len(batches), f"Update {done} of {len(batches)}, loss {losses[-1]:.3f}")
    tenth = max(1, -(-len(losses) // 10))
    return [round(fmean(losses[at : at + tenth]), 4) for at in range(0, len(losses), tenth)]


def loss_of(model: PreTrainedModel, batch: list[Encoded], digits: Sequence[int], noise: float) -> torch.Tensor:
    """Mean cross-entropy over the batch's rated steps."""
    logits = class_logits(model, [noisy(one.ids, digits, noise) for one in batch], [one.ends for one in batch])
    classes = torch.tensor([index for one in batch for index in one.classes], device=logits.device)
    return torch.nn.functional.cross_entropy(logits, classes)


def noisy(ids: tuple[int, ...], digits: Sequence[int], share: float) -> tuple[int, ...]:
    """The ids with a `share` of the digits drawn anew."""
    if not share or not digits:
        return ids
    draws = torch.rand(len(ids)).tolist()
    # The draw that says whether also says which: below `share` it is uniform.
    return tuple(
        digits[int(draw / share * len(digits))] if draw < share and token in digits else token
        for token, draw in zip(ids, draws, strict=True)
    )


def plan(rated: list[Encoded], config: TrainConfig) -> list[list[Encoded]]:
    """Every batch of the run: whole passes, each in a fresh order with similar lengths together."""
    chance = random.Random(config.seed)
    batches: list[list[Encoded]] = []
    passes = 0
    while passes < config.epochs or len(batches) < config.min_updates:
        order = chance.sample(rated, len(rated))
        stretches = (sorted(order[at : at + 256], key=lambda one: len(one.ids)) for at in range(0, len(order), 256))
        one_pass = [batch for stretch in stretches for batch in by_tokens(stretch, config.batch_tokens)]
        batches += chance.sample(one_pass, len(one_pass))
        passes += 1
    return batches


def warm_then_fall(update: int, total: int) -> float:
    """The share of the peak learning rate at an update."""
    warm = max(1, total // 10)
    return (update + 1) / warm if update < warm else max(0.0, (total - update) / max(1, total - warm))


def data_digest(examples: Sequence[Example]) -> str:
    """Hex SHA-256 of the examples in their order, which training depends on."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(json.dumps([example.problem, example.steps, example.ratings]).encode() + b"\n")
    return digest.hexdigest()


def check_writable(out: Path) -> None:
    """Raises FileExistsError if `out` holds something that is not a checkpoint: it would be replaced."""
    if out.exists() and not (out.is_dir() and ((out / CARD).exists() or not any(out.iterdir()))):
        raise FileExistsError(f"{out} exists and is not a checkpoint.")


def write(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, card: dict[str, Any], out: Path) -> None:
    """Model, tokenizer and card to `out` by a rename: whoever looks there finds a whole checkpoint, or none."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as scratch:
        fresh, old = Path(scratch) / "fresh", Path(scratch) / "old"
        model.save_pretrained(fresh)
        tokenizer.save_pretrained(fresh)
        (fresh / CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
        if out.exists():
            out.rename(old)
        fresh.rename(out)
