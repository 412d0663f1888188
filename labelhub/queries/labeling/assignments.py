"""An assignment as its labeler meets it."""

from typing import Any

from django.db.models import DateTimeField, F, Value

from labelhub.models import Alternative, Assignment, Labeler, Membership, User

LONG = ("item__generation__manifest", "item__generation__decision")  # what every hand-in would decode for nothing


def given_to(*, user: User, pk: int) -> Assignment | None:
    """The assignment with its project, if it was given to this user and the user still belongs there.

    `suspended_at` tells whether the user is shut out for now.
    """
    mine = Assignment.objects.select_related("labeler", "item__generation__project").defer(*LONG)
    at: Any = Value(None, DateTimeField())
    if not user.is_superuser:
        mine = mine.filter(item__generation__project__memberships__user=user)
        at = F("item__generation__project__memberships__suspended_at")
    mine = mine.annotate(suspended_at=at)
    return mine.filter(pk=pk, labeler__user=user).first()


def is_suspended(labeler: Labeler, pk: int) -> bool:
    """Whether the assignment is the labeler's, who is suspended in its project."""
    shut = Membership.objects.filter(user__labeler=labeler, suspended_at__isnull=False).values("project")
    return Assignment.objects.filter(pk=pk, labeler=labeler, item__generation__project__in=shut).exists()


def alternatives(assignment: Assignment) -> dict[str, list[dict[str, Any]]]:
    """The other candidate texts by step, in the order they are always offered in."""
    offered: dict[str, list[dict[str, Any]]] = {}
    rows = Alternative.objects.filter(solution=assignment.item.solution_id).order_by("step", "pk")
    for pk, step, text in rows.values_list("pk", "step", "text"):
        offered.setdefault(str(step), []).append({"id": pk, "text": text})
    return offered
