"""Gold labels: the sets, and what a labeler has done of the practice."""

from dataclasses import dataclass
from typing import Annotated, Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from labelhub.models import BatchItem, Event, Generation, Gold, Label, Labeler, PracticePass, Project, Solution

ACTS = ("make gold", "explain gold", "retire gold")


@dataclass(frozen=True)
class PracticeStanding:
    id: int
    passes: Annotated[int, "How often you went over it."]
    agreed: Annotated[bool | None, "Whether your last pass agreed; null before the first."]


def of_purpose(project: Project, purpose: str) -> list[Gold]:
    """The set that is in use, oldest first, with its solutions; what is retired, or of a retired problem, is not."""
    return list(in_use(project, purpose).select_related("solution__problem").order_by("pk"))


def in_use(project: Project, purpose: str) -> QuerySet[Gold]:
    golds = Gold.objects.filter(project=project, purpose=purpose)
    return golds.filter(retired_at=None, solution__problem__retired_at=None)


def is_out(solution: Solution) -> bool:
    """Whether the solution, or a duplicate of it, may be in front of a labeler now."""
    return BatchItem.objects.filter(
        solution__problem=solution.problem_id,
        solution__digest=solution.digest,
        generation__state__in=Generation.LIVE,
        state__in=[BatchItem.State.OPEN, BatchItem.State.LEASED],
    ).exists()


def named(project: Project, *, problem_digest: str | None, problem_key: str | None, digest: str) -> Solution:
    """The oldest solution with these steps of the problem with this text, or else with this id."""
    solutions = Solution.objects.filter(problem__project=project, digest=digest).select_related("problem")
    if problem_digest is not None:
        return solutions.filter(problem__digest=problem_digest).order_by("pk")[0]
    of_key = Q(problem__keys__project=project, problem__keys__key=problem_key)
    return solutions.filter(of_key).order_by("pk")[0]


def counts(project: Project) -> dict[str, dict[str, int]]:
    """By purpose: gold labels in use, those of them without a mistake, and how many are retired."""
    found = {purpose: {"labels": 0, "without_mistake": 0, "retired": 0} for purpose in Gold.Purpose.values}
    rows = (
        Gold.objects.filter(project=project)
        .values_list("purpose")
        .annotate(
            labels=Count("pk", filter=Q(retired_at=None)),
            without_mistake=Count("pk", filter=Q(retired_at=None, first_mistakes=[])),
            retired=Count("pk", filter=Q(retired_at__isnull=False)),
        )
    )
    for purpose, labels, without_mistake, retired in rows.order_by():
        found[purpose] = {"labels": labels, "without_mistake": without_mistake, "retired": retired}
    return found


def practice_of(project: Project, labeler: Labeler) -> list[PracticeStanding]:
    """The practice set in its order: how often the labeler went over each, and whether the last time agreed."""
    golds = in_use(project, Gold.Purpose.PRACTICE).order_by("pk").values_list("pk", flat=True)
    done: dict[int, list[bool]] = {pk: [] for pk in golds}
    passes = PracticePass.objects.filter(labeler=labeler, gold__in=done).order_by("pk")
    for pk, agreed in passes.values_list("gold", "agreed"):
        done[pk].append(agreed)
    return [PracticeStanding(pk, len(agreed), agreed[-1] if agreed else None) for pk, agreed in done.items()]


def practice_item(project: Project, pk: int) -> Gold | None:
    """One solution of the practice set."""
    return in_use(project, Gold.Purpose.PRACTICE).select_related("solution__problem").filter(pk=pk).first()


def page(
    project: Project, *, after: int, limit: int, purpose: str | None = None, retired: bool | None = None
) -> tuple[list[Any], int | None]:
    """`limit` gold labels behind the one with this id, oldest first, and the id to go on from, if there are more."""
    found = Gold.objects.filter(project=project, pk__gt=after)
    if purpose is not None:
        found = found.filter(purpose=purpose)
    if retired is not None:
        found = found.filter(retired_at__isnull=not retired)
    golds = list(_counted(found).order_by("pk")[: limit + 1])
    return golds[:limit], golds[limit - 1].pk if len(golds) > limit else None


def one(gold: Gold) -> Any:
    """It as it is in a page."""
    return _counted(Gold.objects.filter(pk=gold.pk)).get()


def history(gold: Gold) -> QuerySet[Event]:
    """Who made it, explained it in other words and retired it, oldest first; not who brought it in by a file."""
    acts = Event.objects.filter(project=gold.project, subject=f"solution {gold.solution_id}", verb__in=ACTS)
    return acts.select_related("actor").order_by("pk")


def _counted(golds: QuerySet[Gold]) -> QuerySet[Any]:
    asked = Label.objects.current().filter(
        Q(is_quality_control_question=True) | Q(is_initial_screening_question=True), solution=OuterRef("solution")
    )
    practised = PracticePass.objects.filter(gold=OuterRef("pk"))
    return golds.select_related("solution__problem", "created_by").annotate(
        shown=_number(asked, "solution") + _number(practised, "gold")
    )


def _number(rows: Any, by: str) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)
