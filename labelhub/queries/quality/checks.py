"""Running checks: how often each was shown, which a labeler has not met, what each is worth, and when to let it go.

A check wears out when many have met it, and says nothing where good labelers miss it. Either is suggested to the
reviewer; nothing is retired by itself.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from labelhub.models import Assignment, BatchItem, Generation, Gold, Label, Labeler, Problem, Project
from labelhub.queries.quality import gold as golds
from labelhub.queries.quality.judging import answers, is_passed

SHOWN = Q(
    solution__items__stratum=BatchItem.Stratum.CHECK,
    solution__items__assignments__state=Assignment.State.SUBMITTED,
)


def exposures(project: Project) -> list[tuple[Gold, int]]:
    """The gold labels for checks that are in use, each with how many passes over it there are."""
    found = golds.in_use(project, Gold.Purpose.CHECK).annotate(
        shown=Count("solution__items__assignments", filter=SHOWN)
    )
    return [(gold, gold.shown) for gold in found.select_related("solution").order_by("pk")]


def without_answer(project: Project) -> int:
    """Checks in use of problems without a ground-truth answer, where other problems of the project have one."""
    others = Problem.objects.filter(project=project, ground_truth_answer__isnull=False)
    if not others.exclude(solutions__gold__purpose=Gold.Purpose.CHECK).exists():
        return 0
    return golds.in_use(project, Gold.Purpose.CHECK).filter(solution__problem__ground_truth_answer=None).count()


def left(project: Project, labeler: Labeler) -> list[int]:
    """Items of the generation in labeling that are checks which the labeler never had in front of them."""
    had = Assignment.objects.filter(labeler=labeler, item__solution=OuterRef("solution"))
    untouched = had.exclude(item=OuterRef("pk"), state__in=[Assignment.State.LAPSED, Assignment.State.RELEASED])
    items = BatchItem.objects.filter(
        generation__project=project,
        generation__state=Generation.State.LABELING,
        state=BatchItem.State.STANDING,
        solution__gold__retired_at=None,
        solution__problem__retired_at=None,
    )
    return list(items.filter(~Exists(untouched)).values_list("pk", flat=True))


WORN = 100  # passes over one check: about as many people who may speak of it
OTHERS = 5  # checks beside it by which somebody is known as a good labeler: they reach the bar over them
GOOD = 5  # good labelers who met it, before it is said that most of them miss it


@dataclass(frozen=True)
class Check:
    id: int
    solution_id: int
    problem: str
    first_mistakes: list[int]
    asked: Annotated[int, "Labelers who met it."]
    agreed: int
    good_asked: Annotated[int, "Of them, those who reach the bar over at least five others."]
    good_agreed: int
    suggestion: Annotated[str | None, "Why it might be retired."]


def worth(project: Project) -> list[Check]:
    """The checks in use: who met them, how many agreed, and why one might be retired; those with a reason first."""
    found = list(answers(project))
    by_good = _of_good_labelers(found, float(project.check_bar))
    asked = Counter(label.solution_id for label in found)
    agreed = Counter(label.solution_id for label in found if is_passed(label))
    told = [
        _told(gold, asked[gold.solution_id], agreed[gold.solution_id], by_good.get(gold.solution_id, []))
        for gold in golds.of_purpose(project, Gold.Purpose.CHECK)
    ]
    return sorted(told, key=lambda check: (check.suggestion is None, -check.asked, check.id))


def _of_good_labelers(answers: Sequence[Label], bar: float) -> dict[int, list[bool]]:
    """By solution: whether each good labeler agreed. The check itself doesn't decide who is good."""
    asked: Counter[UUID] = Counter(label.labeler_id for label in answers)
    agreed: Counter[UUID] = Counter(label.labeler_id for label in answers if is_passed(label))
    found: dict[int, list[bool]] = {}
    for label in answers:
        passed, others = is_passed(label), asked[label.labeler_id] - 1
        if others >= OTHERS and agreed[label.labeler_id] - passed >= bar * others:
            found.setdefault(label.solution_id, []).append(passed)
    return found


def _told(gold: Gold, asked: int, agreed: int, good: Sequence[bool]) -> Check:
    return Check(
        id=gold.pk,
        solution_id=gold.solution_id,
        problem=gold.solution.problem.text,
        first_mistakes=gold.first_mistakes,
        asked=asked,
        agreed=agreed,
        good_asked=len(good),
        good_agreed=sum(good),
        suggestion=_suggestion(asked, good),
    )


def _suggestion(asked: int, good: Sequence[bool]) -> str | None:
    if len(good) >= GOOD and 2 * sum(good) < len(good):
        missed = len(good) - sum(good)
        return f"{missed} of {len(good)} good labelers miss it: the gold label may be the one that is wrong."
    return f"{asked} labelers have met it: it may be known by now." if asked >= WORN else None
