"""Generates readable multi-step problems with model-like solutions, right and wrong, whose step labels are known.

A problem is a number of things somewhere and four to six events. Every kind of event has one right rule and two
plausible misconceptions, which come at Zipf-like rates. A step restates the state it starts from, so it can be judged
by itself; after a mistake the solution goes on from the wrong state, and its labels end.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

WORST = 0.65  # the most common misconception's rate, the k-th's is 1 / k: majority voting falls for the first
HEAL = 0.02  # chance per step that a wrong solution goes back to the right state: right answers with a wrong step
REMARK = 0.12  # chance of a neutral remark before a step
LARGEST = 400


@dataclass(frozen=True, slots=True)
class Event:
    """What is told, and what follows from it: expressions over the state x and the told numbers a and b."""

    told: str
    right: str
    wrong: tuple[str, str]


# The hardest first: the order is the rank of the misconceptions.
EVENTS = (
    Event("half as many {items} again arrive", "{x} + {x} / 2", ("{x} / 2", "{x} x 2")),
    Event(
        "{who} takes {a} {items} and gives back all but {b} of them",
        "{x} - {b}",
        ("{x} - {a} + {b}", "{x} - {a} - {b}"),
    ),
    Event("a third of the {items} are sold", "{x} - {x} / 3", ("{x} / 3", "{x} - 3")),
    Event(
        "{who} brings {a} bags of {b} {items} and keeps one bag back",
        "{x} + {a} x {b} - {b}",
        ("{x} + {a} x {b} - 1", "{x} + {a} x {b}"),
    ),
    Event("{who} brings twice as many {items} as are there", "{x} + {x} x 2", ("{x} x 2", "{x} + 2")),
    Event(
        "{a} {items} are lent out and half of those come back",
        "{x} - {a} + {a} / 2",
        ("{x} - {a} + {x} / 2", "{x} - {a} / 2 + {a}"),
    ),
    Event("{who} puts in {a} {items}, which is {b} fewer than planned", "{x} + {a}", ("{x} + {a} - {b}", "{x} - {b}")),
    Event("{who} gives {a} {items} to each of {b} friends", "{x} - {a} x {b}", ("{x} - {a}", "{x} - {a} - {b}")),
    Event("the number of {items} grows by 50 percent", "{x} + {x} / 2", ("{x} + 50", "{x} / 2")),
    Event("{who} adds {a} pairs of {items}", "{x} + {a} x 2", ("{x} + {a}", "{x} + {a} + 2")),
    Event(
        "{a} {items} go in the morning and twice as many in the afternoon",
        "{x} - {a} - {a} x 2",
        ("{x} - {a} x 2", "{x} - {a} - 2"),
    ),
    Event("of {a} new {items}, {b} are faulty and go back", "{x} + {a} - {b}", ("{x} - {b}", "{x} + {a} + {b}")),
    Event(
        "{who} shares the {items} out into {b} equal lots and keeps one lot",
        "{x} / {b}",
        ("{x} - {x} / {b}", "{x} - {b}"),
    ),
    Event("{who} brings {a} boxes with {b} {items} each", "{x} + {a} x {b}", ("{x} + {a} + {b}", "{x} + {b}")),
    Event("{who} swaps {a} {items} for {b} others", "{x} - {a} + {b}", ("{x} + {b}", "{x} + {a} - {b}")),
    Event("the number of {items} triples", "{x} x 3", ("{x} + 3", "{x} + {x} x 3")),
    Event("{who} brings back {a} {items} that were on loan", "{x} + {a}", ("{x} - {a}", "{x} + {a} + 1")),
    Event("half of the {items} are thrown out", "{x} / 2", ("{x} - 2", "{x} x 2")),
    Event("{a} {items} are returned to the maker", "{x} - {a}", ("{x} + {a}", "{x} - {a} - 1")),
    Event("{who} puts in {a} more {items}", "{x} + {a}", ("{x} - {a}", "{x} + {a} - 1")),
)
PLACES = (
    ("A library shelf", "The shelf", "books"),
    ("A crate in the orchard", "The crate", "apples"),
    ("A tray in the bakery", "The tray", "rolls"),
    ("A stamp album", "The album", "stamps"),
    ("A drawer in the school", "The drawer", "pencils"),
    ("A bucket at the flower stall", "The bucket", "tulips"),
    ("A jar in the shop", "The jar", "marbles"),
    ("A shed in the garden", "The shed", "pots"),
)
NAMES = ("Mia", "Tom", "Ada", "Ben", "Lea", "Sam", "Eva", "Max")
LINKS = ("so", "which makes it", "and that gives")
REMARKS = (
    "Let us go on with the next event.",
    "So far we have {x} {items}.",
    "Now we only need to keep track of the {items}.",
    "We continue from {x} {items}.",
)


def rates() -> list[tuple[float, float]]:
    """How often each kind of event meets each of its two misconceptions; the second ones are the tail."""
    zipf = [min(WORST, 1 / rank) for rank in range(1, 2 * len(EVENTS) + 1)]
    return list(zip(zipf[: len(EVENTS)], zipf[len(EVENTS) :], strict=True))


RATES = rates()


@dataclass(frozen=True, slots=True)
class Told:
    """An event of one problem: its kind, and its blanks filled in."""

    kind: int
    blanks: dict[str, Any]

    def text(self) -> str:
        return EVENTS[self.kind].told.format(**self.blanks)

    def rule(self, mistake: int | None) -> str:
        """The right rule, or one of the two misconceptions."""
        event = EVENTS[self.kind]
        return event.right if mistake is None else event.wrong[mistake]

    def reckon(self, state: int, mistake: int | None = None) -> tuple[str, int | None]:
        """The sum as written, and the state it leads to; None where there cannot be so many things."""
        written = self.rule(mistake).format(**self.blanks | {"x": state})
        value = value_of(written)
        return written, int(value) if value.denominator == 1 and 0 < value <= LARGEST else None


@dataclass(frozen=True, slots=True)
class Story:
    """A problem before it is written down; `states` has one state more than there are events."""

    place: int
    told: tuple[Told, ...]
    states: tuple[int, ...]


def value_of(written: str) -> Fraction:
    """The value of a sum such as 24 + 5 x 2: no brackets, times and over before plus and minus."""
    total = Fraction(0)
    for part in written.replace(" - ", " + -").split(" + "):
        factor, *rest = part.split(" ")
        value = Fraction(factor)
        for sign, number in zip(rest[::2], rest[1::2], strict=True):
            value = value * int(number) if sign == "x" else value / int(number)
        total += value
    return total


def generate(problems: int, samples: int, seed: int) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each problem with its solutions, as rows of the project's JSONL; problem i depends on the seed and i only."""
    for number in range(problems):
        chance = random.Random(f"{seed}/{number}")
        story = invent(chance)
        problem = written_problem(story, f"made-{seed}-{number:05d}")
        yield problem, [written_solution(story, problem, sample, chance) for sample in range(samples)]


def invent(chance: random.Random) -> Story:
    """A story in which every right state is a whole number, and every misconception leads elsewhere."""
    while True:
        place, length = chance.randrange(len(PLACES)), chance.randint(4, 6)
        states, told = [chance.randint(8, 60)], list[Told]()
        for kind in chance.sample(range(len(EVENTS)), length):
            event = next((one for one in (fill(kind, place, chance) for _ in range(20)) if fits(one, states[-1])), None)
            if event is None:
                break
            told.append(event)
            states.append(event.reckon(states[-1])[1] or 0)
        else:
            return Story(place, tuple(told), tuple(states))


def fill(kind: int, place: int, chance: random.Random) -> Told:
    a, b = chance.randint(3, 24), chance.randint(2, 8)
    return Told(kind, {"who": chance.choice(NAMES), "items": PLACES[place][2], "a": a, "b": b})


def fits(told: Told, state: int) -> bool:
    """Whether the event can happen at this state: parts are smaller than the whole, and every rule leads elsewhere."""
    if told.blanks["b"] >= told.blanks["a"]:
        return False
    values = [value_of(told.reckon(state, mistake)[0]) for mistake in (None, 0, 1)]
    return told.reckon(state)[1] is not None and len({state, *values}) == 4


def written_problem(story: Story, name: str) -> dict[str, Any]:
    whole, short, items = PLACES[story.place]
    sentences = [f"{whole} holds {story.states[0]} {items}."]
    sentences += [f"{capital(told.text())}." for told in story.told]
    sentences.append(f"How many {items} does {short.lower()} hold in the end?")
    reckoned = [told.reckon(state) for told, state in zip(story.told, story.states, strict=False)]
    return {
        "problem_id": name,
        "problem": " ".join(sentences),
        "ground_truth_answer": str(story.states[-1]),
        "ground_truth_solution": "\n".join(f"{sum_} = {value}" for sum_, value in reckoned),
    }


def written_solution(story: Story, problem: dict[str, Any], sample: int, chance: random.Random) -> dict[str, Any]:
    """One sample, with step labels up to the first mistake."""
    while (attempt := try_once(story, chance)) is None:
        pass
    steps, labels, state = attempt
    first_error = labels.index(-1) if -1 in labels else None
    return {
        "problem_id": problem["problem_id"],
        "solution_id": f"{problem['problem_id']}-{sample:03d}",
        "steps": steps,
        "answer": str(state),
        "is_correct": str(state) == problem["ground_truth_answer"],
        "step_labels": labels if first_error is None else labels[: first_error + 1],
        "first_error": first_error,
    }


def try_once(story: Story, chance: random.Random) -> tuple[list[str], list[int], int] | None:
    """Steps, a label for each, and the last state; None if a mistake leads to where an event cannot happen."""
    _, short, items = PLACES[story.place]
    steps, labels, state = list[str](), list[int](), story.states[0]
    for told, right_state in zip(story.told, story.states, strict=False):
        if chance.random() < HEAL:
            state = right_state
        if chance.random() < REMARK:
            steps.append(chance.choice(REMARKS).format(x=state, items=items))
            labels.append(0)
        mistake = slip(told, state, chance)
        written, value = told.reckon(state, mistake)
        if value is None:
            return None
        link = chance.choice(LINKS)
        steps.append(f"{short} holds {state} {items}. {capital(told.text())}, {link} {written} = {value}.")
        labels.append(1 if mistake is None else -1)
        state = value
    steps.append(f"{short} holds {state} {items} in the end.\n\n# Answer\n\n{state}")
    return steps, [*labels, 1], state


def slip(told: Told, state: int, chance: random.Random) -> int | None:
    """Which misconception this step falls for, if any."""
    draw = chance.random()
    first, second = RATES[told.kind]
    mistake = 0 if draw < first else 1 if draw < first + second else None
    return mistake if mistake is not None and told.reckon(state, mistake)[1] is not None else None


def capital(text: str) -> str:
    return text[0].upper() + text[1:]
