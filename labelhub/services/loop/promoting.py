"""Promote: the challenger becomes champion, or the reason why not is written down.

Rolling back is promoting one that was champion before.

The rule is paired non-inferiority on the gate problems, at the project's margin, on best-of-N and first-error F1: the
95% interval of challenger minus champion lies above minus the margin. The project's metric must be shown in any case,
and where gate can't measure that one, the other. Of the second measure it is asked wherever gate is large enough to
show it of an equal challenger; where it isn't, the second only stops one that is worse, or loses the margin as
measured, and where gate can't measure it, it says nothing. Asked for both in any case, a project would promote nothing
before it has hundreds of gate labels. So the sentence says what was not shown, and how many problems would show it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db import transaction
from django.utils import timezone

from labelhub.errors import NotReady
from labelhub.models import Checkpoint, Job, Project, User
from labelhub.services import audit, jobs
from selector.evaluation.compare import Comparison, Verdict, verdict

NAMES = {Project.Metric.BEST_OF_N: "best-of-N", Project.Metric.FIRST_ERROR: "first-error F1"}
WORDS = {
    "better": "better",
    "not_worse": "not worse",
    "undecided": "undecided",
    "too_few": "too few to be sure",
    "worse": "worse",
}
BY_HAND = "Promote it by hand if you trust it."


@dataclass(frozen=True)
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
        return "too_few" if too_few else found.value

    @property
    def sentence(self) -> str:
        difference, low, high, detectable = (
            100 * getattr(self.compared, name) for name in ("difference", "low", "high", "detectable")
        )
        return (
            f"{NAMES[Project.Metric(self.metric)]}: {WORDS[self.verdict]}, {difference:+.1f} points (95% interval "
            f"{low:+.1f} to {high:+.1f}; {self.counted}, paired, could have shown {detectable:.1f})"
        )


@transaction.atomic
def promote(*, checkpoint: Checkpoint, by: User | None, reason: str, **detail: Any) -> None:
    """Make it the champion that selects from the next launch on. Raises NotReady unless it was evaluated."""
    locked = Checkpoint.objects.select_for_update().get(pk=checkpoint.pk)
    if locked.state != Checkpoint.State.READY or locked.kind != Checkpoint.Kind.PRM:
        raise NotReady("Only a process reward model that was trained and evaluated can be champion.")
    before = Project.objects.select_for_update().get(pk=locked.project_id).champion
    Checkpoint.objects.filter(pk=locked.pk).update(promoted_at=timezone.now())
    Project.objects.filter(pk=locked.project_id).update(champion=locked)  # last: a crash before it leaves the old one
    audit.record(
        project=locked.project,
        actor=by,
        verb="promote",
        subject=f"checkpoint {locked.number}",
        reason=reason,
        before=before.number if before else None,
        **detail,
    )


def decide(*, project: Project, challenger: Checkpoint, comparison: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Whether the challenger becomes champion, and the sentence why.

    `comparison` holds what gate measured of challenger minus champion, paired, by metric.
    """
    if challenger.kind != Checkpoint.Kind.PRM:
        return _decision(False, "An outcome reward model is measured beside the champion; it never selects.")
    if project.champion is None:
        return _decision(True, "It is the project's first evaluated checkpoint.")
    if not NAMES.keys() & comparison.keys():
        return _decision(False, f"No gate problem could compare it with the champion. {BY_HAND}")
    deciding = [metric for metric in comparison if metric in NAMES]
    first = project.metric if project.metric in deciding else deciding[0]
    margin = float(project.promotion_margin)
    measured = [_measured(metric, comparison[metric], margin) for metric in sorted(deciding, key=first.__ne__)]
    promoted, lead = _lead(measured, margin)
    told = ". ".join([one.sentence[0].upper() + one.sentence[1:] for one in measured] + _step_auc(comparison))
    verdicts = {one.metric: one.verdict for one in measured}
    return _decision(promoted, f"{lead} {told}.") | {"margin": margin, "verdicts": verdicts}


def _measured(metric: str, row: dict[str, Any], margin: float) -> Measured:
    compared = Comparison(**{field.name: row[field.name] for field in fields(Comparison)})
    return Measured(metric, compared, f"{row['n']:,} gate {row['unit']}", margin)


def _step_auc(comparison: Mapping[str, dict[str, Any]]) -> list[str]:
    """Beside first-error F1: which steps are ranked below others, whatever the threshold."""
    if not {"first_error", "step_auc"} <= comparison.keys():
        return []
    found = comparison["step_auc"]
    difference, low, high = (100 * found[name] for name in ("difference", "low", "high"))
    return [
        f"Step AUC beside it, which decides nothing: {difference:+.1f} points (95% interval {low:+.1f} to {high:+.1f}; "
        f"{found['n']:,} gate steps, paired)"
    ]


def _lead(measured: list[Measured], margin: float) -> tuple[bool, str]:
    """Promoted or not, and why in a few words; the first measure has to show it in any case."""
    points = f"{100 * margin:g} points"
    open_ = [one for one in measured if not one.shown and (one is measured[0] or one.verdict != "too_few")]
    if losing := [one for one in measured if one.loses]:
        return False, f"Kept, not promoted: it is lower on {_names(losing)}."
    if not open_:
        shown, few = ([one for one in measured if one.shown is is_so] for is_so in (True, False))
        lead = f"Promoted: not worse than the champion by {points} or more on {_names(shown)}"
        return True, "; ".join([lead, *(_too_small(one, points) for one in few), *_unmeasured(measured)]) + "."
    if any(one.verdict != "too_few" for one in open_):
        return False, f"Kept, not promoted: not shown to lose less than {points} on {_names(open_)}."
    return False, f"Kept, not promoted: {_too_small(open_[0], points)}. {BY_HAND}"


def _too_small(one: Measured, points: str) -> str:
    needed = f" (about {one.compared.problems_to_detect(one.margin):,} gate problems would)" if one.margin else ""
    return f"the gate set is too small to show that it loses less than {points} on {_names([one])}{needed}"


def _unmeasured(measured: list[Measured]) -> list[str]:
    missing = NAMES.keys() - {one.metric for one in measured}
    return [f"gate could not compare {NAMES[metric]}" for metric in missing]


def _names(measured: list[Measured]) -> str:
    return " and ".join(NAMES[Project.Metric(one.metric)] for one in measured)


def _decision(promoted: bool, sentence: str) -> dict[str, Any]:
    return {"promoted": promoted, "sentence": sentence}


def score_ahead(*, checkpoint: Checkpoint) -> Job:
    """A job in which the new champion scores the pool already, so that the next launch can be previewed."""
    return jobs.create(kind=Job.Kind.SCORE, project=checkpoint.project, checkpoint=checkpoint)
