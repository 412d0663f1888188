"""What people said of a solution's steps, as whatever learns from it takes it."""

from functools import lru_cache

import numpy as np

from selector.types import BAD, CLASS_INDEX, Example


def ratings_of(example: Example) -> tuple[int | None, ...]:
    """The example's ratings, refused if they break the rule that nothing follows the first mistake."""
    if len(example.ratings) > len(example.steps):
        raise ValueError(f"{len(example.ratings)} ratings for {len(example.steps)} steps.")
    if BAD in example.ratings[:-1]:
        raise ValueError("No rating follows the first mistake.")
    return example.ratings


def classes_of(example: Example, unrated: int) -> list[int]:
    """The class of each of its steps, `unrated` where there is none."""
    found = [unrated if rating is None else CLASS_INDEX[rating] for rating in ratings_of(example)]
    return found + [unrated] * (len(example.steps) - len(found))


@lru_cache(maxsize=100_000)
def bagged(ids: tuple[int, ...], heads: int, seed: int) -> tuple[float, ...]:
    """How often each head's own sample of the labels holds this sequence: online bagging (Oza and Russell, 2001).

    Heads that learnt the same from the same agree on everything; so they disagree where little was to be learnt from.
    One head alone has all labels.
    """
    if heads == 1:
        return (1.0,)
    chance = np.random.default_rng([seed, *ids])
    return tuple(map(float, chance.poisson(1.0, heads)))
