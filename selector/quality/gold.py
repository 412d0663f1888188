"""Gold labels: when a pass agrees with one, and how to ask questions that can't be passed without reading them.

A gold label holds the *set* of steps that may acceptably be called the first mistake, empty where there is none, as
the researchers of PRM800K marked "which steps are reasonable to label as incorrect" (paper, appendix B).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b
from math import ceil

from selector.labels.steps import first_mistake
from selector.quality.agreement import agrees_with_gold
from selector.types import WHOLE

LEAST_WITHOUT_MISTAKE = Fraction(2, 5)  # of the questions asked: else whoever always says Bad goes far
HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Question:
    """A solution whose first mistake is known.

    `answer_is_right` is its grade, None where unknown; `answer_step` the first step that states its answer, from 0.
    """

    key: int
    step_count: int
    first_mistakes: frozenset[int]
    answer_is_right: bool | None
    answer_step: int


class Unfit(ValueError):
    """A set of questions that somebody could pass without reading; its message is the sentence why."""


def agrees(finish_reason: str, ratings: Sequence[int | None], step_count: int, first_mistakes: Collection[int]) -> bool:
    """Whether a pass says what the gold label says: it ends at an acceptable step, or finds no mistake where none is.

    Stopping earlier or later is a miss. So is a pass that was given up, or that leaves a step unsure: it doesn't say
    where the first mistake is.
    """
    return finish_reason in WHOLE and agrees_with_gold(first_mistake(ratings, step_count), first_mistakes)


def reaches(agreed: int, asked: int, bar: Fraction) -> bool:
    """Whether `agreed` of `asked` reach the bar, which is inclusive: of 30 at 75% it takes 23."""
    return agreed >= bar * asked


Guess = Callable[[Question], int | None]


def _where_the_answer_differs(step: Guess) -> Guess:
    """An answer of unknown grade differs wherever that serves the guess."""

    def guess(question: Question) -> int | None:
        is_wrong = not question.answer_is_right if question.answer_is_right is not None else question.first_mistakes
        return step(question) if is_wrong else None

    return guess


# What somebody does who doesn't read the steps: the index of the step called Bad, None for Great to the end.
WITHOUT_READING: dict[str, Guess] = {
    "always says Great": lambda question: None,
    "always says Bad at once": lambda question: 0,
    "always says Bad at the end": lambda question: question.step_count - 1,
    "says Bad at once exactly where the answer differs": _where_the_answer_differs(lambda question: 0),
    "says Bad at the end exactly where the answer differs": _where_the_answer_differs(lambda q: q.step_count - 1),
    "says Bad at the answer exactly where it differs": _where_the_answer_differs(lambda question: question.answer_step),
}


def guessed(question: Question) -> frozenset[str]:
    """The ways of not reading that agree with the question's gold label."""
    return frozenset(
        name for name, guess in WITHOUT_READING.items() if agrees_with_gold(guess(question), question.first_mistakes)
    )


def draw(questions: Iterable[Question], *, size: int, bar: Fraction, seed: str) -> list[Question]:
    """`size` questions in the order to ask them, the same for the same seed, that nobody passes without reading.

    At least two in five have no mistake, and each way of not reading stays below the bar. Raises Unfit.
    """
    shuffled = sorted(questions, key=lambda question: _hash(seed, question.key))
    sound = _without_mistake(shuffled)
    wanted = ceil(LEAST_WITHOUT_MISTAKE * size)
    if len(shuffled) < size:
        raise Unfit(f"There are {len(shuffled)} questions, and {size} are asked.")
    if len(sound) < wanted:
        raise Unfit(f"{len(sound)} of the {len(shuffled)} questions have no mistake; of {size} asked, {wanted} must.")
    # Of those without a mistake no more than their share of the set, so that enough of both kinds are left to retake.
    # Where the easily guessed come first they may take the room of others: then those come last.
    share = max(wanted, size * len(sound) // len(shuffled))
    even = [*sound[:share], *(question for question in shuffled if question.first_mistakes), *sound[share:]]
    for order in (even, shuffled, sorted(shuffled, key=lambda question: len(guessed(question)))):
        first = _without_mistake(order)[: share if order is even else wanted]
        found = _within(order, first, size, bar)
        if len(found) == size and len(_without_mistake(found)) >= wanted:
            return sorted(found, key=lambda question: _hash(f"{seed} order", question.key))
    raise Unfit(_why(shuffled, size, bar))


def mix(questions: Sequence[Question], *, size: int) -> list[Question]:
    """At most `size` of the questions, the first first, of which no way of not reading agrees with half.

    At least two in five have no mistake. Fewer than `size` where no more can be found so, and none where no two can.
    Half, and not the bar: who agrees with nearly as many as the bar asks is told from a labeler only after hundreds.
    """
    orders = (questions, sorted(questions, key=lambda question: len(guessed(question))))
    return max((_mixed(order, min(size, len(questions))) for order in orders), key=len)


def _mixed(questions: Sequence[Question], size: int) -> list[Question]:
    while size:
        first = _without_mistake(questions)[: ceil(LEAST_WITHOUT_MISTAKE * size)]
        found = _within(questions, first, size, HALF)
        if len(found) == size and len(_without_mistake(found)) >= LEAST_WITHOUT_MISTAKE * size:
            return found
        size = min(len(found), size - 1)  # of fewer, fewer may be guessed
    return []


def _without_mistake(questions: Iterable[Question]) -> list[Question]:
    return [question for question in questions if not question.first_mistakes]


def _within(questions: Sequence[Question], first: Sequence[Question], size: int, bar: Fraction) -> list[Question]:
    """As many of the questions, `first` before the others, as leave every way of not reading below the bar."""
    taken: list[Question] = []
    counts: Counter[str] = Counter()
    known = {question.key for question in first}
    for question in [*first, *(each for each in questions if each.key not in known)]:
        ways = guessed(question)
        if len(taken) < size and not any(reaches(counts[way] + 1, size, bar) for way in ways):
            taken.append(question)
            counts.update(ways)
    return taken


def _why(questions: Sequence[Question], size: int, bar: Fraction) -> str:
    """Names the way of not reading that goes furthest."""
    counts = Counter(way for question in questions for way in guessed(question))
    way, agreed = max(counts.items(), key=lambda item: (item[1], item[0]))
    share = f"{float(100 * bar):g}%"
    return (
        f"Of these {len(questions)} questions no {size} can be asked so that nobody passes at {share} without reading: "
        f"somebody who {way} agrees with {agreed} of them."
    )


def shortcomings(questions: Sequence[Question]) -> list[str]:
    """Sentences on what a set lacks as a whole; none where it will do."""
    sound = len(_without_mistake(questions))
    if sound < LEAST_WITHOUT_MISTAKE * len(questions):
        return [f"{sound} of {len(questions)} have no mistake; at least two in five should."]
    return []


def _hash(seed: str, key: int) -> bytes:
    return blake2b(f"{seed}:{key}".encode(), digest_size=16).digest()
