"""One seed of the study: round after round a challenger is trained, measured on test, and picks what is labelled next.

No challenger is gated: the next round's picks follow the newest one, good or bad. Three ways to train, the arms, start
from the same first round and the same base model.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import torch
from transformers import LlamaConfig, LlamaForTokenClassification

from selector.evaluation import best_of_n as choosing
from selector.evaluation import first_error as finding
from selector.prm import reward_model
from selector.prm.aggregate import log_score
from selector.prm.config import TrainConfig
from selector.prm.training import embedded, train
from selector.selection.select import compose
from selector.types import Scored, Scorer
from studies.rounds.world import Solution, World

Arm = Literal["from_base", "continued", "fresh"]
ARMS: tuple[Arm, ...] = get_args(Arm)
Row = dict[str, Any]
Tell = Callable[[str], None]
WIDTH = 64  # of the model; the embedded one is twice as wide and has a layer more
SCORES = "pool_scores.json"  # beside a checkpoint: log scores of the pool, by solution


@dataclass(frozen=True, slots=True)
class Settings:
    """Sizes of the study, settled on seeds that are not reported."""

    rounds: int = 10
    problems: int = 100  # of the pool
    samples: int = 32  # solutions of each
    test_problems: int = 2000
    test_samples: int = 8
    k: int = 12  # labels of a round by the rule; control and audit come on top, as in the product
    wrong_share: str = "0.8"
    updates: int = 200  # the least of one training; 8 passes over the labels where that is more

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Run:
    """One arm of one seed: its world, and the directory where its checkpoints lie."""

    seed: int
    arm: Arm
    settings: Settings
    world: World
    place: Path

    @property
    def base(self) -> Path:
        return self.place / "base"

    def checkpoint(self, number: int) -> Path:
        """The first round is the same whatever the arm."""
        return self.place / (f"{self.arm}-{number}" if number else "first")

    def config(self, base: Path) -> TrainConfig:
        """The embedded model's own knobs but for its base: fewer weights learn at a higher rate; no digits are left."""
        return TrainConfig.for_base(
            str(base),
            context="step",
            seed=self.seed,
            epochs=8,
            min_updates=self.settings.updates,
            batch=4,
            rate=3e-3,
            folds=0,  # F1 is told at one threshold in all rounds, of which the first have too few labels to tune one
        )


def make_base(run: Run) -> None:
    """The base of all arms: random weights in the embedded model's shape, a fifth as many, and a tokenizer of the pool.

    Ten rounds of five seeds in three arms are 150 trainings: they are to fit into minutes.
    """
    if run.base.exists():
        return
    tokenizer = embedded.train_tokenizer(step for solution in run.world.pool for step in solution.steps)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(run.seed)
        shape = LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=WIDTH,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=2 * WIDTH,
            max_position_embeddings=256,
            initializer_range=0.05,
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=None,
            eos_token_id=None,
            id2label=reward_model.class_names(1),
        )
        model = LlamaForTokenClassification(shape)  # type: ignore[no-untyped-call]
    fresh = run.base.with_name(".base")
    model.save_pretrained(fresh)
    tokenizer.save_pretrained(fresh)
    fresh.rename(run.base)  # whole or not there


def rounds(run: Run, done: Sequence[Row], first: Row | None, tell: Tell) -> Iterator[Row]:
    """The rows still missing, in order; `done` are the arm's own, `first` the first round of another arm."""
    make_base(run)
    history = list(done)
    for number in range(len(history), run.settings.rounds):
        row = one_round(run, number, history, tell) if number or first is None else first | {"arm": run.arm}
        history.append(row)
        yield row
        if number > 1:
            shutil.rmtree(run.checkpoint(number - 1), ignore_errors=True)


def one_round(run: Run, number: int, history: Sequence[Row], tell: Tell) -> Row:
    """Select, label, train, measure. `history` are the rows of the rounds before."""
    started = time.process_time()
    picks = select(run, number, history)
    labelled = {solution.solution_id: solution for solution in run.world.pool}
    newest = [labelled[name] for name in picks]
    everything = [labelled[name] for row in history for name in row["picks"]] + newest
    card = learn(run, number, everything if run.arm == "from_base" else newest)
    measures = measure(run.world.test, score_all(run, number))
    tell(
        f"seed {run.seed}, {run.arm}, round {number}: best-of-{run.settings.test_samples} {measures['best_of_n']:.1%}, "
        f"first-error F1 {measures['first_error']['f1'] or 0:.3f}, {len(everything)} labels"
    )
    return {
        "seed": run.seed,
        "arm": run.arm,
        "round": number,
        "labels": len(everything),
        "steps": sum(len(solution.ratings) for solution in everything),
        "picks": picks,
        "updates_loss": card["losses"][-1],
        **measures,
        "cpu_seconds": round(time.process_time() - started, 1),
    }


def select(run: Run, number: int, history: Sequence[Row]) -> list[str]:
    """The next batch, by the newest challenger's scores; the first one is uniform, as generation 0 is."""
    taken = {name for row in history for name in row["picks"]}
    free = [solution for solution in run.world.pool if solution.solution_id not in taken]
    scores = json.loads((run.checkpoint(number - 1) / SCORES).read_text()) if number else {}
    batch = compose(
        [solution.candidate(scores.get(solution.solution_id)) for solution in free],
        rule="convincing" if number else "uniform",
        scope="global",
        k=run.settings.k,
        wrong_share=run.settings.wrong_share,
        seed=run.seed * run.settings.rounds + number,
    )
    return [str(pick.candidate.solution_id) for pick in batch.picks]


def learn(run: Run, number: int, solutions: Sequence[Solution]) -> dict[str, Any]:
    """Trains this round's challenger from the base, or where the arm says so from the checkpoint before."""
    base = run.checkpoint(number - 1) if run.arm == "continued" and number else run.base
    examples = [solution.example() for solution in solutions]
    return train.train(examples, config=run.config(base), corpus=(), out=run.checkpoint(number))


def score_all(run: Run, number: int) -> list[Scored]:
    """What the challenger says of the test problems; of the pool it is kept for the next selection.

    Both at once: they share many steps.
    """
    test, pool = run.world.test, run.world.pool
    judged = judge_steps(reward_model.load(run.checkpoint(number)), [solution.steps for solution in (*test, *pool)])
    by_name = {solution.solution_id: one.log_score for solution, one in zip(pool, judged[len(test) :], strict=True)}
    (run.checkpoint(number) / SCORES).write_text(json.dumps(by_name))
    return judged[: len(test)]


def judge_steps(model: Scorer, solutions: Sequence[tuple[str, ...]]) -> list[Scored]:
    """What the model says of each solution, in order. It judges a step by its text and place, and each is read once.

    For that they are laid side by side into made-up solutions, a tenth as many as there are.
    """
    longest = max(map(len, solutions))
    by_place = [[steps[at] for steps in solutions if len(steps) > at] for at in range(longest)]
    columns = [list(dict.fromkeys(there)) for there in by_place]
    rows = [tuple(column[line % len(column)] for column in columns) for line in range(max(map(len, columns)))]
    probs: list[dict[str, float]] = [{} for _ in columns]
    for steps, one in zip(rows, model.score([("", steps) for steps in rows]), strict=True):
        for at, (step, p) in enumerate(zip(steps, one.step_probs or (), strict=True)):
            probs[at][step] = p
    told = [tuple(probs[at][step] for at, step in enumerate(steps)) for steps in solutions]
    return [Scored(step_probs, log_score(step_probs, "product")) for step_probs in told]


def measure(test: Sequence[Solution], scored: Sequence[Scored]) -> dict[str, Any]:
    """Best-of-N exactly, with each problem's chance of it, beside a single attempt and the oracle; first-error F1."""
    attempts = [solution.attempt(one.log_score) for solution, one in zip(test, scored, strict=True)]
    tables = choosing.tabulate(attempts)
    n = max(len(table.rank) for table in tables.values())
    chances = choosing.exact(tables, [1, n])
    predicted = [finding.predicted_first_error(one.step_probs or ()) for one in scored]
    return {
        "best_of_n": float(chances.right[:, 1].mean()),
        "pass_at_1": float(chances.right[:, 0].mean()),
        "oracle": float(choosing.exact(tables, [n], "oracle").right.mean()),
        "majority_vote": choosing.curve(attempts, [n], "majority_vote", trials=1)[0]["mean"],
        "first_error": finding.first_error(predicted, [solution.mistake for solution in test]),
        "chances": [round(chance, 3) for chance in chances.right[:, 1].tolist()],
    }
