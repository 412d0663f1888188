"""What every format is read into, and the error that says what is wrong with a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from selector.labels.steps import UNKNOWN, FirstMistake, first_mistake
from selector.types import FinishReason, LabelStep

Split = Literal["train", "gate", "test"]


class BadRow(ValueError):
    """A row that cannot be used; its message is one sentence that names the field."""


@dataclass(frozen=True, slots=True)
class ProblemRecord:
    """A problem as a file tells it. `split` None means unassigned; `extra` holds the row's unknown fields."""

    problem: str
    ground_truth_answer: str | None
    ground_truth_solution: str | None = None
    problem_id: str | None = None
    split: Split | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SolutionRecord:
    """A model-written attempt as a file tells it.

    It names its problem by `problem_id` or carries its text in `problem`. `is_correct` is the source's verdict on the
    answer. `step_labels` (ratings of a prefix of the steps, None masked) are what the source says of the steps: an
    import makes a label of them, training learns from them, and simulated labelers rate by them. `alternatives` are
    other candidate texts for a step, by its index from 0.
    """

    steps: tuple[str, ...]
    answer: str | None = None
    is_correct: bool | None = None
    problem_id: str | None = None
    problem: str | None = None
    solution_id: str | None = None
    generator: str | None = None
    step_labels: tuple[int | None, ...] | None = None
    alternatives: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def first_mistake(self) -> FirstMistake:
        """What `step_labels` say of it."""
        return UNKNOWN if self.step_labels is None else first_mistake(self.step_labels, len(self.steps))


@dataclass(frozen=True, slots=True)
class LabelRecord:
    """One line of PRM800K: one labeler's pass over one solution.

    `question` holds the keys that the row has and no others: problem and ground_truth_answer in phase 1, and in
    phase 2 also ground_truth_solution, pre_generated_steps, pre_generated_answer, pre_generated_verifier_score.
    `timestamp` is naive ISO text, `total_time` milliseconds. `extra` and `label_extra` are unknown fields.
    """

    labeler: str
    timestamp: str
    generation: int | None
    is_quality_control_question: bool
    is_initial_screening_question: bool
    question: Mapping[str, Any]
    steps: Sequence[LabelStep]
    total_time: int
    finish_reason: FinishReason
    extra: Mapping[str, Any] = field(default_factory=dict)
    label_extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def phase(self) -> Literal[1, 2]:
        """2 where whole solutions were written before labeling, 1 where they grew step by step."""
        return 2 if "pre_generated_steps" in self.question else 1


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one row holds, whatever its format: a problem, solutions, a label, or several of them."""

    problem: ProblemRecord | None = None
    solutions: tuple[SolutionRecord, ...] = ()
    label: LabelRecord | None = None
