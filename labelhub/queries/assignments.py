"""An assignment as its labeler meets it."""

from typing import Any

from labelhub.models import Alternative, Assignment, User

LONG = ("item__generation__manifest", "item__generation__decision")  # what every hand-in would decode for nothing


def given_to(*, user: User, pk: int) -> Assignment | None:
    """The assignment with its project, if it was given to this user and the user still belongs there."""
    mine = Assignment.objects.select_related("labeler", "item__generation__project").defer(*LONG)
    if not user.is_superuser:
        mine = mine.filter(item__generation__project__memberships__user=user)
    return mine.filter(pk=pk, labeler__user=user).first()


def alternatives(assignment: Assignment) -> dict[str, list[dict[str, Any]]]:
    """The other candidate texts by step, in the order they are always offered in."""
    offered: dict[str, list[dict[str, Any]]] = {}
    rows = Alternative.objects.filter(solution=assignment.item.solution_id).order_by("step", "pk")
    for pk, step, text in rows.values_list("pk", "step", "text"):
        offered.setdefault(str(step), []).append({"id": pk, "text": text})
    return offered
