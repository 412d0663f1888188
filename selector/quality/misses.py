"""What goes wrong in passes over gold labels: mistakes missed, false alarms, and where (the paper's A.1 lists them)."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from selector.evaluation.intervals import Share
from selector.labels.steps import UNKNOWN, FirstMistake
from selector.quality.agreement import agrees_with_gold
from selector.types import WHOLE

OUTCOMES = ("agreed", "said_none", "too_late", "too_early", "false_alarm", "unsure", "not_finished")
PARTS = ("first", "middle", "last")  # thirds of a solution
FARTHEST = 3  # steps from an acceptable one; beyond, they are told together
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Answer:
    """One pass over a gold label: what it called the first mistake, None for none, UNKNOWN where it doesn't tell.

    `first_mistakes` are the acceptable ones; empty where there is none. Steps count from 0.
    """

    labeler: str
    gold: int
    finish_reason: str
    mistake: FirstMistake
    first_mistakes: Sequence[int]
    step_count: int

    @property
    def outcome(self) -> str:
        """Agreed, or what went wrong. A step between two acceptable ones is too late: the first one was passed."""
        if self.finish_reason not in WHOLE:
            return "not_finished"
        if self.mistake is UNKNOWN:
            return "unsure"
        if agrees_with_gold(self.mistake, self.first_mistakes):
            return "agreed"
        if self.mistake is None:
            return "said_none"
        if not self.first_mistakes:
            return "false_alarm"
        return "too_early" if self.mistake < min(self.first_mistakes) else "too_late"


def tally(answers: Sequence[Answer]) -> dict[str, Share]:
    """Each outcome as a share of the passes in which it could have happened.

    A mistake can be missed, or called too early, only where there is one, and a false alarm raised only where there is
    none. `missed` is said none or too late, `alarmed` too early or a false alarm.
    """
    counts = Counter(answer.outcome for answer in answers)
    mistaken = sum(bool(answer.first_mistakes) for answer in answers)
    anywhere = dict.fromkeys(("agreed", "unsure", "not_finished"), len(answers))
    asked = anywhere | {"false_alarm": len(answers) - mistaken}
    shares = {outcome: Share(counts[outcome], asked.get(outcome, mistaken)) for outcome in OUTCOMES}
    missed = Share(counts["said_none"] + counts["too_late"], mistaken)
    return shares | {"missed": missed, "alarmed": Share(counts["too_early"] + counts["false_alarm"], len(answers))}


def grouped(answers: Iterable[Answer], key: Callable[[Answer], Key]) -> dict[Key, list[Answer]]:
    """The answers by what `key` says of each, in the order in which the keys first come."""
    found: dict[Key, list[Answer]] = {}
    for answer in answers:
        found.setdefault(key(answer), []).append(answer)
    return found


def offsets(answers: Iterable[Answer]) -> Counter[int]:
    """How many steps off the named step was, of passes that named a wrong one where there is a mistake.

    Negative is too early, counted to the first acceptable one; positive too late, counted from the last acceptable one
    that was passed. `FARTHEST` and more are counted together.
    """
    found: Counter[int] = Counter()
    for answer in answers:
        if answer.outcome in ("too_early", "too_late") and isinstance(answer.mistake, int):
            passed = [step for step in answer.first_mistakes if step < answer.mistake]
            off = answer.mistake - (max(passed) if passed else min(answer.first_mistakes))
            found[max(-FARTHEST, min(FARTHEST, off))] += 1
    return found


def missed_by_part(answers: Iterable[Answer]) -> dict[str, Share]:
    """Misses by the third of the solution in which the first acceptable mistake lies."""
    of_part = grouped((each for each in answers if each.first_mistakes), _part)
    return {part: tally(of_part.get(part, []))["missed"] for part in PARTS}


def _part(answer: Answer) -> str:
    return PARTS[3 * min(answer.first_mistakes) // answer.step_count]


def most_missed(answers: Iterable[Answer], limit: int) -> list[tuple[int, Share, tuple[str, FirstMistake], int]]:
    """Gold labels by how surely they are answered wrong: the lower end of the share's interval, the highest first.

    Each with its share of wrong answers, and the commonest of them: how the pass ended, at which step, how often.
    """
    told = []
    for gold, given in grouped(answers, lambda answer: answer.gold).items():
        wrong = Counter((each.finish_reason, each.mistake) for each in given if each.outcome != "agreed")
        if wrong:
            commonest, times = max(wrong.items(), key=lambda item: (item[1], str(item[0])))
            told.append((gold, Share(wrong.total(), len(given)), commonest, times))
    return sorted(told, key=lambda each: (-(each[1].interval or (0, 0))[0], each[0]))[:limit]
