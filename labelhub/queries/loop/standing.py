"""What stands still while people label: counted once, and remembered until something else than a pass changes it.

At a million solutions these counts read a gigabyte, and every open page asks for them every few seconds. A pass
changes only what belongs to the generations that people label, which are counted anew each time: no more than a batch.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, Subquery

from labelhub.models import Event, Generation, Label, Problem, Project, Ruling, Solution
from labelhub.queries.loop.eligible import HELD_BACK, asked_for_training

REMEMBERED = 600  # seconds, in this process's memory
WHILE_MOVING = 10.0  # seconds: an import or a grading changes the corpus all the time


@dataclass(frozen=True)
class Labels:
    """Current labels by source, and how many of them contradict their solution's grade, unsettled."""

    by_source: Counter[str]
    contradictions: int

    def __add__(self, other: "Labels") -> "Labels":
        return Labels(self.by_source + other.by_source, self.contradictions + other.contradictions)


@dataclass(frozen=True)
class Standing:
    """Problems by split, solutions by grade (None: not graded yet), and labels but for those generations."""

    splits: dict[str, int]
    grades: dict[str | None, int]
    labels: Labels


@dataclass(frozen=True)
class _Mark:
    """What a standing depends on: acts leave events, and the corpus grows and is graded by rising primary keys."""

    events: int
    moving: tuple[int, ...]
    newest_solution: int | None
    first_ungraded: int | None

    @property
    def acts(self) -> tuple[int, tuple[int, ...]]:
        return self.events, self.moving


def of(project: Project, moving: Sequence[Generation]) -> Standing:
    """The project's standing beside the generations that people label, as of now; at most ten seconds old while it is
    imported."""
    mark, now = _mark(project, moving), time.monotonic()
    known: tuple[_Mark, float, Standing] | None = cache.get(_key(project))
    if known:
        before, at, standing = known
        if mark == before or (mark.acts == before.acts and now - at < WHILE_MOVING):
            return standing
    counted = _count(project, moving)
    cache.set(_key(project), (mark, now, counted), REMEMBERED)
    return counted


def labels_of(moving: Sequence[Generation]) -> Labels:
    """The labels of these generations."""
    return _labels(Label.objects.filter(assignment__item__generation__in=moving))


def _key(project: Project) -> str:
    return f"standing:{project.pk}"


def _mark(project: Project, moving: Sequence[Generation]) -> _Mark:
    """One query, each part of it answered by an index; the two of the corpus are of all projects."""
    events = Event.objects.filter(project=OuterRef("pk")).order_by().values("project")
    found = Project.objects.filter(pk=project.pk).values_list(
        Subquery(events.annotate(n=Count("pk")).values("n")),
        Subquery(Solution.objects.order_by("-pk").values("pk")[:1]),
        Subquery(Solution.objects.filter(grade__isnull=True).order_by("pk").values("pk")[:1]),
    )
    happened, newest, ungraded = found.get()
    return _Mark(happened or 0, tuple(each.pk for each in moving), newest, ungraded)


def _count(project: Project, moving: Sequence[Generation]) -> Standing:
    problems = Problem.objects.filter(project=project).order_by()
    solutions = Solution.objects.filter(problem__project=project).order_by()
    labels = Label.objects.filter(solution__problem__project=project)
    if moving:
        labels = labels.filter(Q(assignment__isnull=True) | ~Q(assignment__item__generation__in=moving))
    return Standing(
        splits=dict(problems.values_list("split").annotate(n=Count("pk"))),
        grades=dict(solutions.values_list("grade").annotate(n=Count("pk"))),
        labels=_labels(labels),
    )


def _labels(labels: Any) -> Labels:
    ruled = Ruling.objects.filter(solution=OuterRef("solution"), decided_at__gte=OuterRef("submitted_at"))
    against = Q(finish_reason=Label.FinishReason.SOLUTION, solution__grade=Solution.Grade.WRONG)
    contradicts = against & ~Q(Exists(ruled)) & ~HELD_BACK
    current = asked_for_training(labels.current()).order_by().values_list("source")
    rows = list(current.annotate(n=Count("pk"), contradictions=Count("pk", filter=contradicts)))
    return Labels(Counter({source: n for source, n, _ in rows}), sum(each for _, _, each in rows))
