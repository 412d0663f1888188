"""A labeler's own page: what they did, and how they stand. Which items were checks is nowhere in it."""

from typing import Any

from django.db.models import Q, QuerySet

from labelhub.models import Assignment, Generation, Label, Labeler, Project, Ruling, Screening
from labelhub.queries.loop import progress
from labelhub.queries.quality import gold, screening

KEPT = ("ratings", "flagged", "alternatives")  # of a pass as it was submitted


def summary(project: Project, labeler: Labeler) -> dict[str, Any]:
    """Passes in all and today, the median active time in ms, practice and screening."""
    practice = gold.practice_of(project, labeler)
    return progress.of_labeler(project, labeler) | {
        "passes": _passes(project, labeler).count(),
        "practice": {
            "solutions": len(practice),
            "done": sum(each["passes"] > 0 for each in practice),
            "agreed": sum(each["agreed"] is True for each in practice),
        },
        "screening": screening.standing_of(project, labeler),
    }


def passes_page(
    project: Project, labeler: Labeler, *, limit: int, before: int | None = None
) -> tuple[list[dict[str, Any]], int | None]:
    """`limit` of the labeler's passes, newest first, older than label `before`; and the label to go on from."""
    found = _passes(project, labeler).select_related("solution__problem", "assignment__item__generation", "comment")
    if before is not None and (mark := Label.objects.filter(pk=before, labeler=labeler).first()):
        same_moment = Q(submitted_at=mark.submitted_at, pk__lt=mark.pk)
        found = found.filter(Q(submitted_at__lt=mark.submitted_at) | same_moment)
    page = list(found.order_by("-submitted_at", "-pk")[: limit + 1])
    more = page[limit - 1].pk if len(page) > limit else None
    undecided, answers = _undecided(project, labeler), _answers(page[:limit])
    return [_told(label, undecided, answers) for label in page[:limit]], more


def latest(assignment: Assignment) -> Label | None:
    """The newest revision of the pass over the assignment."""
    labels = assignment.labels.select_related("comment", "solution__problem", "assignment__item__generation")
    found: Label | None = labels.order_by("-revision").first()
    return found


def tell(label: Label, project: Project, labeler: Labeler) -> dict[str, Any]:
    """The pass as a row of the page, with all that was rated."""
    body = label.body or {}
    told = _told(label, _undecided(project, labeler), _answers([label]))
    return told | {name: body.get(name, []) for name in KEPT}


def _passes(project: Project, labeler: Labeler) -> QuerySet[Label]:
    current: QuerySet[Label] = Label.objects.current()
    return current.filter(labeler=labeler, assignment__isnull=False, solution__problem__project=project)


def _undecided(project: Project, labeler: Labeler) -> set[int]:
    """The items of the screening that the labeler is at."""
    attempt = screening.newest(project, labeler)
    return set(attempt.questions) if attempt and attempt.state == Screening.State.OPEN else set()


def _answers(passes: list[Label]) -> dict[int | None, dict[str, Any]]:
    """By assignment: what was last answered to a question that came with any revision of the pass."""
    answers = Ruling.objects.filter(
        kind=Ruling.Kind.ANSWER, label__assignment__in=[label.assignment_id for label in passes]
    )
    rows = answers.order_by("decided_at", "pk").values_list("label__assignment", "reason", "decided_at", "detail")
    return {
        assignment: {"text": said, "answered_at": at, "instructions_version": detail.get("instructions_version")}
        for assignment, said, at, detail in rows
    }


def _told(label: Label, undecided: set[int], answers: dict[int | None, dict[str, Any]]) -> dict[str, Any]:
    names = ("assignment_id", "solution_id", "revision", "finish_reason", "reason", "total_time", "submitted_at")
    comment = getattr(label, "comment", None)
    return {name: getattr(label, name) for name in names} | {
        "id": label.pk,
        "problem": label.solution.problem.text,
        "comment": comment and {"text": comment.text, "is_question": comment.is_question},
        "answer": answers.get(label.assignment_id),
        "open": _is_open(label, undecided),
    }


def _is_open(label: Label, undecided: set[int]) -> bool:
    """Whether the pass can still be changed."""
    assert label.assignment is not None
    item = label.assignment.item
    if item.generation.state == Generation.State.STANDING:
        return item.pk in undecided
    return item.generation.state in Generation.SERVED and label.assignment.state != Assignment.State.REVOKED
