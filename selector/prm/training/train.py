"""Trains a reward model on rated steps, and writes it to a checkpoint directory."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

import torch
from transformers import LlamaForTokenClassification, PreTrainedModel, PreTrainedTokenizerBase

from selector.prm import bases
from selector.prm.bases import lora
from selector.prm.config import TrainConfig
from selector.prm.encode import Encoded, Encoder
from selector.prm.outputs import best_device, class_logits, in_precision, is_large, is_mixed, scoring_dtype
from selector.prm.reward_model import (
    RewardModel,
    load_base,
    window_of,
)
from selector.prm.training import embedded, frozen, tuning
from selector.prm.training.processes import Processes, joined
from selector.prm.training.ratings import bagged, ratings_of
from selector.prm.training.training_loop import Loss, Run, batches, training_loop
from selector.prm.training.tuning import Fold, Known
from selector.prm.training.unfinished import Unfinished, changing
from selector.prm.training.writing import check_writable, data_digest, digest_of, save_whole, write
from selector.types import CLASS_INDEX, Example

Progress = Callable[[int, int, str], None]
LEARNING = "learning"  # the last phase of a run, in which the model learns from all ratings
JUDGED_AT_ONCE = 64  # solutions of a fold between two words on how far the run is
START, RANDOM = "start/", "/random"


def silent(done: int, total: int, message: str) -> None:
    """The progress of a run that nobody watches."""


def train(
    examples: Sequence[Example],
    *,
    config: TrainConfig,
    corpus: Iterable[str],
    out: Path,
    unfinished: Path | None = None,
    features: Path | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Train from the base on all `examples`, write the checkpoint to `out`, return its card.

    A PRM's threshold is tuned first, on folds of the same examples (see `tuning`), and goes into the card's config.
    For an ORM an example's one rating is its grade, at the last step. `progress(done, total, message)` is called
    after every update and may raise to abort: then `out` is as it was. The same arguments give the same weights, also
    where the run was killed and started again: its state is kept in the file `unfinished`, beside `out` unless said
    otherwise, until it is finished. It is saved every minute, less often where that takes more than 2% of the time.
    Where `accelerate launch` or torchrun started several processes they learn together, on one machine or with `out`
    on a disk that all see; the first one tells and writes.

    The way `frozen` learns in one process. What its base makes of a solution is kept below `features`, beside `out`
    unless said otherwise, for later trainings and for `reward_model.load`; what a killed run had read is there.
    Raises ValueError with a sentence for examples or a base that can't be learned from.
    """
    check_writable(out)
    if config.way == "frozen":
        return _train_frozen(examples, config, out, features or out.with_name("features"), progress)
    with joined() as processes:
        return _train(examples, config, list(corpus), out, unfinished, processes, progress)


def _train_frozen(
    examples: Sequence[Example], config: TrainConfig, out: Path, features: Path, progress: Progress
) -> dict[str, Any]:
    started = time.monotonic()
    head, told = frozen.train(examples, config, features, progress)
    digests = {"config_digest": config.digest(), "data_digest": data_digest(examples)}
    card = told | digests | {"seconds": round(time.monotonic() - started, 2)}

    write(head.save, card, out)
    return card


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
        model, tokenizer = based(config) if config.base else embedded.make(texts, config.heads)
        if config.checkpoint_activations:
            model.activation_checkpointing_enable({"use_reentrant": False})
        if config.way == "lora" and is_large(model):
            model.to(scoring_dtype())  # type: ignore[arg-type]  # the base learns nothing: half the memory will do
        adapted = lora.adapt(model, config.rank) if config.way == "lora" else None
        model.to(best_device())  # type: ignore[arg-type]
        encoder = Encoder(tokenizer, config.context, window_of(model, config))
        rated, counts = rate(examples, encoder)
        judged = fitting(tuning.known(examples), encoder)
        folds = tuning.folds(examples, judged, config)
        weights = ([name, *weight.shape] for name, weight in model.named_parameters())
        run = digest_of([*digests.values(), *weights, [one.is_branch for one in examples]])
        state = Unfinished(unfinished or out.with_name(f".{out.name}.unfinished"), run)
        phase = state.phase() or ""
        processes.agree(f"{run} {phase} {len(state.losses(phase))} {len(state.kept)}")
        losses, threshold = fit(Course(model, encoder, config, state, processes, progress), texts, rated, folds)
    card = {
        "config": config.to_dict() | {"threshold": threshold},
        "tuning": tuning.provenance(folds, judged) if config.kind == "prm" else None,
        **digests,
        **({"base_identity": bases.identity(config.base)} if config.base else {}),
        "counts": counts,
        "losses": losses,
        "seconds": round(time.monotonic() - started, 2),
    }
    if processes.first:
        write(partial(lora.save, adapted) if adapted else partial(save_whole, model, tokenizer), card, out)
        state.forget()
    processes.wait()
    return card


def based(config: TrainConfig) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The base, with its head at zero unless the base brought one of its own."""
    model, tokenizer, afresh = load_base(config.base, config.heads)
    head = bases.head_name(model)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name in afresh and name.startswith(f"{head}."):
                weight.zero_()
    return model, tokenizer


def rate(examples: Sequence[Example], encoder: Encoder) -> tuple[list[list[Encoded]], dict[str, int]]:
    """The sequences of each solution to learn from, and the counts for the card; what is unrated is left out."""
    encoded = encoder.encode([(example.problem, example.steps) for example in examples])
    rated: list[list[Encoded]] = []
    for example, sequences in zip(examples, encoded, strict=True):
        ratings = iter([*ratings_of(example), *[None] * (len(example.steps) - len(example.ratings))])
        marked = [one for one in (with_classes(sequence, ratings) for sequence in sequences or ()) if one.ends]
        rated += [marked] if marked else []
    if not rated:
        raise ValueError("There is no rated step to learn from.")
    counts = {
        "examples": len(examples),
        "too_long": sum(sequences is None for sequences in encoded),
        "rated_steps": sum(len(one.ends) for marked in rated for one in marked),
        "solutions": len(rated),
        "sequences": sum(map(len, rated)),
    }
    return rated, counts


def with_classes(sequence: Encoded, ratings: Iterator[int | None]) -> Encoded:
    """Takes one rating per end off `ratings`, and keeps the ends that have one."""
    rated = [(end, rating) for end, rating in zip(sequence.ends, ratings, strict=False) if rating is not None]
    return replace(
        sequence, ends=tuple(end for end, _ in rated), classes=tuple(CLASS_INDEX[rating] for _, rating in rated)
    )


def fitting(known: Sequence[Known], encoder: Encoder) -> list[Known]:
    """Those that the model can judge; the others are too long for it."""
    encoded = encoder.encode([(example.problem, example.steps) for example, _ in known])
    return [one for one, sequences in zip(known, encoded, strict=True) if sequences]


@dataclass
class Course:
    """The phases of one training run: each goes on from where the run was saved, and tells how far the whole is."""

    model: PreTrainedModel
    encoder: Encoder
    config: TrainConfig
    unfinished: Unfinished
    processes: Processes
    progress: Progress
    total: int = 0  # updates of all phases, and blocks of solutions to judge
    done: int = 0

    def run(self, phase: str, what: str) -> Run:
        """What the updates of a phase share; those that a killed run had made of it count as done."""
        self.done += len(self.unfinished.losses(phase))

        def tell(loss: float) -> None:
            self.advance(f"{what}: update", f"loss {loss:.3f}")

        return Run(self.config, self.encoder.digits, self.unfinished, self.processes, tell)

    def advance(self, what: str, found: str) -> None:
        self.done += 1
        if self.processes.first:
            self.progress(self.done, self.total, f"{what} {self.done} of {self.total}, {found}")

    def start(self, *, has_read: bool) -> dict[str, torch.Tensor]:
        """The weights and random numbers that each learning begins with. What was read is too dear to be lost."""
        kept = self.unfinished.kept
        if f"{START}{RANDOM}" in kept:
            return {name.removeprefix(START): tensor for name, tensor in kept.items() if name.startswith(START)}
        weights = {name: weight.detach().to("cpu", copy=True) for name, weight in changing(self.model)}
        start = weights | {RANDOM: torch.get_rng_state()}
        if has_read:
            kept |= {f"{START}{name}": tensor for name, tensor in start.items()}
        return start

    @torch.no_grad()
    def begin_at(self, start: dict[str, torch.Tensor]) -> None:
        for name, weight in changing(self.model):
            weight.copy_(start[name])
        torch.set_rng_state(start[RANDOM])

    def learn(self, batches: Sequence[list[Encoded]], phase: str, what: str) -> list[float]:
        """Learn from ratings, in place; the loss of each update."""

        def loss_of(batch: Sequence[Encoded], drawn: Sequence[tuple[int, ...]]) -> Loss:
            with in_precision(self.model):
                logits = class_logits(self.model, drawn, [one.ends for one in batch])
            return summed_loss(logits.float(), batch, self.config)

        head = bases.head_name(self.model) if self.config.base else ""
        return training_loop(self.model, batches, loss_of, phase=phase, run=self.run(phase, what), head=head)

    def judge(self, fold: Fold, phase: str, losses: list[float], what: str) -> None:
        """Judge the fold's solutions, by the model that has just learned from the others with these `losses`."""
        with in_precision(self.model) if is_mixed(self.model) else nullcontext():
            self._judge(fold, phase, losses, what)

    def _judge(self, fold: Fold, phase: str, losses: list[float], what: str) -> None:
        scorer, kept = RewardModel(self.model, self.encoder.tokenizer, self.config), self.unfinished.kept
        for at in range(0, len(fold.judged), JUDGED_AT_ONCE):
            if (name := f"{phase}/{at}") in kept:
                self.done += 1
                continue
            block = [(example.problem, example.steps) for example, _ in fold.judged[at : at + JUDGED_AT_ONCE]]
            said = self.processes.whole(scorer.score(self.processes.share(block)))
            kept[name] = torch.tensor([p for one in said for p in one.step_probs or ()], dtype=torch.float64)
            if self.processes.first:
                self.unfinished.save_now_and_then(phase, self.model, None, losses)
            self.advance(f"{what}: judging,", f"{at + len(block)} of {len(fold.judged)} solutions")

    def step_probs(self, fold: Fold, phase: str) -> list[list[float]]:
        """What the fold's model said of each solution: P(correct) of each step."""
        blocks = (self.unfinished.kept[f"{phase}/{at}"] for at in range(0, len(fold.judged), JUDGED_AT_ONCE))
        probs = iter([p for block in blocks for p in block.tolist()])
        return [[next(probs) for _ in example.steps] for example, _ in fold.judged]


def fit(
    course: Course, texts: list[str], rated: list[list[Encoded]], folds: Sequence[Fold]
) -> tuple[list[float], float]:
    """Reads the texts if the model is the embedded one, tunes the threshold on the folds, then learns from all ratings.

    Learns in place. Returns the mean loss of each tenth of the updates on all ratings, and the threshold.
    """
    model, config = course.model, course.config
    to_read = embedded.reading(texts, course.encoder, config) if texts else []
    updates = number_of_updates(len(rated), config)
    to_learn = batches(rated, config.batch, updates, config.seed)
    parts = [rate(fold.learned, course.encoder)[0] for fold in folds]
    lessons = [  # a fold's model learns from each of its solutions as often as the one that is shipped
        batches(part, config.batch, -(-updates * len(part) // len(rated)), config.seed) for part in parts
    ]
    phases = [embedded.READING, *(f"fold {number}" for number in range(1, len(folds) + 1)), LEARNING]
    sizes = [len(to_read), *(map(size, lessons, folds)), len(to_learn)]
    course.total, saved = sum(sizes), phases.index(course.unfinished.phase() or embedded.READING)
    if isinstance(model, LlamaForTokenClassification) and to_read and saved == 0:
        embedded.read(model, to_read, course.run(embedded.READING, "Reading the corpus"))
    start = course.start(has_read=bool(to_read)) if folds else {}
    for number, (fold, lesson) in enumerate(zip(folds, lessons, strict=True), 1):
        course.done, what = sum(sizes[:number]), f"Tuning the threshold, fold {number} of {len(folds)}"
        if number >= saved:
            course.begin_at(start)
            course.judge(fold, phases[number], course.learn(lesson, phases[number], what), what)
    if folds:
        course.begin_at(start)
    course.done = sum(sizes[:-1])
    losses = course.learn(to_learn, LEARNING, "Learning from labels")
    tenth = -(-len(losses) // 10)
    means = [round(fmean(losses[at : at + tenth]), 4) for at in range(0, len(losses), tenth)]
    judged = [probs for fold, phase in zip(folds, phases[1:], strict=False) for probs in course.step_probs(fold, phase)]
    return means, tuning.tune(folds, judged) if folds else config.threshold


def size(lesson: Sequence[list[Encoded]], fold: Fold) -> int:
    """The updates and the blocks of solutions of a fold's phase."""
    return len(lesson) + -(-len(fold.judged) // JUDGED_AT_ONCE)


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


def number_of_updates(solutions: int, config: TrainConfig) -> int:
    """Of `epochs` passes over the solutions; of fewer from `repeat_updates` on, of more below `min_updates`."""
    each = -(-solutions // config.batch)
    passes = max(min(config.epochs, -(-config.repeat_updates // each)), -(-config.min_updates // each))
    return min(passes * each, config.max_updates)
