"""Near-duplicates: solutions of a problem that differ in so little that a labeler would rate them twice for nothing.

The likeness of two texts is RapidFuzz's ratio (the normalised Indel similarity): twice the characters that stand in
both in the same order, over the characters of both. It is exact, where MinHash would estimate; within a problem there
are hundreds or thousands of texts, and not the millions that MinHash is for.
"""

from dataclasses import replace
from fractions import Fraction

import numpy as np
from rapidfuzz import fuzz, process

from selector.grading.normalize import normalise
from selector.selection.pool import Pool


def merged(pool: Pool, likeness: Fraction | None) -> Pool:
    """The pool with near-duplicates as duplicates: they share the text of the first of them, or None changes nothing.

    In each problem, best score first, a candidate joins the candidate before it that it is most alike, where it is so
    by at least `likeness` and that one has joined no other: so all of a group are alike its best-scored one. Raises
    ValueError for a candidate without steps.
    """
    if likeness is None:
        return pool
    text = pool.text.copy()
    for first, beyond in zip(pool.start[:-1].tolist(), pool.start[1:].tolist(), strict=True):
        rows = np.arange(first, beyond)
        rows = rows[np.lexsort((pool.text[rows], pool.by_score(rows)))]
        text[rows] = text[rows[joined([_text(pool, row) for row in rows.tolist()], float(100 * likeness))]]
    return replace(pool, text=text)


def joined(texts: list[str], percent: float) -> list[int]:
    """For each text the index of the one that stands for it: one that comes before it, or itself."""
    leaders: dict[int, str] = {}
    stands_for: list[int] = []
    for index, text in enumerate(texts):
        found = process.extractOne(text, leaders, scorer=fuzz.ratio, score_cutoff=percent)
        if found is None:
            leaders[index] = text
        stands_for.append(index if found is None else found[2])
    return stands_for


def _text(pool: Pool, row: int) -> str:
    candidate = pool.candidate(row)
    if candidate.steps is None:
        raise ValueError(f"Near-duplicates are looked for in steps, and solution {candidate.solution_id!r} has none.")
    return " ".join(map(normalise, candidate.steps))
