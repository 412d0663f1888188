"""Promote: the challenger becomes champion, or the reason why not is written down.

Rolling back is promoting one that was champion before. The policy is `selector.evaluation.promotion`.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from labelhub.errors import NotReady
from labelhub.models import Checkpoint, Job, Project, User
from labelhub.services import audit, jobs
from selector.evaluation import promotion


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
    return promotion.decide(
        comparison,
        metric=project.metric,
        margin=float(project.promotion_margin),
        selects=challenger.kind == Checkpoint.Kind.PRM,
        has_champion=project.champion is not None,
    ).to_dict()


def score_ahead(*, checkpoint: Checkpoint) -> Job:
    """A job that scores the pool with the new champion now, so that the next launch can be previewed."""
    return jobs.create(kind=Job.Kind.SCORE, project=checkpoint.project, checkpoint=checkpoint)
