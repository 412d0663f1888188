"""The made pool: problems of a few events, and solutions that follow for each event a right rule or a misconception.

An event is a verb with a number. What follows from a verb may be reckoned and written in several right ways, and every
verb has its own misconceptions, whose rates fall like Zipf's law. A step restates the state it starts from, so it can
be judged by itself. The model reads a step without its numbers, which are a nuisance that a small model memorises: it
reads the verb, and in which of many ways the sum is written, which means something else with every verb. So what is
wrong has to be learnt from labels, mistake by mistake. It is an analogue of mathematics, and no more.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studies.active_learning.cells import Shape
from studies.active_learning.solutions import Floats, Ints, Solutions

TERMS = np.array([(p, q, r) for p in (1, 2, 3) for q in range(-2, 3) for r in (-1, 0, 1) if (p, q) != (1, 0)])
WORDS = 8  # a way of writing is two words of so many


@dataclass(frozen=True, slots=True)
class World:
    """One draw of verbs: per verb and rule its p, q and r of p x + q a + r, how it is written, and how often."""

    shape: Shape
    terms: Ints
    written: Ints
    rates: Floats

    @property
    def kinds(self) -> int:
        """Distinct steps, as the model reads them."""
        return self.shape.verbs * self.shape.rules

    def features(self) -> NDArray[np.float32]:
        """What the model reads of each kind of step, (kinds, features): one-hot verb and words."""
        verb = np.repeat(np.arange(self.shape.verbs), self.shape.rules)
        first, second = np.divmod(self.written.ravel(), WORDS)
        read = ((verb, self.shape.verbs), (first, WORDS), (second, WORDS))
        return np.concatenate([np.eye(size, dtype=np.float32)[column] for column, size in read], axis=1)


def world(shape: Shape, chance: np.random.Generator) -> World:
    drawn = [chance.choice(TERMS, shape.misconceptions + 1, replace=False) for _ in range(shape.verbs)]
    terms = np.array([np.concatenate([np.repeat(each[:1], shape.ways, axis=0), each[1:]]) for each in drawn])
    written = np.array([chance.choice(WORDS**2, shape.rules, replace=False) for _ in range(shape.verbs)])
    zipf = 1 / np.arange(1, shape.misconceptions * shape.verbs + 1)
    wrong = _scaled(chance.permutation(zipf).reshape(shape.verbs, -1), shape.mistakes, shape.worst)
    ways = 1 / np.arange(1, shape.ways + 1)
    right = (1 - wrong.sum(axis=1, keepdims=True)) * ways / ways.sum()
    return World(shape, terms, written, np.concatenate([right, wrong], axis=1))


def _scaled(wrong: Floats, mean: float, worst: float) -> Floats:
    """Rates in proportion to these, of this mean over verbs, but no verb wrong more often than `worst`."""
    factor = 1.0
    for _ in range(60):
        scaled = wrong * factor
        scaled *= np.minimum(1, worst / scaled.sum(axis=1, keepdims=True))
        factor *= mean / scaled.sum(axis=1).mean()
    return scaled


def solutions(of: World, problems: int, samples: int, slips: float, chance: np.random.Generator) -> Solutions:
    """New problems, and `samples` solutions of each; `slips` are wrong results by a right rule, per step."""
    shape = of.shape
    verb = np.array([chance.choice(shape.verbs, shape.events, replace=False) for _ in range(problems)])
    told, start = chance.integers(3, 25, (problems, shape.events)), chance.integers(8, 61, problems)
    size = (problems, samples, shape.events)
    draw = chance.random(size)[..., None]
    rule = (draw > of.rates[verb][:, None].cumsum(axis=-1)[..., :-1]).sum(axis=-1)
    slip = np.where(chance.random(size) < slips, chance.choice([-3, -2, -1, 1, 2, 3], size), 0)
    heal = chance.random(size) < shape.heal
    state, truth = np.repeat(start[:, None], samples, axis=1), start[:, None]
    states = [state]
    for event in range(shape.events):
        state = np.where(heal[..., event], truth, state)
        p, q, r = np.moveaxis(of.terms[verb[:, None, event], rule[..., event]], -1, 0)
        states += [state, p * state + q * told[:, event, None] + r + slip[..., event]]
        p, q, r = of.terms[verb[:, event], 0].T
        state, truth = states[-1], p[:, None] * truth + q[:, None] * told[:, event, None] + r[:, None]
    return Solutions(
        problem=np.repeat(np.arange(problems), samples),
        kind=(verb[:, None] * shape.rules + rule).reshape(problems * samples, -1),
        wrong=((rule >= shape.ways) | (slip != 0)).reshape(problems * samples, -1),
        right=(state == truth).ravel(),
        text=_numbered(np.concatenate([rule, np.stack(states, axis=-1)], axis=-1)),
        answer=_numbered(state[..., None]),
    )


def _numbered(rows: Ints) -> Ints:
    """Equal rows of a problem share a number, from 0."""
    return np.concatenate([np.unique(each, axis=0, return_inverse=True)[1].ravel() for each in rows])
