"""Where a sampling stands: written down with every answer that is kept, so that another attempt goes on from there."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from labelhub.services.data.sampling.chat import Usage
from labelhub.services.data.sampling.reading import Unusable

Place = tuple[int, ...]  # what one request is for: a row's id, for an alternative the step, and which of the n
KEPT = ("created", "duplicates", "there")


@dataclass
class State:
    """Places are asked for in their order: all up to `reached` were, but for those in `missed`.

    Those in flight when the state is written down count as missed: a worker that is killed leaves them so.
    """

    reached: Place | None = None
    missed: set[Place] = field(default_factory=set)
    kept: Counter[str] = field(default_factory=Counter)  # by KEPT
    failures: Counter[str] = field(default_factory=Counter)  # by reason
    examples: dict[str, str] = field(default_factory=dict)  # the newest sentence for each reason
    answers: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    untold: int = 0  # answers without their number of tokens

    @property
    def done(self) -> int:
        return self.kept.total() + self.failures.total()

    def hand_out(self, place: Place) -> None:
        self.missed.discard(place)
        self.reached = place if self.reached is None else max(self.reached, place)

    def pay(self, usage: Usage) -> None:
        """Take note of what an answer cost, kept or not."""
        self.answers += 1
        self.prompt_tokens += usage.prompt or 0
        self.completion_tokens += usage.completion or 0
        self.untold += usage.prompt is None or usage.completion is None

    def fail(self, place: Place, failure: Unusable, *, again: bool) -> None:
        """Take note of an answer that can't be kept; with `again`, another attempt asks for its place once more."""
        self.examples[failure.reason.value] = str(failure)
        if again:
            self.missed.add(place)
        else:
            self.failures[failure.reason.value] += 1

    def as_dict(self, flying: Iterable[Place], *, total: int, begun: int) -> dict[str, Any]:
        """The job's result; `begun` is how much was done when this attempt began, for its rate."""
        return {
            **{name: self.kept[name] for name in KEPT},
            "failures": dict(self.failures),
            "examples": self.examples,
            "unanswered": len(self.missed),
            "answers": self.answers,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "untold": self.untold,
            "done": self.done,
            "total": total,
            "begun": begun,
            "reached": self.reached,
            "missed": sorted(self.missed.union(flying)),
        }

    @classmethod
    def of(cls, result: dict[str, Any]) -> "State":
        """What `as_dict` told; an empty result is the beginning."""
        if not result:
            return cls()
        counts = ("answers", "prompt_tokens", "completion_tokens", "untold")
        return cls(
            reached=None if result["reached"] is None else tuple(result["reached"]),
            missed={tuple(place) for place in result["missed"]},
            kept=Counter({name: result[name] for name in KEPT}),
            failures=Counter(result["failures"]),
            examples=dict(result["examples"]),
            **{name: result[name] for name in counts},
        )
