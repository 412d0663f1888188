"""Passes of several labelers over one solution: the newest of them, so that what is read stays small."""

from itertools import groupby
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from labelhub.models import BatchItem, Generation, Label, Project
from labelhub.queries.loop.eligible import WHOLE, asked_for_training
from labelhub.queries.quality.review import JsonLength

NEWEST = 500  # solutions: some thousand labels, whatever the project holds

Row = tuple[int, Any, list[dict[str, Any]], int]  # solution, labeler, the label's steps, how many the solution has


def of_several(project: Project) -> list[list[Row]]:
    """Finished passes over the newest `NEWEST` solutions that several labelers were to label and two or more did.

    Neither checks nor screening, nor a reviewer's own label. A query for each generation until enough are found.
    """
    found: list[int] = []
    for generation in Generation.objects.filter(project=project).order_by("-number"):
        found += _shared(generation).values_list("solution", flat=True)[: NEWEST - len(found)]
        if len(found) == NEWEST:
            break
    passes = _passes().filter(solution__in=found).order_by("solution", "pk")
    rows = passes.values_list("solution", "labeler", "steps", JsonLength("solution__steps"))
    return [list(group) for _, group in groupby(rows, key=lambda row: row[0])]


def _shared(generation: Generation) -> QuerySet[BatchItem]:
    labelers = _passes().filter(solution=OuterRef("solution")).order_by().values("solution")
    counted = Subquery(labelers.annotate(n=Count("labeler", distinct=True)).values("n"))
    wanted = BatchItem.objects.filter(generation=generation, labels_wanted__gt=1)
    return wanted.annotate(labelers=counted).filter(labelers__gt=1).order_by("-pk")


def _passes() -> Any:
    by_labelers = Label.objects.current().exclude(source=Label.Source.REVIEWED)
    return asked_for_training(by_labelers.filter(finish_reason__in=WHOLE))
