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

from selector import evaluate, prm, train
from selector.config import TrainConfig
from selector.rounds.world import Solution, World
from selector.select import compose
from selector.types import Example, Scored

Arm = Literal["from_base", "continued", "fresh"]
ARMS: tuple[Arm, ...] = get_args(Arm)
Row = dict[str, Any]
Tell = Callable[[str], None]
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
    updates: int = 150  # the least of one training; 8 passes over the labels where that is more
    reading: int = 300  # updates in which the base reads the pool's text

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

    def config(self, base: str = "", **knobs: Any) -> TrainConfig:
        """The embedded model's own knobs, for whatever base; no digit is left that could be noise."""
        usual = {"context": "step", "batch_tokens": 256, "digit_noise": 0.0, "seed": self.seed}
        return TrainConfig(base=base, **usual | knobs)  # type: ignore[arg-type]


def read_corpus(run: Run) -> None:
    """The base of all arms: the embedded model after reading the pool's text.

    The trainer writes no model that never saw a rating, so it sees one, of the one step that most solutions share.
    """
    if (run.base / prm.CARD).exists():
        return
    corpus = [step for solution in run.world.pool for step in solution.steps]
    config = run.config(batch_tokens=512, epochs=1, min_updates=1, pretrain_updates=run.settings.reading)
    last = max(set(corpus), key=lambda step: (corpus.count(step), step))
    train.train([Example("", (last,), (1,))], config=config, corpus=corpus, out=run.base)


def rounds(run: Run, done: Sequence[Row], first: Row | None, tell: Tell) -> Iterator[Row]:
    """The rows still missing, in order; `done` are the arm's own, `first` the first round of another arm."""
    read_corpus(run)
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
    config = run.config(str(base), min_updates=run.settings.updates, pretrain_updates=0)
    examples = [solution.example() for solution in solutions]
    return train.train(examples, config=config, corpus=(), out=run.checkpoint(number))


def score_all(run: Run, number: int) -> list[Scored]:
    """What the challenger says of the test problems; of the pool it is kept for the next selection.

    Both at once: they share many steps.
    """
    test, pool = run.world.test, run.world.pool
    rows = [(solution.problem, solution.steps) for solution in (*test, *pool)]
    scored = prm.load(run.checkpoint(number)).score(rows)
    by_name = {solution.solution_id: one.log_score for solution, one in zip(pool, scored[len(test) :], strict=True)}
    (run.checkpoint(number) / SCORES).write_text(json.dumps(by_name))
    return scored[: len(test)]


def measure(test: Sequence[Solution], scored: Sequence[Scored]) -> dict[str, Any]:
    """Best-of-N exactly, with each problem's chance of it, beside a single attempt and the oracle; first-error F1."""
    attempts = [solution.attempt(one.log_score) for solution, one in zip(test, scored, strict=True)]
    tables = evaluate.tabulate(attempts)
    n = max(len(table.rank) for table in tables.values())
    chances = evaluate.exact(tables, [1, n])
    predicted = [evaluate.predicted_first_error(one.step_probs or ()) for one in scored]
    return {
        "best_of_n": float(chances.right[:, 1].mean()),
        "pass_at_1": float(chances.right[:, 0].mean()),
        "oracle": float(evaluate.exact(tables, [n], "oracle").right.mean()),
        "majority_vote": evaluate.curve(attempts, [n], "majority_vote", trials=1)[0]["mean"],
        "first_error": evaluate.first_error(predicted, [solution.mistake for solution in test]),
        "chances": [round(chance, 3) for chance in chances.right[:, 1].tolist()],
    }
