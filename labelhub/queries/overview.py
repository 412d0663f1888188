"""What the project's home shows beside its progress: who is waited for, what is done first, and the last rounds.

Asked for every quarter of a minute while a home is open, not every two seconds: it reads each label of the last rounds.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from labelhub.models import Admission, Generation, Instructions, Label, Membership, Project, Screening
from labelhub.queries import generations, invitations, review, watch_now, watch_pace, watch_tally
from labelhub.queries import watch_figures as figures
from labelhub.queries.eligible import WHOLE

LATEST = 5  # rounds
NO_WHOLE = "No pass has ended at a mistake or at the solution's end yet."
NO_OVERLAP = "No item has been rated by two labelers."


def of(project: Project) -> dict[str, Any]:
    """All of it, as of now."""
    rounds = list(generations.of_project(project)[:LATEST])
    return {
        "review": [{"kind": kind, "count": count} for kind, count in review.counts(project).items()],
        "shut_out": shut_out(project),
        "begun": _begun(project),
        "finish": _finish(rounds),
        "rounds": _rounds(project, rounds),
    }


def shut_out(project: Project) -> int:
    """Labelers who failed the open screening as often as they may: only a person can let them in."""
    if not project.screens:
        return 0
    admitted = Admission.objects.filter(project=project, labeler=OuterRef("labeler"))
    here = _active(project).filter(user=OuterRef("labeler__user"))
    failed = Screening.objects.filter(
        project=project, state=Screening.State.FAILED, attempt__gt=project.screening_retakes
    )
    return failed.filter(~Exists(admitted), Exists(here)).values("labeler").distinct().count()


def _active(project: Project) -> QuerySet[Membership]:
    return Membership.objects.filter(project=project, suspended_at=None, user__is_active=True)


def _begun(project: Project) -> dict[str, Any]:
    """What is there of all that comes before the first generation."""
    links: QuerySet[Any] = invitations.of_project(project)
    return {
        "instructions": Instructions.objects.filter(project=project, version__gt=1).exists(),
        "labelers": _active(project).filter(role=Membership.Role.LABELER).count(),
        "links": links.filter(state="open").count(),
    }


def _finish(rounds: list[Generation]) -> dict[str, Any] | None:
    """When the batch in labeling may be full; None where there is none, or where it is full."""
    batch = next((each for each in rounds if each.state == Generation.State.LABELING and each.labeling_at), None)
    if batch is None or batch.labeling_at is None or not (left := watch_now.left(batch)):
        return None
    minutes, now = watch_tally.of(batch).minutes, timezone.now()
    return asdict(watch_pace.finish(minutes, start=batch.labeling_at, now=now, left=left, seed=batch.pk))


def _rounds(project: Project, rounds: list[Generation]) -> list[dict[str, Any]]:
    """What each found, took and changed."""
    passes, overlap = _passes(rounds), _overlap(rounds)
    return [_round(project, each, passes.get(each.pk, {}), overlap[each.pk]) for each in rounds]


def _round(project: Project, round: Generation, passes: dict[str, int], overlap: Counter[bool]) -> dict[str, Any]:
    found, whole = passes.get("found", 0), passes.get("whole", 0)
    return {
        "number": round.number,
        "found_errors": found,
        "found": asdict(figures.share(found, whole, undefined=NO_WHOLE)),
        "agreement": asdict(figures.share(overlap[True], overlap.total(), undefined=NO_OVERLAP)),
        "active_ms": passes.get("ms", 0),
        "change": _change(project, round),
    }


def _passes(rounds: Iterable[Generation]) -> dict[int, dict[str, int]]:
    """Current labels: how many name a first mistake or none, how many name one, and the active time of all."""
    found = Q(finish_reason=Label.FinishReason.FOUND_ERROR)
    counted = _labels(rounds).values("assignment__item__generation").annotate(
        whole=Count("pk", filter=Q(finish_reason__in=WHOLE)), found=Count("pk", filter=found), ms=Sum("total_time")
    )  # fmt: skip
    return {row["assignment__item__generation"]: row for row in counted}


def _overlap(rounds: Iterable[Generation]) -> dict[int, Counter[bool]]:
    """Items that several labelers finished: whether they all name the same first mistake, or none."""
    several = [each for each in rounds if each.labels_wanted > 1]
    items = _labels(several).filter(finish_reason__in=WHOLE).values("assignment__item__generation", "assignment__item")
    torn = items.annotate(
        people=Count("labeler", distinct=True), low=Min(review.MISTAKE), high=Max(review.MISTAKE)
    ).filter(people__gt=1)
    counted: dict[int, Counter[bool]] = {each.pk: Counter() for each in rounds}
    for generation, low, high in torn.values_list("assignment__item__generation", "low", "high"):
        counted[generation][low == high] += 1
    return counted


def _labels(rounds: Iterable[Generation]) -> QuerySet[Any]:
    made: QuerySet[Any] = Label.objects.current().filter(is_quality_control_question=False)
    return made.filter(assignment__item__generation__in=[each.pk for each in rounds]).order_by()


def _change(project: Project, round: Generation) -> dict[str, Any] | None:
    """Its checkpoint against the champion of then on the gate problems, by the project's metric; None unmeasured."""
    gate = round.checkpoint.measures.get("gate", {}) if round.checkpoint else {}
    compared = gate.get("comparison", {}).get(project.metric, {})
    return {name: compared[name] for name in ("difference", "low", "high")} if "difference" in compared else None
