"""Whether running checks say that a labeler is below the bar: after every check, and rarely wrong about who isn't.

The rate at which somebody agrees with the gold labels has a Beta posterior under a uniform prior, Beta(1, 1): it weighs
as much as two checks, one passed and one missed, and takes nobody's side. By P(rate < bar) > 95% alone, looked at after
every check, more than a third of those exactly at the bar would be paused within 200 checks. So a second condition:
what was seen must be twenty times as likely under a rate drawn uniformly from below the bar as under the bar itself.
For anybody at or above the bar that ratio is a non-negative supermartingale that starts at 1, so by Ville's inequality
the chance that it ever reaches 20 is at most 1 in 20, however many checks there are, at whatever bar (Ramdas et al.,
"Game-theoretic statistics and safe anytime-valid inference", Statistical Science 38, 2023).
"""

from dataclasses import dataclass
from math import log

CERTAIN = 0.95  # P(rate < bar) above which somebody is paused, never below
EVIDENCE = 20  # and how many times likelier the checks must be below the bar than at it: 1 / (1 - CERTAIN)


@dataclass(frozen=True, slots=True)
class Record:
    """How many of the checks a labeler was asked agree with their gold labels."""

    agreed: int
    asked: int

    @property
    def interval(self) -> tuple[float, float]:
        """The middle 95% of the posterior of the agreement rate."""
        from scipy.special import betaincinv  # only who judges or looks waits for SciPy

        low, high = betaincinv(self.agreed + 1, self._missed + 1, [0.025, 0.975])
        return float(low), float(high)

    def below(self, bar: float) -> float:
        """P(rate < bar)."""
        from scipy.special import betainc

        return float(betainc(self.agreed + 1, self._missed + 1, bar))

    def log_evidence(self, bar: float) -> float:
        """Log of the checks' likelihood under a rate drawn uniformly from below the bar, over that at the bar.

        The bar is above 0. At a bar of 1 a single miss is infinite evidence.
        """
        from scipy.special import betaln, xlog1py, xlogy

        beyond = self.below(bar)
        if beyond == 0:
            return float("-inf")
        at_the_bar = xlogy(self.agreed + 1, bar) + xlog1py(self._missed, -bar)
        return float(log(beyond) + betaln(self.agreed + 1, self._missed + 1) - at_the_bar)

    def is_below(self, bar: float) -> bool:
        """Whether the labeler is to be paused: both conditions hold."""
        if self.agreed >= bar * self.asked:
            return False  # no rate below the bar makes this likelier; so for most, SciPy is never loaded
        return self.below(bar) > CERTAIN and self.log_evidence(bar) >= log(EVIDENCE)

    @property
    def _missed(self) -> int:
        return self.asked - self.agreed


def chance_of_a_pause(rate: float, bar: float, checks: int) -> list[float]:
    """The chance that somebody who agrees at this rate has been paused after 1, 2, ... checks: exact, not simulated."""
    at = {0: 1.0}  # chance of each number of agreements, of not having been paused
    paused: list[float] = []
    gone = 0.0
    for asked in range(1, checks + 1):
        ways = [(agreed + hit, chance * (rate if hit else 1 - rate)) for agreed, chance in at.items() for hit in (0, 1)]
        at = {}
        for agreed, chance in ways:
            at[agreed] = at.get(agreed, 0.0) + chance
        out = {agreed for agreed in at if Record(agreed, asked).is_below(bar)}
        gone += sum(at.pop(agreed) for agreed in out)
        paused.append(gone)
    return paused
