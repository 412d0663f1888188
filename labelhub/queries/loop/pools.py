"""Which solutions may still be selected, which are in work, and which held-out ones measure every checkpoint."""

from array import array
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet

from labelhub.models import BatchItem, Checkpoint, Generation, Gold, Label, Problem, Project, Score, Solution

GRADED = (Solution.Grade.RIGHT, Solution.Grade.WRONG)


def train_pool(*, project: Project) -> QuerySet[Solution]:
    """Train solutions that may be selected: graded right or wrong, and neither they nor a duplicate taken or gold."""
    return _free(Solution.objects.filter(problem__project=project, problem__split=Problem.Split.TRAIN))


def gate_pool(*, project: Project) -> QuerySet[Solution]:
    """Gate solutions that may be labelled to evaluate; the same promise as `train_pool`."""
    return _free(Solution.objects.filter(problem__project=project, problem__split=Problem.Split.GATE))


def in_work(*, project: Project) -> QuerySet[Solution]:
    """Solutions of all items that people have before them, labelled already or not: the pool has them no more."""
    items = BatchItem.objects.filter(generation__project=project, generation__state__in=Generation.LIVE)
    return Solution.objects.filter(pk__in=items.values("solution"))


def held_out(*, project: Project, split: str) -> QuerySet[Solution]:
    """All solutions of the gate or the test split: scored by every checkpoint, never trained on."""
    return Solution.objects.filter(problem__project=project, problem__split=split)


def in_reach(*, project: Project) -> list[QuerySet[Solution]]:
    """All that a champion scores: what may be selected, of training and gate problems, and what is in work."""
    return [train_pool(project=project), gate_pool(project=project), in_work(project=project)]


def _free(solutions: QuerySet[Solution]) -> QuerySet[Solution]:
    same_text = {"solution__problem": OuterRef("problem"), "solution__digest": OuterRef("digest")}
    in_open_batch = BatchItem.objects.filter(
        **same_text,
        generation__state__in=Generation.LIVE,
        state__in=[BatchItem.State.OPEN, BatchItem.State.LEASED, BatchItem.State.DONE],
    )
    return solutions.filter(
        ~Exists(Gold.objects.filter(**same_text)),
        ~Exists(Label.objects.filter(**same_text)),
        ~Exists(in_open_batch),
        problem__retired_at__isnull=True,
        grade__in=GRADED,
    )


def with_scores(solutions: QuerySet[Solution], *, checkpoint: Checkpoint | None) -> QuerySet[Any]:
    """The solutions with `score_by`, this checkpoint's own score: null where there is none, or no checkpoint."""
    by_it = FilteredRelation("scores", condition=Q(scores__checkpoint=checkpoint.pk if checkpoint else 0))
    return solutions.annotate(score_by=by_it)


def unscored(solutions: QuerySet[Solution], *, checkpoint: Checkpoint) -> QuerySet[Solution]:
    return solutions.filter(~Exists(Score.objects.filter(solution=OuterRef("pk"), checkpoint=checkpoint)))


def unscored_rows(checkpoint: Checkpoint) -> Iterator[dict[str, Any]]:
    """The project's solutions that it has not scored, for a model elsewhere; an upload names them by either id."""
    solutions = Solution.objects.filter(problem__project=checkpoint.project_id)
    missing = unscored(solutions, checkpoint=checkpoint).select_related("problem").order_by("pk")
    for one in missing.iterator(chunk_size=500):
        yield {"id": one.pk, "solution_id": one.key, "problem": one.problem.text, "steps": one.steps}


def unscored_ids(wanted: Iterable[QuerySet[Solution]], *, checkpoint: Checkpoint) -> "array[int]":
    """Of all these what the checkpoint has not scored, by rising id, each once. Of a million they take 8 MB."""
    first, *others = (unscored(each, checkpoint=checkpoint).order_by().values_list("id", flat=True) for each in wanted)
    ids = first.union(*others) if others else first
    return array("q", ids.order_by("id").iterator())
