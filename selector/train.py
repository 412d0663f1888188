"""Trains a reward model on rated steps, and writes it to a checkpoint directory."""

import hashlib
import itertools
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import torch
from transformers import LlamaForTokenClassification, PreTrainedModel, PreTrainedTokenizerBase

from selector import embedded, lora
from selector.config import TrainConfig
from selector.descend import Loss, Run, descend, one_pass
from selector.encode import Encoded, Encoder
from selector.prm import CARD, best_device, class_logits, load_base, window_of
from selector.processes import Processes, joined
from selector.types import BAD, CLASS_INDEX, Example
from selector.unfinished import Unfinished

Progress = Callable[[int, int, str], None]
LEARNING = "learning"  # the phase of a run in which the model learns from ratings


def silent(done: int, total: int, message: str) -> None:
    """The progress of a run that nobody watches."""


def train(
    examples: Sequence[Example],
    *,
    config: TrainConfig,
    corpus: Iterable[str],
    out: Path,
    unfinished: Path | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Train from the base on all `examples`, write the checkpoint to `out`, return its card.

    For an ORM an example's one rating is its grade, at the last step. `progress(done, total, message)` is called
    after every update and may raise to abort: then `out` is as it was. The same arguments give the same weights, also
    where the run was killed and started again: its state is kept every minute in the file `unfinished`, beside `out`
    unless said otherwise, until it is finished. Where `accelerate launch` or torchrun started several processes they
    learn together, on one machine or with `out` on a disk that all see; the first one tells and writes.
    """
    check_writable(out)
    with joined() as processes:
        return _train(examples, config, list(corpus), out, unfinished, processes, progress)


def _train(
    examples: Sequence[Example],
    config: TrainConfig,
    corpus: list[str],
    out: Path,
    unfinished: Path | None,
    processes: Processes,
    progress: Progress,
) -> dict[str, Any]:
    started = time.monotonic()
    texts = [] if config.base else list(dict.fromkeys(corpus))
    digests = {
        "config_digest": config.digest(),
        "data_digest": data_digest(examples),
        "corpus_digest": digest_of(texts),
    }
    with torch.random.fork_rng(devices=[]):  # the caller's own random numbers stay as they were
        torch.manual_seed(config.seed)
        model, tokenizer = (
            load_base(config.base, config.heads)[:2] if config.base else embedded.make(texts, config.heads)
        )
        model.to(best_device())  # type: ignore[arg-type]
        encoder = Encoder(tokenizer, config.context, window_of(model, config))
        rated, counts = rate(examples, encoder)
        run = digest_of([*digests.values(), *([name, *w.shape] for name, w in model.named_parameters())])
        state = Unfinished(unfinished or out.with_name(f".{out.name}.unfinished"), run)
        processes.agree(f"{run} {state.phase()} {len(state.losses(embedded.READING) + state.losses(LEARNING))}")
        with lora.adapters(model, config.lora_rank):
            losses = fit(model, rated, texts, encoder, config, state, processes, progress)
    card = {
        "config": config.to_dict(),
        **digests,
        "counts": counts,
        "losses": losses,
        "seconds": round(time.monotonic() - started, 2),
    }
    if processes.first:
        write(model, tokenizer, card, out)
        state.forget()
    processes.wait()
    return card


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
    model: PreTrainedModel,
    rated: list[Encoded],
    texts: list[str],
    encoder: Encoder,
    config: TrainConfig,
    unfinished: Unfinished,
    processes: Processes,
    progress: Progress,
) -> list[float]:
    """Reads the texts if the model is the embedded one, then learns from the ratings, in place.

    Returns the mean loss of each tenth of the updates on ratings.
    """
    to_read = embedded.reading(texts, encoder, config) if texts else []
    to_learn = plan(rated, config)
    has_read = unfinished.phase() == LEARNING
    behind = len(to_read) if has_read else len(unfinished.losses(embedded.READING))
    behind += len(unfinished.losses(LEARNING))
    total, updates = len(to_read) + len(to_learn), itertools.count(behind + 1)

    def tell(loss: float) -> None:
        done = next(updates)
        what = "Reading the corpus" if done <= len(to_read) else "Learning from labels"
        if processes.first:
            progress(done, total, f"{what}: update {done} of {total}, loss {loss:.3f}")

    def loss_of(batch: Sequence[Encoded], drawn: Sequence[tuple[int, ...]]) -> Loss:
        return summed_loss(class_logits(model, drawn, [one.ends for one in batch]), batch, config)

    run = Run(config, encoder.digits, unfinished, processes, tell)
    if isinstance(model, LlamaForTokenClassification) and to_read and not has_read:
        embedded.read(model, to_read, run)
    losses = descend(model, to_learn, loss_of, phase=LEARNING, run=run)
    tenth = -(-len(losses) // 10)
    return [round(fmean(losses[at : at + tenth]), 4) for at in range(0, len(losses), tenth)]


def summed_loss(logits: torch.Tensor, batch: Sequence[Encoded], config: TrainConfig) -> Loss:
    """Cross-entropy over heads and ends, and its weight; each of several heads weighs each sequence in its own way."""
    ends = [(one, index) for one in batch for index in one.classes]
    classes = torch.tensor([index for _, index in ends], device=logits.device)
    losses = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), classes.repeat_interleave(config.heads), reduction="none"
    )
    if config.heads == 1:
        return losses.sum(), losses.new_tensor(len(losses))
    weights = torch.tensor([bagged(one.ids, config.heads, config.seed) for one, _ in ends], device=logits.device)
    return (losses * weights.flatten()).sum(), weights.sum()


@lru_cache(maxsize=100_000)
def bagged(ids: tuple[int, ...], heads: int, seed: int) -> tuple[float, ...]:
    """How often each head's own sample of the labels holds this sequence: online bagging (Oza and Russell, 2001).

    Heads that learnt the same from the same agree on everything; so they disagree where little was to be learnt from.
    """
    chance = np.random.default_rng([seed, *ids])
    return tuple(map(float, chance.poisson(1.0, heads)))


def plan(rated: list[Encoded], config: TrainConfig) -> list[list[Encoded]]:
    """Every batch of the run, in whole passes; at least one, and however long that is."""
    chance = random.Random(config.seed)
    batches: list[list[Encoded]] = []
    passes = 0
    while (passes < config.epochs and len(batches) < config.max_updates) or len(batches) < config.min_updates:
        batches += one_pass(rated, config.batch_tokens, chance)
        passes += 1
    return batches


def data_digest(examples: Sequence[Example]) -> str:
    """Hex SHA-256 of the examples in their order, which training depends on."""
    return digest_of([example.problem, example.steps, example.ratings] for example in examples)


def digest_of(values: Iterable[Any]) -> str:
    digest = hashlib.sha256()
    for value in values:
        digest.update(json.dumps(value).encode() + b"\n")
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
