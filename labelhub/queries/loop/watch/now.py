"""A generation as it is this second: its batch, who holds a lease, who works on it. Read anew each time."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, Sum

from labelhub.models import Assignment, BatchItem, Generation, Label, Labeler, Solution
from labelhub.queries.loop import rules

MOST_LEASES = 200  # listed; a batch of a thousand labelers is still told how many there are

UNFINISHED = (BatchItem.State.OPEN, BatchItem.State.LEASED)


@dataclass(frozen=True)
class StratumCounts:
    stratum: str
    planned: int
    items: int
    done: int
    withdrawn: int
    right: int
    wrong: int


@dataclass(frozen=True)
class LeaseHeld:
    assignment: int
    labeler: UUID
    username: str | None
    solution_id: int
    solution: Annotated[str, "Its id in the file it came from."]
    problem: str
    leased_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Person:
    """Who made labels or holds a lease."""

    labeler: UUID
    username: str | None
    simulated: bool
    leases: int
    last_at: datetime


def composition(generation: Generation) -> list[StratumCounts]:
    """Items by stratum: how many were asked for, are there, are done and withdrawn, and how their answers are graded.

    What is missing of the wrong answers was asked of the remainder instead, so it isn't planned there.
    """
    rows = generation.items.filter(state__in=BatchItem.IN_BATCH).order_by()
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for stratum, state, grade, n in rows.values_list("stratum", "state", "solution__grade").annotate(n=Count("pk")):
        counted[stratum].update({"items": n, f"is {state}": n, f"is {grade}": n})
    short = generation.manifest.get("shortfall", {})
    strata = [each for each in rules.strata_of_a_batch() if each in counted or short.get(each)]
    return [_stratum(each, counted[each], short) for each in strata]


def _stratum(stratum: str, counted: Counter[str], short: dict[str, int]) -> StratumCounts:
    borrowed = short.get("wrong", 0) if stratum == "remainder" else 0
    return StratumCounts(
        stratum=stratum,
        planned=counted["items"] + short.get(stratum, 0) - borrowed,
        items=counted["items"],
        done=counted[f"is {BatchItem.State.DONE}"],
        withdrawn=counted[f"is {BatchItem.State.WITHDRAWN}"],
        right=counted[f"is {Solution.Grade.RIGHT}"],
        wrong=counted[f"is {Solution.Grade.WRONG}"],
    )


def left(generation: Generation) -> int:
    """Labels that are still wanted; once labeling is over, those that were when it was closed."""
    items = generation.items.filter(state__in=UNFINISHED)
    if generation.training_at or generation.ended_at:
        items = generation.items.filter(state=BatchItem.State.WITHDRAWN, solution__problem__retired_at__isnull=True)
    wanted: int = items.aggregate(wanted=Sum("labels_wanted"))["wanted"] or 0
    if not wanted or not generation.has_overlap:
        return wanted
    return wanted - Assignment.objects.filter(item__in=items, state=Assignment.State.SUBMITTED).count()


def leases(generation: Generation) -> tuple[list[LeaseHeld], int]:
    """Live leases, the first to run out first, and how many there are."""
    live = _live(generation)
    rows = live.select_related("labeler__user", "item__solution__problem").order_by("expires_at", "pk")
    return [_lease(each) for each in rows[:MOST_LEASES]], live.count()


def _live(generation: Generation) -> QuerySet[Assignment]:
    return Assignment.objects.filter(state=Assignment.State.LEASED, item__generation=generation)


def _lease(assignment: Assignment) -> LeaseHeld:
    labeler, solution = assignment.labeler, assignment.item.solution
    return LeaseHeld(
        assignment=assignment.pk,
        labeler=labeler.pk,
        username=labeler.user.username if labeler.user else None,
        solution_id=solution.pk,
        solution=solution.key,
        problem=solution.problem.text,
        leased_at=assignment.leased_at,
        expires_at=assignment.expires_at,
    )


def people(generation: Generation, made: Collection[UUID]) -> list[Person]:
    """Those who made labels here or hold a lease: their names, live leases, and when they were last seen."""
    leased = _live(generation).order_by().values_list("labeler").annotate(n=Count("pk"), since=Max("leased_at"))
    held = {labeler: (n, since) for labeler, n, since in leased}
    here = Label.objects.filter(labeler=OuterRef("pk"), assignment__item__generation=generation)
    last = here.order_by("-submitted_at").values("submitted_at")[:1]
    rows = Labeler.objects.filter(pk__in={*made, *held}).annotate(last=Subquery(last))
    named = rows.values_list("pk", "user__username", "user__simulated", "last")
    return [_person(row, *held.get(row[0], (0, None))) for row in named]


def _person(row: tuple[UUID, str | None, bool | None, datetime | None], leases: int, since: datetime | None) -> Person:
    labeler, username, simulated, last = row
    return Person(labeler, username, bool(simulated), leases, last_at=max(at for at in (last, since) if at))
