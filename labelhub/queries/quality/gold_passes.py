"""Passes over gold labels: checks and screening as they were handed in, practice as it was tried for the first time."""

from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value

from labelhub.models import Gold, Label, Labeler, PracticePass, Project, Screening
from labelhub.queries.quality.review import MISTAKE, JsonLength

NEWEST = 10_000  # of handed-in passes, and as many of practice
Row = dict[str, Any]
NAMES = ("labeler", "username", "gold", "finish_reason", "said", "first_mistakes", "step_count")


def handed_in(project: Project, purposes: list[str]) -> list[Row]:
    """The newest passes over screening questions and checks; `said`: MISTAKE."""
    asked = Q()
    if Gold.Purpose.SCREENING in purposes:
        asked |= Q(is_initial_screening_question=True)
    if Gold.Purpose.CHECK in purposes:
        asked |= Q(is_quality_control_question=True)
    return list(_labels(project).filter(asked).values(*NAMES)[:NEWEST]) if asked else []


def practised(project: Project) -> list[Row]:
    """The newest of everybody's first tries: whoever tries again has been told the answer. `said` holds its ratings."""
    return list(_first_tries(project).values(*NAMES)[:NEWEST])


def of_labeler(project: Project, labeler: Labeler) -> dict[str, list[Row]]:
    """What the labeler may hear of their own passes: practice, and screenings that are decided. Never a check."""
    decided = Screening.objects.filter(project=project, labeler=labeler).exclude(state=Screening.State.OPEN)
    items = [item for questions in decided.values_list("questions", flat=True) for item in questions]
    screened = _labels(project).filter(labeler=labeler, assignment__item__in=items, is_initial_screening_question=True)
    return {
        "screening": list(screened.values(*NAMES)[:NEWEST]),
        "practice": list(_first_tries(project).filter(labeler=labeler).values(*NAMES)[:NEWEST]),
    }


def over(golds: list[int]) -> dict[str, list[Row]]:
    """Every pass over these gold labels."""
    asked = Q(is_initial_screening_question=True) | Q(is_quality_control_question=True)
    return {
        "handed_in": list(_told(Label.objects.current().filter(asked, solution__gold__in=golds)).values(*NAMES)),
        "practice": list(_first(PracticePass.objects.filter(gold__in=golds)).values(*NAMES)),
    }


def golds(ids: list[int]) -> dict[int, Gold]:
    """By their ids, with solutions and problems."""
    return Gold.objects.select_related("solution__problem").in_bulk(ids)


def _labels(project: Project) -> Any:
    return _told(Label.objects.current().filter(solution__gold__project=project)).order_by("-pk")


def _told(labels: Any) -> Any:
    return labels.annotate(
        username=F("labeler__user__username"),
        gold=F("solution__gold"),
        said=MISTAKE,
        first_mistakes=F("solution__gold__first_mistakes"),
        step_count=JsonLength("solution__steps"),
    )


def _first_tries(project: Project) -> Any:
    return _first(PracticePass.objects.filter(gold__project=project)).order_by("-pk")


def _first(passes: QuerySet[PracticePass]) -> Any:
    before = PracticePass.objects.filter(labeler=OuterRef("labeler"), gold=OuterRef("gold"), pk__lt=OuterRef("pk"))
    return passes.filter(~Exists(before)).annotate(
        username=F("labeler__user__username"),
        finish_reason=Value("", CharField()),
        said=F("ratings"),
        first_mistakes=F("gold__first_mistakes"),
        step_count=JsonLength("gold__solution__steps"),
    )
