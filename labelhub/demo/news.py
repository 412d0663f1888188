"""What the loop did since the last look, one calm line each."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q

from labelhub.demo.place import SAMPLE
from labelhub.models import BatchItem, Generation

State = Generation.State


class News:
    """Remembers what was told; starts with what is true now, so that a restart repeats nothing."""

    def __init__(self) -> None:
        self._told: dict[int, str] = {}
        self._first = True

    def closed(self) -> int:
        """How many generations have gone the whole way."""
        return Generation.objects.filter(project__slug=SAMPLE, state=State.CLOSED).count()

    def since_last_look(self) -> list[str]:
        lines = []
        for generation in generations():
            if self._told.get(generation.number) != generation.state:
                lines += [] if self._first and generation.state != State.LABELING else told(generation)
                self._told[generation.number] = generation.state
        self._first = False
        return lines


def generations() -> Iterator[Any]:
    """The sample's newest generations, oldest first, with the number of their items and of those that are done."""
    done = Count("items", filter=Q(items__state=BatchItem.State.DONE))
    newest = (
        Generation.objects.filter(project__slug=SAMPLE, number__gte=0)
        .select_related("champion", "checkpoint")
        .annotate(item_count=Count("items"), done_count=done)
        .order_by("-number")[:2]
    )
    return reversed(newest)


def told(generation: Any) -> list[str]:
    """The sentences for the state a generation is in; states that pass by in a moment have none."""
    name = f"Generation {generation.number}"
    match generation.state:
        case State.LABELING:
            by = f"picked by checkpoint {generation.champion.number}" if generation.champion else "a uniform draw"
            return [f"{name} is open: {generation.item_count} solutions to label, {by}."]
        case State.TRAINING:
            return [
                f"{name} has all its labels: training checkpoint {generation.checkpoint.number} on every label so far."
            ]
        case State.EVALUATING:
            return [f"Checkpoint {generation.checkpoint.number} is trained: measuring it on the gate problems."]
        case State.CLOSED:
            return [measured(generation.checkpoint), judged(generation.checkpoint), f"{name} is closed."]
        case State.FAILED:
            return [f"{name} failed: {generation.failure}"]
        case State.CANCELLED:
            return [f"{name} was cancelled."]
        case _:
            return []


def measured(checkpoint: Any) -> str:
    best = checkpoint.measures.get("gate", {}).get("best_of_n", {})
    if "accuracy" not in best:
        return f"Checkpoint {checkpoint.number}: {best.get('undefined', 'not measured.')}"
    return (
        f"Checkpoint {checkpoint.number} on {best['problems']} gate problems: best of {best['n']} "
        f"{best['accuracy']:.0%} right, majority vote {best['majority_vote']:.0%}, any one {best['pass_at_1']:.0%}."
    )


def judged(checkpoint: Any) -> str:
    outcome = "promoted" if checkpoint.decision.get("promoted") else "not promoted"
    return f"Checkpoint {checkpoint.number} is {outcome}. {checkpoint.decision.get('sentence', '')}".strip()
