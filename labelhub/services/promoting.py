"""Promote: the challenger becomes champion, or the reason why not is written down.

Rolling back is promoting an older one.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from labelhub.errors import NotReady
from labelhub.models import Checkpoint, Job, Project, User
from labelhub.services import audit, jobs


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


def decide(*, project: Project, challenger: Checkpoint, comparison: dict[str, Any] | None) -> dict[str, Any]:
    """Whether the challenger becomes champion, and the sentence why; `comparison` is paired, on the gate problems."""
    if challenger.kind != Checkpoint.Kind.PRM:
        return _decision(False, "An outcome reward model is measured beside the champion; it never selects.")
    if project.champion is None:
        return _decision(True, "It is the project's first evaluated checkpoint.")
    if comparison is None:
        return _decision(
            False, "No gate problem could compare it with the champion: promote it by hand if you trust it."
        )
    difference, low, high = (100 * comparison[key] for key in ("difference", "low", "high"))
    measured = (
        f"{Project.Metric(project.metric).name.lower().replace('_', '-')} {difference:+.1f} points "
        f"(95% interval {low:+.1f} to {high:+.1f}, {comparison['n']} gate {comparison['unit']}, paired)"
    )
    if comparison["difference"] >= 0:
        return _decision(True, f"Not lower than the champion: {measured}.")
    return _decision(False, f"Lower than the champion: {measured}.")


def _decision(promoted: bool, sentence: str) -> dict[str, Any]:
    return {"promoted": promoted, "sentence": sentence}


def score_ahead(*, checkpoint: Checkpoint) -> Job:
    """A job in which the new champion scores the pool already, so that the next launch can be previewed."""
    return jobs.create(kind=Job.Kind.SCORE, project=checkpoint.project, checkpoint=checkpoint)
