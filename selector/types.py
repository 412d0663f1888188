"""The values that travel between the stops: candidates, picks, training examples and scores."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol, TypedDict

GREAT, OKAY, BAD = 1, 0, -1
RATINGS = (BAD, OKAY, GREAT)
# The one place that fixes the order of a reward model's three outputs; a checkpoint is meaningless under another order.
CLASS_INDEX = {rating: index for index, rating in enumerate(RATINGS)}


class Grade(StrEnum):
    """Whether a solution's final answer agrees with the ground truth; a timeout or a missing answer is UNKNOWN."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"


FinishReason = Literal["found_error", "solution", "bad_problem", "give_up"]
WHOLE: tuple[FinishReason, ...] = ("found_error", "solution")  # how a pass ends that was not broken off


class Completion(TypedDict):
    """A candidate text for a step; `flagged` is null on the main path of phase 2, false on alternatives."""

    text: str
    rating: int | None
    flagged: bool | None


class LabelStep(TypedDict):
    """PRM800K's `label.steps[i]`, also the stored form of a label's content.

    `completions` is null in some given-up passes. `human_completion` is null or {text, rating, source, flagged}
    with, in some rows, `corrected_rating`. `chosen_completion` indexes `completions`: null where the pass ended there.
    """

    completions: list[Completion] | None
    human_completion: dict[str, Any] | None
    chosen_completion: int | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A solution that a selection rule may look at.

    `log_score` is the logarithm of the champion's score, None before there is a champion.
    Equal `digest` within a problem means a duplicate (see `normalize.solution_digest`).
    `uncertainty` is asked for by the rule of that name (see `uncertain`), `steps` where near-duplicates are looked for.
    """

    problem_id: str | int
    solution_id: str | int
    grade: Grade
    log_score: float | None
    digest: str
    uncertainty: float | None = None
    steps: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """A selected candidate: `rank` counts from 1 within its scope, in the order gate, control, audit, rule.

    `inclusion_probability` is the chance with which a uniform stratum drew it (control and gate; None elsewhere).
    `place` is where it stood among the candidates of its pool as they came, from 0.
    """

    candidate: Candidate
    rank: int
    stratum: str
    inclusion_probability: float | None
    place: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Example:
    """One training sequence: `ratings` covers a prefix of `steps`, None is masked, and nothing follows the first -1.

    `is_branch` marks an alternative behind the steps before it: it teaches, but it is no pass over a solution.
    """

    problem: str
    steps: tuple[str, ...]
    ratings: tuple[int | None, ...]
    is_branch: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Scored:
    """A reward model's word on one solution: `step_probs` is P(correct) per step; a `too_long` one has no scores.

    Of an ensemble, `head_step_probs[h]` is what head h says of each step, and `step_probs` the mean over the heads.
    """

    step_probs: tuple[float, ...] | None
    log_score: float | None
    too_long: bool = False
    head_step_probs: tuple[tuple[float, ...], ...] | None = None


class Scorer(Protocol):
    """Whatever scores solutions: (problem text, steps) pairs in, one `Scored` each out, in the same order."""

    def score(self, rows: Sequence[tuple[str, Sequence[str]]]) -> list[Scored]: ...
