"""Wilson's interval around a share that was counted."""

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054  # of the normal distribution: two-sided 95%


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n`, with Wilson's 95% interval; without any, None and not 0."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson, JASA 22 (1927), without continuity correction: it stays within [0, 1] also for few and for none."""
        if not self.n:
            return None
        z2, share = Z95**2, self.hits / self.n
        middle = (share + z2 / (2 * self.n)) / (1 + z2 / self.n)
        half = Z95 / (1 + z2 / self.n) * sqrt(share * (1 - share) / self.n + z2 / (4 * self.n**2))
        return max(0.0, middle - half), min(1.0, middle + half)
