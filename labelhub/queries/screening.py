"""Screenings: the set, its questions, and how a labeler stands."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from labelhub.models import Admission, Assignment, BatchItem, Generation, Gold, Label, Labeler, Project, Screening
from labelhub.queries import gold as golds


def standing_set(project: Project) -> QuerySet[Generation]:
    """The screening set, if the project screens."""
    return Generation.objects.filter(project=project, number=Generation.SCREENING, state=Generation.State.STANDING)


def of_labeler(project: Project, labeler: Labeler) -> QuerySet[Screening]:
    """The labeler's attempts, oldest first."""
    return Screening.objects.filter(project=project, labeler=labeler).order_by("attempt")


def newest(project: Project, labeler: Labeler) -> Screening | None:
    return of_labeler(project, labeler).last()


def is_admitted(project: Project, labeler: Labeler) -> bool:
    return Admission.objects.filter(labeler=labeler, project=project).exists()


def unseen(project: Project, labeler: Labeler) -> list[Gold]:
    """Gold labels of the set that is open whose solution the labeler has never had in front of them."""
    had = Assignment.objects.filter(labeler=labeler, item__solution=OuterRef("solution"))
    stands = BatchItem.objects.filter(generation__in=standing_set(project), solution=OuterRef("solution"))
    found = golds.in_use(project, Gold.Purpose.SCREENING).filter(~Exists(had), Exists(stands))
    return list(found.select_related("solution__problem").order_by("pk"))


def items_of(project: Project, solutions: list[int]) -> dict[int, int]:
    """The set's items by their solutions."""
    found = BatchItem.objects.filter(generation__in=standing_set(project), solution__in=solutions)
    return dict(found.values_list("solution_id", "pk"))


def assigned(labeler: Labeler, items: list[int]) -> dict[int, str]:
    """The state of the labeler's assignment by item, where there is one."""
    return dict(Assignment.objects.filter(labeler=labeler, item__in=items).values_list("item_id", "state"))


def asking(assignment: Assignment) -> Screening | None:
    """The attempt that the assignment, a question of the set, was made for."""
    attempts = Screening.objects.filter(project=assignment.item.generation.project_id, labeler=assignment.labeler_id)
    return next((each for each in attempts.order_by("-attempt") if assignment.item_id in each.questions), None)


def labels(attempt: Screening) -> list[Label]:
    """What the labeler says to each question, with the gold label."""
    made = Label.objects.current().filter(
        labeler=attempt.labeler_id,
        assignment__item__in=attempt.questions,
        assignment__state=Assignment.State.SUBMITTED,
    )
    return list(made.select_related("solution__gold"))


def standing_of(project: Project, labeler: Labeler) -> dict[str, Any]:
    """How the labeler stands with the screening; `state` is "none" where the project screens nobody."""
    attempt = newest(project, labeler)
    told: dict[str, Any] = {"state": "none", "attempt": None, "answered": None, "agreed": None, "of": None}
    if attempt:
        states = assigned(labeler, attempt.questions).values()
        told |= {
            "state": attempt.state,
            "attempt": attempt.attempt,
            "answered": sum(state == Assignment.State.SUBMITTED for state in states),
            "agreed": attempt.agreed,
            "of": len(attempt.questions),
        }
    elif standing_set(project).exists():
        told["state"] = "to_take"
    if told["state"] != Screening.State.PASSED and is_admitted(project, labeler):
        told["state"] = "admitted"
    return told


def of_project(project: Project) -> dict[str, Any]:
    """Whether the project screens, the questions of its set, and every attempt, newest first."""
    admitted = Admission.objects.filter(project=project, labeler=OuterRef("labeler"))
    attempts = Screening.objects.filter(project=project).select_related("labeler__user").order_by("-pk")
    return {
        "is_open": standing_set(project).exists(),
        "questions": BatchItem.objects.filter(
            generation__project=project, generation__number=Generation.SCREENING
        ).count(),
        "attempts": [_attempt(each) for each in attempts.annotate(admitted=Exists(admitted))],
    }


def _attempt(attempt: Any) -> dict[str, Any]:
    names = ("attempt", "state", "agreed", "opened_at", "decided_at", "admitted")
    return {name: getattr(attempt, name) for name in names} | {
        "labeler": attempt.labeler_id,
        "username": attempt.labeler.user.username if attempt.labeler.user else None,
        "of": len(attempt.questions),
    }
