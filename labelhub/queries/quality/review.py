"""What waits for a reviewer, kind by kind, and all that is known of one case.

A case is a solution. It waits while something speaks against a label over it that is newer than the last ruling.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.db.models import BooleanField, Case, Count, F, Func, IntegerField, Max, Min, Q, QuerySet, Value, When
from django.db.models.lookups import Exact

from labelhub.models import BatchItem, Comment, Label, Problem, Project, Ruling, Score, Solution
from labelhub.models.labeling import HasFlagged
from labelhub.queries.loop.eligible import HELD_BACK, WHOLE, asked_for_training
from labelhub.queries.quality.contradictions import contradictions, of_project, unsettled
from labelhub.queries.rows import from_row
from selector.labels.steps import main_ratings
from selector.selection.rules import RULES

COUNTED = 1000  # more of a kind than this are not counted one by one
NEWEST = 2000  # labels that are compared with the champion
BELIEVED = (*RULES["convincing"].strata, BatchItem.Stratum.AUDIT)  # picked for a high score
GAP = 0.9  # the champion gave the labeler's first mistake at least this, or a step the labeler passed at most 1 - this

Cases = Callable[[Project], "QuerySet[Label]"]


class JsonLength(Func):
    """How many elements a JSON array has."""

    function, output_field = "JSON_ARRAY_LENGTH", IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_ARRAY_LENGTH", **context)


class HasUnrated(Func):
    """Whether any step on the main path of PRM800K's `label.steps` is unrated: selector's `main_ratings`, in SQL."""

    output_field = BooleanField()
    template = """EXISTS (SELECT 1 FROM JSON_EACH(%(expressions)s) AS step WHERE CASE
        WHEN JSON_ARRAY_LENGTH(step.value, '$.completions') > 0
            AND NOT (JSON_EXTRACT(step.value, '$.chosen_completion') IS NULL
                AND JSON_TYPE(step.value, '$.human_completion') = 'object')
        THEN (SELECT COALESCE(JSON_EXTRACT(chosen.value, '$.flagged'), 0) = 1
                OR JSON_EXTRACT(chosen.value, '$.rating') IS NULL
            FROM JSON_EACH(step.value, '$.completions') AS chosen
            WHERE chosen.key = COALESCE(JSON_EXTRACT(step.value, '$.chosen_completion'), 0))
        WHEN JSON_TYPE(step.value, '$.human_completion') = 'object'
        THEN COALESCE(JSON_EXTRACT(step.value, '$.human_completion.flagged'), 0) = 1
            OR JSON_EXTRACT(step.value, '$.human_completion.corrected_rating') IS NULL
        ELSE 1 END)"""
    on_postgresql = """EXISTS (SELECT 1 FROM JSONB_ARRAY_ELEMENTS(%(expressions)s) AS step WHERE CASE
        WHEN JSONB_TYPEOF(step -> 'completions') = 'array' AND step -> 'completions' <> '[]'::jsonb AND NOT (
            step ->> 'chosen_completion' IS NULL AND JSONB_TYPEOF(step -> 'human_completion') = 'object')
        THEN COALESCE((step -> 'completions' -> COALESCE((step ->> 'chosen_completion')::int, 0)
                ->> 'flagged')::boolean, FALSE)
            OR step -> 'completions' -> COALESCE((step ->> 'chosen_completion')::int, 0) ->> 'rating' IS NULL
        WHEN JSONB_TYPEOF(step -> 'human_completion') = 'object'
        THEN COALESCE((step -> 'human_completion' ->> 'flagged')::boolean, FALSE)
            OR step -> 'human_completion' ->> 'corrected_rating' IS NULL
        ELSE TRUE END)"""

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.on_postgresql, **context)


def mistake(of: str = "") -> Case:
    """The first mistake that a label names, as a step from 1; 0 where it finds none, null where it is unknown.

    The same that selector's `first_mistake` says: a label's steps end at its first mistake, so their number tells
    it, unless one of them is unrated. Of passes made here the flags tell that, which are read faster than all steps.
    `of` is the path to the label.
    """
    unsure = Q(HasFlagged(f"{of}body")) | Q(HasUnrated(f"{of}steps"), **{f"{of}source": Label.Source.IMPORTED})
    return Case(
        When(unsure, then=Value(None, IntegerField())),
        When(**{f"{of}finish_reason": Label.FinishReason.FOUND_ERROR}, then=JsonLength(f"{of}steps")),
        When(**{f"{of}finish_reason": Label.FinishReason.SOLUTION}, then=Value(0)),
        default=Value(None, IntegerField()),
    )


MISTAKE = mistake()


def questions(project: Project) -> QuerySet[Label]:
    """Labels with a question to the reviewers."""
    return _labels(project).filter(pk__in=Comment.objects.filter(is_question=True).values("label"))


def disagreements(project: Project) -> QuerySet[Label]:
    """Labels of several labelers over one solution who don't name the same first mistake.

    One whose first mistake is unknown differs from nobody: a minimum passes over null.
    """
    # Also those that were ruled on before.
    whole = _current(project).filter(finish_reason__in=WHOLE, solution__in=_several()).order_by()
    torn = whole.values("solution").annotate(low=Min(MISTAKE), high=Max(MISTAKE)).filter(low__lt=F("high"))
    return unsettled(whole).filter(solution__in=torn.values("solution"))


def flagged(project: Project) -> QuerySet[Label]:
    """Labels with a step that the labeler was unsure of."""
    return _labels(project).filter(HasFlagged("body"))  # labels_with_flagged_steps


def bad_problems(project: Project) -> QuerySet[Label]:
    """Labels that call the problem bad."""
    return _labels(project).filter(finish_reason=Label.FinishReason.BAD_PROBLEM)


def misgrades(project: Project) -> QuerySet[Label]:
    """Contradictions in which several labelers found no mistake, and were sure: more likely the grade is at fault."""
    against = contradictions(project).filter(Exact(MISTAKE, 0), solution__in=_several()).order_by()
    agreed = against.values("solution").annotate(n=Count("labeler", distinct=True)).filter(n__gt=1)
    return against.filter(solution__in=agreed.values("solution"))


# In the order in which they are best worked off: people wait for answers, and what is settled first settles others.
KINDS: dict[str, Cases] = {
    "questions": questions,
    "bad_problems": bad_problems,
    "misgrades": misgrades,
    "contradictions": contradictions,
    "disagreements": disagreements,
    "flagged": flagged,
}
GAPS = "gaps"
QUEUES = [*KINDS, GAPS]


@dataclass(frozen=True)
class QueueCount:
    kind: Annotated[str, QUEUES]
    count: Annotated[int, "At most 1,000."]


@dataclass(frozen=True)
class Queue:
    counts: list[QueueCount]
    kind: Annotated[str | None, QUEUES, "Whose cases these are."]
    solutions: Annotated[list[int], "At most fifty, the first first."]


@dataclass(frozen=True)
class Remark:
    text: str
    is_question: bool


@dataclass(frozen=True)
class RatedText:
    text: str
    rating: int | None
    flagged: bool | None


@dataclass(frozen=True)
class RulingRow:
    id: int
    kind: Annotated[str, Ruling.Kind]
    label_id: int | None
    reason: str
    detail: Any
    decided_by: str | None
    decided_at: datetime


@dataclass(frozen=True)
class CaseProblem:
    id: int
    text: str
    ground_truth_answer: str | None
    ground_truth_solution: str | None
    split: Annotated[str, Problem.Split]
    retired_at: datetime | None


@dataclass(frozen=True)
class CaseLabel:
    id: int
    labeler: UUID
    username: str | None
    source: Annotated[str, Label.Source]
    generation: int | None
    revision: int
    finish_reason: Annotated[str, Label.FinishReason]
    reason: str
    ratings: list[int | None]
    flagged: Annotated[list[int], "Steps the labeler was unsure of."]
    alternatives: list[RatedText]
    comment: Remark | None
    total_time: int
    submitted_at: datetime


L = TypeVar("L", bound=CaseLabel)


@dataclass(frozen=True)
class CaseSolution:
    id: int
    key: str
    steps: list[str]
    answer: str | None
    grade: Annotated[str | None, Solution.Grade]
    graded_by: Annotated[str | None, Solution.GradedBy]


def queue(project: Project, kind: str | None = None, *, limit: int) -> Queue:
    """How many cases of each kind wait, and the first of one kind; without one, of the first that has any."""
    found = counts(project)
    shown = kind or next((each for each, count in found.items() if count), None)
    return Queue(
        counts=[QueueCount(each, count) for each, count in found.items()],
        kind=shown,
        solutions=waiting(project, shown, limit=limit) if shown else [],
    )


def counts(project: Project) -> dict[str, int]:
    """Cases that wait, by kind; at most `COUNTED` each."""
    counted = {kind: _solutions(labels(project))[:COUNTED].count() for kind, labels in KINDS.items()}
    return counted | {GAPS: len(gaps(project))}


def waiting(project: Project, kind: str, *, limit: int) -> list[int]:
    """Ids of the solutions that wait, the longest waiting first; of gaps, the widest first."""
    if kind == GAPS:
        return gaps(project)[:limit]
    return list(_cases(KINDS[kind](project)).values_list("solution", flat=True)[:limit])


def gaps(project: Project) -> list[int]:
    """Solutions over which the champion and a label are far apart, among the newest labels, the widest first.

    Not where a mistake was found in what was picked for the champion's belief in it: that it is wrong there is why
    people were asked.
    """
    if project.champion_id is None:
        return []
    believed = Q(finish_reason=Label.FinishReason.FOUND_ERROR, assignment__item__stratum__in=BELIEVED)
    newest = _labels(project).filter(~believed, finish_reason__in=WHOLE).order_by("-submitted_at", "-pk")
    labels = list(newest.values_list("solution", MISTAKE)[:NEWEST])
    scored = Score.objects.filter(checkpoint=project.champion_id, solution__in={label[0] for label in labels})
    probs = dict(scored.values_list("solution", "step_probs"))
    wide: dict[int, float] = {}
    for solution, mistake in labels:
        if (gap := _gap(mistake, probs.get(solution))) >= GAP:
            wide[solution] = max(gap, wide.get(solution, 0))
    return sorted(wide, key=lambda solution: (-wide[solution], solution))


def _gap(mistake: int | None, probs: list[float] | None) -> float:
    """How sure the champion is of the very step that the labeler calls the first mistake, or against all steps."""
    if not probs or mistake is None:
        return 0
    return probs[mistake - 1] if mistake else 1 - min(probs)


def case_of(project: Project, solution: int) -> Solution | None:
    """The solution with its problem."""
    return Solution.objects.filter(problem__project=project, pk=solution).select_related("problem").first()


def labels_over(solution: Solution) -> QuerySet[Label]:
    """Its current labels, the oldest first, with who made them, where, and what they remarked."""
    labels: QuerySet[Label] = asked_for_training(Label.objects.current().filter(solution=solution))
    return labels.select_related("labeler__user", "assignment__item__generation", "comment").order_by("submitted_at")


def rulings_on(solution: Solution) -> list[RulingRow]:
    """All rulings, the oldest first."""
    rulings = solution.rulings.select_related("decided_by").order_by("decided_at", "pk")
    return [from_row(RulingRow, each, decided_by=each.decided_by and each.decided_by.username) for each in rulings]


def label_row(kind: type[L], label: Label) -> L:
    """The label with what its labeler said of the steps and, of the last one, of its alternatives.

    `label` comes with its labeler's user, its generation and its comment.
    """
    last = label.steps[-1]["completions"] if label.steps else None
    return from_row(
        kind,
        label,
        labeler=label.labeler_id,
        username=label.labeler.user.username if label.labeler.user else None,
        generation=generation_of(label),
        ratings=main_ratings(label.steps),
        flagged=[i for i, step in enumerate(label.steps) if any(c["flagged"] for c in step["completions"] or ())],
        alternatives=[RatedText(each["text"], each["rating"], each["flagged"]) for each in (last or [])[1:]],
        comment=remark(label),
    )


def generation_of(label: Label) -> int | None:
    """The number of the generation that it was made in, here or in the file that it came from."""
    return label.assignment.item.generation.number if label.assignment else label.source_generation


def remark(label: Label) -> Remark | None:
    """What the labeler said to it."""
    return from_row(Remark, label.comment) if hasattr(label, "comment") else None


def probabilities(project: Project, solution: Solution) -> list[float] | None:
    """P(correct) of each step by the champion, where it scored the solution."""
    scored = Score.objects.filter(checkpoint=project.champion_id, solution=solution)
    return scored.values_list("step_probs", flat=True).first()


def same_answer(solution: Solution) -> dict[str, int]:
    """How many solutions of the problem there are, and how many of them end in the same answer."""
    siblings = solution.problem.solutions.all()
    return siblings.aggregate(solutions=Count("pk"), same_answer=Count("pk", filter=Q(answer=solution.answer)))


def _labels(project: Project) -> QuerySet[Label]:
    return unsettled(_current(project))


def _current(project: Project) -> QuerySet[Label]:
    """Those that may stand for something: what is held back in a quarantine waits for its own decision first."""
    current: QuerySet[Label] = Label.objects.current().filter(~HELD_BACK)
    return asked_for_training(of_project(current, project))


def _several() -> Any:
    """Solutions with more than one label, revisions too: read off an index, which comparing labels is not."""
    return Label.objects.order_by().values("solution").annotate(n=Count("*")).filter(n__gt=1).values("solution")


def _solutions(labels: QuerySet[Label]) -> Any:
    """Each once, in no order: counting ends at the last that is counted, where `_cases` would group all of them."""
    return labels.order_by().values("solution").distinct()


def _cases(labels: QuerySet[Label]) -> Any:
    return labels.order_by().values("solution").annotate(since=Min("submitted_at")).order_by("since", "solution")
