"""Whether labelers agree, judged as the field does: by the first mistake each one names, None where there is none."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

ADMISSION_SHARE = Fraction(3, 4)  # paper, appendix B: at least 75% of the screening questions


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many pairs of passes over the same solution name the same first mistake."""

    agreed: int
    pairs: int

    @property
    def share(self) -> float | None:
        """None, not 0 or 1, where nobody rated what another rated."""
        return self.agreed / self.pairs if self.pairs else None


def first_error_agreement(items: Iterable[Sequence[int | None]]) -> Agreement:
    """Over items, each given as its labelers' first mistakes."""
    pairs = [one == other for mistakes in items for one, other in combinations(mistakes, 2)]
    return Agreement(agreed=sum(pairs), pairs=len(pairs))


def majority(mistakes: Sequence[int | None]) -> int | None:
    """The position of the first pass that more than half agree with on the first mistake; None where no such is."""
    if not mistakes:
        return None
    mistake, count = Counter(mistakes).most_common(1)[0]
    return mistakes.index(mistake) if 2 * count > len(mistakes) else None


def agrees_with_gold(mistake: int | None, gold: Collection[int]) -> bool:
    """Whether a pass stops at a step that may be called the first mistake; an empty gold set means there is none."""
    return mistake in gold if gold else mistake is None


def agreements_to_admit(questions: int) -> int:
    """How many of the screening questions a labeler must agree on: 75% inclusive, so 23 of 30."""
    return math.ceil(questions * ADMISSION_SHARE)
