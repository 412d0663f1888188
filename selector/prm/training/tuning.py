"""The threshold of a first mistake, tuned on training problems by models that never saw them.

The training problems are dealt out into folds. Each fold is judged by a model that learned from all the others, and the
threshold with the best first-error F1 over these predictions is stored with the model that then learns from everything.
Gate and test problems play no part in it, so what is measured on them stays honest.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from selector.evaluation.first_error import LEAST_TO_TUNE, tuned_threshold
from selector.grading.normalize import normalise
from selector.labels.steps import UNKNOWN, first_mistake
from selector.prm.config import TrainConfig
from selector.types import Example

Known = tuple[Example, int | None]  # a pass over a solution, and the first mistake that it tells (None: there is none)


@dataclass(frozen=True, slots=True)
class Fold:
    """What a model learns from, and the solutions that it then judges. No problem is in both."""

    learned: list[Example]
    judged: list[Known]


def known(examples: Sequence[Example]) -> list[Known]:
    """The passes that tell where a solution's first mistake is, or that there is none."""
    told = [(one, first_mistake(one.ratings, len(one.steps))) for one in examples if not one.is_branch]
    return [(one, mistake) for one, mistake in told if mistake is not UNKNOWN]


def folds(examples: Sequence[Example], judged: Sequence[Known], config: TrainConfig) -> list[Fold]:
    """The folds to tune by; none where the solutions to judge are too few, or of too few problems.

    Problems are the same where their normalised texts are. The config's seed deals them out, whatever the order of the
    examples. Examples of a problem that no fold judges teach all of them.
    """
    problems = sorted({normalise(one.problem) for one, _ in judged})
    if config.kind != "prm" or min(_kinds(judged)) < LEAST_TO_TUNE or not 2 <= config.folds <= len(problems):
        return []
    dealt = random.Random(config.seed).sample(problems, len(problems))
    fold_of = {problem: place % config.folds for place, problem in enumerate(dealt)}
    return [
        Fold(
            [one for one in examples if fold_of.get(normalise(one.problem)) != fold],
            [(one, mistake) for one, mistake in judged if fold_of[normalise(one.problem)] == fold],
        )
        for fold in range(config.folds)
    ]


def tune(folds: Sequence[Fold], step_probs: Sequence[Sequence[float]]) -> float:
    """The threshold with the best first-error F1, by P(correct) of each step of all that the folds judged, in order."""
    threshold = tuned_threshold(step_probs, [mistake for fold in folds for _, mistake in fold.judged])
    assert threshold is not None  # both kinds were judged
    return threshold


def provenance(folds: Sequence[Fold], judged: Sequence[Known]) -> dict[str, Any]:
    """How the threshold was found and on how many solutions, as the card tells it."""
    with_mistake, without = _kinds(judged)
    found = {"tuned": bool(folds), "folds": len(folds), "with_mistake": with_mistake, "without_mistake": without}
    return found | {"least": LEAST_TO_TUNE}


def _kinds(judged: Sequence[Known]) -> tuple[int, int]:
    """How many of the solutions have a mistake, and how many have none."""
    with_mistake = sum(mistake is not None for _, mistake in judged)
    return with_mistake, len(judged) - with_mistake
