"""Whether a challenger becomes champion, and the sentence why: paired non-inferiority on the gate problems.

The 95% interval of challenger minus champion lies above minus the margin, on best-of-N and first-error F1. The
project's metric must be shown in any case, and where gate can't measure that one, the other. Of the second measure it
is asked wherever gate is large enough to show it of an equal challenger; where it isn't, the second only stops one that
is worse, or loses the margin as measured, and where gate can't measure it, it says nothing. Asked for both in any case,
a project would promote nothing before it has hundreds of gate labels. So the sentence says what was not shown, and how
many problems would show it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from selector.evaluation.compare import Comparison, Verdict, verdict

NAMES = {"best_of_n": "best-of-N", "first_error": "first-error F1"}  # the measures that decide
TOO_FEW = "too_few"
WORDS = {
    Verdict.BETTER.value: "better",
    Verdict.NOT_WORSE.value: "not worse",
    Verdict.UNDECIDED.value: "undecided",
    TOO_FEW: "too few to be sure",
    Verdict.WORSE.value: "worse",
}
BY_HAND = "Promote it by hand if you trust it."
Row = Mapping[str, Any]  # a Comparison's fields, and of what: `n` and `unit`, such as 90 "problems"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, in a sentence; `margin` and the `verdicts` by metric where gate decided it."""

    promoted: bool
    sentence: str
    margin: float | None = None
    verdicts: Mapping[str, str] | None = None

    def to_dict(self) -> dict[str, Any]:
        told = {"promoted": self.promoted, "sentence": self.sentence}
        return told if self.verdicts is None else told | {"margin": self.margin, "verdicts": dict(self.verdicts)}


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure's paired comparison on gate, at the project's margin."""

    metric: str
    compared: Comparison
    counted: str  # what was compared, such as "90 gate problems"
    margin: float

    @property
    def shown(self) -> bool:
        return verdict(self.compared, self.margin).shown

    @property
    def loses(self) -> bool:
        """Worse as a whole, or lower by the margin or more as measured."""
        lower = self.compared.difference < 0 and self.compared.difference <= -self.margin
        return verdict(self.compared, self.margin) == Verdict.WORSE or (lower and not self.shown)

    @property
    def verdict(self) -> str:
        found = verdict(self.compared, self.margin)
        too_few = found == Verdict.UNDECIDED and not self.compared.can_show(self.margin)
        return TOO_FEW if too_few else found.value

    @property
    def sentence(self) -> str:
        difference, low, high, detectable = (
            100 * getattr(self.compared, name) for name in ("difference", "low", "high", "detectable")
        )
        return (
            f"{NAMES[self.metric]}: {WORDS[self.verdict]}, {difference:+.1f} points (95% interval "
            f"{low:+.1f} to {high:+.1f}; {self.counted}, paired, could have shown {detectable:.1f})"
        )


def decide(
    comparison: Mapping[str, Row], *, metric: str, margin: float, selects: bool = True, has_champion: bool = True
) -> Decision:
    """Whether the challenger becomes champion.

    `comparison` holds what gate measured of challenger minus champion, paired, by metric; `metric` is the project's.
    """
    if not selects:
        return Decision(False, "An outcome reward model is measured beside the champion; it never selects.")
    if not has_champion:
        return Decision(True, "It is the project's first evaluated checkpoint.")
    deciding = [name for name in comparison if name in NAMES]
    if not deciding:
        return Decision(False, f"No gate problem could compare it with the champion. {BY_HAND}")
    first = metric if metric in deciding else deciding[0]
    measured = [_measured(name, comparison[name], margin) for name in sorted(deciding, key=first.__ne__)]
    promoted, lead = _lead(measured, margin)
    told = ". ".join([one.sentence[0].upper() + one.sentence[1:] for one in measured] + _step_auc(comparison))
    return Decision(promoted, f"{lead} {told}.", margin, {one.metric: one.verdict for one in measured})


def _measured(metric: str, row: Row, margin: float) -> Measured:
    compared = Comparison(**{field.name: row[field.name] for field in fields(Comparison)})
    return Measured(metric, compared, f"{row['n']:,} gate {row['unit']}", margin)


def _step_auc(comparison: Mapping[str, Row]) -> list[str]:
    """Beside first-error F1: which steps are ranked below others, whatever the threshold."""
    if not {"first_error", "step_auc"} <= comparison.keys():
        return []
    found = comparison["step_auc"]
    difference, low, high = (100 * found[name] for name in ("difference", "low", "high"))
    return [
        f"Step AUC beside it, which decides nothing: {difference:+.1f} points (95% interval {low:+.1f} to {high:+.1f}; "
        f"{found['n']:,} gate steps, paired)"
    ]


def _lead(measured: Sequence[Measured], margin: float) -> tuple[bool, str]:
    """Promoted or not, and why in a few words; the first measure has to show it in any case."""
    points = f"{100 * margin:g} points"
    open_ = [one for one in measured if not one.shown and (one is measured[0] or one.verdict != TOO_FEW)]
    if losing := [one for one in measured if one.loses]:
        return False, f"Kept, not promoted: it is lower on {_names(losing)}."
    if not open_:
        shown, few = ([one for one in measured if one.shown is is_so] for is_so in (True, False))
        lead = f"Promoted: not worse than the champion by {points} or more on {_names(shown)}"
        return True, "; ".join([lead, *(_too_small(one, points) for one in few), *_unmeasured(measured)]) + "."
    if any(one.verdict != TOO_FEW for one in open_):
        return False, f"Kept, not promoted: not shown to lose less than {points} on {_names(open_)}."
    return False, f"Kept, not promoted: {_too_small(open_[0], points)}. {BY_HAND}"


def _too_small(one: Measured, points: str) -> str:
    needed = f" (about {one.compared.problems_to_detect(one.margin):,} gate problems would)" if one.margin else ""
    return f"the gate set is too small to show that it loses less than {points} on {_names([one])}{needed}"


def _unmeasured(measured: Sequence[Measured]) -> list[str]:
    missing = NAMES.keys() - {one.metric for one in measured}
    return [f"gate could not compare {NAMES[metric]}" for metric in missing]


def _names(measured: Sequence[Measured]) -> str:
    return " and ".join(NAMES[one.metric] for one in measured)
