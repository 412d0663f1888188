"""A labeler's own page: what they did, and how they stand. Which items were checks is nowhere in it.

No field here may differ between a check and any other item.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from django.db.models import Q, QuerySet

from labelhub.models import Assignment, Generation, Label, Labeler, Project, Ruling, Screening
from labelhub.queries.loop import progress
from labelhub.queries.quality import gold, mistakes, screening
from labelhub.queries.quality.review import Remark, remark
from labelhub.queries.rows import from_row


@dataclass(frozen=True)
class MyPractice:
    solutions: int
    done: int
    agreed: Annotated[int, "Where your last pass agreed."]


@dataclass(frozen=True)
class OwnPage:
    passes: int
    today: Annotated[int, "Since midnight UTC."]
    median_ms: Annotated[int | None, "Active time of your latest hundred passes."]
    practice: MyPractice
    screening: screening.ScreeningRow
    mistakes: mistakes.MyMistakes


@dataclass(frozen=True)
class Answer:
    text: str
    answered_at: datetime
    instructions_version: Annotated[
        int | None, "Since which it stands in the instructions; null: it was said to you alone."
    ]


@dataclass(frozen=True)
class MyAlternative:
    id: int
    rating: int | None
    flagged: bool


@dataclass(frozen=True)
class MyPass:
    id: int
    assignment_id: int
    solution_id: int
    problem: str
    revision: int
    finish_reason: Annotated[str, Label.FinishReason]
    reason: str
    total_time: int
    submitted_at: datetime
    comment: Remark | None
    answer: Annotated[Answer | None, "What a reviewer answered to your question."]
    open: Annotated[bool, "Whether it can still be changed."]


@dataclass(frozen=True)
class MyPasses:
    results: list[MyPass]
    next: Annotated[int | None, "Give it as `before` for the next page."]


@dataclass(frozen=True)
class RatedPass(MyPass):
    ratings: list[int | None]
    flagged: list[int]
    alternatives: list[MyAlternative]


def summary(project: Project, labeler: Labeler, *, may_retake: bool) -> OwnPage:
    """Passes in all and today, the median active time in ms, practice and screening, and the labeler's mistakes."""
    practice = gold.practice_of(project, labeler)
    return OwnPage(
        **vars(progress.of_labeler(project, labeler)),
        passes=_passes(project, labeler).count(),
        practice=MyPractice(
            solutions=len(practice),
            done=sum(each.passes > 0 for each in practice),
            agreed=sum(each.agreed is True for each in practice),
        ),
        screening=screening.standing_of(project, labeler, may_retake=may_retake),
        mistakes=mistakes.of_labeler(project=project, labeler=labeler),
    )


def passes_page(project: Project, labeler: Labeler, *, limit: int, before: int | None = None) -> MyPasses:
    """`limit` of the labeler's passes, newest first, older than label `before`; and the label to go on from."""
    found = _passes(project, labeler).select_related("solution__problem", "assignment__item__generation", "comment")
    if before is not None and (mark := Label.objects.filter(pk=before, labeler=labeler).first()):
        same_moment = Q(submitted_at=mark.submitted_at, pk__lt=mark.pk)
        found = found.filter(Q(submitted_at__lt=mark.submitted_at) | same_moment)
    page = list(found.order_by("-submitted_at", "-pk")[: limit + 1])
    more = page[limit - 1].pk if len(page) > limit else None
    undecided, answers = _undecided(project, labeler), _answers(page[:limit])
    return MyPasses([_told(label, undecided, answers) for label in page[:limit]], more)


def latest(assignment: Assignment) -> Label | None:
    """The newest revision of the pass over the assignment."""
    labels = assignment.labels.select_related("comment", "solution__problem", "assignment__item__generation")
    found: Label | None = labels.order_by("-revision").first()
    return found


def tell(label: Label, project: Project, labeler: Labeler) -> RatedPass:
    """The pass as a row of the page, with all that was rated."""
    body = label.body or {}
    return RatedPass(
        **vars(_told(label, _undecided(project, labeler), _answers([label]))),
        ratings=body.get("ratings", []),
        flagged=body.get("flagged", []),
        alternatives=[MyAlternative(**each) for each in body.get("alternatives", [])],
    )


def _passes(project: Project, labeler: Labeler) -> QuerySet[Label]:
    current: QuerySet[Label] = Label.objects.current()
    return current.filter(labeler=labeler, assignment__isnull=False, solution__problem__project=project)


def _undecided(project: Project, labeler: Labeler) -> set[int]:
    """The items of the screening that the labeler is at."""
    attempt = screening.newest(project, labeler)
    return set(attempt.questions) if attempt and attempt.state == Screening.State.OPEN else set()


def _answers(passes: list[Label]) -> dict[int | None, Answer]:
    """By assignment: what was last answered to a question that came with any revision of the pass."""
    answers = Ruling.objects.filter(
        kind=Ruling.Kind.ANSWER, label__assignment__in=[label.assignment_id for label in passes]
    )
    rows = answers.order_by("decided_at", "pk").values_list("label__assignment", "reason", "decided_at", "detail")
    return {assignment: Answer(said, at, detail.get("instructions_version")) for assignment, said, at, detail in rows}


def _told(label: Label, undecided: set[int], answers: dict[int | None, Answer]) -> MyPass:
    return from_row(
        MyPass,
        label,
        problem=label.solution.problem.text,
        comment=remark(label),
        answer=answers.get(label.assignment_id),
        open=_is_open(label, undecided),
    )


def _is_open(label: Label, undecided: set[int]) -> bool:
    """Whether the pass can still be changed."""
    assert label.assignment is not None
    item = label.assignment.item
    if item.generation.state == Generation.State.STANDING:
        return item.pk in undecided
    return item.generation.state in Generation.SERVED and label.assignment.state != Assignment.State.REVOKED
