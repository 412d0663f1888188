"""What the demo promises: on generated problems a first batch of labels makes a model that is worth something."""

import random
from pathlib import Path
from typing import Any

import pytest

from selector.evaluation import best_of_n as choosing
from selector.evaluation import calibration as calibrating
from selector.evaluation import compare
from selector.labels import simulate
from selector.prm import reward_model
from selector.prm.config import TrainConfig
from selector.prm.training import train
from selector.types import BAD, Example, Scorer

pytestmark = pytest.mark.slow

LABELS = 120
Solved = tuple[str, dict[str, Any]]


def solved(problems: int, samples: int, seed: int) -> list[Solved]:
    return [(p["problem"], row) for p, rows in simulate.generate(problems, samples, seed) for row in rows]


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scorer, list[Example]]:
    """The embedded default after `LABELS` solutions drawn uniformly from a pool, whose text it may read."""
    pool = solved(60, 16, seed=1000)
    picks = random.Random(0).sample(pool, LABELS)
    examples = [Example(problem, tuple(row["steps"]), tuple(row["step_labels"])) for problem, row in picks]
    corpus = [text for problem, row in pool for text in (problem, *row["steps"])]
    out: Path = tmp_path_factory.mktemp("promise") / "checkpoint"
    train.train(examples, config=TrainConfig.for_base(), corpus=corpus, out=out)
    return reward_model.load(out), examples


def test_it_beats_the_position_of_a_step_by_a_clear_margin_on_problems_it_never_saw(learnt):
    model, examples = learnt
    rates = calibrating.position_rates(example.ratings for example in examples)
    test = solved(80, 4, seed=5000)
    rows = [
        (row["problem_id"], rating != BAD, p, place)
        for (_, row), scored in zip(test, model.score([(p, row["steps"]) for p, row in test]), strict=True)
        for rating, p, place in zip(
            row["step_labels"],
            scored.step_probs or (),
            calibrating.position_only(rates, len(row["steps"])),
            strict=False,
        )
    ]
    gain = compare.auc_gain(*map(list, zip(*rows, strict=True)))
    assert gain
    assert gain.low >= 0.05, gain


def test_its_choice_among_samples_is_better_than_a_random_one(learnt):
    model, _ = learnt
    test = solved(60, 16, seed=5000)
    scores = [scored.log_score for scored in model.score([(p, row["steps"]) for p, row in test])]
    attempts = [
        choosing.Attempt(row["problem_id"], row["solution_id"], score, row["answer"], row["is_correct"])
        for (_, row), score in zip(test, scores, strict=True)
    ]
    curve = choosing.curve(attempts, [1, 16])
    assert curve[1]["mean"] > curve[0]["mean"] + 0.1
