"""What the project's home shows beside its progress: who is waited for, what is done first, and the last rounds.

Asked for every quarter of a minute while a home is open, not every two seconds: it reads every label of the round under
way, and asks each queue of the reviewers.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any

from django.core.cache import cache
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from labelhub.models import Admission, Generation, Instructions, Label, Membership, Project, Screening
from labelhub.queries.accounts import invitations
from labelhub.queries.loop import generations
from labelhub.queries.loop.eligible import WHOLE
from labelhub.queries.loop.watch import figures
from labelhub.queries.loop.watch import now as watch_now
from labelhub.queries.loop.watch import pace as watch_pace
from labelhub.queries.loop.watch import tally as watch_tally
from labelhub.queries.loop.watch.figures import Estimate
from labelhub.queries.loop.watch.pace import Finish
from labelhub.queries.quality import review
from labelhub.queries.rows import from_row

LATEST = 5  # rounds
REMEMBERED = 24 * 3600  # seconds, in this process's memory
NO_WHOLE = "No pass has ended at a mistake or at the solution's end yet."
NO_OVERLAP = "No item has been rated by two labelers."


@dataclass(frozen=True)
class Begun:
    instructions: Annotated[bool, "They were changed from those that every project begins with."]
    labelers: Annotated[int, "Members whose role it is, and who aren't suspended."]
    links: Annotated[int, "Invitations that still open."]


@dataclass(frozen=True)
class RoundChange:
    """By the project's metric, on the same gate problems, paired; with its interval."""

    difference: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class RoundFound:
    number: int
    found_errors: Annotated[int, "Current labels that name a first mistake."]
    found: Annotated[Estimate, "The same as a share of those that name one or none."]
    agreement: Annotated[Estimate, "Items that several finished, and on whose first mistake all agree."]
    active_ms: Annotated[int, "Active time of all current labels."]
    change: Annotated[RoundChange | None, "Its checkpoint against the champion it met."]


@dataclass(frozen=True)
class Overview:
    review: list[review.QueueCount]
    shut_out: Annotated[int, "Labelers who failed the open screening and have no retake left."]
    begun: Begun
    finish: Annotated[Finish | None, "When the batch in labeling may be full; null without one."]
    rounds: Annotated[list[RoundFound], "The latest five, newest first."]


def of(project: Project) -> Overview:
    """All of it, as of now."""
    rounds = list(generations.of_project(project)[:LATEST])
    return Overview(
        review=[review.QueueCount(kind, count) for kind, count in review.counts(project).items()],
        shut_out=shut_out(project),
        begun=_begun(project),
        finish=_finish(rounds),
        rounds=_rounds(project, rounds),
    )


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


def _begun(project: Project) -> Begun:
    """What is there of all that comes before the first generation."""
    links: QuerySet[Any] = invitations.of_project(project)
    return Begun(
        instructions=Instructions.objects.filter(project=project, version__gt=1).exists(),
        labelers=_active(project).filter(role=Membership.Role.LABELER).count(),
        links=links.filter(state="open").count(),
    )


def _finish(rounds: list[Generation]) -> Finish | None:
    """When the batch in labeling may be full; None where there is none, or where it is full."""
    batch = next((each for each in rounds if each.state == Generation.State.LABELING and each.labeling_at), None)
    if batch is None or batch.labeling_at is None or not (left := watch_now.left(batch)):
        return None
    minutes, now = watch_tally.of(batch).minutes, timezone.now()
    return watch_pace.finish(minutes, start=batch.labeling_at, now=now, left=left, seed=batch.pk)


@dataclass
class Found:
    """What current labels of a round say: how many name a first mistake or none, how many name one, the active time
    of all; and of the items that several labelers finished, how many have one first mistake, or none, for all."""

    whole: int = 0
    errors: int = 0
    active_ms: int = 0
    overlap: Counter[bool] = field(default_factory=Counter)


def _rounds(project: Project, rounds: list[Generation]) -> list[RoundFound]:
    """What each found, took and changed."""
    found = _found(rounds)
    return [_round(project, each, found[each.pk]) for each in rounds]


def _round(project: Project, round: Generation, found: Found) -> RoundFound:
    return RoundFound(
        number=round.number,
        found_errors=found.errors,
        found=figures.share(found.errors, found.whole, undefined=NO_WHOLE),
        agreement=figures.share(found.overlap[True], found.overlap.total(), undefined=NO_OVERLAP),
        active_ms=found.active_ms,
        change=_change(project, round),
    )


def _found(rounds: list[Generation]) -> dict[int, Found]:
    """By round. One that has ended takes no label any more, and is counted once: half a second for 100,000 labels."""
    keys = {f"round:{each.pk}": each for each in rounds if each.ended_at}
    known = {keys[key].pk: found for key, found in cache.get_many(keys).items()}
    counted = _count([each for each in rounds if each.pk not in known])
    cache.set_many({key: counted[each.pk] for key, each in keys.items() if each.pk in counted}, REMEMBERED)
    return known | counted


def _count(rounds: list[Generation]) -> dict[int, Found]:
    found = {each.pk: Found() for each in rounds}
    errors, whole = Q(finish_reason=Label.FinishReason.FOUND_ERROR), Q(finish_reason__in=WHOLE)
    passes = _labels(rounds).values_list("assignment__item__generation")
    counted = passes.annotate(n=Count("pk", filter=whole), e=Count("pk", filter=errors), ms=Sum("total_time"))
    for pk, *counts in counted:
        found[pk] = Found(*counts)
    for pk, low, high in _overlap(rounds):
        found[pk].overlap[low == high] += 1
    return found


def _overlap(rounds: list[Generation]) -> QuerySet[Any]:
    """The least and the greatest first mistake that is named, of each item over which several labelers know it."""
    several = [each for each in rounds if each.has_overlap]
    known = _labels(several).annotate(mistake=review.MISTAKE).filter(mistake__isnull=False)
    items = known.values("assignment__item__generation", "assignment__item")
    named = items.annotate(people=Count("labeler", distinct=True), low=Min("mistake"), high=Max("mistake")).filter(
        people__gt=1
    )
    mistakes: QuerySet[Any] = named.values_list("assignment__item__generation", "low", "high")
    return mistakes


def _labels(rounds: Iterable[Generation]) -> QuerySet[Any]:
    made: QuerySet[Any] = Label.objects.current().filter(is_quality_control_question=False)
    return made.filter(assignment__item__generation__in=[each.pk for each in rounds]).order_by()


def _change(project: Project, round: Generation) -> RoundChange | None:
    """Its checkpoint against the champion of then on the gate problems, by the project's metric; None unmeasured."""
    gate = round.checkpoint.measures.get("gate", {}) if round.checkpoint else {}
    compared = gate.get("comparison", {}).get(project.metric, {})
    return from_row(RoundChange, compared) if "difference" in compared else None
